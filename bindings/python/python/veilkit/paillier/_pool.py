"""Randomizers made ahead of time."""

from __future__ import annotations

from typing import NoReturn

from .. import _native
from .._checks import as_count
from .._progress import Progress, reporting
from . import _keys


class RandomizerPool:
    """Randomizers made ahead of time, so that encrypting later takes microseconds. Each is used once.

    A pool belongs to the process that filled it: after a fork the child's copy is empty, because the parent has the same
    randomizers and two ciphertexts with one randomizer tell their difference.

    >>> key = generate_keypair(bits=2048).public_key
    >>> pool = key.randomizer_pool(3)
    >>> key.encrypt([1.5, 2.5], pool=pool).shape, len(pool)
    ((2,), 1)
    """

    __slots__ = ("_handle", "_public_key")

    def __init__(self, public_key: _keys.PublicKey) -> None:
        _keys.require_key(public_key)
        self._public_key = public_key
        self._handle = _native.PaillierPool(public_key._handle)

    def fill(self, count: int, *, progress: Progress = False) -> None:
        """Adds `count` randomizers, each as much work as an encryption."""
        with reporting(progress, "randomizers") as report:
            self._handle.fill_with_public(self._public_key._handle, as_count(count, "count"), report)

    @property
    def public_key(self) -> _keys.PublicKey:
        """The key that they are for."""
        return self._public_key

    def __len__(self) -> int:
        return self._handle.len()

    def __bool__(self) -> bool:
        return len(self) > 0

    def __repr__(self) -> str:
        return f"RandomizerPool(ready={len(self)}, key={self._public_key.key_id[:8]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("randomizers are secret and used once; a pool is not pickled")
