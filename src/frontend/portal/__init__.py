"""The sponsors' surface, `/portal/{slug}`. All that a sponsor can see is in this folder."""
