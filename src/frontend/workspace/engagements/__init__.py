"""The pages of engagements: overview, plan, people."""
