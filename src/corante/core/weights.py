"""Weights of the line filter. Written by `python -m bench.train_lines DATA --write`; not by hand."""

from __future__ import annotations

BASE = 2.134
RULES: tuple[tuple[str, float, float, float], ...] = (
    ("above_4", 0.5, 0.017, -0.048),
    ("above_5", 0.5, 0.030, -0.212),
    ("again", 0.5, 0.080, -2.171),
    ("alike", 0.0077, -0.209, 0.063),
    ("alike", 0.0861, -0.469, 0.081),
    ("alike", 0.1343, -0.650, 0.228),
    ("alike", 0.2487, -0.103, 0.068),
    ("alike_pure", 0.9837, -0.174, 0.158),
    ("asks", 0.5, 0.015, -0.408),
    ("capitals", 0.0633, 0.020, -0.043),
    ("capitals", 0.0749, 0.020, -0.069),
    ("capitals", 0.0945, 0.010, -0.059),
    ("described", 0.0047, -0.015, 0.047),
    ("done", 0.7637, 0.046, -0.174),
    ("done", 0.917, 0.034, -0.410),
    ("done", 0.9337, 0.027, -0.399),
    ("ends", 0.5, -0.429, 0.176),
    ("links", 0.1161, 0.038, -0.306),
    ("links", 0.2563, 0.027, -0.336),
    ("links", 0.6813, 0.006, -0.128),
    ("main", 0.5, -0.395, 0.102),
    ("near_6", 0.5, -0.031, 0.022),
    ("shared", 0.1755, -0.127, 0.064),
    ("shared", 0.6218, -0.417, 0.381),
    ("size", 2.9701, -0.036, 0.022),
    ("size", 3.0201, -0.310, 0.167),
    ("size", 3.4811, -0.042, 0.051),
    ("size", 3.5114, -0.030, 0.041),
    ("taken", 0.5, -0.477, 0.125),
)
"""(sign, limit, points up to the limit, points above it)"""
