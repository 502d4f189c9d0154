"""Compute on data that nobody may see.

- `veilkit.paillier`: encrypted numpy arrays that can be added and weighted without the secret key.
- `veilkit.elgamal`: the same with short ciphertexts and small results, keys that several parties share, and proofs.
- `veilkit.ckks`: encrypted numpy arrays that can also be multiplied with each other and summed, approximately.
- `veilkit.shamir`: a secret split into shares, of which a threshold gives it back.
- `veilkit.mpc`: sums and statistics over several parties who do not show each other their data.

>>> import numpy as np, veilkit as vk
>>> keys = vk.paillier.generate_keypair(bits=2048)
>>> encrypted = keys.public_key.encrypt(np.array([120.5, 131.0]))
>>> keys.secret_key.decrypt(2 * encrypted + 1.5)
array([242.5, 263.5])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._native import __version__ as __version__
from ._native import set_threads
from .errors import (
    CryptoError,
    EncodingError,
    EvaluationError,
    ParameterError,
    PlatformError,
    ProtocolError,
    VeilkitError,
)

if TYPE_CHECKING:
    from . import ckks, elgamal, mpc, paillier, shamir

__all__ = [
    "CryptoError",
    "EncodingError",
    "EvaluationError",
    "ParameterError",
    "PlatformError",
    "ProtocolError",
    "VeilkitError",
    "ckks",
    "elgamal",
    "mpc",
    "paillier",
    "set_threads",
    "shamir",
]


def __getattr__(name: str) -> object:
    # numpy is loaded with the first scheme that needs it, so that `import veilkit` stays quick.
    if name in ("ckks", "elgamal", "mpc", "paillier", "shamir"):
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
