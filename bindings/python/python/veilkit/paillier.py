"""Paillier encryption: encrypted numpy arrays that anyone can add up and weight, and one key holder can read.

Whoever has the public key encrypts, adds encrypted arrays, adds plain numbers, and multiplies by plain numbers.
Encrypted numbers cannot be multiplied with each other, compared or divided by each other.

>>> import numpy as np
>>> from veilkit import paillier
>>> keys = paillier.generate_keypair(bits=2048)
>>> a = keys.public_key.encrypt(np.array([120.5, 131.0]))
>>> a
EncryptedArray(shape=(2,), kind='fixed', bits=2048, key='...')
>>> keys.secret_key.decrypt(2 * a + 1.5)
array([242.5, 263.5])
>>> keys.secret_key.decrypt(a.mean())
np.float64(125.75)

Numbers are exact integers or fixed point, decided by the element type of what goes in: integers and booleans are
`kind='int'`, floats are `kind='fixed'` with one number of fraction bits for the whole key (40 by default, an error of
at most 2^-41 for each encoded number). A public bound on the absolute values is carried along, and the operation
whose result might not fit fails with `EvaluationError`, so that a decryption is never silently wrong.

Security: semantically secure under the decisional composite residuosity assumption and the short-exponent assumption
of Damgard, Jurik and Nielsen; not against quantum computers. A ciphertext can be changed by anyone without notice, so
send it over an authentic channel. Shape, kind, bound and key are public; the numbers are not.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NoReturn, overload

import numpy as np
import numpy.typing as npt

from . import _native
from ._arrays import PlainArray, picks, plain_array
from ._checks import Buffer, as_bytes, as_count
from ._progress import Progress, reporting
from .errors import error

__all__ = [
    "EncryptedArray",
    "Keypair",
    "PackedArray",
    "PublicKey",
    "RandomizerPool",
    "SecretKey",
    "concatenate",
    "generate_keypair",
    "sum_packed",
]


def generate_keypair(
    bits: int = 3072,
    *,
    fraction_bits: int = 40,
    value_bits: int = 88,
    progress: Progress = False,
) -> Keypair:
    """Makes a new key pair with randomness of the operating system. Takes seconds; Ctrl-C stops it.

    Args:
        bits: size of the modulus: 2048 (112-bit security), 3072 (128-bit, the default) or 4096.
        fraction_bits: bits after the binary point of every fixed-point number under this key, at most 120.
        value_bits: bits of one encoded number with its sign, at most 127: absolute values are below
            ``2 ** (value_bits - 1 - fraction_bits)`` for floats (1.4e14 by default).
        progress: True, or a function of ``(done, total)``.

    Raises:
        ParameterError: sizes that are not allowed.

    >>> generate_keypair(bits=2048)
    Keypair(bits=2048, key='...')
    """
    with reporting(progress, "key pair") as report:
        sizes = as_count(bits, "bits"), as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
        secret = _native.PaillierSecretKey.generate(*sizes, report)
    return Keypair(SecretKey._wrap(secret))


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


class PublicKey:
    """Encrypts; everything that is computed on encrypted arrays uses it. Made by `generate_keypair` or `from_bytes`.

    Equal keys compare equal and hash alike; keys are pickled as their bytes.
    """

    __slots__ = ("_handle",)
    _handle: _native.PaillierPublicKey

    def __init__(self) -> None:
        raise TypeError("use generate_keypair or PublicKey.from_bytes")

    @classmethod
    def _wrap(cls, native: _native.PaillierPublicKey) -> PublicKey:
        key = object.__new__(cls)
        key._handle = native
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> PublicKey:
        """Reads and validates an encoded public key.

        Raises:
            EncodingError: bytes that are not a public key, or a modulus that is even, prime, a perfect power, of the
                wrong size or with a small factor.

        >>> key = generate_keypair(bits=2048).public_key
        >>> PublicKey.from_bytes(key.to_bytes()) == key
        True
        """
        return cls._wrap(_native.PaillierPublicKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

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

        The number alone does not give this key back: randomizers come from a base that is part of `to_bytes`.
        """
        return int.from_bytes(self._handle.modulus, "little")

    @overload
    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: Literal[False] = False,
        bound: float | None = None,
        pool: RandomizerPool | None = None,
        progress: Progress = False,
    ) -> EncryptedArray: ...

    @overload
    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: Literal[True],
        bound: float | None = None,
        headroom_bits: int = 20,
        progress: Progress = False,
    ) -> PackedArray: ...

    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: bool = False,
        bound: float | None = None,
        pool: RandomizerPool | None = None,
        headroom_bits: int = 20,
        progress: Progress = False,
    ) -> EncryptedArray | PackedArray:
        """Encrypts an array of any shape, element by element, or many elements per ciphertext.

        Args:
            values: anything that numpy reads as integers, booleans or floats: lists, arrays, pandas or polars columns.
                C-ordered arrays of float64 or int64 are read where they are.
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
        return _encrypt(self._handle, self, values, packed, bound, pool, headroom_bits, progress)

    def randomizer_pool(self, count: int, *, progress: Progress = False) -> RandomizerPool:
        """Makes `count` randomizers ahead of time, so that a later `encrypt(..., pool=...)` takes microseconds each."""
        pool = RandomizerPool(self)
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
        return f"PublicKey(bits={self.bits}, key={self.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return PublicKey.from_bytes, (self.to_bytes(),)


class SecretKey:
    """Decrypts, and encrypts faster than the public key. Made by `generate_keypair` or `from_bytes`.

    It is never pickled, printed or compared; it is written only by `to_bytes`, and wiped when the last reference goes.
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PaillierSecretKey
    _public_key: PublicKey

    def __init__(self) -> None:
        raise TypeError("use generate_keypair or SecretKey.from_bytes")

    @classmethod
    def _wrap(cls, native: _native.PaillierSecretKey) -> SecretKey:
        key = object.__new__(cls)
        key._handle = native
        key._public_key = PublicKey._wrap(native.public_key())
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> SecretKey:
        """Reads and validates an encoded secret key.

        Raises:
            EncodingError: bytes that are not a secret key, or parts that do not belong together.
        """
        return cls._wrap(_native.PaillierSecretKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding. Whoever has it can decrypt everything; Python cannot wipe the copy."""
        return self._handle.to_bytes()

    @property
    def public_key(self) -> PublicKey:
        """The public key that belongs to it."""
        return self._public_key

    @overload
    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: Literal[False] = False,
        bound: float | None = None,
        pool: RandomizerPool | None = None,
        progress: Progress = False,
    ) -> EncryptedArray: ...

    @overload
    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: Literal[True],
        bound: float | None = None,
        headroom_bits: int = 20,
        progress: Progress = False,
    ) -> PackedArray: ...

    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        packed: bool = False,
        bound: float | None = None,
        pool: RandomizerPool | None = None,
        headroom_bits: int = 20,
        progress: Progress = False,
    ) -> EncryptedArray | PackedArray:
        """As `PublicKey.encrypt`, faster, with a result that nobody can tell apart."""
        return _encrypt(self._handle, self._public_key, values, packed, bound, pool, headroom_bits, progress)

    def randomizer_pool(self, count: int, *, progress: Progress = False) -> RandomizerPool:
        """As `PublicKey.randomizer_pool`, faster."""
        pool = RandomizerPool(self._public_key)
        with reporting(progress, "randomizers") as report:
            pool._handle.fill_with_secret(self._handle, as_count(count, "count"), report)
        return pool

    def decrypt(self, encrypted: EncryptedArray | PackedArray, *, progress: Progress = False) -> Any:
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
        if not isinstance(encrypted, (EncryptedArray, PackedArray)):
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
        return _describe(self._public_key)

    def __repr__(self) -> str:
        return f"SecretKey(bits={self._public_key.bits}, key={self._public_key.key_id[:8]!r})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secret keys are not compared; compare their public_key")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret key is not pickled; write it with to_bytes where it must be written")


class EncryptedArray:
    """An array of encrypted numbers with the operators of numpy, made by `encrypt` or `from_bytes`.

    ``+ - *`` with plain numbers and arrays on either side, ``+ -`` between encrypted arrays of one key, ``@`` with a
    plain array on either side, ``/`` by plain numbers, `sum`, `mean`, `dot`; shapes broadcast as in numpy. Plain operands
    follow the rule of `encrypt`: integers and booleans are exact integers, floats are fixed point at the key's scale.

    What does not exist on encrypted numbers raises `TypeError`: comparison, truth, conversion to a numpy array,
    multiplication of two encrypted arrays.

    >>> keys = generate_keypair(bits=2048)
    >>> x = keys.public_key.encrypt([[1.0, 2.0], [3.0, 4.0]])
    >>> keys.secret_key.decrypt(x.sum(axis=0) * 0.5 - [1, 2])
    array([1., 1.])
    >>> keys.secret_key.decrypt(np.array([1, -1]) @ x)
    array([-2., -2.])
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PaillierArray
    _public_key: PublicKey

    # Before numpy's own: `np.array([..]) * encrypted` comes here.
    __array_priority__ = 1000

    def __init__(self) -> None:
        raise TypeError("use encrypt or EncryptedArray.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.PaillierArray, public_key: PublicKey) -> EncryptedArray:
        array = object.__new__(cls)
        array._handle = handle
        array._public_key = public_key
        return array

    def _like(self, handle: _native.PaillierArray) -> EncryptedArray:
        return EncryptedArray._wrap(handle, self._public_key)

    # ----- public facts

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents."""
        return tuple(self._handle.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def kind(self) -> str:
        """`'int'` for exact integers, `'fixed'` for fixed-point numbers."""
        return "fixed" if self._handle.scale else "int"

    @property
    def scale(self) -> int:
        """Bits after the binary point now: each multiplication by floats adds the key's `fraction_bits`."""
        return self._handle.scale

    @property
    def bound_bits(self) -> int:
        """Bits of the public bound on the encoded integers; it must stay below the size of the modulus."""
        return self._handle.bound_bits

    @property
    def headroom_bits(self) -> int:
        """How many times the bound can still double before an operation is refused."""
        return self._handle.headroom_bits

    @property
    def public_key(self) -> PublicKey:
        """The key it is encrypted under."""
        return self._public_key

    def __repr__(self) -> str:
        key = self._public_key
        return f"EncryptedArray(shape={self.shape}, kind={self.kind!r}, bits={key.bits}, key={key.key_id[:8]!r})"

    # ----- bytes

    def to_bytes(self) -> bytes:
        """The canonical encoding, to be sent or stored.

        A result of computation is randomized anew first, so that the bytes do not show how it was made.
        """
        return self._handle.to_bytes()

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: PublicKey) -> EncryptedArray:
        """Reads and validates an encoded array.

        Raises:
            EncodingError: bytes that are not an array of ciphertexts of this key's size, or a ciphertext that is no unit.
            ParameterError: encrypted under another key.
        """
        _require_key(public_key)
        return cls._wrap(_native.PaillierArray.from_bytes(as_bytes(data, "data"), public_key._handle), public_key)

    def __reduce__(self) -> tuple[Any, ...]:
        return EncryptedArray.from_bytes, (self.to_bytes(), self._public_key)

    def to_integers(self) -> list[int]:
        """The ciphertexts as integers below ``n ** 2``, row-major, for exchange with other Paillier software."""
        data, width = self._handle.ciphertexts(), self._public_key.bits // 4
        return [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width)]

    @classmethod
    def from_integers(
        cls,
        ciphertexts: Iterable[int],
        public_key: PublicKey,
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
        _require_key(public_key)
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
        handle = _native.PaillierArray.from_ciphertexts(data, public_key._handle, like, _limit(bound, like))
        return cls._wrap(handle, public_key)

    # ----- elements and shape

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("an array without axes has no length")
        return self.shape[0]

    def __getitem__(self, key: Any) -> EncryptedArray:
        taken, extents = picks(self.shape, key)
        part = self._handle.slice(taken)
        return self._like(part if part.shape == extents else part.reshape(extents))

    def __iter__(self) -> Iterator[EncryptedArray]:
        return (self[position] for position in range(len(self)))

    def reshape(self, *shape: Any) -> EncryptedArray:
        """The same elements in another shape; one extent may be -1.

        Raises:
            ParameterError: another number of elements.
        """
        extents = shape[0] if len(shape) == 1 and isinstance(shape[0], Iterable) else shape
        try:
            # numpy works out -1 on an array of the same shape that takes no memory.
            target = np.broadcast_to(np.False_, self.size).reshape(tuple(extents)).shape
        except ValueError:
            raise error("ShapeMismatch", "shape: another number of elements") from None
        return self._like(self._handle.reshape(target))

    def ravel(self) -> EncryptedArray:
        """The elements along one axis."""
        return self.reshape(-1)

    def transpose(self) -> EncryptedArray:
        """The axes in reverse order."""
        return self._like(self._handle.transpose(range(self.ndim)[::-1]))

    @property
    def T(self) -> EncryptedArray:
        """The axes in reverse order."""
        return self.transpose()

    # ----- arithmetic

    def _operand(self, other: Any) -> EncryptedArray | PlainArray | None:
        """An encrypted or a plain operand; `None` for a type that is somebody else's business."""
        if isinstance(other, EncryptedArray):
            return other
        if isinstance(other, (PackedArray, str, bytes)) or other is None:
            return None
        return plain_array(other, "operand")

    def __add__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, EncryptedArray):
            return self._like(self._handle.add(operand._handle))
        return self._like(self._handle.add_plain(operand))

    __radd__ = __add__

    def __sub__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, EncryptedArray):
            return self._like(self._handle.sub(operand._handle))
        return self._like(self._handle.sub_plain(operand))

    def __rsub__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None or isinstance(operand, EncryptedArray):
            return NotImplemented
        return self._like(self._handle.rsub_plain(operand))

    def __mul__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        return self.multiply(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> EncryptedArray:
        operand = self._operand(other)
        if operand is None:
            return NotImplemented
        if isinstance(operand, EncryptedArray):
            raise TypeError("encrypted numbers do not divide each other")
        if not operand.all():
            raise ZeroDivisionError("division of an encrypted array by zero")
        return self * (1.0 / operand)

    def __rtruediv__(self, other: Any) -> NoReturn:
        raise TypeError("nothing is divided by encrypted numbers")

    def __matmul__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self.matmul(other)

    def __rmatmul__(self, other: Any) -> EncryptedArray:
        if self._operand(other) is None:
            return NotImplemented
        return self._matmul(other, reflected=True)

    def __neg__(self) -> EncryptedArray:
        return self._like(self._handle.neg())

    def __pos__(self) -> EncryptedArray:
        return self

    def multiply(
        self,
        factor: npt.ArrayLike,
        *,
        bound: float | None = None,
        public: bool = False,
        progress: Progress = False,
    ) -> EncryptedArray:
        """Each element times a plain number, as ``*`` does.

        Args:
            factor: plain numbers that broadcast with this array.
            bound: a **public** bound on their absolute values: saves time and headroom.
            public: the factors are no secret, so the time taken may depend on them: much faster for small ones.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not broadcast; NaN, infinity, or a factor beyond `bound` or the key's range.
            EvaluationError: no room is left for the product.
        """
        if isinstance(factor, (EncryptedArray, PackedArray)):
            raise TypeError("Paillier multiplies encrypted numbers by plain ones only")
        plain = plain_array(factor, "factor")
        with reporting(progress, "multiply") as report:
            return self._like(self._handle.mul_plain(plain, _limit(bound, plain), public, report))

    def sum(self, axis: int | None = None) -> EncryptedArray:
        """The sum over one axis, or over all elements."""
        return self._like(self._handle.sum(self._axis(axis)))

    def mean(self, axis: int | None = None) -> EncryptedArray:
        """The mean over one axis, or over all elements, with a relative error below 2^-53.

        Its `scale` is raised by up to 85 bits; the mean of integers over a count that is no power of two is `kind='fixed'`.

        Raises:
            ParameterError: the mean of no elements.
        """
        return self._like(self._handle.mean(self._axis(axis)))

    def dot(
        self,
        weights: npt.ArrayLike,
        *,
        bound: float | None = None,
        public_weights: bool = False,
        progress: Progress = False,
    ) -> EncryptedArray:
        """The product with plain weights, as ``self @ weights``: ``(..., k)`` with ``(k,)`` or ``(k, m)``.

        Args:
            weights: plain numbers.
            bound: a **public** bound on their absolute values: saves time and headroom.
            public_weights: the weights are no secret, so the time taken may depend on them: several times faster.
            progress: True, or a function of ``(done, total)``.

        Raises:
            ParameterError: shapes that do not fit; NaN, infinity, or a weight beyond `bound` or the key's range.
            EvaluationError: no room is left for the result.
        """
        return self._matmul(weights, reflected=False, bound=bound, public=public_weights, progress=progress)

    matmul = dot

    def _matmul(
        self,
        weights: Any,
        *,
        reflected: bool,
        bound: float | None = None,
        public: bool = False,
        progress: Progress = False,
    ) -> EncryptedArray:
        if isinstance(weights, (EncryptedArray, PackedArray)):
            raise TypeError("Paillier multiplies encrypted numbers by plain ones only")
        plain = plain_array(weights, "weights")
        with reporting(progress, "dot") as report:
            return self._like(self._handle.matmul(plain, reflected, _limit(bound, plain), public, report))

    def rerandomize(self, *, progress: Progress = False) -> EncryptedArray:
        """The same numbers in ciphertexts that nobody can link to these."""
        with reporting(progress, "rerandomize") as report:
            return self._like(self._handle.rerandomize(report))

    def _axis(self, axis: int | None) -> int | None:
        if axis is None:
            return None
        position = operator.index(axis)
        if not -self.ndim <= position < self.ndim:
            raise error("ShapeMismatch", "axis: not in the array")
        return position % self.ndim

    # ----- numpy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        operators = _UFUNCS.get(ufunc.__name__)
        if method != "__call__" or operators is None or kwargs:
            raise TypeError(f"numpy.{ufunc.__name__} does not work on encrypted arrays")
        # Not through Python's operators: numpy would take those for a plain left operand and come back here.
        first, *others = inputs
        if isinstance(first, EncryptedArray):
            return getattr(first, operators[0])(*others)
        return getattr(others[0], operators[1])(first)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = _FUNCTIONS.get(func.__name__)
        if function is None:
            raise TypeError(f"numpy.{func.__name__} does not work on encrypted arrays")
        return function(*args, **kwargs)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError("an encrypted array cannot become a plain one; use SecretKey.decrypt")

    # ----- what encrypted numbers cannot do

    def __bool__(self) -> NoReturn:
        raise TypeError("the truth of encrypted numbers is not known without the secret key")

    def _compare(self, other: object) -> NoReturn:
        raise TypeError("encrypted numbers are not compared")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare
    __hash__ = None  # type: ignore[assignment]


class PackedArray:
    """Encrypted numbers, many in each ciphertext: less time and fewer bytes per number, and fewer operations.

    ``+ -`` with packed arrays of the same shape and layout, ``+ -`` with plain numbers that lie within the array's own
    bound, `multiply` by one plain number for all, and `sum_packed` for many arrays. Values cannot be taken out one by one.
    A tight `bound` packs more values together.

    >>> keys = generate_keypair(bits=2048)
    >>> ages = keys.public_key.encrypt([63, 71, 58], packed=True, bound=130)
    >>> ages
    PackedArray(shape=(3,), kind='int', slots=70, bits=2048, key='...')
    >>> keys.secret_key.decrypt(ages + [1, 1, 1])
    array([64, 72, 59])
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PaillierPackedArray
    _public_key: PublicKey

    __array_ufunc__ = None  # numpy's operators leave plain operands on the left to this class
    __hash__ = None  # type: ignore[assignment]

    def __init__(self) -> None:
        raise TypeError("use encrypt(packed=True) or PackedArray.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.PaillierPackedArray, public_key: PublicKey) -> PackedArray:
        array = object.__new__(cls)
        array._handle = handle
        array._public_key = public_key
        return array

    def _like(self, handle: _native.PaillierPackedArray) -> PackedArray:
        return PackedArray._wrap(handle, self._public_key)

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents."""
        return tuple(self._handle.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    @property
    def kind(self) -> str:
        """`'int'` for exact integers, `'fixed'` for fixed-point numbers."""
        return "fixed" if self._handle.scale else "int"

    @property
    def slots(self) -> int:
        """Values in one ciphertext."""
        return self._handle.slots

    @property
    def ciphertexts(self) -> int:
        """The number of ciphertexts."""
        return self._handle.ciphertexts

    @property
    def headroom_bits(self) -> int:
        """How many times the bound can still double before an operation is refused."""
        return self._handle.headroom_bits

    @property
    def public_key(self) -> PublicKey:
        """The key it is encrypted under."""
        return self._public_key

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("an array without axes has no length")
        return self.shape[0]

    def __repr__(self) -> str:
        key = self._public_key
        facts = f"shape={self.shape}, kind={self.kind!r}, slots={self.slots}"
        return f"PackedArray({facts}, bits={key.bits}, key={key.key_id[:8]!r})"

    def to_bytes(self) -> bytes:
        """The canonical encoding; a result of computation is randomized anew first."""
        return self._handle.to_bytes()

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: PublicKey) -> PackedArray:
        """Reads and validates an encoded packed array.

        Raises:
            EncodingError: bytes that are not a packed array of ciphertexts of this key's size.
            ParameterError: encrypted under another key.
        """
        _require_key(public_key)
        return cls._wrap(_native.PaillierPackedArray.from_bytes(as_bytes(data, "data"), public_key._handle), public_key)

    def __reduce__(self) -> tuple[Any, ...]:
        return PackedArray.from_bytes, (self.to_bytes(), self._public_key)

    def _plain(self, other: Any) -> PlainArray | None:
        """Plain numbers stretched to this shape; `None` for a type that is somebody else's business."""
        if isinstance(other, (PackedArray, EncryptedArray, str, bytes)) or other is None:
            return None
        plain = plain_array(other, "operand")
        try:
            return plain_array(np.broadcast_to(plain, self.shape), "operand")
        except ValueError:
            raise error("ShapeMismatch", "operand: does not broadcast to the packed array") from None

    def __add__(self, other: Any) -> PackedArray:
        if isinstance(other, PackedArray):
            return self._like(self._handle.add(other._handle))
        plain = self._plain(other)
        return NotImplemented if plain is None else self._like(self._handle.add_plain(plain))

    __radd__ = __add__

    def __sub__(self, other: Any) -> PackedArray:
        if isinstance(other, PackedArray):
            return self._like(self._handle.sub(other._handle))
        plain = self._plain(other)
        return NotImplemented if plain is None else self._like(self._handle.sub_plain(plain))

    def __rsub__(self, other: Any) -> PackedArray:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> PackedArray:
        if isinstance(other, (PackedArray, EncryptedArray, str, bytes)) or other is None:
            return NotImplemented
        return self.multiply(other)

    __rmul__ = __mul__

    def __neg__(self) -> PackedArray:
        return self.multiply(-1, bound=1)

    def multiply(self, factor: float, *, bound: float | None = None) -> PackedArray:
        """Every value times one plain number.

        Args:
            factor: one plain number.
            bound: a **public** bound on its absolute value. Without one the headroom must hold the key's whole range.

        Raises:
            ParameterError: more than one factor, NaN, infinity, or a factor beyond `bound`.
            EvaluationError: no room is left in the slots.
        """
        if isinstance(factor, (EncryptedArray, PackedArray)):
            raise TypeError("Paillier multiplies encrypted numbers by plain ones only")
        plain = plain_array(factor, "factor")
        return self._like(self._handle.mul_plain(plain, _limit(bound, plain)))

    def rerandomize(self, *, progress: Progress = False) -> PackedArray:
        """The same numbers in ciphertexts that nobody can link to these."""
        with reporting(progress, "rerandomize") as report:
            return self._like(self._handle.rerandomize(report))

    def __bool__(self) -> NoReturn:
        raise TypeError("the truth of encrypted numbers is not known without the secret key")

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError("an encrypted array cannot become a plain one; use SecretKey.decrypt")

    def _compare(self, other: object) -> NoReturn:
        raise TypeError("encrypted numbers are not compared")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare


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

    def __init__(self, public_key: PublicKey) -> None:
        _require_key(public_key)
        self._public_key = public_key
        self._handle = _native.PaillierPool(public_key._handle)

    def fill(self, count: int, *, progress: Progress = False) -> None:
        """Adds `count` randomizers, each as much work as an encryption."""
        with reporting(progress, "randomizers") as report:
            self._handle.fill_with_public(self._public_key._handle, as_count(count, "count"), report)

    @property
    def public_key(self) -> PublicKey:
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


def concatenate(arrays: Iterable[EncryptedArray], axis: int = 0) -> EncryptedArray:
    """Joins encrypted arrays of one key along an axis that they have.

    Raises:
        ParameterError: no arrays, other extents, or two keys.

    >>> key = generate_keypair(bits=2048).public_key
    >>> concatenate([key.encrypt([1, 2]), key.encrypt([3])])
    EncryptedArray(shape=(3,), kind='int', bits=2048, key='...')
    """
    parts = list(arrays)
    if not all(isinstance(part, EncryptedArray) for part in parts):
        raise TypeError("arrays: must be EncryptedArrays")
    if not parts:
        raise error("ShapeMismatch", "arrays: there are none")
    along = parts[0]._axis(axis) or 0
    return parts[0]._like(_native.PaillierArray.concatenate([part._handle for part in parts], along))


def sum_packed(arrays: Iterable[PackedArray]) -> PackedArray:
    """The sum of packed arrays of one key, shape, layout and kind, quicker than adding one after the other.

    Raises:
        ParameterError: no arrays, or arrays that do not belong together.
        EvaluationError: more than the headroom holds.
    """
    parts = list(arrays)
    if not all(isinstance(part, PackedArray) for part in parts):
        raise TypeError("arrays: must be PackedArrays")
    if not parts:
        raise error("ShapeMismatch", "arrays: there are none")
    return parts[0]._like(_native.PaillierPackedArray.sum_many([part._handle for part in parts]))


def _encrypt(
    handle: _native.PaillierPublicKey | _native.PaillierSecretKey,
    public_key: PublicKey,
    values: Any,
    packed: bool,
    bound: float | None,
    pool: RandomizerPool | None,
    headroom_bits: int,
    progress: Progress,
) -> EncryptedArray | PackedArray:
    plain = plain_array(values, "values")
    limit = _limit(bound, plain)
    if pool is not None and not isinstance(pool, RandomizerPool):
        raise TypeError("pool: must be a RandomizerPool")
    if pool is not None and packed:
        raise error("InvalidParams", "pool: not for packed arrays")
    with reporting(progress, "encrypt") as report:
        if packed:
            headroom = as_count(headroom_bits, "headroom_bits")
            return PackedArray._wrap(handle.encrypt_packed(plain, limit, headroom, report), public_key)
        if pool is not None:
            return EncryptedArray._wrap(pool._handle.encrypt(public_key._handle, plain, limit), public_key)
        return EncryptedArray._wrap(handle.encrypt(plain, limit, report), public_key)


def _limit(bound: float | None, plain: PlainArray) -> float | None:
    """A declared bound as the type of what it bounds: an integer for integers, a float for floats."""
    if bound is None:
        return None
    if isinstance(bound, bool) or not isinstance(bound, (int, float, np.integer, np.floating)):
        raise TypeError("bound: must be a number")
    if not 0 <= bound < 2**63:
        raise error("OutOfRange", "bound: negative, not a number or too large")
    return int(bound) if plain.dtype.kind == "i" else float(bound)


def _require_key(public_key: PublicKey) -> None:
    if not isinstance(public_key, PublicKey):
        raise TypeError("public_key: must be a PublicKey")


def _describe(key: PublicKey) -> str:
    security = {2048: "112 bits (not for data that must stay secret beyond 2030)", 3072: "128 bits"}
    whole = key.value_bits - 1 - key.fraction_bits
    return "\n".join(
        [
            f"Paillier, {key.bits}-bit modulus, key {key.key_id}",
            f"security against factoring: {security.get(key.bits, 'more than 128 bits')}; none against quantum computers",
            f"floats: fixed point with {key.fraction_bits} fraction bits, absolute values below 2^{whole}",
            f"integers: exact, absolute values below 2^{min(63, key.value_bits - 1)}",
            f"ciphertext: {key.bits // 4} bytes each",
        ]
    )


# For each function of numpy: the operator with the encrypted array first, and the one with it second.
_UFUNCS: dict[str, tuple[str, str]] = {
    "add": ("__add__", "__radd__"),
    "subtract": ("__sub__", "__rsub__"),
    "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"),
    "true_divide": ("__truediv__", "__rtruediv__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "negative": ("__neg__", ""),
    "positive": ("__pos__", ""),
}
_FUNCTIONS: dict[str, Any] = {
    "concatenate": concatenate,
    "dot": lambda a, b: a @ b,
    "mean": lambda a, axis=None: a.mean(axis),
    "ndim": lambda a: a.ndim,
    "ravel": lambda a: a.ravel(),
    "reshape": lambda a, shape: a.reshape(shape),
    "shape": lambda a: a.shape,
    "size": lambda a: a.size,
    "sum": lambda a, axis=None: a.sum(axis),
    "transpose": lambda a: a.transpose(),
}
