"""Do bytes look random? One statistic, used on what the relay saw and on its controls."""

import math

import numpy as np


def chi_square(data: bytes) -> dict[str, float]:
    """Are all byte values equally common? Pearson's statistic, its p-value (Wilson and Hilferty), entropy per byte."""
    counts = np.bincount(np.frombuffer(data, dtype=np.uint8), minlength=256)
    expected = len(data) / 256
    statistic = float(((counts - expected) ** 2 / expected).sum())
    freedom = 255
    z = ((statistic / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    shares = counts[counts > 0] / len(data)
    return {
        "bytes": len(data),
        "statistic": statistic,
        "p": 0.5 * math.erfc(z / math.sqrt(2)),
        "entropy": float(-(shares * np.log2(shares)).sum()),
        "counts": counts.tolist(),
    }
