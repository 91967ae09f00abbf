"""Fixtures that several fault tests share."""

from .killing import own_database

__all__ = ["own_database"]
