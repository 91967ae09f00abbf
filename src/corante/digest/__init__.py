"""The digest room (in the making)."""
