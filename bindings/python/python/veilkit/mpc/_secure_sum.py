"""Secure sums: identities, plans, sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from .. import _native
from .._arrays import plain_array
from .._checks import Buffer, as_bytes, as_count, as_party
from .._progress import Progress, reporting
from ..errors import error
from . import _local
from ._session import AnyPlan, AnySession, Outgoing, messages


ROUNDS = 5
"""Rounds of messages of a secure sum."""


class IdentityKey:
    """A party's long-term signing key. Secret: never printed or pickled; `to_bytes` writes it.

    Parties compare each other's `identity` out of band before they agree on a plan.
    """

    __slots__ = ("_handle",)
    _handle: _native.MpcIdentityKey

    def __init__(self) -> None:
        raise TypeError("use IdentityKey.generate or IdentityKey.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.MpcIdentityKey) -> IdentityKey:
        key = object.__new__(cls)
        key._handle = handle
        return key

    @classmethod
    def generate(cls) -> IdentityKey:
        """Draws a new key from the operating system."""
        return cls._wrap(_native.MpcIdentityKey.generate())

    @classmethod
    def from_bytes(cls, data: Buffer) -> IdentityKey:
        """Reads an encoded key.

        Raises:
            EncodingError: bytes that are not an identity key.
        """
        return cls._wrap(_native.MpcIdentityKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its owner only."""
        return self._handle.to_bytes()

    @property
    def identity(self) -> bytes:
        """The public half, 32 bytes."""
        return self._handle.identity

    def sign(self, message: Buffer, *, context: Buffer) -> bytes:
        """Signs bytes of one's own, such as a plan's hash or what a party says in a round that the caller's code carries.

        Args:
            message: what to sign.
            context: what the message is: name the run and the round, so that nobody can say it again elsewhere. The
                signature holds in no other context, and never as a message of a session.

        Returns:
            64 bytes, for `verify_signature`; the same for the same message in the same context.

        >>> key = IdentityKey.generate()
        >>> signature = key.sign(b"I have the same plan", context=b"clinic network, run 7, round 1")
        >>> verify_signature(key.identity, b"I have the same plan", signature, context=b"clinic network, run 7, round 1")
        """
        return self._handle.sign(as_bytes(context, "context"), as_bytes(message, "message"))

    def __repr__(self) -> str:
        return f"IdentityKey(identity={self.identity.hex()[:16]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an identity key is secret and is not pickled; write it with to_bytes where it must be written")


def verify_signature(identity: Buffer, message: Buffer, signature: Buffer, *, context: Buffer) -> None:
    """Checks that the party with this identity signed this message in this context (`IdentityKey.sign`).

    That says nothing about when or how often: a signature holds for ever.

    Args:
        identity: the public half of the signer's key, 32 bytes, compared out of band.
        message: what should have been signed.
        signature: what `IdentityKey.sign` gave.
        context: what the message should be.

    Raises:
        CryptoError: no signature of this party for this message in this context.
        EncodingError: an identity that is none.
    """
    _native.mpc_verify_signature(
        as_bytes(identity, "identity"),
        as_bytes(context, "context"),
        as_bytes(message, "message"),
        as_bytes(signature, "signature"),
    )


class SumPlan(AnyPlan):
    """What the parties of a secure sum agree on before anything is sent. Every message is bound to it.

    Args:
        parties: the public identity of each party, by its number from 1.
        length: how many numbers each party submits.
        max_abs: a public bound on the absolute value of one number of one party.
        threshold: how many parties must stay to the end: more than half. Up to ``threshold - 1`` curious parties learn
            nothing about the others beyond the sum. All parties if absent.
        min_survivors: the fewest parties whose sum may be revealed; the threshold if absent.
        fraction_bits: numbers are rounded to multiples of ``2 ** -fraction_bits``; at most 60.
        purpose: what the sum is for, in words; every party signs it.
        session: 32 bytes that no other run ever used; drawn at random if absent.

    Raises:
        ParameterError: a field that is not allowed, named.
        EncodingError: an identity that is none.
        ProtocolError: a party twice.
    """

    __slots__ = ()
    _handle: _native.MpcSumPlan
    _compiled: ClassVar[Any] = _native.MpcSumPlan

    def __init__(
        self,
        *,
        parties: Mapping[int, bytes],
        length: int,
        max_abs: float,
        threshold: int | None = None,
        min_survivors: int | None = None,
        fraction_bits: int = 16,
        purpose: str = "",
        session: bytes | None = None,
    ) -> None:
        listed = [(as_party(number), as_bytes(identity, "identity")) for number, identity in parties.items()]
        needed = len(listed) if threshold is None else as_count(threshold, "threshold")
        self._handle = _native.MpcSumPlan.make(
            None if session is None else as_bytes(session, "session"),
            listed,
            needed,
            needed if min_survivors is None else as_count(min_survivors, "min_survivors"),
            as_count(length, "length"),
            as_count(fraction_bits, "fraction_bits"),
            float(max_abs),
            purpose,
        )

    @property
    def parties(self) -> dict[int, bytes]:
        """The public identity of each party, by its number."""
        return dict(self._handle.parties)

    @property
    def threshold(self) -> int:
        """How many parties must stay to the end."""
        return self._handle.threshold

    @property
    def min_survivors(self) -> int:
        """The fewest parties whose sum may be revealed."""
        return self._handle.min_survivors

    @property
    def length(self) -> int:
        """How many numbers each party submits."""
        return self._handle.length

    @property
    def fraction_bits(self) -> int:
        """Numbers are multiples of ``2 ** -fraction_bits``."""
        return self._handle.fraction_bits

    @property
    def max_abs(self) -> float:
        """The bound on the absolute value of one number of one party."""
        return self._handle.max_abs

    @property
    def purpose(self) -> str:
        """What the sum is for."""
        return self._handle.purpose

    def explain(self) -> str:
        """What is computed, what is revealed, against whom it protects, and what it does not promise."""
        return self._handle.explain()

    def __repr__(self) -> str:
        facts = f"parties={len(self.parties)}, threshold={self.threshold}, length={self.length}"
        return f"SumPlan({facts}, purpose={self.purpose!r})"


class SumOutput:
    """The sum, the same at every party that gets one."""

    __slots__ = ("_handle",)
    _handle: _native.MpcSumOutput

    def __init__(self) -> None:
        raise TypeError("a SumOutput comes from a session")

    @classmethod
    def _wrap(cls, handle: _native.MpcSumOutput) -> SumOutput:
        output = object.__new__(cls)
        output._handle = handle
        return output

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The sums, one for each number of the plan."""
        return self._handle.values()

    @property
    def raw(self) -> npt.NDArray[np.int64]:
        """The exact sums, in units of ``2 ** -fraction_bits``."""
        return self._handle.raw()

    @property
    def fraction_bits(self) -> int:
        """Bits after the binary point of `raw`."""
        return self._handle.fraction_bits

    @property
    def survivors(self) -> tuple[int, ...]:
        """The parties whose numbers are in the sum."""
        return tuple(self._handle.survivors)

    @property
    def plan_hash(self) -> bytes:
        """The hash of the plan that was carried out."""
        return self._handle.plan_hash

    @property
    def revealed(self) -> str:
        """What was revealed to whom, in words."""
        return self._handle.revealed

    def __repr__(self) -> str:
        return f"SumOutput(values={self.values!r}, survivors={self.survivors})"


class Step(NamedTuple):
    """What a step gives: messages to send now, and the sum when it is there."""

    outgoing: list[Outgoing]
    output: SumOutput | None


class SumSession(AnySession):
    """One party's side of a secure sum, used once.

    Args:
        plan: the plan, the same at every party.
        me: this party's number.
        key: this party's identity key.
        values: one axis of `plan.length` numbers, each within `plan.max_abs`; rounded to `plan.fraction_bits`.

    Attributes:
        first: the step that opens the session, with the messages of round 1.

    Raises:
        ParameterError: a wrong number of values, NaN, infinity or a value out of range; a key that is not the plan's.
        ProtocolError: a number that is not in the plan.
    """

    __slots__ = ()

    def __init__(self, plan: SumPlan, me: int, key: IdentityKey, values: npt.ArrayLike) -> None:
        if not isinstance(plan, SumPlan) or not isinstance(key, IdentityKey):
            raise TypeError("plan and key: must be a SumPlan and an IdentityKey")
        numbers = plain_array(values, "values").astype(np.float64, copy=False)
        if numbers.ndim != 1:
            raise error("ShapeMismatch", "values: must have one axis")
        self._handle, sent = _native.MpcSumSession.start(plan._handle, as_party(me), key._handle, numbers)
        self.first = _step(sent)

    def step(self, incoming: Iterable[tuple[int, Buffer]], *, progress: Progress = False) -> Step:
        """Takes every message that arrived in this round, each with the party it is from, and moves on.

        A party that is missing has left for good. In round 1 nobody may be missing; later enough parties must be left.
        Ctrl-C ends the session: the party has left.

        Raises:
            EncodingError, CryptoError, ProtocolError, ParameterError: the session is over, and `culprits` names the
                parties to blame where that can be told. The next call raises `ProtocolError`.
        """
        with reporting(progress, "secure sum") as report:
            return _step(self._handle.step(messages(incoming), report))


def run_locally(
    plan: SumPlan,
    keys: Mapping[int, IdentityKey],
    inputs: Mapping[int, npt.ArrayLike],
    *,
    leave_after: Mapping[int, int] | None = None,
    watch: Callable[[int, int, bytes], object] | None = None,
) -> dict[int, SumOutput]:
    """Runs a secure sum between all parties in this process, message by message: for tests and simulations.

    Args:
        plan: the plan.
        keys: the identity key of each party, by its number.
        inputs: the numbers of each party.
        leave_after: parties that leave, with the last round whose messages they send.
        watch: called with sender, receiver (or `ALL`) and bytes of each message, as a relay would see it.

    Returns:
        The output of each party that stays to the end.

    Raises:
        VeilkitError: as `SumSession`.
    """
    sessions = {me: SumSession(plan, me, keys[me], values) for me, values in inputs.items()}
    return _local.run(sessions, watch, leave_after)


def _step(sent: tuple[list[tuple[int, bytes]], _native.MpcSumOutput | None]) -> Step:
    outgoing, output = sent
    return Step([Outgoing(*message) for message in outgoing], None if output is None else SumOutput._wrap(output))
