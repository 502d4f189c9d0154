"""One exception class per family of errors, and the stable code of each kind.

| codes | class | also a |
|---|---|---|
| 10 to 19 | `ParameterError` | `ValueError` |
| 20 to 29 | `EncodingError` | `ValueError` |
| 30 to 39 | `CryptoError` | |
| 40 to 49 | `EvaluationError` | `ArithmeticError` |
| 50 to 59 | `ProtocolError` | |
| 90 to 99 | `PlatformError` | `RuntimeError` |

A code keeps its meaning for good, in every language. Texts name the argument or the check and never hold a value; only what
is public is cited: the rest of a policy, the places of words.
A wrong Python type is a `TypeError`, as everywhere; Ctrl-C is `KeyboardInterrupt`.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import _native

__all__ = [
    "CODES",
    "CryptoError",
    "EncodingError",
    "EvaluationError",
    "ParameterError",
    "PlatformError",
    "ProtocolError",
    "VeilkitError",
    "error",
]

CODES: dict[str, int] = {name: code for code, name, _ in _native.error_kinds()}
"""The code of every kind of error, by its name."""


class VeilkitError(Exception):
    """An error of veilkit.

    Attributes:
        name: the kind, such as ``"OutOfRange"``.
        code: the stable number of the kind.
        what: the argument or the check that failed.
        culprits: the numbers of the parties or shares to blame; empty when nobody can be named.
        step: the rotation, in slots to the left, that has no key; None when the error is not about one.
    """

    def __init__(self, name: str, what: str, culprits: Iterable[int] = (), step: int | None = None) -> None:
        self.name = name
        self.code = CODES[name]
        self.what = what
        self.culprits = tuple(culprits)
        self.step = step
        super().__init__(name, what, self.culprits, *(() if step is None else (step,)))

    def __str__(self) -> str:
        blamed = f"; to blame: {', '.join(map(str, self.culprits))}" if self.culprits else ""
        missing = "" if self.step is None else f"; step {self.step}"
        return f"{self.what}{blamed}{missing} [{self.name} {self.code}]"


class ParameterError(VeilkitError, ValueError):
    """A value of the caller does not fit: parameters, ranges, shapes, or objects of two different keys."""


class EncodingError(VeilkitError, ValueError):
    """Bytes from elsewhere are not what they should be."""


class CryptoError(VeilkitError):
    """A decryption or a cryptographic check failed. There is no detail beyond the culprits."""


class EvaluationError(VeilkitError, ArithmeticError):
    """The operation cannot be done on these ciphertexts: there is no room left for its result."""


class ProtocolError(VeilkitError):
    """Shares, parties or messages are missing, doubled or unknown, or the session has ended."""


class PlatformError(VeilkitError, RuntimeError):
    """The machine gave no randomness, a bug in veilkit was caught, or the work was stopped."""


_CLASSES: dict[str, type[VeilkitError]] = {
    "Parameter": ParameterError,
    "Encoding": EncodingError,
    "Crypto": CryptoError,
    "Evaluation": EvaluationError,
    "Protocol": ProtocolError,
    "Platform": PlatformError,
}
_CLASS_OF: dict[str, type[VeilkitError]] = {name: _CLASSES[family] for _, name, family in _native.error_kinds()}


def error(name: str, what: str, culprits: Iterable[int] = (), step: int | None = None) -> VeilkitError:
    """The exception for a kind of error, ready to be raised.

    >>> error("OutOfRange", "bound")
    ParameterError('OutOfRange', 'bound', ())
    """
    return _CLASS_OF[name](name, what, culprits, step)
