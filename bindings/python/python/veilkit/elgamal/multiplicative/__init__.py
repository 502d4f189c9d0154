"""Multiplicative ElGamal: what others may multiply and divide unread, in two groups that never mix.

- `veilkit.elgamal.multiplicative.integers`: positive integers; products and ratios of small integers come out exact.
- `veilkit.elgamal.multiplicative.points`: elements of ristretto255, for protocols that work on group elements.

A ciphertext of `veilkit.elgamal.additive` is of another type, so a product is never read as a sum.
"""

from . import integers, points

__all__ = ["integers", "points"]
