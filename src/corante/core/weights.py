"""Weights of the line filter. Written by `python -m bench.train_lines DATA --write`; not by hand."""

from __future__ import annotations

BASE = 2.146
RULES: tuple[tuple[str, float, float, float], ...] = (
    ("above_4", 0.5, 0.036, -0.095),
    ("above_5", 0.5, 0.021, -0.148),
    ("again", 0.5, 0.070, -2.087),
    ("alike", 0.0081, -0.210, 0.062),
    ("alike", 0.0889, -0.473, 0.081),
    ("alike", 0.138, -0.514, 0.157),
    ("alike", 0.2606, -0.246, 0.143),
    ("alike", 0.6753, -0.032, 0.043),
    ("asks", 0.5, 0.021, -0.653),
    ("described", 0.0045, -0.016, 0.051),
    ("done", 0.7644, 0.031, -0.120),
    ("done", 0.917, 0.022, -0.269),
    ("done", 0.9337, 0.036, -0.541),
    ("ends", 0.5, -0.372, 0.149),
    ("links", 0.2529, 0.033, -0.433),
    ("links", 0.3985, 0.006, -0.104),
    ("links", 0.6745, 0.048, -1.150),
    ("main", 0.5, -0.425, 0.103),
    ("near_6", 0.5, -0.067, 0.047),
    ("shared", 0.1866, -0.226, 0.125),
    ("shared", 0.6309, -0.341, 0.317),
    ("size", 2.9701, -0.101, 0.058),
    ("size", 3.0201, -0.194, 0.096),
    ("size", 3.1133, -0.067, 0.043),
    ("size", 3.4811, -0.105, 0.133),
    ("taken", 0.5, -0.608, 0.153),
)
"""(sign, limit, points up to the limit, points above it)"""
