"""The trail: one entry for each verb, written and chained in the transaction of the deed."""
