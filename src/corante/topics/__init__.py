"""The topics room (in the making)."""
