"""The deliver room (in the making)."""
