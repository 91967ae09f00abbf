"""Columns several tables share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q

from corante.core.lifecycles import Lifecycle, states


def state_column(lifecycle: Lifecycle, **options: Any) -> models.CharField[str, str]:
    """A column holding a state of `lifecycle`; pair it with `state_check`."""
    return models.CharField(max_length=12, default=states(lifecycle)[0], **options)


def state_check(column: str, lifecycle: Lifecycle, name: str) -> CheckConstraint:
    """The constraint that keeps a state column within its table."""
    return CheckConstraint(condition=Q(**{f"{column}__in": states(lifecycle)}), name=name)
