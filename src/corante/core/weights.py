"""Weights of the line filter. Written by `python -m bench.train_lines DATA --write`; not by hand."""

from __future__ import annotations

BASE = 2.159
RULES: tuple[tuple[str, float, float, float], ...] = (
    ("above_4", 0.5, 0.019, -0.052),
    ("above_5", 0.5, 0.031, -0.217),
    ("again", 0.5, 0.077, -2.223),
    ("alike", 0.0083, -0.210, 0.062),
    ("alike", 0.0912, -0.474, 0.080),
    ("alike", 0.1478, -0.512, 0.156),
    ("alike", 0.2743, -0.246, 0.143),
    ("alike_pure", 0.7158, -0.076, 0.046),
    ("asks", 0.5, 0.025, -0.790),
    ("capitals", 0.0801, 0.015, -0.051),
    ("described", 0.0046, -0.016, 0.050),
    ("done", 0.7646, 0.031, -0.120),
    ("done", 0.9172, 0.033, -0.386),
    ("done", 0.9337, 0.029, -0.426),
    ("ends", 0.5, -0.409, 0.171),
    ("links", 0.115, 0.025, -0.207),
    ("links", 0.2527, 0.040, -0.508),
    ("links", 0.6743, 0.010, -0.249),
    ("main", 0.5, -0.412, 0.099),
    ("near_6", 0.5, -0.033, 0.023),
    ("shared", 0.1947, -0.212, 0.122),
    ("shared", 0.6358, -0.356, 0.328),
    ("size", 2.9701, -0.100, 0.057),
    ("size", 3.0201, -0.264, 0.136),
    ("size", 3.4811, -0.101, 0.127),
    ("taken", 0.5, -0.566, 0.141),
)
"""(sign, limit, points up to the limit, points above it)"""
