"""Compute on data that nobody may see.

- `veilkit.shamir`: a secret split into shares, of which a threshold gives it back.
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
    from . import shamir

__all__ = [
    "CryptoError",
    "EncodingError",
    "EvaluationError",
    "ParameterError",
    "PlatformError",
    "ProtocolError",
    "VeilkitError",
    "set_threads",
    "shamir",
]


def __getattr__(name: str) -> object:
    # numpy is loaded with the first scheme that needs it, so that `import veilkit` stays quick.
    if name in ("shamir",):
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
