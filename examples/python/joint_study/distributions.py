"""Tails of the normal, chi-square, t and F distributions, for figures in the clear with numpy alone."""

import math
from collections.abc import Callable


def normal_two_sided(z: float) -> float:
    """How often a standard normal number is further from zero than z."""
    return math.erfc(abs(z) / math.sqrt(2))


def beta_ratio(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function, by its continued fraction (Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_ratio(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    fraction, c, d = 1.0, 1.0, 0.0
    for i in range(500):
        m = i // 2
        if i == 0:
            term = 1.0
        elif i % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + term * d), 1 + term / c
        fraction *= c * d
        if abs(1 - c * d) < 1e-15:
            break
    return front * (fraction - 1)


def t_two_sided(t: float, degrees: float) -> float:
    """How often Student's t is further from zero."""
    return beta_ratio(degrees / 2, 0.5, degrees / (degrees + t * t))


def f_tail(f: float, first: float, second: float) -> float:
    """How often F is larger."""
    return beta_ratio(second / 2, first / 2, second / (second + first * f))


def chi_square_tail(x: float, degrees: int) -> float:
    """How often chi-square is larger; for one degree of freedom, and for even numbers of them."""
    if degrees == 1:
        return math.erfc(math.sqrt(x / 2))
    if degrees % 2:
        raise ValueError("one degree of freedom, or an even number")
    return math.exp(-x / 2) * sum((x / 2) ** k / math.factorial(k) for k in range(degrees // 2))


def quantile(two_sided: Callable[[float], float], p: float = 0.95) -> float:
    """The number further from zero than which the distribution is with probability 1 - p, by bisection."""
    low, high = 0.0, 1e3
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided(middle) > 1 - p else (low, middle)
    return (low + high) / 2
