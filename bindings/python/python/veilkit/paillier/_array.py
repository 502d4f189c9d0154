"""Encrypted arrays with the operators of numpy."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Literal

import numpy as np

from .. import _native
from .._arrays import limit, plain_array
from .._checks import Buffer, as_bytes
from .._operators import ArrayOperators
from ..errors import error
from . import _keys, _proofs


class EncryptedArray(ArrayOperators[_native.PaillierArray, "_keys.PublicKey"]):
    """An array of encrypted numbers with the operators of numpy, made by `encrypt` or `from_bytes`.

    ``+ - *`` with plain numbers and arrays on either side, ``+ -`` between encrypted arrays of one key, ``@`` with a
    plain array on either side, `sum`, `mean`, `dot`; shapes broadcast as in numpy. Plain operands follow the rule of
    `encrypt`: integers and booleans are exact integers, floats are fixed point at the key's scale. ``/`` by plain numbers
    multiplies by the reciprocal at that scale, and is refused where this would be off by more than 2^-26.

    What does not exist on encrypted numbers raises `TypeError`: comparison, truth, conversion to a numpy array,
    multiplication of two encrypted arrays.

    >>> keys = generate_keypair(bits=2048)
    >>> x = keys.public_key.encrypt([[1.0, 2.0], [3.0, 4.0]])
    >>> keys.secret_key.decrypt(x.sum(axis=0) * 0.5 - [1, 2])
    array([1., 1.])
    >>> keys.secret_key.decrypt(np.array([1, -1]) @ x)
    array([-2., -2.])
    """

    __slots__ = ()

    def __repr__(self) -> str:
        key = self._public_key
        return f"EncryptedArray(shape={self.shape}, kind={self.kind!r}, bits={key.bits}, key={key.key_id[:8]!r})"

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> EncryptedArray:
        """Reads and validates an encoded array.

        Raises:
            EncodingError: bytes that are not an array of ciphertexts of this key's size, or a ciphertext that is no unit.
            ParameterError: encrypted under another key.
        """
        _keys.require_key(public_key)
        return cls._wrap(_native.PaillierArray.from_bytes(as_bytes(data, "data"), public_key._handle), public_key)

    def to_integers(self) -> list[int]:
        """The ciphertexts as integers below ``n ** 2``, row-major, for exchange with other Paillier software."""
        data, width = self._handle.ciphertexts(), self._public_key.bits // 4
        return [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width)]

    @classmethod
    def from_integers(
        cls,
        ciphertexts: Iterable[int],
        public_key: _keys.PublicKey,
        *,
        shape: tuple[int, ...] | None = None,
        kind: Literal["int", "fixed"] = "int",
        bound: float | None = None,
    ) -> EncryptedArray:
        """Ciphertexts of other Paillier software, made with the same n and the generator n + 1.

        Args:
            ciphertexts: integers below ``n ** 2``, row-major.
            shape: their shape; one axis if absent.
            kind: how the plaintexts were encoded: integers, or ``round(x * 2 ** fraction_bits)``.
            bound: a bound on the absolute values that their maker vouches for; the key's range if absent. Wrong sums are
                the price of a wrong bound.

        Raises:
            EncodingError: an integer that is not below ``n ** 2``, or not coprime to n.
        """
        _keys.require_key(public_key)
        if kind not in ("int", "fixed"):
            raise error("InvalidParams", "kind: must be 'int' or 'fixed'")
        width = public_key.bits // 4
        try:
            encoded = [operator.index(ciphertext).to_bytes(width, "little") for ciphertext in ciphertexts]
        except OverflowError:
            raise error("InvalidEncoding", "ciphertext: not below n^2") from None
        # Zeros of the same shape and type stand for the plaintexts, whose scale and bound they have.
        zeros = np.zeros(len(encoded), dtype=np.int64 if kind == "int" else np.float64)
        try:
            like = plain_array(zeros if shape is None else zeros.reshape(shape), "ciphertexts")
        except ValueError:
            raise error("ShapeMismatch", "ciphertexts: not as many as the shape says") from None
        data = b"".join(encoded)
        handle = _native.PaillierArray.from_ciphertexts(data, public_key._handle, like, limit(bound, like))
        return cls._wrap(handle, public_key)

    def mean(self, axis: int | None = None) -> EncryptedArray:
        """The mean over one axis, or over all elements, with a relative error below 2^-53.

        Its `scale` is raised by up to 85 bits; the mean of integers over a count that is no power of two is `kind='fixed'`.

        Raises:
            ParameterError: the mean of no elements.
        """
        return self._like(self._handle.mean(self._axis(axis)))

    def rerandomize_with_proof(self, *, context: _proofs.Context) -> tuple[EncryptedArray, _proofs.EqualityProof]:
        """One number in a ciphertext that nobody can link to this one, and the proof that the number is the same.

        Args:
            context: what names the session and the prover, as text or bytes. The proof holds in this context only.

        Raises:
            ParameterError: more than one element, or a result of computation: `rerandomize` it first, so that it is sent as
                it is.

        >>> x = generate_keypair(bits=2048).public_key.encrypt(7)
        >>> again, proof = x.rerandomize_with_proof(context="session 1, party 2")
        >>> proof
        EqualityProof(bits=2048, key='...')
        """
        handle, proof = self._handle.rerandomize_with_proof(_proofs.as_context(context))
        return self._like(handle), _proofs.EqualityProof._wrap(proof, self._public_key)

    def multiply_with_proof(
        self, weight: float, *, context: _proofs.Context, bound: float | None = None
    ) -> _proofs.ProvenProduct:
        """One number times a secret weight, both encrypted, and the proof that the product is right.

        Args:
            weight: the plain number; an integer stays exact, a float becomes fixed point.
            context: what names the session and the prover, as text or bytes. The proof holds in this context only.
            bound: a **public** bound on the weight's absolute value; the key's range if absent.

        Raises:
            ParameterError: more than one element or weight; a weight beyond `bound`; a result of computation: `rerandomize` it
                first, so that it is sent as it is.
            EvaluationError: no room for the product.

        >>> keys = generate_keypair(bits=2048)
        >>> weight, product, proof = keys.public_key.encrypt(7).multiply_with_proof(6, context="session 1, party 2")
        >>> keys.secret_key.decrypt(product)
        np.int64(42)
        """
        plain = plain_array(weight, "weight")
        made = self._handle.multiply_with_proof(plain, limit(bound, plain), _proofs.as_context(context))
        proof = _proofs.ProductProof._wrap(made[2], self._public_key)
        return _proofs.ProvenProduct(self._like(made[0]), self._like(made[1]), proof)

def concatenate(arrays: Iterable[EncryptedArray], axis: int = 0) -> EncryptedArray:
    """Joins encrypted arrays of one key along an axis that they have.

    Raises:
        ParameterError: no arrays, other extents, or two keys.

    >>> from veilkit import paillier
    >>> key = paillier.generate_keypair(bits=2048).public_key
    >>> paillier.concatenate([key.encrypt([1, 2]), key.encrypt([3])])
    EncryptedArray(shape=(3,), kind='int', bits=2048, key='...')
    """
    return EncryptedArray._joined(arrays, axis)
