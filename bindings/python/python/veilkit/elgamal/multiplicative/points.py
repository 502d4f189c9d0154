"""Elements of ristretto255 under ElGamal, for protocols that work on group elements.

Elements are 32 bytes, in the encoding of RFC 9496. The group is written additively, as in `veilkit.shamir` and in proofs:
the operation is ``+``, and ``*`` takes an element several times.

>>> from veilkit.elgamal.multiplicative import points
>>> keys = points.generate_keypair()
>>> pseudonym = points.hash_to_point(b"patient 17", context=b"register of May")
>>> encrypted = keys.public_key.encrypt(pseudonym)
>>> keys.secret_key.decrypt(encrypted.rerandomize()) == pseudonym
True
>>> keys.secret_key.decrypt(encrypted * 3 - encrypted - encrypted) == pseudonym
True

Security: semantically secure under the decisional Diffie-Hellman assumption in ristretto255; not against quantum computers. A
ciphertext can be changed by anyone without notice.
"""

from __future__ import annotations

import operator
from typing import Any, NoReturn

from ... import _native
from ..._checks import Buffer, as_bytes
from .._bases import Pair, Public, Secret

__all__ = ["GENERATOR", "ORDER", "Ciphertext", "Keypair", "PublicKey", "SecretKey", "generate_keypair", "hash_to_point"]

ORDER = 2**252 + 27742317777372353535851937790883648493
"""The number of elements of the group."""

GENERATOR = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
"""The standard generator (RFC 9496): a public key is a secret scalar times it."""


def hash_to_point(data: Buffer, *, context: Buffer) -> bytes:
    """The element that belongs to these bytes in a context; nobody knows its logarithm.

    Args:
        data: what to hash.
        context: what the elements are for: the same data in another context gives an unrelated element.

    >>> hash_to_point(b"patient 17", context=b"register of May") == hash_to_point(b"patient 17", context=b"another")
    False
    """
    return _native.elgamal_hash_to_point(as_bytes(context, "context"), as_bytes(data, "data"))


def generate_keypair() -> Keypair:
    """Makes a new key pair with randomness of the operating system."""
    return Keypair(SecretKey._wrap(_native.ElGamalPointSecretKey.generate()))


class PublicKey(Public[_native.ElGamalPointPublicKey]):
    """Encrypts, and belongs to every ciphertext made with it. Made by `generate_keypair` or `from_bytes`."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> PublicKey:
        """Reads and validates an encoded public key.

        Raises:
            EncodingError: bytes that are not a public key.
        """
        return cls._wrap(_native.ElGamalPointPublicKey.from_bytes(as_bytes(data, "data")))

    def encrypt(self, point: Buffer) -> Ciphertext:
        """Encrypts an element, given as 32 bytes.

        Raises:
            EncodingError: bytes that are no element of the group.
        """
        return Ciphertext._wrap(self._handle.encrypt(as_bytes(point, "point")), self)


class SecretKey(Secret[_native.ElGamalPointSecretKey, PublicKey]):
    """Decrypts. Made by `generate_keypair` or `from_bytes`.

    It is never pickled, printed or compared; it is written only by `to_bytes`, and wiped when the last reference goes.
    """

    __slots__ = ()

    @classmethod
    def _wrap(cls, handle: _native.ElGamalPointSecretKey) -> SecretKey:
        return cls._of(handle, PublicKey._wrap(handle.public_key()))

    @classmethod
    def from_bytes(cls, data: Buffer) -> SecretKey:
        """Reads and validates an encoded secret key.

        Raises:
            EncodingError: bytes that are not a secret key.
        """
        return cls._wrap(_native.ElGamalPointSecretKey.from_bytes(as_bytes(data, "data")))

    def decrypt(self, encrypted: Ciphertext) -> bytes:
        """The element, 32 bytes.

        Raises:
            ParameterError: encrypted under another key.
        """
        if not isinstance(encrypted, Ciphertext):
            raise TypeError("encrypted: must be a Ciphertext of multiplicative.points")
        return self._handle.decrypt(encrypted._handle)


class Keypair(Pair[SecretKey, PublicKey]):
    """A secret key and its public key."""

    __slots__ = ()


class Ciphertext:
    """An encrypted element, made by `PublicKey.encrypt` or `from_bytes`.

    ``+ -`` with ciphertexts of the same key, ``*`` by integers, which count modulo `ORDER` and may be secret.
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.ElGamalPointCiphertext
    _public_key: PublicKey

    def __init__(self) -> None:
        raise TypeError("use PublicKey.encrypt or Ciphertext.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.ElGamalPointCiphertext, public_key: PublicKey) -> Ciphertext:
        ciphertext = object.__new__(cls)
        ciphertext._handle = handle
        ciphertext._public_key = public_key
        return ciphertext

    def _like(self, handle: _native.ElGamalPointCiphertext) -> Ciphertext:
        return Ciphertext._wrap(handle, self._public_key)

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: PublicKey) -> Ciphertext:
        """Reads and validates an encoded ciphertext.

        Raises:
            EncodingError: bytes that are not a ciphertext.
            ParameterError: encrypted under another key.
        """
        if not isinstance(public_key, PublicKey):
            raise TypeError("public_key: must be a PublicKey of multiplicative.points")
        handle = _native.ElGamalPointCiphertext.from_bytes(as_bytes(data, "data"), public_key._handle)
        return cls._wrap(handle, public_key)

    def to_bytes(self) -> bytes:
        """The canonical encoding. A result of computation is randomized anew first."""
        return self._handle.to_bytes()

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    @property
    def public_key(self) -> PublicKey:
        """The key it is encrypted under."""
        return self._public_key

    def __add__(self, other: Any) -> Ciphertext:
        if not isinstance(other, Ciphertext):
            return NotImplemented
        return self._like(self._handle.add(other._handle))

    def __sub__(self, other: Any) -> Ciphertext:
        if not isinstance(other, Ciphertext):
            return NotImplemented
        return self._like(self._handle.sub(other._handle))

    def __mul__(self, factor: Any) -> Ciphertext:
        if isinstance(factor, Ciphertext):
            return NotImplemented
        scalar = (operator.index(factor) % ORDER).to_bytes(32, "little")
        return self._like(self._handle.mul_scalar(scalar))

    __rmul__ = __mul__

    def rerandomize(self) -> Ciphertext:
        """The same in a ciphertext that nobody can link to this one."""
        return self._like(self._handle.rerandomize())

    def __repr__(self) -> str:
        return f"Ciphertext(key={self._public_key.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Ciphertext.from_bytes, (self.to_bytes(), self._public_key)

    def __bool__(self) -> NoReturn:
        raise TypeError("the truth of an encrypted element is not known without the secret key")

    def _compare(self, other: object) -> NoReturn:
        raise TypeError("encrypted elements are not compared")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare
    __hash__ = None  # type: ignore[assignment]
