"""Proofs about every element of an array: by its maker, by the holder of the key, and how anybody checks them.

Proofs about group elements are here too.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ... import _native
from ..._arrays import PlainArray, plain_array
from ..._checks import Buffer, as_bytes, as_party
from ..._progress import Progress, reporting
from ...errors import error
from . import _array

if TYPE_CHECKING:
    from typing_extensions import Self


class Context:
    """Where a proof counts: the session, and the party that proves. It holds nowhere else and for nobody else.

    Args:
        session: bytes that are unique to one use, such as a session number or the hash of a plan.
        party: the number of the party that proves, from 1.
    """

    __slots__ = ("_party", "_session")

    def __init__(self, session: Buffer, party: int) -> None:
        self._session = as_bytes(session, "session")
        self._party = as_party(party)

    @property
    def session(self) -> bytes:
        """The session."""
        return self._session

    @property
    def party(self) -> int:
        """The party that proves."""
        return self._party

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Context) and (self._session, self._party) == (other._session, other._party)

    def __hash__(self) -> int:
        return hash((self._session, self._party))

    def __repr__(self) -> str:
        return f"Context(session={self._session!r}, party={self._party})"


class _Encoded(Protocol):
    def to_bytes(self) -> bytes: ...


E = TypeVar("E", bound=_Encoded)


class _Proof(Generic[E]):
    """A proof about one ciphertext, as bytes and back."""

    __slots__ = ("_handle",)
    _handle: E

    def __init__(self) -> None:
        raise TypeError(f"a {type(self).__name__} comes from a prover or from_bytes")

    @classmethod
    def _wrap(cls, handle: E) -> Self:
        proof = object.__new__(cls)
        proof._handle = handle
        return proof

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.to_bytes())} bytes)"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)  # type: ignore[attr-defined]


class Proof(_Proof[_native.ElGamalProof]):
    """A proof about one ciphertext (of its plaintext, an equality, a decryption, a hand-over, a linear function) or two points."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> Proof:
        """Reads an encoded proof. Whether it holds is for `verify_value` and its like to find out.

        Raises:
            EncodingError: bytes that are not a proof.
        """
        return cls._wrap(_native.ElGamalProof.from_bytes(as_bytes(data, "data")))


class BitProof(_Proof[_native.ElGamalBitProof]):
    """A proof that a ciphertext holds 0 or 1."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> BitProof:
        """Reads an encoded proof. Whether it holds is for `verify_bits` to find out.

        Raises:
            EncodingError: bytes that are not a proof of a bit.
        """
        return cls._wrap(_native.ElGamalBitProof.from_bytes(as_bytes(data, "data")))


class RangeProof(_Proof[_native.ElGamalRangeProof]):
    """A proof that a ciphertext holds a number within a range."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> RangeProof:
        """Reads an encoded proof. Whether it holds is for `verify_range` to find out.

        Raises:
            EncodingError: bytes that are not a proof of a range.
        """
        return cls._wrap(_native.ElGamalRangeProof.from_bytes(as_bytes(data, "data")))


class Opening:
    """A fresh array and what its maker needs to prove things about it, from `PublicKey.encrypt_opening`.

    Secret: whoever has it can read the array. It is never printed, pickled or written. Every proof is a list with one proof
    for each element, row-major.

    >>> keys = generate_keypair()
    >>> here = Context(session=b"survey of May", party=2)
    >>> opening = keys.public_key.encrypt_opening([71, 64])
    >>> proofs = opening.prove_range(0, 120, here)
    >>> verify_range(opening.array, 0, 120, proofs, here)
    """

    __slots__ = ("_encrypted", "_handle")
    _encrypted: _array.EncryptedArray
    _handle: _native.ElGamalOpening

    def __init__(self) -> None:
        raise TypeError("an Opening comes from PublicKey.encrypt_opening")

    @classmethod
    def _wrap(cls, handle: _native.ElGamalOpening, public_key: Any) -> Opening:
        opening = object.__new__(cls)
        opening._handle = handle
        opening._encrypted = _array.EncryptedArray._wrap(handle.array(), public_key)
        return opening

    @property
    def array(self) -> _array.EncryptedArray:
        """The encrypted array, to be sent with the proofs."""
        return self._encrypted

    def prove_plaintext(self, context: Context, *, progress: Progress = False) -> list[Proof]:
        """That its maker knows what is encrypted, and did not copy it."""
        with reporting(progress, "prove") as report:
            return list(map(Proof._wrap, self._handle.prove_plaintext(_place(context), report)))

    def prove_value(self, context: Context, *, progress: Progress = False) -> list[Proof]:
        """What is encrypted, such as zeros: the numbers become public, the randomness stays secret."""
        with reporting(progress, "prove") as report:
            return list(map(Proof._wrap, self._handle.prove_value(_place(context), report)))

    def prove_bits(self, context: Context, *, progress: Progress = False) -> list[BitProof]:
        """That each element is 0 or 1.

        Raises:
            ParameterError: an element that is neither.
        """
        with reporting(progress, "prove") as report:
            return list(map(BitProof._wrap, self._handle.prove_bits(_place(context), report)))

    def prove_range(
        self, low: float, high: float, context: Context, *, progress: Progress = False
    ) -> list[RangeProof]:
        """That each element is not below `low` and not above `high`.

        Raises:
            ParameterError: an element that is not; ends that the array's scale does not have.
        """
        ends = _ends(low, high, self._encrypted)
        with reporting(progress, "prove") as report:
            return list(map(RangeProof._wrap, self._handle.prove_range(*ends, _place(context), report)))

    def prove_equal(self, other: Opening, context: Context, *, progress: Progress = False) -> list[Proof]:
        """That another array of the same maker, perhaps under another key, holds the same. Of others the proofs do not hold.

        Raises:
            ParameterError: another shape or another scale.
        """
        if not isinstance(other, Opening):
            raise TypeError("other: must be an Opening")
        _same_form(self._encrypted, other._encrypted)
        with reporting(progress, "prove") as report:
            return list(map(Proof._wrap, self._handle.prove_equal(other._handle, _place(context), report)))

    def __repr__(self) -> str:
        return f"Opening(shape={self._encrypted.shape})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opening is secret and is not pickled")


class Batch:
    """Many proofs, checked at once in a fraction of the time: give it as ``batch=`` to `verify_range` and its like.

    As a context manager it checks at the end of the block; otherwise call `verify`. Until then nothing is checked.

    >>> keys = generate_keypair()
    >>> here = Context(session=b"survey of May", party=2)
    >>> ages, votes = keys.public_key.encrypt_opening([71, 64]), keys.public_key.encrypt_opening([0, 1])
    >>> with Batch() as batch:
    ...     verify_range(ages.array, 0, 120, ages.prove_range(0, 120, here), here, batch=batch)
    ...     verify_bits(votes.array, votes.prove_bits(here), here, batch=batch)
    """

    __slots__ = ("_claims",)

    def __init__(self) -> None:
        self._claims: list[_native.ElGamalClaims] = []

    def __len__(self) -> int:
        return len(self._claims)

    def verify(self, *, progress: Progress = False) -> None:
        """Checks everything that was put in.

        Raises:
            CryptoError: a proof that does not hold, or nothing to check; `wrong` tells which.
        """
        with reporting(progress, "verify") as report:
            _native.ElGamalClaims.check(self._claims, report)

    def wrong(self) -> list[int]:
        """The numbers, from 0 in the order of their calls, of the checks that fail."""
        return [number for number, claims in enumerate(self._claims) if claims.wrong()]

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.verify()

    def __repr__(self) -> str:
        return f"Batch({len(self)} checks)"

    def _settle(self, claims: _native.ElGamalClaims) -> None:
        self._claims.append(claims)


def verify_plaintext(
    array: _array.EncryptedArray, proofs: Iterable[Proof], context: Context, *, batch: Batch | None = None
) -> None:
    """Checks that the maker of an array knows what is in it.

    Args:
        array: the array.
        proofs: one for each element, row-major, of `Opening.prove_plaintext`.
        context: the session, and the party that claims to be the maker.
        batch: where to put the check instead of making it now.

    Raises:
        CryptoError: a proof that does not hold.
        ParameterError: not as many proofs as elements.
    """
    _settle(_native.ElGamalClaims.plaintext(_native_array(array), _handles(proofs, Proof), _place(context)), batch)


def verify_value(
    array: _array.EncryptedArray,
    values: npt.ArrayLike,
    proofs: Iterable[Proof],
    context: Context,
    *,
    batch: Batch | None = None,
) -> None:
    """Checks that an array holds these numbers, by its maker (`Opening.prove_value`); otherwise as `verify_plaintext`."""
    integers = encoded(values, _checked(array), "values")
    claims = _native.ElGamalClaims.value(array._handle, integers, _handles(proofs, Proof), _place(context))
    _settle(claims, batch)


def verify_bits(
    array: _array.EncryptedArray, proofs: Iterable[BitProof], context: Context, *, batch: Batch | None = None
) -> None:
    """Checks that each element is 0 or 1 (`Opening.prove_bits`); otherwise as `verify_plaintext`."""
    _settle(_native.ElGamalClaims.bits(_native_array(array), _handles(proofs, BitProof), _place(context)), batch)


def verify_range(
    array: _array.EncryptedArray,
    low: float,
    high: float,
    proofs: Iterable[RangeProof],
    context: Context,
    *,
    batch: Batch | None = None,
) -> None:
    """Checks that each element is from `low` to `high` (`Opening.prove_range`); otherwise as `verify_plaintext`."""
    ends = _ends(low, high, _checked(array))
    _settle(_native.ElGamalClaims.range(array._handle, *ends, _handles(proofs, RangeProof), _place(context)), batch)


def verify_equal(
    array: _array.EncryptedArray,
    other: _array.EncryptedArray,
    proofs: Iterable[Proof],
    context: Context,
    *,
    batch: Batch | None = None,
) -> None:
    """Checks that two arrays hold the same (`Opening.prove_equal`); otherwise as `verify_plaintext`."""
    _same_form(_checked(array), _checked(other))
    claims = _native.ElGamalClaims.equal(array._handle, other._handle, _handles(proofs, Proof), _place(context))
    _settle(claims, batch)


def verify_decryption(
    array: _array.EncryptedArray,
    values: npt.ArrayLike,
    proofs: Iterable[Proof],
    context: Context,
    *,
    batch: Batch | None = None,
) -> None:
    """Checks that an array holds these numbers, by the holder of its key (`SecretKey.prove_decryption`).

    Otherwise as `verify_plaintext`.
    """
    integers = encoded(values, _checked(array), "values")
    claims = _native.ElGamalClaims.decryption(array._handle, integers, _handles(proofs, Proof), _place(context))
    _settle(claims, batch)


def verify_hand_over(
    array: _array.EncryptedArray,
    handed: _array.EncryptedArray,
    proofs: Iterable[Proof],
    context: Context,
    *,
    batch: Batch | None = None,
) -> None:
    """Checks that `handed` holds under its key what `array` holds under its own (`SecretKey.hand_over`).

    Otherwise as `verify_plaintext`.
    """
    _same_form(_checked(array), _checked(handed))
    claims = _native.ElGamalClaims.hand_over(array._handle, handed._handle, _handles(proofs, Proof), _place(context))
    _settle(claims, batch)


def prove_linear(
    array: _array.EncryptedArray, weights: Sequence[int], context: Context, *, offset: int = 0
) -> tuple[_array.EncryptedArray, Proof]:
    """Computes an agreed linear function, with a proof that it is that function: for whoever computes for others.

    Args:
        array: integers; their order is that of `ravel`.
        weights: one public integer for each element.
        context: the session, and the party that computes.
        offset: a public integer that is added.

    Returns:
        ``array.ravel() @ weights + offset`` in an array without axes, rerandomized, and the proof.

    Raises:
        ParameterError: not as many weights as elements, or an array of fixed-point numbers.
        EvaluationError: no room is left for the result.

    >>> keys = generate_keypair()
    >>> here = Context(session=b"score of May", party=1)
    >>> x = keys.public_key.encrypt([3, 4], bound=10)
    >>> score, proof = prove_linear(x, [2, -1], here, offset=5)
    >>> verify_linear(x, [2, -1], score, proof, here, offset=5)
    >>> keys.secret_key.decrypt(score)
    np.int64(7)
    """
    integers, added = _integers(weights), operator.index(offset)
    output, proof = _native.elgamal_prove_linear(_native_array(array), integers, added, _place(context))
    return _array.EncryptedArray._wrap(output, array.public_key), Proof._wrap(proof)


def verify_linear(
    array: _array.EncryptedArray,
    weights: Sequence[int],
    output: _array.EncryptedArray,
    proof: Proof,
    context: Context,
    *,
    offset: int = 0,
    batch: Batch | None = None,
) -> None:
    """Checks that `output` is the agreed linear function of `array` (`prove_linear`); otherwise as `verify_plaintext`."""
    (handle,) = _handles([proof], Proof)
    integers, added = _integers(weights), operator.index(offset)
    place = _place(context)
    _settle(
        _native.ElGamalClaims.linear(_native_array(array), integers, added, _native_array(output), handle, place), batch
    )


def prove_equal_logarithms(
    bases: Sequence[Buffer], secret: Buffer, context: Context
) -> tuple[tuple[bytes, bytes], Proof]:
    """Multiplies two group elements by one secret scalar, with a proof that it is the same for both: for protocols.

    Args:
        bases: two elements of ristretto255, 32 bytes each, such as `GENERATOR` and those of `hash_to_point` in
            `multiplicative.points`.
        secret: the scalar, 32 bytes, little-endian, below `multiplicative.points.ORDER`, as `shamir.combine_key` gives it.
        context: the session, and the party that proves.

    Returns:
        Both multiples, and the proof. The time taken does not vary with the secret.

    Raises:
        EncodingError: bytes that are no element, or no scalar.
        ParameterError: a neutral element among the bases.

    >>> import secrets
    >>> from veilkit.elgamal.multiplicative import points
    >>> secret = secrets.randbelow(points.ORDER).to_bytes(32, "little")
    >>> here = Context(session=b"pseudonyms of May", party=2)
    >>> bases = [points.GENERATOR, points.hash_to_point(b"patient 17", context=b"register of May")]
    >>> (public, pseudonym), proof = prove_equal_logarithms(bases, secret, here)
    >>> verify_equal_logarithms(bases, [public, pseudonym], proof, here)
    """
    first, second, proof = _native.elgamal_prove_equal_logarithms(
        _two(bases, "bases"), as_bytes(secret, "secret"), _place(context)
    )
    return (first, second), Proof._wrap(proof)


def verify_equal_logarithms(
    bases: Sequence[Buffer],
    targets: Sequence[Buffer],
    proof: Proof,
    context: Context,
    *,
    batch: Batch | None = None,
) -> None:
    """Checks that both targets are the same multiple of their base (`prove_equal_logarithms`).

    Args:
        bases: two elements, 32 bytes each.
        targets: their multiples, in the same order.
        proof: of `prove_equal_logarithms`.
        context: the session, and the party that claims to have proven.
        batch: where to put the check instead of making it now.

    Raises:
        CryptoError: a proof that does not hold.
        EncodingError: bytes that are no element.
        ParameterError: a neutral element among the bases.
    """
    (handle,) = _handles([proof], Proof)
    two = _two(bases, "bases"), _two(targets, "targets")
    _settle(_native.ElGamalClaims.equal_logarithms(*two, handle, _place(context)), batch)


def _two(points: Sequence[Buffer], what: str) -> tuple[bytes, bytes]:
    if isinstance(points, (bytes, bytearray, memoryview, str)):
        raise TypeError(f"{what}: must be two elements, 32 bytes each")
    given = [as_bytes(point, what) for point in points]
    if len(given) != 2:
        raise error("ShapeMismatch", f"{what}: must be two elements")
    return given[0], given[1]


def encoded(values: npt.ArrayLike, array: _array.EncryptedArray, what: str) -> list[int]:
    """The integers that stand for exact numbers at the array's scale, one for each element.

    Raises:
        ParameterError: another shape, or a number that the scale does not have.
    """
    plain = plain_array(values, what)
    try:
        numbers = plain_array(np.broadcast_to(plain, array.shape), what)
    except ValueError:
        raise error("ShapeMismatch", f"{what}: not of the array's shape") from None
    return _scaled(numbers, array.scale, what)


def _scaled(numbers: PlainArray, scale: int, what: str) -> list[int]:
    """Numbers times a power of two, where that is exact and small enough."""
    flat = numbers.ravel()
    if flat.dtype.kind == "f":
        product = flat * 2.0**scale
        exact = np.isfinite(product) & (product == np.rint(product)) & (abs(product) <= LARGEST)
        integers = [int(number) for number in product[exact]]
    else:
        integers = [int(number) << scale for number in flat if abs(int(number)) << scale <= LARGEST]
    if len(integers) != flat.size:
        raise error("OutOfRange", f"{what}: a number that the array's scale does not have")
    return integers


LARGEST = 1 << 40
"""The largest result that any key decrypts to."""


def _ends(low: float, high: float, array: _array.EncryptedArray) -> tuple[int, int]:
    return _end(low, array.scale, "low"), _end(high, array.scale, "high")


def _end(number: float, scale: int, what: str) -> int:
    plain = plain_array(number, what)
    if plain.shape != ():
        raise TypeError(f"{what}: must be a number")
    return _scaled(plain, scale, what)[0]


def _integers(numbers: Iterable[int]) -> list[int]:
    integers = [operator.index(number) for number in numbers]
    if any(abs(integer) > LARGEST for integer in integers):
        raise error("OutOfRange", "weights: above 2^40")
    return integers


def _same_form(a: _array.EncryptedArray, b: _array.EncryptedArray) -> None:
    if a.shape != b.shape:
        raise error("ShapeMismatch", "arrays: of different shapes")
    if a.scale != b.scale:
        raise error("ParamsMismatch", "arrays: of different scales")


def _settle(claims: _native.ElGamalClaims, batch: Batch | None) -> None:
    if batch is None:
        _native.ElGamalClaims.check([claims], None)
    elif isinstance(batch, Batch):
        batch._settle(claims)
    else:
        raise TypeError("batch: must be a Batch")


def _place(context: Context) -> tuple[bytes, int]:
    if not isinstance(context, Context):
        raise TypeError("context: must be a Context")
    return context.session, context.party


def _checked(array: Any) -> _array.EncryptedArray:
    if not isinstance(array, _array.EncryptedArray):
        raise TypeError("array: must be an EncryptedArray of additive ElGamal")
    return array


def _native_array(array: Any) -> _native.ElGamalArray:
    return _checked(array)._handle


P = TypeVar("P", bound=_Proof[Any])


def _handles(proofs: Iterable[P], kind: type[P]) -> list[Any]:
    given = list(proofs)
    if not all(isinstance(proof, kind) for proof in given):
        raise TypeError(f"proofs: must be {kind.__name__}s")
    return [proof._handle for proof in given]
