"""The gather room (in the making)."""
