"""The stories room (in the making)."""
