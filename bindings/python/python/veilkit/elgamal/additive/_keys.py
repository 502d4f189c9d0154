"""Keys: making, writing and reading them; encryption and decryption."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from ... import _native
from ..._arrays import limit, plain_array
from ..._checks import Buffer, as_bytes, as_count
from ..._progress import Progress, reporting
from .._bases import Pair, Public, Secret
from . import _array, _ballots, _proofs


def generate_keypair(*, fraction_bits: int = 8, value_bits: int = 20, decode_bits: int = 32) -> Keypair:
    """Makes a new key pair with randomness of the operating system.

    Args:
        fraction_bits: bits after the binary point of every fixed-point number under this key, at most `value_bits`.
        value_bits: a number for which no bound is declared is at most ``2 ** value_bits`` once encoded: by default integers
            up to 1,048,576 and floats up to 4096. At most `decode_bits`.
        decode_bits: the largest result that decryption ever has to find is ``2 ** decode_bits``, from 8 to 40. At 40 each
            number may take half a second to decrypt, at 32 about a millisecond.

    Raises:
        ParameterError: sizes that are not allowed.

    >>> from veilkit import elgamal
    >>> elgamal.generate_keypair()
    Keypair(key='...')
    """
    return Keypair(SecretKey._wrap(_native.ElGamalSecretKey.generate(*sizes(fraction_bits, value_bits, decode_bits))))


def sizes(fraction_bits: int, value_bits: int, decode_bits: int) -> tuple[int, int, int]:
    """The sizes of a key, each a count."""
    named = ("fraction_bits", fraction_bits), ("value_bits", value_bits), ("decode_bits", decode_bits)
    fraction, value, decode = (as_count(size, name) for name, size in named)
    return fraction, value, decode


class PublicKey(Public[_native.ElGamalPublicKey]):
    """Encrypts, and belongs to every array that is encrypted under it. Made by `generate_keypair` or `from_bytes`."""

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: Buffer) -> PublicKey:
        """Reads and validates an encoded public key.

        Raises:
            EncodingError: bytes that are not a public key.

        >>> key = generate_keypair().public_key
        >>> PublicKey.from_bytes(key.to_bytes()) == key
        True
        """
        return cls._wrap(_native.ElGamalPublicKey.from_bytes(as_bytes(data, "data")))

    @property
    def fraction_bits(self) -> int:
        """Bits after the binary point of every fixed-point number under this key."""
        return self._handle.fraction_bits

    @property
    def value_bits(self) -> int:
        """A number without a declared bound is at most ``2 ** value_bits`` once encoded."""
        return self._handle.value_bits

    @property
    def decode_bits(self) -> int:
        """The largest result is ``2 ** decode_bits`` once encoded."""
        return self._handle.decode_bits

    @property
    def point(self) -> bytes:
        """The element of ristretto255, 32 bytes, for exchange with other software."""
        return self._handle.point

    def encrypt(
        self,
        values: npt.ArrayLike,
        *,
        bound: float | None = None,
        progress: Progress = False,
    ) -> _array.EncryptedArray:
        """Encrypts an array of any shape, element by element.

        Args:
            values: anything that numpy reads as integers, booleans or floats: lists, arrays, pandas or polars columns.
                C-ordered arrays of float64 or int64 are read where they are: leave them alone until the call returns.
            bound: a **public** bound on the absolute values. It leaves room for sums, and makes decryption quicker.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: NaN or infinity; a value beyond `bound` or the key's range.
            TypeError: elements that are no numbers of at most 64 bits.

        >>> key = generate_keypair().public_key
        >>> key.encrypt([[1, 2], [3, 4]]).shape
        (2, 2)
        """
        plain = plain_array(values, "values")
        with reporting(progress, "encrypt") as report:
            return _array.EncryptedArray._wrap(self._handle.encrypt(plain, limit(bound, plain), report), self)

    def encrypt_opening(
        self, values: npt.ArrayLike, *, bound: float | None = None, progress: Progress = False
    ) -> _proofs.Opening:
        """As `encrypt`, with what it takes to prove things about the array: see `Opening`."""
        plain = plain_array(values, "values")
        with reporting(progress, "encrypt") as report:
            handle = _native.ElGamalOpening.encrypt(self._handle, plain, limit(bound, plain), report)
        return _proofs.Opening._wrap(handle, self)

    def encrypt_ballot(self, choice: int, *, choices: int, context: _proofs.Context) -> _ballots.Ballot:
        """Encrypts one choice of several, with the proof that it is one.

        Args:
            choice: the choice, from 0.
            choices: how many there are to choose from.
            context: the session, and the party that casts the ballot.

        Raises:
            ParameterError: a choice that there is not, or no choices.
        """
        counts = as_count(choice, "choice"), as_count(choices, "choices")
        handle = _native.ElGamalBallot.encrypt(self._handle, *counts, _proofs._place(context))
        return _ballots.Ballot._wrap(handle, self)

    def describe(self) -> str:
        """Public facts for a person: number format, security level."""
        return "\n".join(
            [
                f"ElGamal, additive, over ristretto255, key {self.key_id}",
                "security: 126 bits against discrete logarithms; none against quantum computers",
                f"floats: fixed point with {self.fraction_bits} fraction bits",
                f"results: absolute values up to 2^{self.decode_bits} once encoded",
                "ciphertext: 64 bytes each",
            ]
        )


class SecretKey(Secret[_native.ElGamalSecretKey, PublicKey]):
    """Decrypts. Made by `generate_keypair` or `from_bytes`.

    It is never pickled, printed or compared; it is written only by `to_bytes`, and wiped when the last reference goes.
    """

    __slots__ = ()

    @classmethod
    def _wrap(cls, handle: _native.ElGamalSecretKey) -> SecretKey:
        return cls._of(handle, PublicKey._wrap(handle.public_key()))

    @classmethod
    def from_bytes(cls, data: Buffer) -> SecretKey:
        """Reads and validates an encoded secret key.

        Raises:
            EncodingError: bytes that are not a secret key.
        """
        return cls._wrap(_native.ElGamalSecretKey.from_bytes(as_bytes(data, "data")))

    def decrypt(self, encrypted: _array.EncryptedArray, *, progress: Progress = False) -> Any:
        """The numbers in the clear, found by a search within the public bound of the array.

        The time taken varies with the numbers: decrypt where the results may be known.

        Returns:
            int64 for `kind='int'`, float64 for `kind='fixed'`, of the same shape; a numpy scalar for no axis.

        Raises:
            ParameterError: encrypted under another key (``ParamsMismatch``); a number beyond the public bound
                (``OutOfRange``), after bounded work.

        >>> keys = generate_keypair()
        >>> keys.secret_key.decrypt(keys.public_key.encrypt([3, 4]) - 5)
        array([-2, -1])
        """
        if not isinstance(encrypted, _array.EncryptedArray):
            raise TypeError("encrypted: must be an EncryptedArray of additive ElGamal")
        with reporting(progress, "decrypt") as report:
            return encrypted._handle.decrypt(self._handle, report).reshape(encrypted.shape)[()]

    def check_plaintext(
        self, encrypted: _array.EncryptedArray, values: npt.ArrayLike, *, progress: Progress = False
    ) -> None:
        """Checks that an array holds these numbers, without a search: also where `decrypt` would take long, or may not find.

        The time taken varies neither with the key nor with the numbers. All elements are looked at before the answer, which
        does not say which of them differ.

        Args:
            encrypted: the array.
            values: the numbers that it should hold.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            CryptoError: the array holds other numbers.
            ParameterError: encrypted under another key; another shape; numbers that the array's scale does not have; a mean.

        >>> keys = generate_keypair()
        >>> keys.secret_key.check_plaintext(keys.public_key.encrypt([3, 4]) - 5, [-2, -1])
        """
        integers = _proofs.encoded(values, _proofs._checked(encrypted), "values")
        with reporting(progress, "check") as report:
            self._handle.check_plaintext(encrypted._handle, integers, report)

    def prove_decryption(
        self,
        encrypted: _array.EncryptedArray,
        values: npt.ArrayLike,
        context: _proofs.Context,
        *,
        progress: Progress = False,
    ) -> list[_proofs.Proof]:
        """Proves that an array holds the numbers that its decryption gave, one proof for each element, row-major.

        Args:
            encrypted: the array.
            values: what `decrypt` gave. Of other numbers the proofs do not hold.
            context: the session, and the party that decrypts.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: encrypted under another key; another shape.

        >>> keys = generate_keypair()
        >>> here = Context(session=b"results of May", party=1)
        >>> x = keys.public_key.encrypt([3, 4])
        >>> proofs = keys.secret_key.prove_decryption(x, [3, 4], here)
        >>> verify_decryption(x, [3, 4], proofs, here)
        """
        integers = _proofs.encoded(values, _proofs._checked(encrypted), "values")
        with reporting(progress, "prove") as report:
            made = _native.elgamal_prove_decryption(
                self._handle, encrypted._handle, integers, _proofs._place(context), report
            )
        return list(map(_proofs.Proof._wrap, made))

    def hand_over(
        self,
        encrypted: _array.EncryptedArray,
        to: PublicKey,
        context: _proofs.Context,
        *,
        progress: Progress = False,
    ) -> tuple[_array.EncryptedArray, list[_proofs.Proof]]:
        """Encrypts an array to another key, unread, with a proof for each element that nothing else was encrypted.

        Args:
            encrypted: an array under this key.
            to: the key that shall read it.
            context: the session, and the party that hands over.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: encrypted under another key.
            EvaluationError: the other key has no room for the array.

        >>> doctor, patient = generate_keypair(), generate_keypair()
        >>> here = Context(session=b"referral of May", party=1)
        >>> x = patient.public_key.encrypt([63, 71])
        >>> handed, proofs = patient.secret_key.hand_over(x, doctor.public_key, here)
        >>> verify_hand_over(x, handed, proofs, here)
        >>> doctor.secret_key.decrypt(handed)
        array([63, 71])
        """
        key = require_key(to)
        array = _proofs._checked(encrypted)
        with reporting(progress, "hand over") as report:
            handed, made = _native.elgamal_hand_over(
                self._handle, array._handle, key._handle, _proofs._place(context), report
            )
        return _array.EncryptedArray._wrap(handed, key), list(map(_proofs.Proof._wrap, made))


class Keypair(Pair[SecretKey, PublicKey]):
    """A secret key and its public key."""

    __slots__ = ()


def require_key(public_key: object) -> PublicKey:
    """A public key of this scheme."""
    if not isinstance(public_key, PublicKey):
        raise TypeError("public_key: must be a PublicKey of additive ElGamal")
    return public_key
