"""Notes: audiences held by the database, sealed bodies, append-only revisions."""
