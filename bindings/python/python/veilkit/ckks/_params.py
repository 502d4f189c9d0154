"""Parameters: sizes that are checked against the security tables before anything is generated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsIndex

from .. import _native
from .._checks import Buffer, as_bytes, as_count, as_text


class Params:
    """Checked parameters. Equal ones compare equal and hash alike; they are pickled as their bytes.

    A ciphertext holds ``degree / 2`` numbers at a scale of ``2 ** scale_bits``. Each multiplication uses up one modulus; what is
    left at the end, the first modulus, must hold the result, so results may be as large as
    ``2 ** (moduli_bits[0] - scale_bits - 1)``.

    Args:
        degree: a power of two from 1024 to 65536.
        moduli_bits: the sizes of the moduli. All between the first and those that switch keys are as long as the scale: one for
            each multiplication in a row.
        scale_bits: about the binary digits of every number after the point, noise included.
        key_moduli: how many of the last moduli switch keys. More of them make evaluation keys smaller and faster, for fewer
            multiplications.
        digits: parts of each evaluation key; as few as the last moduli allow if absent.
        security: ``"classical-128"``, or ``"quantum-128"``, ``"classical-192"``, ``"classical-256"``.

    Raises:
        ParameterError: sizes below the security asked for, or that do not fit each other.

    >>> params = Params(degree=8192, moduli_bits=[60, 40, 40, 60], scale_bits=40)
    >>> params.slots, params.depth
    (4096, 2)
    >>> params == Params.depth_2()
    False
    """

    __slots__ = ("_handle",)
    _handle: _native.CkksParams

    def __init__(
        self,
        degree: SupportsIndex,
        moduli_bits: Sequence[SupportsIndex],
        scale_bits: SupportsIndex,
        *,
        key_moduli: SupportsIndex = 1,
        digits: SupportsIndex | None = None,
        security: str = "classical-128",
    ) -> None:
        self._handle = _native.CkksParams(
            as_count(degree, "degree"),
            [as_count(bits, "moduli_bits") for bits in moduli_bits],
            as_count(key_moduli, "key_moduli"),
            as_count(scale_bits, "scale_bits"),
            None if digits is None else as_count(digits, "digits"),
            as_text(security, "security"),
        )

    @classmethod
    def _wrap(cls, handle: _native.CkksParams) -> Params:
        params = object.__new__(cls)
        params._handle = handle
        return params

    @classmethod
    def _named(cls, name: str) -> Params:
        handle = _native.CkksParams.named(name)
        assert handle is not None
        return cls._wrap(handle)

    @classmethod
    def sums(cls) -> Params:
        """For sums of encrypted numbers: 2048 slots, no multiplication, results up to 2^15 with errors near 2^-20."""
        return cls._named("sums")

    @classmethod
    def depth_2(cls) -> Params:
        """Two multiplications in a row: 4096 slots, results up to 2^19."""
        return cls._named("depth_2")

    @classmethod
    def depth_4(cls) -> Params:
        """Four multiplications in a row: 8192 slots, results up to 2^19."""
        return cls._named("depth_4")

    @classmethod
    def depth_8(cls) -> Params:
        """Eight multiplications in a row: 16,384 slots, results up to 2^14."""
        return cls._named("depth_8")

    @classmethod
    def depth_16(cls) -> Params:
        """Sixteen multiplications in a row: 16,384 slots, results up to 2^19."""
        return cls._named("depth_16")

    @classmethod
    def released_sums(cls) -> Params:
        """For sums and means that are released (`SecretKey.release`): 4096 slots, one multiplication, released numbers exact to
        2^-11 in the worst case. What took no multiplication, such as a sum, may be as large as 2^58, a mean 2^3.

        >>> params = Params.released_sums()
        >>> params.depth, params.release_error(100) < 2**-11
        (1, True)
        """
        return cls._named("released_sums")

    @classmethod
    def released_depth_4(cls) -> Params:
        """For four multiplications in a row whose results are released: 8192 slots, results up to 2^3."""
        return cls._named("released_depth_4")

    @classmethod
    def from_bytes(cls, data: Buffer) -> Params:
        """Reads encoded parameters.

        Raises:
            EncodingError: bytes that are no parameters, or parameters below the security they claim.
        """
        return cls._wrap(_native.CkksParams.from_bytes(as_bytes(data, "data")))

    @classmethod
    def of(cls, data: Buffer) -> Params:
        """The parameters of an encoded key, array or budget, each of which says by itself what it needs."""
        return cls._wrap(_native.CkksParams.of_encoding(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def degree(self) -> int:
        """Coefficients of a polynomial."""
        return self._handle.degree

    @property
    def slots(self) -> int:
        """Numbers in one ciphertext."""
        return self._handle.slots

    @property
    def depth(self) -> int:
        """Multiplications in a row."""
        return self._handle.depth

    @property
    def moduli_bits(self) -> tuple[int, ...]:
        """The sizes of all moduli, those that switch keys last."""
        return tuple(self._handle.moduli_bits)

    @property
    def key_moduli(self) -> int:
        """How many of the last moduli switch keys."""
        return self._handle.key_moduli

    @property
    def scale_bits(self) -> int:
        """The binary logarithm of the scale."""
        return self._handle.scale_bits

    @property
    def digits(self) -> int:
        """Parts of each evaluation key."""
        return self._handle.digits

    @property
    def security(self) -> str:
        """The security level that was checked."""
        return self._handle.security

    @property
    def log2_qp(self) -> float:
        """The binary logarithm of the product of all moduli: what the security tables limit."""
        return self._handle.log2_qp

    @property
    def rotation_key_bytes(self) -> int:
        """The size of the key for one rotation; those for products and conjugates are as large."""
        return self._handle.rotation_key_bytes

    def release_error(
        self,
        releases: SupportsIndex,
        *,
        statistical_bits: SupportsIndex = 30,
        count: SupportsIndex = 1,
        multiplications: SupportsIndex = 0,
    ) -> float:
        """By how much released numbers can be off in the worst case: before anything is generated.

        Args:
            releases: how many there may be of one key; see `SecretKey.release_budget`.
            statistical_bits: likewise.
            count: how many real numbers are released from one ciphertext at once.
            multiplications: how often encrypted numbers of at most 1 were squared before.

        Raises:
            ParameterError: more multiplications than `depth`, more numbers than `slots`, or a budget that there cannot be.

        >>> Params.depth_2().release_error(100) > 1  # nothing is left of numbers of at most 1
        True
        >>> Params.released_depth_4().release_error(100, multiplications=2) < 0.01
        True
        """
        counts = as_count(releases, "releases"), as_count(statistical_bits, "statistical_bits")
        return self._handle.release_error(*counts, as_count(count, "count"), as_count(multiplications, "multiplications"))

    def describe(self) -> str:
        """Security, sizes in bytes, precision, and what a release leaves of it, for a person: before anything is generated.

        >>> print(Params.depth_2().describe().splitlines()[0])
        CKKS...
        """
        return self._handle.describe()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Params):
            return NotImplemented
        return self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return (
            f"Params(degree={self.degree}, moduli_bits={list(self.moduli_bits)}, scale_bits={self.scale_bits}, "
            f"key_moduli={self.key_moduli})"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Params.from_bytes, (self.to_bytes(),)
