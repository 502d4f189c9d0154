"""Keys and encrypted numbers of `phe` (python-paillier), in the JSON of its command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .. import _native
from ..errors import error
from . import _array, _keys

BASE_BITS = 4
"""Bits of one step of an exponent: `phe` counts in powers of 16."""
MAX_EXPONENT = 15
MIN_EXPONENT = -256


def from_phe(
    numbers: str | Mapping[str, Any] | Iterable[str | Mapping[str, Any]],
    public_key: _keys.PublicKey,
    *,
    bound: int | None = None,
) -> _array.EncryptedArray:
    """Encrypted numbers of `phe`, as its command line writes them: ``{"v": "<ciphertext>", "e": <exponent>}``.

    The key is the one that `UnprovenPublicKey.from_jwk` or `SecretKey.from_jwk` reads from the same `phe` key.

    Args:
        numbers: one number, or several: JSON text, or what `json.loads` makes of it.
        public_key: the key.
        bound: a bound on the absolute values that their maker vouches for; the key's range for floats if absent. Wrong sums are
            the price of a wrong bound.

    Returns:
        An `EncryptedArray` with one axis, without axes for one number.

    Raises:
        EncodingError: text that is no such number, an exponent outside -256 to 15, a ciphertext that is none.
        EvaluationError: numbers with so many digits after the point that they do not fit the key.

    >>> secret_key = generate_keypair(bits=2048).secret_key
    >>> key = SecretKey.from_jwk(secret_key.to_jwk()).public_key
    >>> from_phe(to_phe(key.encrypt([1.5, -2.0])), key).shape
    (2,)
    """
    _keys.require_key(public_key)
    if isinstance(numbers, (str, Mapping)):
        return from_phe([numbers], public_key, bound=bound).reshape(())
    limit = 1 << (public_key.value_bits - 1 - public_key.fraction_bits) if bound is None else bound
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError("bound: must be an integer")
    if not 0 <= limit < 2**63:
        raise error("OutOfRange", "bound: negative or too large")
    parts = [_read(number, public_key, limit) for number in numbers]
    if not parts:
        raise error("ShapeMismatch", "numbers: there are none")
    return _array.concatenate(parts)


def _read(number: str | Mapping[str, Any], public_key: _keys.PublicKey, bound: int) -> _array.EncryptedArray:
    try:
        fields = json.loads(number) if isinstance(number, str) else number
        value, exponent = int(fields["v"]), fields["e"]
        data = value.to_bytes(public_key.bits // 4, "little")
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise error("InvalidEncoding", "number: not one that phe writes") from None
    if isinstance(exponent, bool) or not isinstance(exponent, int) or not MIN_EXPONENT <= exponent <= MAX_EXPONENT:
        raise error("InvalidEncoding", "number: its exponent")
    if exponent <= 0:
        scale = -BASE_BITS * exponent
        handle = _native.PaillierArray.from_scaled_ciphertexts(data, public_key._handle, scale, bound)
        return _array.EncryptedArray._wrap(handle, public_key)
    # A number of this exponent is a multiple of 16^exponent: what is encrypted is smaller than the number.
    handle = _native.PaillierArray.from_scaled_ciphertexts(data, public_key._handle, 0, bound >> BASE_BITS * exponent)
    array = _array.EncryptedArray._wrap(handle, public_key)
    return array.multiply(1 << BASE_BITS * exponent, public=True)


def to_phe(array: _array.EncryptedArray) -> list[str]:
    """Encrypted numbers for `phe`, row-major, each as the JSON that its command line reads.

    A result of computation is randomized anew first, so that the text does not show how it was made.

    >>> key = generate_keypair(bits=2048).public_key
    >>> to_phe(key.encrypt([1.5]))
    ['{"v": "...", "e": -10}']
    """
    if not isinstance(array, _array.EncryptedArray):
        raise TypeError("array: must be an EncryptedArray")
    missing = -array.scale % BASE_BITS
    exponent = -((array.scale + missing) // BASE_BITS)
    if missing:
        array = array.multiply(1 << missing, public=True)
    return [json.dumps({"v": str(ciphertext), "e": exponent}) for ciphertext in array.to_integers()]
