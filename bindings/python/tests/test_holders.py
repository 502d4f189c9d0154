"""Resharing and repair: new shares of the same secret, a lost share again, and who cheats is named."""

import pickle
from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import pytest

import veilkit as vk
from veilkit import mpc, shamir
from veilkit.mpc import RepairPlan, RepairSession, ResharingPlan, ResharingSession
from veilkit.shamir import CustodianKey

SECRET = bytes(range(100))  # four pieces


class Keys(NamedTuple):
    """What one party has."""

    signs: mpc.IdentityKey
    opens: CustodianKey

    def public(self, name: str = "holder") -> tuple[bytes, shamir.Custodian]:
        return self.signs.identity, self.opens.custodian(name)


def make_keys() -> Keys:
    return Keys(mpc.IdentityKey.generate(), CustodianKey.generate())


KEYS = [make_keys() for _ in range(6)]


class Sharing(NamedTuple):
    """A dealt sharing of either kind."""

    commitment: Any
    shares: list[Any]
    combine: Callable[..., bytes]

    @property
    def secret(self) -> bytes:
        return self.combine(self.commitment, self.shares)

    def resharing(self, dealers: list[int], threshold: int, receivers: int) -> ResharingPlan:
        identities = {index: KEYS[index - 1].signs.identity for index in dealers}
        public = [KEYS[place].public() for place in range(receivers)]
        return ResharingPlan(commitment=self.commitment, dealers=identities, threshold=threshold, receivers=public)

    def reshare(self, plan: ResharingPlan, **options: Any) -> "Sharing":
        dealers = [(self.shares[index - 1], KEYS[index - 1].signs) for index in plan.dealers]
        commitment, shares = mpc.reshare_locally(plan, dealers, KEYS[: len(plan.receivers)], **options)
        return Sharing(commitment, shares, self.combine)

    def repair(self, lost: int, helpers: list[int]) -> RepairPlan:
        public = {index: KEYS[index - 1].public(f"holder {index}") for index in helpers}
        owner = KEYS[lost - 1].public("Dr. Ada")
        return RepairPlan(commitment=self.commitment, lost=lost, owner=owner, helpers=public)


@pytest.fixture(params=["bytes", "key"])
def sharing(request: pytest.FixtureRequest) -> Sharing:
    if request.param == "bytes":
        return Sharing(*shamir.split_verifiable(SECRET, threshold=2, shares=4), shamir.combine_verifiable)
    return Sharing(*shamir.split_key(threshold=2, shares=4), shamir.combine_key)


@pytest.mark.parametrize(("dealers", "threshold", "receivers"), [([1, 4], 2, 4), ([2, 3, 4], 3, 5), ([1, 2, 3, 4], 2, 2)])
def test_new_shares_give_the_old_secret(sharing: Sharing, dealers: list[int], threshold: int, receivers: int) -> None:
    new = sharing.reshare(sharing.resharing(dealers, threshold, receivers))
    assert [(s.index, s.threshold, s.shares) for s in new.shares] == [(i, threshold, receivers) for i in range(1, receivers + 1)]
    for share in new.shares:
        share.verify(new.commitment)
    found = {new.combine(new.commitment, chosen) for chosen in combinations(new.shares, threshold)}
    assert found == {sharing.secret}
    if hasattr(new.commitment, "public_key"):
        assert new.commitment.public_key == sharing.commitment.public_key


def test_old_and_new_shares_do_not_go_together(sharing: Sharing) -> None:
    new = sharing.reshare(sharing.resharing([1, 4], 2, 4))
    assert new.commitment != sharing.commitment
    for commitment in (sharing.commitment, new.commitment):
        with pytest.raises(vk.CryptoError):
            sharing.combine(commitment, [sharing.shares[0], new.shares[1]])


def test_new_shares_can_be_shared_anew_and_repaired(sharing: Sharing) -> None:
    once = sharing.reshare(sharing.resharing([1, 2], 3, 5))
    twice = once.reshare(once.resharing([1, 3, 5], 2, 3))
    assert twice.secret == sharing.secret
    plan = twice.repair(1, [2, 3])
    helpers = [(twice.shares[index - 1], *KEYS[index - 1]) for index in (2, 3)]
    assert mpc.repair_locally(plan, helpers, KEYS[0]) == twice.shares[0]


@pytest.mark.parametrize(("lost", "helpers"), [(1, [2, 3]), (3, [1, 2, 4]), (4, [3, 1])])
def test_a_lost_share_comes_back(sharing: Sharing, lost: int, helpers: list[int]) -> None:
    plan = RepairPlan.from_bytes(bytes(sharing.repair(lost, helpers)))
    seen: list[bytes] = []
    parties = [(sharing.shares[index - 1], *KEYS[index - 1]) for index in helpers]
    share = mpc.repair_locally(plan, parties, KEYS[lost - 1], watch=lambda sender, to, data: seen.append(data))
    assert share == sharing.shares[lost - 1]
    inside = share.to_bytes()[-32:]
    assert len(seen) >= 2 * len(helpers) and not any(inside in data for data in seen)


def test_long_secrets_are_refreshed() -> None:
    secret = bytes(range(256)) * 16
    old = Sharing(*shamir.split_verifiable(secret, 2, 3), shamir.combine_verifiable)
    assert old.reshare(old.resharing([1, 3], 2, 3)).secret == secret


def test_plans_are_public_values(sharing: Sharing) -> None:
    plan, repair = sharing.resharing([4, 1], 3, 5), sharing.repair(2, [3, 1])
    for value in (plan, repair):
        again = type(value).from_bytes(bytes(value))
        assert again == value == pickle.loads(pickle.dumps(value)) and hash(again) == hash(value)
        assert value != (repair if value is plan else plan) and len(value.hash) == len(value.session) == 32
        assert value.commitment == sharing.commitment
        data = value.to_bytes()
        for length in range(0, len(data), 11):
            with pytest.raises((vk.EncodingError, vk.ParameterError, vk.ProtocolError)):
                type(value).from_bytes(data[:length])
    assert plan.dealers == {index: KEYS[index - 1].signs.identity for index in (1, 4)} and plan.threshold == 3
    assert plan.receivers == [keys.public() for keys in KEYS[:5]]
    assert (plan.role(4), plan.role(plan.receiver_number(2)), plan.role(2)) == (("dealer", 4), ("receiver", 2), None)
    assert repr(plan) == "ResharingPlan(dealers=[1, 4], from 2 of 4 to 3 of 5)"
    assert (repair.lost, repair.owner) == (2, KEYS[1].public("Dr. Ada"))
    assert repair.helpers == {index: KEYS[index - 1].public(f"holder {index}") for index in (1, 3)}
    assert repr(repair) == "RepairPlan(lost=2, owner='Dr. Ada', helpers=[1, 3])"
    session = plan.session
    fixed = [
        ResharingPlan(commitment=sharing.commitment, dealers=plan.dealers, threshold=3, receivers=plan.receivers, session=session)
        for _ in range(2)
    ]
    assert fixed[0] == fixed[1] == plan


def test_plans_that_are_not_allowed(sharing: Sharing) -> None:
    for call, name in [
        (lambda: sharing.resharing([1], 2, 3), "TooFewShares"),
        (lambda: sharing.resharing([1, 2], 1, 3), "InvalidParams"),
        (lambda: sharing.resharing([1, 2], 4, 3), "InvalidParams"),
        (lambda: sharing.resharing([1, 5], 2, 3), "OutOfRange"),
        (lambda: sharing.repair(2, [1]), "TooFewShares"),
        (lambda: sharing.repair(2, [1, 2]), "InvalidParams"),
        (lambda: sharing.repair(5, [1, 2]), "OutOfRange"),
    ]:
        with pytest.raises(vk.VeilkitError) as caught:
            call()
        assert caught.value.name == name
    twice = {1: KEYS[0].signs.identity, 2: KEYS[0].signs.identity}
    with pytest.raises(vk.ProtocolError) as doubled:
        ResharingPlan(commitment=sharing.commitment, dealers=twice, threshold=2, receivers=[KEYS[0].public(), KEYS[1].public()])
    assert (doubled.value.name, doubled.value.culprits) == ("DuplicateParty", (2,))


def drive(sessions: dict[int, Any], tamper: Callable[[int, int, int, bytes], bytes]) -> dict[int, vk.VeilkitError]:
    """The errors of the parties; `tamper` sees round, sender, receiver and bytes of each message."""
    sent = {me: session.first.outgoing for me, session in sessions.items()}
    errors: dict[int, vk.VeilkitError] = {}
    running = dict(sessions)
    number = 1
    while running:
        steps = {}
        for me, session in list(running.items()):
            others = [(sender, data) for sender, out in sent.items() if sender != me for _, data in out]
            try:
                steps[me] = session.step([(sender, tamper(number, sender, me, data)) for sender, data in others])
            except vk.VeilkitError as error:
                errors[me] = error
        running = {me: session for me, session in running.items() if me in steps and steps[me].output is None}
        sent = {me: step.outgoing for me, step in steps.items()}
        number += 1
    return errors


def reshare_sessions(sharing: Sharing, plan: ResharingPlan) -> dict[int, ResharingSession]:
    sessions = {i: ResharingSession.deal(plan, sharing.shares[i - 1], KEYS[i - 1].signs) for i in plan.dealers}
    for index in range(1, len(plan.receivers) + 1):
        sessions[plan.receiver_number(index)] = ResharingSession.receive(plan, index, *KEYS[index - 1])
    return sessions


def test_a_dealer_that_deals_twice_is_named(sharing: Sharing) -> None:
    plan = sharing.resharing([1, 4], 2, 3)
    sessions = reshare_sessions(sharing, plan)
    second = ResharingSession.deal(plan, sharing.shares[3], KEYS[3].signs).first.outgoing[0].data
    to = plan.receiver_number(2)
    errors = drive(sessions, lambda n, sender, me, data: second if (n, sender, me) == (1, 4, to) else data)
    honest = {me: error for me, error in errors.items() if me != 4}
    assert honest.keys() == sessions.keys() - {4}
    assert {(error.name, error.culprits) for error in honest.values()} == {("VerificationFailed", (4,))}


def test_a_helper_that_says_two_things_is_named(sharing: Sharing) -> None:
    plan = sharing.repair(2, [1, 3, 4])
    sessions = {i: RepairSession.help(plan, sharing.shares[i - 1], *KEYS[i - 1]) for i in (1, 3, 4)}
    sessions[2] = RepairSession.own(plan, *KEYS[1])
    second = RepairSession.help(plan, sharing.shares[2], *KEYS[2]).first.outgoing[0].data
    errors = drive(sessions, lambda n, sender, me, data: second if (n, sender, me) == (1, 3, 4) else data)
    honest = {me: error for me, error in errors.items() if me != 3}
    assert honest.keys() == {1, 2, 4}
    assert {(error.name, error.culprits) for error in honest.values()} == {("VerificationFailed", (3,))}


def test_what_the_transport_does_is_found_and_blamed_on_nobody(sharing: Sharing) -> None:
    plan = sharing.resharing([1, 4], 2, 3)

    def flip(number: int, sender: int, me: int, data: bytes) -> bytes:
        return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:] if (number, sender) == (1, 1) else data

    errors = drive(reshare_sessions(sharing, plan), flip)
    assert errors and all(not error.culprits or error.name == "MissingMessage" for error in errors.values())


def test_a_session_is_over_after_an_error(sharing: Sharing) -> None:
    plan = sharing.resharing([1, 4], 2, 3)
    sessions = reshare_sessions(sharing, plan)
    session = sessions[plan.receiver_number(1)]
    assert session.round == 1 and not session.first.outgoing
    with pytest.raises(vk.ProtocolError) as caught:
        session.step([(1, sessions[1].first.outgoing[0].data)])
    assert (caught.value.name, caught.value.culprits) == ("MissingMessage", (4,))
    with pytest.raises(vk.ProtocolError) as over:
        session.step([])
    assert over.value.name == "SessionPoisoned" and session.round == 0


def test_who_is_not_in_the_plan_cannot_take_part(sharing: Sharing) -> None:
    plan, repair = sharing.resharing([1, 4], 2, 3), sharing.repair(2, [1, 3])
    other = [make_keys(), make_keys()]
    wrong = bytearray(sharing.shares[0].to_bytes())
    wrong[-32] ^= 1
    altered = type(sharing.shares[0]).from_bytes(wrong)
    for call, name in [
        (lambda: ResharingSession.deal(plan, sharing.shares[1], KEYS[1].signs), "UnknownParty"),
        (lambda: ResharingSession.deal(plan, sharing.shares[0], other[0].signs), "ParamsMismatch"),
        (lambda: ResharingSession.deal(plan, altered, KEYS[0].signs), "VerificationFailed"),
        (lambda: ResharingSession.receive(plan, 4, *KEYS[3]), "UnknownParty"),
        (lambda: ResharingSession.receive(plan, 1, other[0].signs, KEYS[0].opens), "ParamsMismatch"),
        (lambda: ResharingSession.receive(plan, 1, KEYS[0].signs, other[0].opens), "ParamsMismatch"),
        (lambda: plan.receiver_number(4), "UnknownParty"),
        (lambda: RepairSession.help(repair, sharing.shares[3], *KEYS[3]), "UnknownParty"),
        (lambda: RepairSession.help(repair, sharing.shares[0], *other[0]), "ParamsMismatch"),
        (lambda: RepairSession.help(repair, altered, *KEYS[0]), "VerificationFailed"),
        (lambda: RepairSession.own(repair, *other[1]), "ParamsMismatch"),
        (lambda: mpc.reshare_locally(plan, [], KEYS[:2]), "ShapeMismatch"),
    ]:
        with pytest.raises(vk.VeilkitError) as caught:
            call()
        assert caught.value.name == name


def test_the_sharings_do_not_mix() -> None:
    one = Sharing(*shamir.split_verifiable(SECRET, 2, 3), shamir.combine_verifiable)
    two = Sharing(*shamir.split_key(2, 3), shamir.combine_key)
    for plan_of, share_of in [(one, two), (two, one)]:
        for call in (
            lambda: ResharingSession.deal(plan_of.resharing([1, 2], 2, 3), share_of.shares[0], KEYS[0].signs),
            lambda: RepairSession.help(plan_of.repair(3, [1, 2]), share_of.shares[0], *KEYS[0]),
        ):
            with pytest.raises(vk.ParameterError) as caught:
                call()
            assert caught.value.name == "ParamsMismatch"


def test_arguments_of_other_types(sharing: Sharing) -> None:
    plan, repair = sharing.resharing([1, 4], 2, 3), sharing.repair(2, [1, 3])
    bare = shamir.split(b"secret", 2, 3)
    session = ResharingSession.receive(plan, 1, *KEYS[0])
    calls: list[Any] = [
        ResharingSession,
        RepairSession,
        lambda: ResharingSession.deal(repair, sharing.shares[0], KEYS[0].signs),  # type: ignore[arg-type]
        lambda: ResharingSession.deal(plan, bare[0], KEYS[0].signs),  # type: ignore[arg-type]
        lambda: ResharingSession.deal(plan, sharing.shares[0], KEYS[0].opens),  # type: ignore[arg-type]
        lambda: ResharingSession.receive(plan, 1, KEYS[0].opens, KEYS[0].signs),  # type: ignore[arg-type]
        lambda: RepairSession.help(plan, sharing.shares[0], *KEYS[0]),  # type: ignore[arg-type]
        lambda: RepairSession.own(repair, KEYS[1].signs, b"key"),  # type: ignore[arg-type]
        lambda: ResharingPlan(commitment=bare, dealers={}, threshold=2, receivers=[]),  # type: ignore[arg-type]
        lambda: RepairPlan(commitment=sharing.commitment, lost=1, owner=(b"", b""), helpers={}),  # type: ignore[arg-type]
        lambda: session.step([(1, "text")]),  # type: ignore[list-item]
        lambda: session.step([(1.0, b"")]),  # type: ignore[list-item]
        lambda: pickle.dumps(session),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    assert repr(session) == "ResharingSession(round=1)"
