"""Keys: making, writing and reading them; encryption and decryption."""

from __future__ import annotations

import functools
import operator
from typing import Any, Literal, NoReturn, overload

import numpy as np
import numpy.typing as npt

from .. import _native
from .._arrays import limit, plain_array
from .._checks import Buffer, as_bytes, as_count
from .._progress import Progress, reporting
from ..errors import error
from . import _array, _packed, _pool, _proofs


def generate_keypair(
    bits: int = 3072,
    *,
    fraction_bits: int = 40,
    value_bits: int = 88,
) -> Keypair:
    """Makes a new key pair, and the proof that its public key is well-formed. Takes seconds; Ctrl-C stops it.

    Args:
        bits: size of the modulus: 2048 (112-bit security), 3072 (128-bit, the default) or 4096.
        fraction_bits: bits after the binary point of every fixed-point number under this key, at most 120.
        value_bits: bits of one encoded number with its sign, at most 127: absolute values are below
            ``2 ** (value_bits - 1 - fraction_bits)`` for floats (1.4e14 by default).

    Raises:
        ParameterError: sizes that are not allowed.

    >>> from veilkit import paillier
    >>> paillier.generate_keypair(bits=2048)
    Keypair(bits=2048, key='...')
    """
    sizes = as_count(bits, "bits"), as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
    secret = _native.PaillierSecretKey.generate(*sizes)
    key = SecretKey._wrap(secret)
    key._public_key = PublicKey._wrap(secret.public_key())  # with its proof, now rather than at the first use
    return Keypair(key)


class Keypair:
    """A secret key and its public key."""

    __slots__ = ("_secret_key",)

    def __init__(self, secret_key: SecretKey) -> None:
        self._secret_key = secret_key

    @property
    def public_key(self) -> PublicKey:
        """For everybody who encrypts or computes."""
        return self._secret_key.public_key

    @property
    def secret_key(self) -> SecretKey:
        """For the one who reads results."""
        return self._secret_key

    def __repr__(self) -> str:
        return f"Keypair(bits={self.public_key.bits}, key={self.public_key.key_id[:8]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key pair holds a secret and is not pickled; send its public_key")


class Encrypting:
    """A key that encrypts."""

    __slots__ = ("_handle",)
    _handle: _native.PaillierPublicKey | _native.PaillierSecretKey

    def _encrypts_for(self) -> PublicKey:
        raise NotImplementedError

    @overload
    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: Literal[False] = False,
        bound: float | None = None,
        pool: _pool.RandomizerPool | None = None,
        progress: Progress = False,
    ) -> _array.EncryptedArray: ...

    @overload
    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: Literal[True],
        bound: float | None = None,
        headroom_bits: int = 20,
        progress: Progress = False,
    ) -> _packed.PackedArray: ...

    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: bool = False,
        bound: float | None = None,
        pool: _pool.RandomizerPool | None = None,
        headroom_bits: int = 20,
        progress: Progress = False,
    ) -> _array.EncryptedArray | _packed.PackedArray:
        """Encrypts an array of any shape, element by element, or many elements per ciphertext.

        The secret key does it faster than the public key, with a result that nobody can tell apart.

        Args:
            values: anything that numpy reads as integers, booleans or floats: lists, arrays, pandas or polars columns.
                C-ordered arrays of float64 or int64 are read where they are: leave them alone until the call returns.
            packed: put many values into each ciphertext; see `PackedArray`.
            bound: a **public** bound on the absolute values. It saves headroom and time later on, and room when packed.
            pool: randomizers made beforehand; each value takes one. Not for packed arrays.
            headroom_bits: for packed arrays: sums of up to ``2 ** headroom_bits`` of them will fit.
            progress: True for a bar, or a function of ``(done, total)``.

        Returns:
            An `EncryptedArray` (`PackedArray` if packed) of the same shape.

        Raises:
            ParameterError: NaN or infinity; a value beyond `bound` or the key's range; a pool that is empty, of another
                key, or from before a fork.
            TypeError: elements that are no numbers of at most 64 bits.

        >>> key = generate_keypair(bits=2048).public_key
        >>> key.encrypt([[1, 2], [3, 4]]).shape
        (2, 2)
        """
        plain = plain_array(values, "values")
        declared, key = limit(bound, plain), self._encrypts_for()
        if pool is not None and not isinstance(pool, _pool.RandomizerPool):
            raise TypeError("pool: must be a RandomizerPool")
        if pool is not None and packed:
            raise error("InvalidParams", "pool: not for packed arrays")
        with reporting(progress, "encrypt") as report:
            if packed:
                headroom = as_count(headroom_bits, "headroom_bits")
                return _packed.PackedArray._wrap(self._handle.encrypt_packed(plain, declared, headroom, report), key)
            if pool is not None:
                return _array.EncryptedArray._wrap(pool._handle.encrypt(key._handle, plain, declared), key)
            return _array.EncryptedArray._wrap(self._handle.encrypt(plain, declared, report), key)


class UnprovenPublicKey:
    """A public key that came without a proof that it is well-formed. It does nothing until somebody trusts it.

    A key with a known weakness can be made to pass the checks that are possible without a proof. Whoever made the key, and
    whoever could have replaced it on the way, is then trusted with everything that is encrypted under it.

    >>> data = generate_keypair(bits=2048).public_key.to_bytes_without_proof()
    >>> UnprovenPublicKey.from_bytes(data).trust_without_proof()
    PublicKey(bits=2048, key='...', unproven)
    """

    __slots__ = ("_handle",)
    _handle: _native.PaillierUnprovenPublicKey

    def __init__(self) -> None:
        raise TypeError("use UnprovenPublicKey.from_bytes")

    @classmethod
    def _wrap(cls, native: _native.PaillierUnprovenPublicKey) -> UnprovenPublicKey:
        key = object.__new__(cls)
        key._handle = native
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> UnprovenPublicKey:
        """Reads what `PublicKey.to_bytes_without_proof` wrote, and checks what can be checked without a proof.

        Raises:
            EncodingError: bytes that are not a public key, or a modulus that is even, prime, a perfect power, of the
                wrong size or with a small factor.
        """
        return cls._wrap(_native.PaillierUnprovenPublicKey.from_bytes(as_bytes(data, "data")))

    @classmethod
    def from_modulus(cls, n: int, *, fraction_bits: int = 40, value_bits: int = 88) -> UnprovenPublicKey:
        """The key of other Paillier software with this modulus. Everybody who reads it gets the same key.

        Encryption takes about twice as long as under a key of ours: nobody but the holder knows whether short randomizers
        are safe under it, so long ones are used.

        Args:
            n: the modulus, of 2048, 3072 or 4096 bits.
            fraction_bits: as for `generate_keypair`.
            value_bits: as for `generate_keypair`.

        Raises:
            ParameterError: a modulus of another size.
            EncodingError: a modulus that is even, prime, a perfect power or has a small factor.
        """
        n = operator.index(n)
        sizes = n.bit_length(), as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
        data = n.to_bytes(sizes[0] // 8 + 1, "big").lstrip(b"\0") if n > 0 else b""
        return cls._wrap(_native.PaillierUnprovenPublicKey.from_modulus(data, *sizes))

    @classmethod
    def from_jwk(cls, text: str, *, fraction_bits: int = 40, value_bits: int = 88) -> UnprovenPublicKey:
        """A public key of `phe`, as its command line writes it, or the public part of a secret one; see `from_modulus`.

        Raises:
            ParameterError: a modulus that has not 2048, 3072 or 4096 bits.
            EncodingError: text that is no such key.
        """
        if not isinstance(text, str):
            raise TypeError("text: must be a str")
        sizes = as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
        return cls._wrap(_native.PaillierUnprovenPublicKey.from_jwk(text, *sizes))

    def trust_without_proof(self) -> PublicKey:
        """The key, trusted as it is."""
        return PublicKey._wrap(self._handle.trust_without_proof())

    def __repr__(self) -> str:
        key = self._handle.trust_without_proof()
        return f"UnprovenPublicKey(bits={key.modulus_bits}, key={key.id.hex()[:8]!r})"


class PublicKey(Encrypting):
    """Encrypts; everything that is computed on encrypted arrays uses it. Made by `generate_keypair` or `from_bytes`.

    Its holder publishes it with a proof that it is well-formed. Equal keys compare equal and hash alike; keys are pickled as
    their bytes.
    """

    __slots__ = ()
    _handle: _native.PaillierPublicKey

    def _encrypts_for(self) -> PublicKey:
        return self

    def __init__(self) -> None:
        raise TypeError("use generate_keypair, PublicKey.from_bytes or UnprovenPublicKey")

    @classmethod
    def _wrap(cls, native: _native.PaillierPublicKey) -> PublicKey:
        key = object.__new__(cls)
        key._handle = native
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> PublicKey:
        """Reads an encoded public key and checks its proof: n is the product of two suitable primes, and the randomizers of
        encryption are what they should be.

        It says nothing about who holds the key: authenticate the bytes. A key without a proof is an `UnprovenPublicKey`.

        Raises:
            EncodingError: bytes that are not a public key with a proof, or a modulus that is even, prime, a perfect power,
                of the wrong size or with a small factor.
            CryptoError: the proof does not hold.

        >>> key = generate_keypair(bits=2048).public_key
        >>> PublicKey.from_bytes(key.to_bytes()) == key
        True
        """
        return cls._wrap(_native.PaillierPublicKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, with its proof: 35 kB at 2048 bits, 53 kB at 3072.

        A key that was trusted without a proof is written without one.
        """
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    def to_bytes_without_proof(self) -> bytes:
        """The short encoding, for who trusts this key anyway: `UnprovenPublicKey.from_bytes` reads it."""
        return self._handle.to_bytes_without_proof()

    def to_jwk(self, comment: str = "") -> str:
        """The modulus as JSON that `phe` reads. Scale and randomizers' base are not part of it: it does not give this key back."""
        return self._handle.to_jwk(comment or f"Paillier public key {self.key_id} written by veilkit")

    @property
    def is_proven(self) -> bool:
        """Whether it carries the proof that it is well-formed."""
        return self._handle.is_proven

    @property
    def bits(self) -> int:
        """Size of the modulus in bits."""
        return self._handle.modulus_bits

    @property
    def fraction_bits(self) -> int:
        """Bits after the binary point of every fixed-point number under this key."""
        return self._handle.fraction_bits

    @property
    def value_bits(self) -> int:
        """Bits of one encoded number with its sign."""
        return self._handle.value_bits

    @property
    def key_id(self) -> str:
        """What names this key, 32 hexadecimal digits."""
        return self._handle.id.hex()

    @property
    def n(self) -> int:
        """The modulus, for exchange with other Paillier software.

        The number alone does not give a key of ours back: randomizers come from a base that is part of `to_bytes`.
        """
        return int.from_bytes(self._handle.modulus, "little")

    def submit(
        self, values: npt.ArrayLike, low: float, high: float, *, context: _proofs.Context, progress: Progress = False
    ) -> _proofs.Submission:
        """Encrypts numbers and proves that each lies in the range from `low` to `high`, both included.

        Args:
            values: as for `encrypt`: integers stay exact, floats become fixed point.
            low: the least number allowed: an integer for integers, a float for floats.
            high: the greatest number allowed.
            context: what names the session, the sender and the column, as text or bytes. The proof holds in this context only.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: a value outside the range; a range of integers for floats or the other way round.

        >>> keys = generate_keypair(bits=2048)
        >>> sent = keys.public_key.submit([61.5, 80.25], 20.0, 250.0, context="study 7, hospital 2, weight")
        >>> keys.secret_key.decrypt(sent.verify(20.0, 250.0, context="study 7, hospital 2, weight"))
        array([61.5 , 80.25])
        """
        plain, expected = plain_array(values, "values"), _proofs.ends(low, high)
        with reporting(progress, "submit") as report:
            handle = self._handle.submit(plain, expected, _proofs.as_context(context), report)
        return _proofs.Submission._wrap(handle, self)

    def randomizer_pool(self, count: int, *, progress: Progress = False) -> _pool.RandomizerPool:
        """Makes `count` randomizers ahead of time, so that a later `encrypt(..., pool=...)` takes microseconds each."""
        pool = _pool.RandomizerPool(self)
        pool.fill(count, progress=progress)
        return pool

    def describe(self) -> str:
        """Public facts for a person: sizes, number format, security level."""
        return _describe(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublicKey):
            return NotImplemented
        return self._handle.id == other._handle.id

    def __hash__(self) -> int:
        return hash(self._handle.id)

    def __repr__(self) -> str:
        unproven = "" if self.is_proven else ", unproven"
        return f"PublicKey(bits={self.bits}, key={self.key_id[:8]!r}{unproven})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_bytes(), self.is_proven)


def _unpickled(data: bytes, proven: bool) -> PublicKey:
    """The key of a pickle; one object for many arrays that were pickled one by one, with one table and one check."""
    return _read_once(data, proven)


def _read(data: bytes, proven: bool) -> PublicKey:
    return PublicKey.from_bytes(data) if proven else UnprovenPublicKey.from_bytes(data).trust_without_proof()


_read_once = functools.lru_cache(maxsize=16)(_read)


class SecretKey(Encrypting):
    """Decrypts, and encrypts faster than the public key. Made by `generate_keypair` or `from_bytes`.

    It is never pickled, printed or compared; it is written only by `to_bytes`, and wiped when the last reference goes.
    """

    __slots__ = ("_public_key",)
    _handle: _native.PaillierSecretKey
    _public_key: PublicKey | None

    def _encrypts_for(self) -> PublicKey:
        return self.public_key

    def __init__(self) -> None:
        raise TypeError("use generate_keypair or SecretKey.from_bytes")

    @classmethod
    def _wrap(cls, native: _native.PaillierSecretKey) -> SecretKey:
        key = object.__new__(cls)
        key._handle = native
        key._public_key = None
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> SecretKey:
        """Reads and validates an encoded secret key.

        Raises:
            EncodingError: bytes that are not a secret key, or parts that do not belong together.
        """
        return cls._wrap(_native.PaillierSecretKey.from_bytes(as_bytes(data, "data")))

    @classmethod
    def from_factors(cls, p: int, q: int, *, fraction_bits: int = 40, value_bits: int = 88) -> SecretKey:
        """The key of other Paillier software with these primes, in any order.

        It decrypts and encrypts like any key. Its public key is `UnprovenPublicKey.from_modulus` of the product and has no
        proof; `with_provable_base` may help.

        Args:
            p: a prime of 1024, 1536 or 2048 bits.
            q: another one of the same size.
            fraction_bits: as for `generate_keypair`.
            value_bits: as for `generate_keypair`.

        Raises:
            ParameterError: a modulus of another size than 2048, 3072 or 4096 bits.
            EncodingError: factors that are not primes of the same size, or too close to each other.
        """
        p, q = operator.index(p), operator.index(q)
        if min(p, q) < 1:
            raise error("InvalidEncoding", "secret key: p and q do not make a key")
        sizes = (p * q).bit_length(), as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
        primes = [prime.to_bytes((prime.bit_length() + 7) // 8, "big") for prime in (p, q)]
        return cls._wrap(_native.PaillierSecretKey.from_primes((primes[0], primes[1]), *sizes))

    @classmethod
    def from_jwk(cls, text: str, *, fraction_bits: int = 40, value_bits: int = 88) -> SecretKey:
        """A secret key of `phe`, as its command line writes it, whatever its primes are; see `from_factors`.

        Raises:
            ParameterError: a modulus that has not 2048, 3072 or 4096 bits.
            EncodingError: text that is no such key, or primes that do not make its modulus.

        >>> text = generate_keypair(bits=2048).secret_key.to_jwk()
        >>> key = SecretKey.from_jwk(text)
        >>> key.public_key == UnprovenPublicKey.from_jwk(text).trust_without_proof()
        True
        """
        if not isinstance(text, str):
            raise TypeError("text: must be a str")
        sizes = as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
        return cls._wrap(_native.PaillierSecretKey.from_jwk(text, *sizes))

    def to_jwk(self, comment: str = "") -> str:
        """The primes as JSON that `phe` reads. Whoever has it can decrypt everything; Python cannot wipe the copy.

        Scale and randomizers' base are not part of it: it does not give this key back.
        """
        return self._handle.to_jwk(comment or "Paillier private key written by veilkit")

    def with_provable_base(self) -> SecretKey:
        """The primes of other software as a key whose public key can be proven, a new one with another `key_id`.

        Raises:
            ParameterError: primes that have not the form which is proven: about three of four keys that `phe` draws.
        """
        return SecretKey._wrap(self._handle.with_provable_base())

    def to_bytes(self) -> bytes:
        """The canonical encoding. Whoever has it can decrypt everything; Python cannot wipe the copy."""
        return self._handle.to_bytes()

    @property
    def public_key(self) -> PublicKey:
        """The public key that belongs to it, with the proof that it is well-formed, but for keys of other software.

        For a key that was read from bytes, the first use makes the proof: some tenths of a second.
        """
        if self._public_key is None:
            self._public_key = PublicKey._wrap(self._handle.public_key())
        return self._public_key

    def randomizer_pool(self, count: int, *, progress: Progress = False) -> _pool.RandomizerPool:
        """As `PublicKey.randomizer_pool`, faster."""
        pool = _pool.RandomizerPool(self.public_key)
        with reporting(progress, "randomizers") as report:
            pool._handle.fill_with_secret(self._handle, as_count(count, "count"), report)
        return pool

    def decrypt(self, encrypted: _array.EncryptedArray | _packed.PackedArray, *, progress: Progress = False) -> Any:
        """The numbers in the clear.

        Returns:
            For `kind='fixed'` float64, the closest to the exact result. For `kind='int'` int64, or, where a result is
            beyond that, Python integers in an array of objects. Of the same shape; a numpy scalar for no axis.

        Raises:
            ParameterError: encrypted under another key; a float result beyond the range of float64.
            CryptoError: a ciphertext that does not decrypt.

        >>> keys = generate_keypair(bits=2048)
        >>> keys.secret_key.decrypt(keys.public_key.encrypt([3, 4]) - 5)
        array([-2, -1])
        """
        if not isinstance(encrypted, (_array.EncryptedArray, _packed.PackedArray)):
            raise TypeError("encrypted: must be an EncryptedArray or a PackedArray")
        with reporting(progress, "decrypt") as report:
            values = encrypted._handle.decrypt(self._handle, report)
        if isinstance(values, list):
            integers = np.empty(len(values), dtype=object)
            integers[:] = values
            return integers.reshape(encrypted.shape)[()]
        return values.reshape(encrypted.shape)[()]

    def factors(self) -> tuple[int, int]:
        """The primes p > q of the modulus, for exchange with other Paillier software. They are the secret."""
        p, q = (int.from_bytes(prime, "little") for prime in self._handle.factors())
        return p, q

    def describe(self) -> str:
        """Public facts for a person; nothing of the secret."""
        return self.public_key.describe()

    def __repr__(self) -> str:
        key = self._handle.public_key_without_proof()
        return f"SecretKey(bits={key.modulus_bits}, key={key.id.hex()[:8]!r})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secret keys are not compared; compare their public_key")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret key is not pickled; write it with to_bytes where it must be written")


def require_key(public_key: object) -> None:
    if not isinstance(public_key, PublicKey):
        raise TypeError("public_key: must be a PublicKey")


def _describe(key: PublicKey) -> str:
    security = {2048: "112 bits (not for data that must stay secret beyond 2030)", 3072: "128 bits"}
    whole = key.value_bits - 1 - key.fraction_bits
    return "\n".join(
        [
            f"Paillier, {key.bits}-bit modulus, key {key.key_id}",
            "proven to be well-formed" if key.is_proven else "trusted without a proof that it is well-formed",
            f"security against factoring: {security.get(key.bits, 'more than 128 bits')}; none against quantum computers",
            f"floats: fixed point with {key.fraction_bits} fraction bits, absolute values below 2^{whole}",
            f"integers: exact, absolute values below 2^{min(63, key.value_bits - 1)}",
            f"ciphertext: {key.bits // 4} bytes each",
        ]
    )
