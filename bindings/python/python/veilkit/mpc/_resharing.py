"""New shares of the same secret, without anybody seeing the secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias

from .. import _native
from .._checks import Buffer, as_bytes, as_count, as_party, checked
from ..errors import error
from ..shamir import Commitment, Custodian, CustodianKey, KeyCommitment, KeyShare, VerifiableShare
from . import _local
from ._secure_sum import IdentityKey
from ._session import AnyPlan, AnySession, Outgoing, messages

AnyCommitment: TypeAlias = Commitment | KeyCommitment
VerifiedShare: TypeAlias = VerifiableShare | KeyShare


class Role(NamedTuple):
    """Who a number stands for in a resharing: ``"dealer"`` or ``"receiver"``, and the index of the old or new share."""

    name: str
    share: int


class ResharingPlan(AnyPlan):
    """What the parties of a resharing agree on before anything is sent. Every message is bound to it.

    The old holders that take part, the dealers, each share their share among the new holders, the receivers. That is how
    shares are refreshed (the same holders, the same threshold), how the threshold changes, and how holders come and go.

    In messages and errors a dealer has the index of its share for a number, and a receiver 1,000 more than its new share's.

    Args:
        commitment: the public commitment to the old shares, from `shamir.split_verifiable` or `shamir.split_key`.
        dealers: the public identity of each dealer, by the index of its share: at least as many as the old threshold.
        threshold: how many of the new shares give the secret back, at least 2.
        receivers: the public identity and the custodian of each receiver, in the order of the new shares: at most 255. Old
            holders may be among them.
        session: 32 bytes that no other run ever used; drawn at random if absent.

    Raises:
        ParameterError: a field that is not allowed, named.
        EncodingError: an identity that is none.
        ProtocolError: fewer dealers than the old threshold; somebody twice.
    """

    __slots__ = ()
    _handle: _native.MpcResharingPlan
    _compiled: ClassVar[Any] = _native.MpcResharingPlan

    def __init__(
        self,
        *,
        commitment: AnyCommitment,
        dealers: Mapping[int, bytes],
        threshold: int,
        receivers: Sequence[tuple[bytes, Custodian]],
        session: Buffer | None = None,
    ) -> None:
        self._handle = _native.MpcResharingPlan.make(
            None if session is None else as_bytes(session, "session"),
            committed(commitment),
            [(as_party(index), as_bytes(identity, "identity")) for index, identity in dealers.items()],
            as_count(threshold, "threshold"),
            [keys(pair) for pair in receivers],
        )

    @property
    def commitment(self) -> AnyCommitment:
        """The commitment to the old shares."""
        return commitment_of(self._handle.commitment)

    @property
    def dealers(self) -> dict[int, bytes]:
        """The public identity of each dealer, by the index of its share."""
        return dict(self._handle.dealers)

    @property
    def threshold(self) -> int:
        """How many of the new shares give the secret back."""
        return self._handle.threshold

    @property
    def receivers(self) -> list[tuple[bytes, Custodian]]:
        """The public identity and the custodian of each receiver, in the order of the new shares."""
        return [public(pair) for pair in self._handle.receivers]

    def receiver_number(self, index: int) -> int:
        """The number under which the receiver of the new share with this index takes part.

        Raises:
            ProtocolError: an index that no new share has.
        """
        return self._handle.receiver_number(as_party(index))

    def role(self, number: int) -> Role | None:
        """Who takes part under this number, as in messages and in an error's `culprits`; None for nobody."""
        role = self._handle.role(as_party(number))
        return None if role is None else Role("dealer" if role[0] else "receiver", role[1])

    def __repr__(self) -> str:
        old = self.commitment
        return (
            f"ResharingPlan(dealers={sorted(self.dealers)}, from {old.threshold} of {old.shares} "
            f"to {self.threshold} of {len(self.receivers)})"
        )


class Reshared(NamedTuple):
    """What a resharing gives: the commitment to the new shares and, to a receiver, its share."""

    commitment: AnyCommitment
    share: VerifiedShare | None


class ResharingStep(NamedTuple):
    """What a step gives: messages to send now, all of them for everybody, and the output when it is there."""

    outgoing: list[Outgoing]
    output: Reshared | None


class ResharingSession(AnySession):
    """One party's side of a resharing, as a dealer or as a receiver, used once; whoever is both has two sessions.

    In round 1 the dealers deal; in round 2 the receivers say what they heard; round 3 is only there when one complains.
    A dealer that shares something other than its old share, and one that sends a receiver a wrong value, is named.

    Keep the old share until every receiver has said, outside of the run, that it has its new one. After that destroy it:
    forgetting is what a refresh is for.

    Attributes:
        first: the step that opens the session, with the messages of round 1.
    """

    __slots__ = ()
    _handle: _native.MpcResharingSession
    first: ResharingStep

    def __init__(self) -> None:
        raise TypeError("use ResharingSession.deal or ResharingSession.receive")

    @classmethod
    def _start(cls, started: Any) -> ResharingSession:
        session = object.__new__(cls)
        session._handle, sent = started
        session.first = _step(sent)
        return session

    @classmethod
    def deal(cls, plan: ResharingPlan, share: VerifiedShare, key: IdentityKey) -> ResharingSession:
        """Enters a plan as an old holder with its share. The share is needed again if the run fails.

        Raises:
            ProtocolError: the share is not that of one of the plan's dealers.
            ParameterError: another identity key, or another kind of share.
            CryptoError: the share does not fit the plan's commitment.
        """
        plan = checked(plan, ResharingPlan, "plan")
        handle = checked(share, (VerifiableShare, KeyShare), "share")._handle
        return cls._start(plan._handle.deal(handle, checked(key, IdentityKey, "key")._handle))

    @classmethod
    def receive(
        cls, plan: ResharingPlan, index: int, key: IdentityKey, custodian_key: CustodianKey
    ) -> ResharingSession:
        """Enters a plan as the holder of the new share with this index. There is nothing to send yet.

        Raises:
            ProtocolError: an index that no new share has.
            ParameterError: keys that are not the plan's.
        """
        plan, handle = checked(plan, ResharingPlan, "plan"), checked(key, IdentityKey, "key")._handle
        opener = checked(custodian_key, CustodianKey, "custodian_key")._handle
        return cls._start(plan._handle.receive(as_party(index), handle, opener))

    def step(self, incoming: Iterable[tuple[int, Buffer]]) -> ResharingStep:
        """Takes one message from each other party that sends in this round, each with the number it is from, and moves on.

        Raises:
            CryptoError: a party did not keep to the rules: with `culprits`, their own signatures prove it, and
                `ResharingPlan.role` tells who they are. Start again without them, in a new session.
            EncodingError, ProtocolError, ParameterError: damaged, missing or misplaced messages.

        After an error the session is over, and the next call raises `ProtocolError`.
        """
        return _step(self._handle.step(messages(incoming)))


def reshare_locally(
    plan: ResharingPlan,
    dealers: Iterable[tuple[VerifiedShare, IdentityKey]],
    receivers: Sequence[tuple[IdentityKey, CustodianKey]],
    *,
    watch: _local.Watch | None = None,
) -> tuple[AnyCommitment, list[VerifiedShare]]:
    """Reshares between all parties in this process, message by message: for tests and simulations.

    Args:
        plan: the plan.
        dealers: the share and identity key of each dealer.
        receivers: the identity key and custodian key of each receiver, in the order of the plan.
        watch: called with sender, receiver (or `ALL`) and bytes of each message, as a relay would see it.

    Returns:
        The commitment to the new shares, and the shares.

    Raises:
        VeilkitError: as `ResharingSession`.

    >>> from veilkit import mpc, shamir
    >>> commitment, old = shamir.split_verifiable(b"PIN 1234", threshold=2, shares=3)
    >>> ada, bob = mpc.IdentityKey.generate(), mpc.IdentityKey.generate()
    >>> new = [(mpc.IdentityKey.generate(), shamir.CustodianKey.generate()) for _ in range(4)]
    >>> plan = mpc.ResharingPlan(
    ...     commitment=commitment, dealers={1: ada.identity, 3: bob.identity}, threshold=3,
    ...     receivers=[(key.identity, opener.custodian("new holder")) for key, opener in new],
    ... )
    >>> plan
    ResharingPlan(dealers=[1, 3], from 2 of 3 to 3 of 4)
    >>> commitment, shares = mpc.reshare_locally(plan, [(old[0], ada), (old[2], bob)], new)
    >>> shamir.combine_verifiable(commitment, shares[1:])
    b'PIN 1234'
    """
    if len(receivers) != len(checked(plan, ResharingPlan, "plan").receivers):
        raise error("ShapeMismatch", "receivers: not as many as in the plan")
    sessions = {share.index: ResharingSession.deal(plan, share, key) for share, key in dealers}
    for index, (key, custodian_key) in enumerate(receivers, start=1):
        sessions[plan.receiver_number(index)] = ResharingSession.receive(plan, index, key, custodian_key)
    outputs: list[Reshared] = list(_local.run(sessions, watch).values())
    return outputs[0].commitment, [output.share for output in outputs if output.share is not None]


def committed(commitment: AnyCommitment) -> Any:
    """The compiled half of a commitment."""
    return checked(commitment, (Commitment, KeyCommitment), "commitment")._handle


def commitment_of(handle: Any) -> AnyCommitment:
    """A commitment from its compiled half."""
    kind = KeyCommitment if isinstance(handle, _native.ShamirKeyCommitment) else Commitment
    return kind._wrap(handle)


def share_of(handle: Any) -> VerifiedShare:
    """A share from its compiled half."""
    kind = KeyShare if isinstance(handle, _native.ShamirKeyShare) else VerifiableShare
    return kind._wrap(handle)


def keys(pair: tuple[bytes, Custodian]) -> tuple[bytes, _native.ShamirCustodian]:
    """A public identity and a custodian, as the compiled half takes them."""
    identity, custodian = pair
    return as_bytes(identity, "identity"), checked(custodian, Custodian, "custodian")._handle


def public(pair: tuple[bytes, _native.ShamirCustodian]) -> tuple[bytes, Custodian]:
    """A public identity and a custodian, as the compiled half gives them."""
    return pair[0], Custodian._wrap(pair[1])


def _step(sent: Any) -> ResharingStep:
    outgoing, output = sent
    if output is not None:
        commitment, share = output
        output = Reshared(commitment_of(commitment), None if share is None else share_of(share))
    return ResharingStep([Outgoing(*message) for message in outgoing], output)
