"""Weights of the line filter. Written by `python -m bench.train_lines DATA --write`; not by hand."""

from __future__ import annotations

BASE = 2.126
RULES: tuple[tuple[str, float, float, float], ...] = (
    ("above_4", 0.5, 0.017, -0.047),
    ("above_5", 0.5, 0.020, -0.146),
    ("again", 0.5, 0.079, -2.176),
    ("alike", 0.0073, -0.211, 0.064),
    ("alike", 0.0822, -0.304, 0.078),
    ("alike", 0.1302, -0.824, 0.234),
    ("alike", 0.2402, -0.103, 0.068),
    ("alike_pure", 0.9837, -0.169, 0.158),
    ("asks", 0.5, 0.016, -0.408),
    ("capitals", 0.0633, 0.019, -0.041),
    ("capitals", 0.0746, 0.018, -0.064),
    ("described", 0.0046, -0.016, 0.049),
    ("done", 0.7631, 0.044, -0.168),
    ("done", 0.9168, 0.034, -0.408),
    ("done", 0.9336, 0.027, -0.402),
    ("ends", 0.5, -0.408, 0.173),
    ("links", 0.1163, 0.040, -0.321),
    ("links", 0.2567, 0.026, -0.315),
    ("links", 0.6805, 0.010, -0.241),
    ("main", 0.5, -0.405, 0.103),
    ("near_6", 0.5, -0.032, 0.022),
    ("shared", 0.174, -0.129, 0.065),
    ("shared", 0.624, -0.425, 0.388),
    ("size", 3.0201, -0.348, 0.193),
    ("size", 3.4811, -0.043, 0.052),
    ("size", 3.5114, -0.032, 0.043),
    ("taken", 0.5, -0.556, 0.144),
)
"""(sign, limit, points up to the limit, points above it)"""
