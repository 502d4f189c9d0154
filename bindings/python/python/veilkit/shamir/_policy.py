"""Recovery by rule: who together may have the secret."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, ClassVar

from .. import _native
from .._checks import Buffer, as_bytes, as_text
from ..errors import ProtocolError, error
from ._share import AnyShare, handles


class Policy:
    """Who together may have a secret, as readable text. Every name in the text is a seat, and each seat gets one share.

    ``and``, ``or`` and ``2 of (...)`` nest; ``name * 2`` counts twice; ``and`` binds more tightly than ``or``. Names start
    with a letter and go on with letters, digits and ``_ - . @``. Two policies are equal when they print the same.

    Args:
        text: the rule.

    Raises:
        EncodingError: text that is no rule; the error says what was expected.
        ParameterError: a rule that nobody could satisfy, or one beyond the limits: 255 seats, 8 levels.

    >>> rule = Policy("2 of (doctor, doctor, surgeon) and 1 of (administrator)")
    >>> rule
    Policy('2 of (doctor, doctor, surgeon) and administrator')
    >>> rule.seats
    ('doctor', 'doctor', 'surgeon', 'administrator')
    """

    __slots__ = ("_handle",)
    _handle: _native.ShamirPolicy

    def __init__(self, text: str) -> None:
        self._handle = _native.ShamirPolicy.parse(as_text(text, "text"))

    @classmethod
    def _wrap(cls, handle: _native.ShamirPolicy) -> Policy:
        policy = object.__new__(cls)
        policy._handle = handle
        return policy

    @classmethod
    def from_bytes(cls, data: Buffer) -> Policy:
        """Reads and validates an encoded policy.

        Raises:
            EncodingError: bytes that are not a policy.
        """
        return cls._wrap(_native.ShamirPolicy.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def hash(self) -> bytes:
        """The hash of the canonical text, 32 bytes: names the rule."""
        return self._handle.hash

    @property
    def seats(self) -> tuple[str, ...]:
        """The names of the seats, whose numbers count from 1 in this order."""
        return tuple(self._handle.seats)

    @property
    def smallest(self) -> int:
        """The fewest seats that together may have the secret."""
        return self._handle.smallest

    def is_satisfied_by(self, seats: Iterable[int]) -> bool:
        """Whether the seats with these numbers together may have the secret.

        >>> Policy("2 of (doctor, doctor, surgeon) and administrator").is_satisfied_by([1, 3, 4])
        True
        """
        return self._handle.is_satisfied_by(self._numbers(seats))

    def missing(self, seats: Iterable[int] = ()) -> Policy | None:
        """The rule that is left when these seats are there: who else is needed. None when they satisfy the policy.

        >>> Policy("2 of (doctor, doctor, surgeon) and administrator").missing([1])
        Policy('(doctor or surgeon) and administrator')
        """
        rest = self._handle.missing(self._numbers(seats))
        return None if rest is None else Policy._wrap(rest)

    def _numbers(self, seats: Iterable[int]) -> list[int]:
        numbers = [operator.index(seat) for seat in seats]
        if not all(0 < number <= len(self.seats) for number in numbers):
            raise error("OutOfRange", "seats: a number that no seat has")
        return numbers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __str__(self) -> str:
        return self._handle.text

    def __repr__(self) -> str:
        return f"Policy({self._handle.text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Policy, (str(self),)


class PolicyShare(AnyShare[_native.ShamirPolicyShare]):
    """What the holder of one seat gets from `split_by_policy`. Secret: give each to its holder over a private channel."""

    __slots__ = ()
    _handle: _native.ShamirPolicyShare
    _class: ClassVar[type[Any]] = _native.ShamirPolicyShare

    def verify(self) -> None:
        """Checks the share against the commitment that it carries: finds damage, not a forger.

        Raises:
            CryptoError: the share was damaged; `culprits` holds its seat.
        """
        self._handle.verify()

    @property
    def seat(self) -> int:
        """The number of the seat, from 1."""
        return self._handle.index

    @property
    def name(self) -> str:
        """The name of the seat, as in the policy."""
        return self._handle.name

    @property
    def policy(self) -> Policy:
        """The rule."""
        return Policy._wrap(self._handle.policy)

    @property
    def secret_len(self) -> int:
        """The length of the secret in bytes, which is public."""
        return self._handle.secret_len

    def _facts(self) -> dict[str, Any]:
        return {"seat": self.seat, "name": self.name, "policy": str(self.policy)}


def split_by_policy(secret: Buffer, policy: Policy | str) -> list[PolicyShare]:
    """Splits a secret so that exactly the seats that satisfy the policy give it back: one share for each seat. [Benaloh 1988]

    Seats that do not satisfy it learn nothing about the secret but its length. What ``or`` joins gets the same value, so
    that ``owner or 2 of (...)`` hands the secret itself to the owner: that is what it says.

    Args:
        secret: bytes-like, 1 byte to 1 MiB.
        policy: the rule, or its text.

    Raises:
        ParameterError: an empty or too long secret.
        EncodingError, ParameterError: text that is no policy.

    >>> from veilkit import shamir
    >>> shares = shamir.split_by_policy(b"the key", "2 of (doctor, doctor, surgeon) and administrator")
    >>> shares[3]
    PolicyShare(seat=4, name='administrator', policy='2 of (doctor, doctor, surgeon) and administrator')
    >>> shamir.combine_by_policy([shares[0], shares[2], shares[3]])
    b'the key'
    """
    rule = policy if isinstance(policy, Policy) else Policy(policy)
    dealt = _native.shamir_policy_split(as_bytes(secret, "secret"), rule._handle)
    return [PolicyShare._wrap(handle) for handle in dealt]


def combine_by_policy(shares: Iterable[PolicyShare]) -> bytes:
    """Gives the secret back, if every share given is right and the seats satisfy the policy.

    Raises:
        ProtocolError: the seats do not satisfy the policy, and the text says who is still needed; or one of them is there
            twice (`culprits` names it).
        ParameterError: shares of different dealings; `culprits` names those that are not of the most frequent one.
        CryptoError: wrong shares; `culprits` names their seats where that can be told.

    >>> shares = split_by_policy(b"the key", "2 of (doctor, doctor, surgeon) and administrator")
    >>> combine_by_policy(shares[:3])
    Traceback (most recent call last):
    ...
    veilkit.errors.ProtocolError: shares: the policy still needs: administrator [TooFewShares 50]
    """
    given = handles(shares, PolicyShare)
    try:
        return _native.shamir_policy_combine(given)
    except ProtocolError as refusal:
        raise _explained(refusal, given) from None


def combine_by_policy_correcting(shares: Iterable[PolicyShare]) -> tuple[bytes, tuple[int, ...]]:
    """Gives the secret back although some shares are wrong, and the seats of those.

    Raises:
        ProtocolError: as `combine_by_policy`.
        CryptoError: the seats of the right shares do not satisfy the policy; `culprits` names the others.
    """
    given = handles(shares, PolicyShare)
    try:
        secret, wrong = _native.shamir_policy_combine_correcting(given)
    except ProtocolError as refusal:
        raise _explained(refusal, given) from None
    return secret, tuple(wrong)


def _explained(refusal: ProtocolError, given: list[_native.ShamirPolicyShare]) -> Exception:
    """The error with the seats that are missing."""
    if refusal.name != "TooFewShares" or not given:
        return refusal
    missing = _native.shamir_policy_missing(given)
    return refusal if missing is None else error(refusal.name, f"shares: the policy still needs: {missing.text}")
