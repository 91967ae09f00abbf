"""The subscribe room (in the making)."""
