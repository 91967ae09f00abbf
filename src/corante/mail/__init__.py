"""Letters: their bytes, the way they are handed over, and the built-in outbox. Only here is SMTP spoken."""
