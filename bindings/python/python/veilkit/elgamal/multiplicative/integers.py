"""Positive integers under ElGamal in the groups of RFC 7919: encrypted products, ratios and powers.

>>> from veilkit.elgamal.multiplicative import integers
>>> keys = integers.generate_keypair(bits=2048)
>>> smoker, exercise = keys.public_key.encrypt(1800, bits=16), keys.public_key.encrypt(750, bits=16)
>>> keys.secret_key.decrypt(smoker * exercise)
1350000
>>> keys.secret_key.decrypt_ratio(smoker / exercise)
Fraction(12, 5)

How many bits a number may have is public and follows every operation; the one whose result might not decode raises
`EvaluationError`. Zero has no encoding: a product with zero in it would be seen by everybody.

Security: semantically secure under the decisional Diffie-Hellman assumption in the group; not against quantum computers. A
ciphertext can be changed by anyone without notice.
"""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any, NoReturn

from ... import _native
from ..._checks import Buffer, as_bytes, as_count
from ...errors import error
from .._bases import Pair, Public, Secret

__all__ = ["Ciphertext", "Keypair", "PublicKey", "SecretKey", "generate_keypair"]


def generate_keypair(bits: int = 3072) -> Keypair:
    """Makes a new key pair with randomness of the operating system.

    Args:
        bits: size of the group: 2048 (112-bit security), 3072 (125-bit, the default) or 4096 (150-bit).

    Raises:
        ParameterError: another size.
    """
    return Keypair(SecretKey._wrap(_native.ElGamalIntegerSecretKey.generate(as_count(bits, "bits"))))


class PublicKey(Public[_native.ElGamalIntegerPublicKey]):
    """Encrypts, and belongs to every ciphertext made with it. Made by `generate_keypair` or `from_bytes`."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> PublicKey:
        """Reads and validates an encoded public key.

        Raises:
            EncodingError: bytes that are not a public key, or a number that is not in the group.
        """
        return cls._wrap(_native.ElGamalIntegerPublicKey.from_bytes(as_bytes(data, "data")))

    @property
    def bits(self) -> int:
        """Size of the group in bits."""
        return self._handle.bits

    @property
    def plaintext_bits(self) -> int:
        """Bits that the numerator and the denominator of a result may have together."""
        return self._handle.plaintext_bits

    def encrypt(self, value: int, *, bits: int = 64) -> Ciphertext:
        """Encrypts a positive integer.

        Args:
            value: the integer, below ``2 ** bits``.
            bits: the **public** bound: the smaller, the more factors fit.

        Raises:
            ParameterError: zero, a negative integer or one that is not below ``2 ** bits``.
            EvaluationError: more bits than the group has room for.
        """
        size = as_count(bits, "bits")
        return Ciphertext._wrap(self._handle.encrypt(_little(value, size), size), self)


class SecretKey(Secret[_native.ElGamalIntegerSecretKey, PublicKey]):
    """Decrypts. Made by `generate_keypair` or `from_bytes`.

    It is never pickled, printed or compared; it is written only by `to_bytes`, and wiped when the last reference goes.
    """

    __slots__ = ()

    @classmethod
    def _wrap(cls, handle: _native.ElGamalIntegerSecretKey) -> SecretKey:
        return cls._of(handle, PublicKey._wrap(handle.public_key()))

    @classmethod
    def from_bytes(cls, data: Buffer) -> SecretKey:
        """Reads and validates an encoded secret key.

        Raises:
            EncodingError: bytes that are not a secret key.
        """
        return cls._wrap(_native.ElGamalIntegerSecretKey.from_bytes(as_bytes(data, "data")))

    def decrypt(self, encrypted: Ciphertext) -> int:
        """The integer.

        Raises:
            ParameterError: encrypted under another key, or a ratio.
            CryptoError: it is not what its public bound says.
        """
        return int.from_bytes(self._handle.decrypt(_checked(encrypted)._handle), "little")

    def decrypt_ratio(self, encrypted: Ciphertext) -> Fraction:
        """The ratio in lowest terms; also of an integer. The time taken varies with the result.

        Raises:
            ParameterError: encrypted under another key.
            CryptoError: it is not what its public bounds say.
        """
        numerator, denominator = self._handle.decrypt_ratio(_checked(encrypted)._handle)
        return Fraction(int.from_bytes(numerator, "little"), int.from_bytes(denominator, "little"))


class Keypair(Pair[SecretKey, PublicKey]):
    """A secret key and its public key."""

    __slots__ = ()


class Ciphertext:
    """An encrypted positive integer, or ratio of two, made by `PublicKey.encrypt` or `from_bytes`.

    ``*`` with ciphertexts of the same key and positive integers, ``/`` by ciphertexts, ``**`` by positive integers. An integer
    as a factor is a constant of the program, and taken to be public; `multiply` keeps it secret within a declared bound.
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.ElGamalIntegerCiphertext
    _public_key: PublicKey

    def __init__(self) -> None:
        raise TypeError("use PublicKey.encrypt or Ciphertext.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.ElGamalIntegerCiphertext, public_key: PublicKey) -> Ciphertext:
        ciphertext = object.__new__(cls)
        ciphertext._handle = handle
        ciphertext._public_key = public_key
        return ciphertext

    def _like(self, handle: _native.ElGamalIntegerCiphertext) -> Ciphertext:
        return Ciphertext._wrap(handle, self._public_key)

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: PublicKey) -> Ciphertext:
        """Reads and validates an encoded ciphertext.

        Raises:
            EncodingError: bytes that are not a ciphertext, or a number that is not in the group.
            ParameterError: encrypted under another key.
        """
        if not isinstance(public_key, PublicKey):
            raise TypeError("public_key: must be a PublicKey of multiplicative.integers")
        handle = _native.ElGamalIntegerCiphertext.from_bytes(as_bytes(data, "data"), public_key._handle)
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

    @property
    def numerator_bits(self) -> int:
        """The public bound: the numerator is below ``2 ** numerator_bits``."""
        return self._handle.numerator_bits

    @property
    def denominator_bits(self) -> int:
        """The public bound on the denominator; 0 for integers."""
        return self._handle.denominator_bits

    def __mul__(self, other: Any) -> Ciphertext:
        if isinstance(other, Ciphertext):
            return self._like(self._handle.mul(other._handle))
        if isinstance(other, int) and not isinstance(other, bool):
            return self.multiply(other, bits=max(other.bit_length(), 1))
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Ciphertext:
        if not isinstance(other, Ciphertext):
            return NotImplemented
        return self._like(self._handle.div(other._handle))

    def __pow__(self, exponent: int) -> Ciphertext:
        power = as_count(exponent, "exponent")
        if power == 0:
            raise error("OutOfRange", "exponent: must be positive")
        result = self._handle
        for bit in bin(power)[3:]:
            result = result.mul(result)
            if bit == "1":
                result = result.mul(self._handle)
        return self._like(result)

    def multiply(self, factor: int, *, bits: int) -> Ciphertext:
        """The product with a plain positive integer below ``2 ** bits``, of which only this **public** bound is told.

        Raises:
            ParameterError: a factor of zero, a negative one, one that is not below ``2 ** bits``, or one above 128 bits.
            EvaluationError: no room is left for the product.
        """
        size = as_count(bits, "bits")
        value = operator.index(factor)
        if not 0 < value < 1 << min(size, 128):
            raise error("OutOfRange", "factor: must be positive, within its bits, and of at most 128")
        return self._like(self._handle.mul_plain(value, size))

    def rerandomize(self) -> Ciphertext:
        """The same in a ciphertext that nobody can link to this one."""
        return self._like(self._handle.rerandomize())

    def __repr__(self) -> str:
        bits = f"numerator_bits={self.numerator_bits}, denominator_bits={self.denominator_bits}"
        return f"Ciphertext({bits}, key={self._public_key.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Ciphertext.from_bytes, (self.to_bytes(), self._public_key)

    def __bool__(self) -> NoReturn:
        raise TypeError("the truth of an encrypted number is not known without the secret key")

    def _compare(self, other: object) -> NoReturn:
        raise TypeError("encrypted numbers are not compared")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare
    __hash__ = None  # type: ignore[assignment]


def _little(value: int, bits: int) -> bytes:
    number = operator.index(value)
    if not 0 < number < 1 << min(bits, 1 << 14):
        raise error("OutOfRange", "plaintext: must be positive and within its bits")
    return number.to_bytes(-(-min(bits, 1 << 14) // 64) * 8, "little")


def _checked(encrypted: object) -> Ciphertext:
    if not isinstance(encrypted, Ciphertext):
        raise TypeError("encrypted: must be a Ciphertext of multiplicative.integers")
    return encrypted
