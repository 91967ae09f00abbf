"""The publish room (in the making)."""
