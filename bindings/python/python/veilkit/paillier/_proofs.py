"""Numbers submitted with a proof of their range, and proofs about single encrypted numbers."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .. import _native
from .._checks import Buffer, as_bytes
from .._progress import Progress, reporting
from ..errors import error
from . import _array, _keys

Context: TypeAlias = str | Buffer


def as_context(context: Context) -> bytes:
    """What a proof is bound to, as bytes; text stands for its UTF-8."""
    return context.encode() if isinstance(context, str) else as_bytes(context, "context")


def ends(low: float, high: float) -> tuple[float, float]:
    """Both ends of a range as integers, or both as floats."""
    for end in (low, high):
        if isinstance(end, (bool, np.bool_)) or not isinstance(end, (int, float, np.integer, np.floating)):
            raise TypeError("low, high: must be numbers")
    if not all(isinstance(end, (int, np.integer)) for end in (low, high)):
        return float(low), float(high)
    if not all(-(2**63) <= end < 2**63 for end in (low, high)):
        raise error("OutOfRange", "range: the ends")
    return int(low), int(high)


class Submission:
    """Encrypted numbers with the proof that each lies in a public range: nobody submits -10^9 to a sum.

    Made by `PublicKey.submit`. The numbers come out of `verify` only, so that nobody computes with unchecked ones.

    >>> from veilkit import paillier
    >>> keys = paillier.generate_keypair(bits=2048)
    >>> sent = keys.public_key.submit([41, 97], 0, 127, context="study 7, hospital 2, age").to_bytes()
    >>> received = paillier.Submission.from_bytes(sent, keys.public_key)
    >>> ages = received.verify(0, 127, context="study 7, hospital 2, age")
    >>> keys.secret_key.decrypt(ages.sum())
    np.int64(138)
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PaillierSubmission
    _public_key: _keys.PublicKey

    def __init__(self) -> None:
        raise TypeError("use PublicKey.submit or Submission.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.PaillierSubmission, public_key: _keys.PublicKey) -> Submission:
        submission = object.__new__(cls)
        submission._handle = handle
        submission._public_key = public_key
        return submission

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> Submission:
        """Reads an encoded submission; `verify` checks its proof.

        Raises:
            EncodingError: bytes that are not a submission of ciphertexts of this key's size.
            ParameterError: encrypted under another key.
        """
        _keys.require_key(public_key)
        return cls._wrap(_native.PaillierSubmission.from_bytes(as_bytes(data, "data"), public_key._handle), public_key)

    def to_bytes(self) -> bytes:
        """The canonical encoding: for each number ``ceil(log2(high - low + 1))`` bits of about a kilobyte each."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    def verify(self, low: float, high: float, *, context: Context, progress: Progress = False) -> _array.EncryptedArray:
        """Checks that every number lies in the expected range, and gives the numbers.

        Args:
            low: the least number allowed, of the type that the sender used: integers, or floats for fixed point.
            high: the greatest number allowed.
            context: what the sender gave to `PublicKey.submit`: session, sender, column.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: made for another range, or for the other kind of numbers.
            CryptoError: a proof that does not hold, or holds in another context.
        """
        expected = ends(low, high)
        with reporting(progress, "verify") as report:
            handle = self._handle.verify(expected, as_context(context), report)
        return _array.EncryptedArray._wrap(handle, self._public_key)

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents of the numbers."""
        return tuple(self._handle.shape)

    @property
    def kind(self) -> str:
        """`'int'` for exact integers, `'fixed'` for fixed-point numbers."""
        return "fixed" if self._handle.scale else "int"

    @property
    def low(self) -> float:
        """The least number that the sender claims; compare before `verify`, which takes long."""
        return self._end(0)

    @property
    def high(self) -> float:
        """The greatest number that the sender claims."""
        return self._end(1)

    def _end(self, which: int) -> float:
        end, scale = self._handle.range[which], self._handle.scale
        return end / 2**scale if scale else end

    @property
    def public_key(self) -> _keys.PublicKey:
        """The key that the numbers are encrypted under."""
        return self._public_key

    def __repr__(self) -> str:
        return f"Submission(shape={self.shape}, kind={self.kind!r}, low={self.low}, high={self.high}, unverified)"

    def __reduce__(self) -> tuple[Any, ...]:
        return Submission.from_bytes, (self.to_bytes(), self._public_key)


class Proof:
    """A proof about single encrypted numbers under one key."""

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PaillierEqualityProof | _native.PaillierProductProof
    _public_key: _keys.PublicKey

    def __init__(self) -> None:
        raise TypeError(f"use EncryptedArray or {type(self).__name__}.from_bytes")

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    @property
    def public_key(self) -> _keys.PublicKey:
        """The key that it was made under."""
        return self._public_key

    def __repr__(self) -> str:
        return f"{type(self).__name__}(bits={self._public_key.bits}, key={self._public_key.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(), self._public_key)  # type: ignore[attr-defined]


class EqualityProof(Proof):
    """Proof that two encrypted arrays of one element hold the same number; from `EncryptedArray.rerandomize_with_proof`.

    >>> from veilkit import paillier
    >>> x = paillier.generate_keypair(bits=2048).public_key.encrypt(7)
    >>> again, proof = x.rerandomize_with_proof(context="session 1, party 2")
    >>> proof.verify(x, again, context="session 1, party 2")
    """

    __slots__ = ()
    _handle: _native.PaillierEqualityProof

    @classmethod
    def _wrap(cls, handle: _native.PaillierEqualityProof, public_key: _keys.PublicKey) -> EqualityProof:
        proof = object.__new__(cls)
        proof._handle, proof._public_key = handle, public_key
        return proof

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> EqualityProof:
        """Reads an encoded proof; `verify` checks it.

        Raises:
            EncodingError: bytes that are not such a proof.
            ParameterError: made under another key.
        """
        _keys.require_key(public_key)
        handle = _native.PaillierEqualityProof.from_bytes(as_bytes(data, "data"), public_key._handle)
        return cls._wrap(handle, public_key)

    def verify(self, a: _array.EncryptedArray, b: _array.EncryptedArray, *, context: Context) -> None:
        """Checks that `b` holds the number in `a`, and was made from it in this context.

        Raises:
            ParameterError: another key or scale, or more than one element.
            CryptoError: the proof does not hold.
        """
        require_arrays(a, b)
        self._handle.verify(a._handle, b._handle, as_context(context))


class ProductProof(Proof):
    """Proof that an encrypted number is the product of two others; from `EncryptedArray.multiply_with_proof`.

    >>> from veilkit import paillier
    >>> x = paillier.generate_keypair(bits=2048).public_key.encrypt(7)
    >>> weight, product, proof = x.multiply_with_proof(6, context="session 1, party 2")
    >>> proof.verify(weight, x, product, context="session 1, party 2")
    """

    __slots__ = ()
    _handle: _native.PaillierProductProof

    @classmethod
    def _wrap(cls, handle: _native.PaillierProductProof, public_key: _keys.PublicKey) -> ProductProof:
        proof = object.__new__(cls)
        proof._handle, proof._public_key = handle, public_key
        return proof

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> ProductProof:
        """Reads an encoded proof; `verify` checks it.

        Raises:
            EncodingError: bytes that are not such a proof.
            ParameterError: made under another key.
        """
        _keys.require_key(public_key)
        handle = _native.PaillierProductProof.from_bytes(as_bytes(data, "data"), public_key._handle)
        return cls._wrap(handle, public_key)

    def verify(
        self,
        weight: _array.EncryptedArray,
        number: _array.EncryptedArray,
        product: _array.EncryptedArray,
        *,
        context: Context,
    ) -> None:
        """Checks that `product` holds the number in `weight` times the number in `number`.

        Nothing is proven about the size of the weight: the bounds of the arrays are the claims of whoever sent them.

        Raises:
            ParameterError: another key or scale, or more than one element.
            CryptoError: the proof does not hold.
        """
        require_arrays(weight, number, product)
        self._handle.verify(weight._handle, number._handle, product._handle, as_context(context))


class ProvenProduct(NamedTuple):
    """What whoever multiplied publishes."""

    weight: _array.EncryptedArray
    """The encrypted weight."""
    product: _array.EncryptedArray
    """The encrypted product, rerandomized."""
    proof: ProductProof
    """The proof."""


def require_arrays(*arrays: object) -> None:
    if not all(isinstance(array, _array.EncryptedArray) for array in arrays):
        raise TypeError("a proof is about EncryptedArrays")
