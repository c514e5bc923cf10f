"""Draws curves as SVG, on logarithmic axes, with nothing but text."""

import math
from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 40, 52
_COLOURS = ("#0b5fa5", "#b3541e", "#4b7d1f")  # told apart by those who cannot tell red from green, and in print
_DASHES = ("", "6 3", "2 3")
_STEPS = (1, 2, 5)  # of each power of ten, where the axis is short


def curves(title: str, *, x: str, y: str, series: Mapping[str, Points]) -> str:
    """The SVG of some curves by their names; all values are above 0."""
    points = [point for line in series.values() for point in line]
    across = _ticks([place for place, _ in points])
    up = _ticks([value for _, value in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{escape(title)}">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for tick in across:
        place = _across(tick, across)
        parts.append(_line(place, _TOP, place, _HEIGHT - _BOTTOM))
        parts.append(f'<text x="{place:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{_figure(tick)}</text>')
    for tick in up:
        place = _up(tick, up)
        parts.append(_line(_LEFT, place, _WIDTH - _RIGHT, place))
        parts.append(f'<text x="{_LEFT - 8}" y="{place + 4:.1f}" text-anchor="end">{_figure(tick)}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 14}" text-anchor="middle">{escape(x)}</text>')
    parts.append(f'<text transform="translate(16 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(y)}</text>')
    for (name, line), colour, dash in zip(series.items(), _COLOURS, _DASHES, strict=False):
        places = [(_across(place, across), _up(value, up)) for place, value in line]
        path = " ".join(f"{left:.1f},{top:.1f}" for left, top in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
                     f'stroke-dasharray="{dash}"/>')  # fmt: skip
        parts += [f'<circle cx="{left:.1f}" cy="{top:.1f}" r="3" fill="{colour}"/>' for left, top in places]
        left, top = places[-1]
        parts.append(f'<text x="{left + 10:.1f}" y="{top + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _ticks(values: Sequence[float]) -> list[float]:
    """Round numbers from at or below the least value to at or above the greatest."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    steps = _STEPS if high - low <= 2 else _STEPS[:1]
    ticks = [step * 10.0**power for power in range(low, high + 1) for step in steps]
    first = max((tick for tick in ticks if tick <= min(values)), default=ticks[0])
    last = min((tick for tick in ticks if tick >= max(values)), default=ticks[-1])
    return [tick for tick in ticks if first <= tick <= last] if first < last else [first, first * 10]


def _share(value: float, ticks: Sequence[float]) -> float:
    return math.log(value / ticks[0]) / math.log(ticks[-1] / ticks[0])


def _across(value: float, ticks: Sequence[float]) -> float:
    return _LEFT + _share(value, ticks) * (_WIDTH - _LEFT - _RIGHT)


def _up(value: float, ticks: Sequence[float]) -> float:
    return _HEIGHT - _BOTTOM - _share(value, ticks) * (_HEIGHT - _TOP - _BOTTOM)


def _line(left: float, top: float, right: float, bottom: float) -> str:
    return f'<path d="M{left:.1f} {top:.1f}L{right:.1f} {bottom:.1f}" stroke="#dddddd"/>'


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
