"""The sample: a finished fictional engagement to look round in, removed by one press."""
