"""Ballots: encrypted choices of which exactly one is made, with the proof of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import _native
from ..._checks import Buffer, as_bytes, as_count
from ..._progress import Progress, reporting
from ...errors import error
from . import _array, _keys
from ._proofs import Context, _place


class Ballot:
    """Encrypted choices of which exactly one is 1 and the others are 0, from `PublicKey.encrypt_ballot` or `from_bytes`.

    The ciphertexts come out of `verify` or `tally` only, once the proof holds.

    >>> keys = generate_keypair()
    >>> ballots = {
    ...     voter: keys.public_key.encrypt_ballot(choice, choices=3, context=Context(b"vote of May", voter))
    ...     for voter, choice in {1: 0, 2: 2, 3: 2}.items()
    ... }
    >>> keys.secret_key.decrypt(tally(ballots, choices=3, session=b"vote of May"))
    array([1, 0, 2])
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.ElGamalBallot
    _public_key: _keys.PublicKey

    def __init__(self) -> None:
        raise TypeError("use PublicKey.encrypt_ballot or Ballot.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.ElGamalBallot, public_key: _keys.PublicKey) -> Ballot:
        ballot = object.__new__(cls)
        ballot._handle = handle
        ballot._public_key = public_key
        return ballot

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> Ballot:
        """Reads an encoded ballot. Whether its proof holds is for `verify` or `tally` to find out.

        Raises:
            EncodingError: bytes that are not a ballot.
            ParameterError: made under another key.
        """
        key = _keys.require_key(public_key)
        return cls._wrap(_native.ElGamalBallot.from_bytes(as_bytes(data, "data"), key._handle), key)

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def choices(self) -> int:
        """How many choices it has."""
        return self._handle.len()

    @property
    def public_key(self) -> _keys.PublicKey:
        """The key it is encrypted under."""
        return self._public_key

    def verify(self, *, choices: int, context: Context) -> _array.EncryptedArray:
        """Checks the proof, and gives the encrypted choices: one axis of a single 1 among zeros.

        Args:
            choices: how many there are to choose from.
            context: the session, and the party that cast the ballot.

        Raises:
            CryptoError: the proof does not hold.
        """
        count = as_count(choices, "choices")
        array = self._handle.verified(self._public_key._handle, count, _place(context))
        return _array.EncryptedArray._wrap(array, self._public_key)

    def __repr__(self) -> str:
        return f"Ballot(choices={self.choices}, key={self._public_key.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Ballot.from_bytes, (self.to_bytes(), self._public_key)


def tally(
    ballots: Mapping[int, Ballot], *, choices: int, session: Buffer, progress: Progress = False
) -> _array.EncryptedArray:
    """Checks every ballot, and adds them up: how often each choice was made, still encrypted.

    Args:
        ballots: each with the number of the party that cast it, from 1.
        choices: how many there are to choose from.
        session: the bytes of the session, as in the context of the ballots.
        progress: True for a bar, or a function of ``(done, total)``.

    Raises:
        CryptoError: ballots whose proof does not hold; `culprits` names their parties. Tally again without them.
        ParameterError: no ballots, or ballots under different keys.
    """
    if not all(isinstance(ballot, Ballot) for ballot in ballots.values()):
        raise TypeError("ballots: must be Ballots, by the number of their party")
    if not ballots:
        raise error("ShapeMismatch", "ballots: there are none")
    key = next(iter(ballots.values())).public_key
    given = [(Context(session, party).party, ballot._handle) for party, ballot in ballots.items()]
    with reporting(progress, "tally") as report:
        sums = _native.ElGamalBallot.tally(
            key._handle, given, as_count(choices, "choices"), as_bytes(session, "session"), report
        )
    return _array.EncryptedArray._wrap(sums, key)
