"""What happens later: the queue and the worker."""
