"""The trail: one entry for each verb, written in the transaction of the deed."""
