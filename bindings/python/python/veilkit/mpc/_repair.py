"""A lost share, made again by other holders without anybody seeing the secret or another's share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

from .. import _native
from .._checks import Buffer, as_bytes, as_party, checked
from ..shamir import Custodian, CustodianKey, KeyShare, VerifiableShare
from . import _local
from ._resharing import (
    AnyCommitment,
    VerifiedShare,
    commitment_of,
    committed,
    keys,
    public,
    share_of,
)
from ._secure_sum import IdentityKey
from ._session import AnyPlan, AnySession, Outgoing, messages


class RepairPlan(AnyPlan):
    """What the parties of a repair agree on before anything is sent. Every message is bound to it.

    Make sure of who asks: whoever is the owner in the plan gets the share. Everybody has the index of the share for a number.

    Args:
        commitment: the public commitment to the shares, from `shamir.split_verifiable` or `shamir.split_key`.
        lost: the index of the lost share.
        owner: the public identity and the custodian of its holder.
        helpers: the same of each holder who helps, by the index of the share: at least as many as the threshold.
        session: 32 bytes that no other run ever used; drawn at random if absent.

    Raises:
        ParameterError: a field that is not allowed, named.
        EncodingError: an identity that is none.
        ProtocolError: fewer helpers than the threshold; somebody twice.
    """

    __slots__ = ()
    _handle: _native.MpcRepairPlan
    _compiled: ClassVar[Any] = _native.MpcRepairPlan

    def __init__(
        self,
        *,
        commitment: AnyCommitment,
        lost: int,
        owner: tuple[bytes, Custodian],
        helpers: Mapping[int, tuple[bytes, Custodian]],
        session: Buffer | None = None,
    ) -> None:
        self._handle = _native.MpcRepairPlan.make(
            None if session is None else as_bytes(session, "session"),
            committed(commitment),
            as_party(lost),
            keys(owner),
            [(as_party(index), keys(pair)) for index, pair in helpers.items()],
        )

    @property
    def commitment(self) -> AnyCommitment:
        """The commitment to the shares."""
        return commitment_of(self._handle.commitment)

    @property
    def lost(self) -> int:
        """The index of the lost share."""
        return self._handle.lost

    @property
    def owner(self) -> tuple[bytes, Custodian]:
        """The public identity and the custodian of who gets it."""
        return public(self._handle.owner)

    @property
    def helpers(self) -> dict[int, tuple[bytes, Custodian]]:
        """The public identity and the custodian of each helper, by the index of the share."""
        return {index: public(pair) for index, pair in self._handle.helpers}

    def __repr__(self) -> str:
        return f"RepairPlan(lost={self.lost}, owner={self.owner[1].name!r}, helpers={sorted(self.helpers)})"


class Repaired(NamedTuple):
    """What a repair gives: to the owner the share; to a helper None, which says that the owner has it."""

    share: VerifiedShare | None


class RepairStep(NamedTuple):
    """What a step gives: messages to send now, all of them for everybody, and the output when it is there."""

    outgoing: list[Outgoing]
    output: Repaired | None


class RepairSession(AnySession):
    """One party's side of a repair, as a helper or as the owner of the lost share, used once.

    In round 1 the helpers cut their shares into pieces; in round 2 they send the owner the sums of those; in round 3 the
    owner says that it has its share; round 4 is only there when one complains. A helper whose pieces do not add up to its
    share, and one that sends a wrong piece or sum, is named.

    Attributes:
        first: the step that opens the session, with the messages of round 1.
    """

    __slots__ = ()
    _handle: _native.MpcRepairSession
    first: RepairStep

    def __init__(self) -> None:
        raise TypeError("use RepairSession.help or RepairSession.own")

    @classmethod
    def _start(cls, started: Any) -> RepairSession:
        session = object.__new__(cls)
        session._handle, sent = started
        session.first = _step(sent)
        return session

    @classmethod
    def help(
        cls, plan: RepairPlan, share: VerifiedShare, key: IdentityKey, custodian_key: CustodianKey
    ) -> RepairSession:
        """Enters a plan as a helper with a share.

        Raises:
            ProtocolError: the share is not that of one of the plan's helpers.
            ParameterError: keys that are not the plan's, or another kind of share.
            CryptoError: the share does not fit the plan's commitment.
        """
        plan, handle = checked(plan, RepairPlan, "plan"), checked(share, (VerifiableShare, KeyShare), "share")._handle
        signer, opener = _both(key, custodian_key)
        return cls._start(plan._handle.help(handle, signer, opener))

    @classmethod
    def own(cls, plan: RepairPlan, key: IdentityKey, custodian_key: CustodianKey) -> RepairSession:
        """Enters a plan as the owner of the lost share. There is nothing to send yet.

        Raises:
            ParameterError: keys that are not the plan's.
        """
        return cls._start(checked(plan, RepairPlan, "plan")._handle.own(*_both(key, custodian_key)))

    def step(self, incoming: Iterable[tuple[int, Buffer]]) -> RepairStep:
        """Takes one message from each other party that sends in this round, each with the number it is from, and moves on.

        Raises:
            CryptoError: a party did not keep to the rules: with `culprits`, their own signatures prove it. Start again
                without them, in a new session.
            EncodingError, ProtocolError, ParameterError: damaged, missing or misplaced messages.

        After an error the session is over, and the next call raises `ProtocolError`.
        """
        return _step(self._handle.step(messages(incoming)))


def repair_locally(
    plan: RepairPlan,
    helpers: Iterable[tuple[VerifiedShare, IdentityKey, CustodianKey]],
    owner: tuple[IdentityKey, CustodianKey],
    *,
    watch: _local.Watch | None = None,
) -> VerifiedShare:
    """Repairs a share between all parties in this process, message by message: for tests and simulations.

    Args:
        plan: the plan.
        helpers: the share, identity key and custodian key of each helper.
        owner: the identity key and custodian key of the owner.
        watch: called with sender, receiver (or `ALL`) and bytes of each message, as a relay would see it.

    Returns:
        The share that was lost.

    Raises:
        VeilkitError: as `RepairSession`.

    >>> from veilkit import mpc, shamir
    >>> commitment, shares = shamir.split_verifiable(b"PIN 1234", threshold=2, shares=3)
    >>> keys = [(mpc.IdentityKey.generate(), shamir.CustodianKey.generate()) for _ in range(3)]
    >>> public = [(key.identity, opener.custodian(f"holder {i}")) for i, (key, opener) in enumerate(keys, start=1)]
    >>> plan = mpc.RepairPlan(commitment=commitment, lost=2, owner=public[1], helpers={1: public[0], 3: public[2]})
    >>> plan
    RepairPlan(lost=2, owner='holder 2', helpers=[1, 3])
    >>> again = mpc.repair_locally(plan, [(shares[0], *keys[0]), (shares[2], *keys[2])], keys[1])
    >>> again == shares[1]
    True
    """
    sessions = {helper[0].index: RepairSession.help(plan, *helper) for helper in helpers}
    sessions[plan.lost] = RepairSession.own(plan, *owner)
    outputs: dict[int, Repaired] = _local.run(sessions, watch)
    share = outputs[plan.lost].share
    assert share is not None, "the owner's output is a share"
    return share


def _both(key: IdentityKey, custodian_key: CustodianKey) -> tuple[Any, Any]:
    signer = checked(key, IdentityKey, "key")._handle
    return signer, checked(custodian_key, CustodianKey, "custodian_key")._handle


def _step(sent: Any) -> RepairStep:
    outgoing, output = sent
    if output is not None:
        (share,) = output
        output = Repaired(None if share is None else share_of(share))
    return RepairStep([Outgoing(*message) for message in outgoing], output)
