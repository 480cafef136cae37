"""The pool, the one transaction, the context, the walls and the embedded server."""
