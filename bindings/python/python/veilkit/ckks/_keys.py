"""Keys: making, writing and reading them; encryption and decryption."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, NoReturn, SupportsIndex

import numpy.typing as npt

from .. import _native
from .._checks import Buffer, as_bytes, checked
from .._progress import Progress, reporting
from . import _array, _release, _transforms
from ._numbers import limit, numbers
from ._params import Params


def generate_keys(
    params: Params,
    *,
    rotations: Iterable[SupportsIndex] | None = None,
    transforms: Iterable[_transforms.LinearTransform | _transforms.MatrixProduct] = (),
    relinearization: bool = True,
    conjugation: bool = False,
    progress: Progress = False,
) -> Keys:
    """Makes a secret key, its public key and its evaluation keys: three objects, to be kept in three files.

    Args:
        params: see `Params`.
        rotations: the rotations that evaluation keys are made for, in slots to the left. If absent, the powers of two, which
            make every other: sums, slices and broadcasting of arrays need no more. `Params.rotation_key_bytes` says how large
            each key is.
        transforms: what is to be computed with (`LinearTransform`, `MatrixProduct`): the rotations that it takes are added.
        relinearization: make the key for products of encrypted numbers.
        conjugation: make the key for complex conjugates.
        progress: True for a bar, or a function of ``(done, total)``.

    >>> keys = generate_keys(Params.depth_2())
    >>> x = keys.public_key.encrypt([0.5, 0.25])
    >>> keys.secret_key.decrypt(x * x).round(4)
    array([0.25  , 0.0625])
    """
    checked(params, Params, "params")
    wanted = _wanted(rotations, transforms, relinearization, conjugation)
    with reporting(progress, "keys") as report:
        secret, public, evaluation = _native.ckks_generate(params._handle, wanted, report)
    keys = EvaluationKeys._wrap(evaluation)
    return Keys(SecretKey._wrap(secret), PublicKey._wrap(public, keys), keys)


def _wanted(
    rotations: Iterable[SupportsIndex] | None,
    transforms: Iterable[_transforms.LinearTransform | _transforms.MatrixProduct],
    relinearization: bool,
    conjugation: bool,
) -> tuple[bool, list[int], bool, bool]:
    steps = [operator.index(step) for step in rotations or ()]
    for transform in transforms:
        checked(transform, (_transforms.LinearTransform, _transforms.MatrixProduct), "transforms")
        steps.extend(transform.rotations)
    return rotations is None, steps, bool(relinearization), bool(conjugation)


class Keys:
    """A secret key, its public key and its evaluation keys."""

    __slots__ = ("_evaluation_keys", "_public_key", "_secret_key")

    def __init__(self, secret_key: SecretKey, public_key: PublicKey, evaluation_keys: EvaluationKeys) -> None:
        self._secret_key, self._public_key, self._evaluation_keys = secret_key, public_key, evaluation_keys

    @property
    def secret_key(self) -> SecretKey:
        """For the one who reads results."""
        return self._secret_key

    @property
    def public_key(self) -> PublicKey:
        """For everybody who encrypts."""
        return self._public_key

    @property
    def evaluation_keys(self) -> EvaluationKeys:
        """For whoever computes."""
        return self._evaluation_keys

    def __repr__(self) -> str:
        return f"Keys(key={self._public_key.key_id[:8]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys hold a secret and are not pickled; send the public_key and the evaluation_keys")


class PublicKey:
    """Encrypts. Made by `generate_keys` or `from_bytes`.

    One from elsewhere is as good as its maker: receive it from the owner through a channel that nobody can alter. Equal keys
    compare equal and hash alike; keys are pickled as their bytes.
    """

    __slots__ = ("_evaluation_keys", "_handle")
    _handle: _native.CkksPublicKey
    _evaluation_keys: EvaluationKeys | None

    def __init__(self) -> None:
        raise TypeError("use generate_keys or PublicKey.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.CkksPublicKey, keys: EvaluationKeys | None = None) -> PublicKey:
        key = object.__new__(cls)
        key._handle, key._evaluation_keys = handle, keys
        return key

    @classmethod
    def from_bytes(cls, data: Buffer, evaluation_keys: EvaluationKeys | None = None) -> PublicKey:
        """Reads an encoded public key.

        Args:
            data: what `to_bytes` wrote.
            evaluation_keys: those that arrays encrypted with this key are to compute with, if any.

        Raises:
            EncodingError: bytes that are not a public key.
        """
        if evaluation_keys is not None:
            checked(evaluation_keys, EvaluationKeys, "evaluation_keys")
        return cls._wrap(_native.CkksPublicKey.from_bytes(as_bytes(data, "data")), evaluation_keys)

    def to_bytes(self) -> bytes:
        """The canonical encoding, without evaluation keys."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def params(self) -> Params:
        """The parameters."""
        return Params._wrap(self._handle.params)

    @property
    def key_id(self) -> str:
        """What names the secret key that decrypts, 32 hexadecimal digits."""
        return self._handle.id.hex()

    def encrypt(
        self, values: npt.ArrayLike, bound: float = 1.0, *, progress: Progress = False
    ) -> _array.EncryptedArray:
        """Encrypts an array of any shape, many numbers in each ciphertext.

        Args:
            values: anything that numpy reads as integers, booleans, floats or complex numbers.
            bound: a **public** bound on the absolute values. The tracked errors and the room for results depend on it, so scale the
                data or declare what it can be.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: NaN or infinity; a value beyond `bound`; no values at all.
            EvaluationError: a bound that the first modulus cannot hold.
            TypeError: elements that are no numbers.

        >>> key = generate_keys(Params.sums()).public_key
        >>> key.encrypt([[120.5, 131.0]], bound=300)
        EncryptedArray(shape=(1, 2), level=0, key='...')
        """
        return _array.encrypted(self._handle, self._evaluation_keys, numbers(values, "values"), limit(bound), progress)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublicKey):
            return NotImplemented
        return self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self._handle.id)

    def __repr__(self) -> str:
        return f"PublicKey(degree={self.params.degree}, key={self.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return PublicKey.from_bytes, (self.to_bytes(),)


class EvaluationKeys:
    """The keys that compute: products, rotations, conjugates. Public, but an object of their own: only who computes needs them.

    An array computes with the evaluation keys that it carries: those encrypted by the `public_key` of `generate_keys` carry
    them, others are given them by `attach` or by `EncryptedArray.from_bytes`.
    """

    __slots__ = ("_handle",)
    _handle: _native.CkksEvaluationKeys

    def __init__(self) -> None:
        raise TypeError("use generate_keys, SecretKey.make_evaluation_keys or EvaluationKeys.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.CkksEvaluationKeys) -> EvaluationKeys:
        keys = object.__new__(cls)
        keys._handle = handle
        return keys

    @classmethod
    def from_bytes(cls, data: Buffer) -> EvaluationKeys:
        """Reads encoded evaluation keys.

        Raises:
            EncodingError: bytes that are none.
        """
        return cls._wrap(_native.CkksEvaluationKeys.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    def attach(self, array: _array.EncryptedArray) -> _array.EncryptedArray:
        """The array, computing with these keys.

        Raises:
            ParameterError: keys of another secret key.
        """
        checked(array, _array.EncryptedArray, "array")
        return _array.EncryptedArray._wrap(self._handle.attach(array._handle))

    @property
    def params(self) -> Params:
        """The parameters."""
        return Params._wrap(self._handle.params)

    @property
    def key_id(self) -> str:
        """What names the secret key, 32 hexadecimal digits."""
        return self._handle.id.hex()

    @property
    def rotations(self) -> tuple[int, ...]:
        """The rotations to the left that have a key of their own."""
        return tuple(self._handle.rotations)

    @property
    def has_relinearization(self) -> bool:
        """Whether products of encrypted numbers can be computed."""
        return self._handle.has_relinearization

    @property
    def has_conjugation(self) -> bool:
        """Whether complex conjugates can be computed."""
        return self._handle.has_conjugation

    def __repr__(self) -> str:
        return f"EvaluationKeys(rotations={len(self.rotations)}, key={self.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return EvaluationKeys.from_bytes, (self.to_bytes(),)


class SecretKey:
    """Decrypts, and encrypts into half as many bytes as the public key. Made by `generate_keys` or `from_bytes`.

    It is never pickled, printed or compared; it is written only by `to_bytes`, and wiped when the last reference goes.
    """

    __slots__ = ("_handle",)
    _handle: _native.CkksSecretKey

    def __init__(self) -> None:
        raise TypeError("use generate_keys or SecretKey.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.CkksSecretKey) -> SecretKey:
        key = object.__new__(cls)
        key._handle = handle
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> SecretKey:
        """Reads an encoded secret key.

        Raises:
            EncodingError: bytes that are not a secret key.
        """
        return cls._wrap(_native.CkksSecretKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding. Whoever has it can decrypt everything; Python cannot wipe the copy."""
        return self._handle.to_bytes()

    @property
    def params(self) -> Params:
        """The parameters."""
        return Params._wrap(self._handle.params)

    @property
    def key_id(self) -> str:
        """What names it, 32 hexadecimal digits."""
        return self._handle.id.hex()

    def make_public_key(self) -> PublicKey:
        """A new public key of it."""
        return PublicKey._wrap(self._handle.public_key())

    def make_evaluation_keys(
        self,
        *,
        rotations: Iterable[SupportsIndex] | None = None,
        transforms: Iterable[_transforms.LinearTransform | _transforms.MatrixProduct] = (),
        relinearization: bool = True,
        conjugation: bool = False,
        progress: Progress = False,
    ) -> EvaluationKeys:
        """New evaluation keys of it; arguments as for `generate_keys`."""
        wanted = _wanted(rotations, transforms, relinearization, conjugation)
        with reporting(progress, "keys") as report:
            handle = self._handle.evaluation_keys(wanted, report)
        return EvaluationKeys._wrap(handle)

    def encrypt(
        self, values: npt.ArrayLike, bound: float = 1.0, *, progress: Progress = False
    ) -> _array.EncryptedArray:
        """As `PublicKey.encrypt`, with less noise, faster, and into half as many bytes."""
        return _array.encrypted(self._handle, None, numbers(values, "values"), limit(bound), progress)

    def decrypt(self, encrypted: _array.EncryptedArray, *, progress: Progress = False) -> Any:
        """The numbers in the clear, for the holder of this key alone: **not to be sent to anybody**.

        Their last digits are noise that depends on this key; whoever sees some exact decryptions together with their ciphertexts
        can compute the key. What others are to see comes from `release`.

        Returns:
            float64, or complex128 for complex numbers, of the same shape; a numpy scalar for no axis. Within
            `EncryptedArray.error_bound` of the exact result.

        Raises:
            ParameterError: encrypted under another key.
        """
        checked(encrypted, _array.EncryptedArray, "encrypted")
        with reporting(progress, "decrypt") as report:
            values = encrypted._handle.decrypt(self._handle, report)
        return values.reshape(encrypted.shape)[()]

    def release(
        self, encrypted: _array.EncryptedArray, budget: _release.ReleaseBudget, *, at_most_error: float
    ) -> _release.Released:
        """Numbers that may be given to others: the noise of the ciphertexts is drowned in fresh noise.

        Args:
            encrypted: the result to give away; each of its ciphertexts counts as one release.
            budget: the one budget of this key. It counts down before anything is computed: store it before the result leaves.
            at_most_error: how far the numbers may be off; a release that could be farther off is refused and costs nothing.

        Raises:
            ParameterError: a budget of another key; a result that could be farther off than `at_most_error`.
            EvaluationError: the budget is spent.

        Fresh noise costs some 23 bits of precision, so results that are to be released take parameters for it, such as
        `Params.released_sums`: `Params.describe` and `Params.release_error` say what is left, and a refusal how many bits the
        scale lacks. The other named sets are for results that stay with the key holder.

        >>> keys = generate_keys(Params.released_sums())
        >>> budget = keys.secret_key.release_budget(100)
        >>> mean = keys.public_key.encrypt([0.5, 0.25]).mean()
        >>> released = keys.secret_key.release(mean, budget, at_most_error=0.01)
        >>> bool(abs(released.values - 0.375) <= released.error_bound), budget.left
        (True, 99)
        """
        return _release.released(self._handle, encrypted, budget, at_most_error)

    def release_budget(self, releases: SupportsIndex, *, statistical_bits: SupportsIndex = 30) -> _release.ReleaseBudget:
        """The budget of this key: make one, when the key is made, and keep it with the key.

        Args:
            releases: how many ciphertexts may be released in all; each doubling costs half a bit of precision.
            statistical_bits: at least 30; all releases together give the key away with a chance below
                ``2 ** (-statistical_bits / 2)``. Each bit costs half a bit of precision.

        Raises:
            ParameterError: too few bits, no releases, or so many that the noise would be too wide.
        """
        return _release.ReleaseBudget._new(self._handle, releases, statistical_bits)

    def __repr__(self) -> str:
        return f"SecretKey(degree={self.params.degree}, key={self.key_id[:8]!r})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secret keys are not compared; compare their key_id")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret key is not pickled; write it with to_bytes where it must be written")
