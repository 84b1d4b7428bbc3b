"""From the confidence a radius was told with to 95 percent (RFC 7459, section 5.4)."""

from math import sqrt
from statistics import NormalDist

TARGET = 0.95


def at_95(radius_m: float | None, confidence: float | None, *, is_even: bool) -> float | None:
    """The radius in metres that holds the caller with 95 percent, from a radius and its confidence in percent.

    A normal distribution in two dimensions: along one axis the confidence is the square root of the whole, and the radius grows as the
    inverse error function of it. `is_even` is RFC 7459's rectangular distribution, where growing says nothing more. A circle that holds
    more than 95 percent is left as it is: it is drawn to search in. An unknown confidence, zero among it, leaves the radius alone too.
    """
    if radius_m is None or confidence is None or is_even or not 0 < confidence < TARGET * 100:
        return radius_m
    return radius_m * _deviations(TARGET) / _deviations(confidence / 100)


def _deviations(confidence: float) -> float:
    """How many standard deviations of one axis hold this confidence in two dimensions; the root of two of RFC 7459 cancels out."""
    return NormalDist().inv_cdf((1 + sqrt(confidence)) / 2)
