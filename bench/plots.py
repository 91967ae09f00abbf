"""Plots of a race as SVG, drawn by hand: a line for each thing measured, the archive's size as powers of ten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT, EDGE = 640, 320, 56
SHADES = ("#7a1f1f", "#1f4e7a", "#2f6b3a", "#333333", "#7a5a1f")


def growth(title: str, lines: Mapping[str, Sequence[tuple[int, float]]], unit: str = "ms") -> str:
    """Value over size, from zero up, so that what is flat looks flat."""
    sizes = sorted({size for line in lines.values() for size, _ in line})
    top = max(value for line in lines.values() for _, value in line) * 1.15 or 1.0
    low, high = log10(sizes[0]), max(log10(sizes[-1]), log10(sizes[0]) + 1)

    def x(size: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE - 60) * (log10(size) - low) / (high - low)

    def y(value: float) -> float:
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / top

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><text x="{EDGE}" y="24" font-size="14">{escape(title)}</text>',
        f'<path d="M{EDGE} {EDGE - 16}V{HEIGHT - EDGE}H{WIDTH - EDGE}" fill="none" stroke="#999"/>',
    ]
    for size in sizes:
        parts.append(f'<text x="{x(size):.0f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{size:,}</text>')
    for share in (0.25, 0.5, 0.75, 1.0):
        at = top / 1.15 * share
        parts.append(f'<text x="{EDGE - 6}" y="{y(at) + 4:.0f}" text-anchor="end">{at:.1f} {unit}</text>')
    for shade, (name, line) in zip(SHADES, lines.items(), strict=False):
        path = " L".join(f"{x(size):.1f} {y(value):.1f}" for size, value in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{shade}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{shade}"/>' for size, value in line]
        last = line[-1]
        parts.append(
            f'<text x="{x(last[0]) + 8:.0f}" y="{y(last[1]) + 4:.0f}" fill="{shade}">{escape(name)} {last[1]:.2f}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])
