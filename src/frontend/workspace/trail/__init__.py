"""The trail, for owners: its pages and the file to keep."""
