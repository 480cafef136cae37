"""The framework: versions, domains, elements and behaviours."""
