"""What the desk shows, as values: every page of it is a handful of queries, however long the list."""
