"""The first page, by role: who needs me; your coaching."""
