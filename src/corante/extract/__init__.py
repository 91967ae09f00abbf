"""The extract room (in the making)."""
