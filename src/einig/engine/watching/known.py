"""What a share or a weekly number may truly be, given what a test on the past counted."""

from __future__ import annotations

import math

import numpy as np

from einig.engine.watching.cusum import Floats

_NODES, _REACH = 17, 4.0  # so many truths, as far as so many standard deviations to each side


def share(part: int, whole: int) -> tuple[Floats, Floats]:
    """Return what a share may be after `part` of `whole`, and how likely each is (Jeffreys)."""
    a, b = part + 0.5, whole - part + 0.5
    odds = math.log(a / b) + _steps() * math.sqrt(1 / a + 1 / b)
    return 1 / (1 + np.exp(-odds)), _weights(
        -a * np.logaddexp(0, -odds) - b * np.logaddexp(0, odds)
    )


def mean(
    total: int, periods: int, dispersion: float, *, nodes: int = _NODES
) -> tuple[Floats, Floats]:
    """Return what the mean of a period may be, and how likely each is.

    `dispersion` is how much more the numbers of periods vary than chance alone would let them.
    """
    a, b = total / dispersion + 0.5, periods / dispersion
    logs = math.log(a / b) + _steps(nodes) / math.sqrt(a)
    return np.exp(logs), _weights(a * logs - b * np.exp(logs))


def dispersion(square: float, freedom: int, *, nodes: int = _NODES) -> tuple[Floats, Floats]:
    """Return what a dispersion may be, and how likely each is; it is never below one.

    `square` is the sum of squares, each through its expectation, with so many degrees of freedom:
    a chi-square times the dispersion (its quantiles by Wilson and Hilferty 1931).
    """
    steps, part = _steps(nodes), 2 / (9 * max(1, freedom))
    chi = max(1, freedom) * np.maximum(1 - part + steps * math.sqrt(part), 0.05) ** 3
    return np.maximum(1.0, square / chi), _weights(-(steps**2) / 2)


def _steps(nodes: int = _NODES) -> Floats:
    return np.linspace(-_REACH, _REACH, nodes)


def _weights(logs: Floats) -> Floats:
    weight = np.exp(logs - logs.max())
    found: Floats = weight / weight.sum()
    return found
