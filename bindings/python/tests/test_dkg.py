"""Keys that parties make together: enough of them decrypt, fewer do not, and whoever cheats is named."""

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import elgamal, mpc
from veilkit.mpc import DecryptionShare, DkgSession, DkgSetup, GroupKey, IdentityKey, KeyShare, run_dkg_locally

SESSION = b"count of May"


@pytest.fixture(scope="module")
def identities() -> dict[int, IdentityKey]:
    return {number: IdentityKey.generate() for number in (1, 2, 5)}


def setup_of(identities: dict[int, IdentityKey], threshold: int = 2) -> DkgSetup:
    return DkgSetup(parties={number: key.identity for number, key in identities.items()}, threshold=threshold)


@pytest.fixture(scope="module")
def shares(identities: dict[int, IdentityKey]) -> dict[int, KeyShare]:
    return run_dkg_locally(setup_of(identities), identities)


def test_everybody_gets_a_share_of_one_key(identities: dict[int, IdentityKey], shares: dict[int, KeyShare]) -> None:
    assert {number: share.party for number, share in shares.items()} == {1: 1, 2: 2, 5: 5}
    groups = {share.group for share in shares.values()}
    assert len(groups) == 1
    group = groups.pop()
    assert (group.parties, group.threshold) == ((1, 2, 5), 2)
    assert run_dkg_locally(setup_of(identities), identities)[1].group != group
    assert group.public_key() == shares[5].group.public_key()
    assert group.public_key(decode_bits=33) != group.public_key()


@pytest.mark.parametrize("parties", [*itertools.combinations([1, 2, 5], 2), (5, 2, 1)], ids=repr)
@pytest.mark.parametrize("values", [[3, -4, 2**20], [1.5, -0.25, 0.0]], ids=repr)
def test_enough_parties_decrypt(shares: dict[int, KeyShare], parties: tuple[int, ...], values: Any) -> None:
    group = shares[1].group
    key = group.public_key()
    total = (key.encrypt(values) + key.encrypt(values)).rerandomize()
    received = elgamal.EncryptedArray.from_bytes(bytes(total), key)
    opened = [shares[party].decryption_share(received, session=SESSION) for party in parties]
    opened = [DecryptionShare.from_bytes(bytes(share)) for share in opened]
    found = group.combine(total, opened, session=SESSION)
    np.testing.assert_array_equal(found, 2 * np.asarray(values))
    assert found.dtype == np.asarray(values).dtype


def test_shapes_are_kept(shares: dict[int, KeyShare]) -> None:
    group = shares[1].group
    for values in (np.arange(6).reshape(2, 3), np.array(5), np.zeros((0, 2), dtype=int)):
        x = group.public_key().encrypt(values)
        opened = [shares[party].decryption_share(x, session=SESSION) for party in (1, 2)]
        np.testing.assert_array_equal(group.combine(x, opened, session=SESSION), values)


def test_fewer_or_doubled_shares_are_refused(shares: dict[int, KeyShare]) -> None:
    group = shares[1].group
    x = group.public_key().encrypt([7])
    one = shares[1].decryption_share(x, session=SESSION)
    for given, name in (([], "TooFewShares"), ([one], "TooFewShares"), ([one, one], "DuplicateParty")):
        with pytest.raises(vk.ProtocolError) as caught:
            group.combine(x, given, session=SESSION)
        assert caught.value.name == name


def test_wrong_shares_name_their_party(shares: dict[int, KeyShare]) -> None:
    group = shares[1].group
    x = group.public_key().encrypt([7, 8])
    right = shares[1].decryption_share(x, session=SESSION)
    other_session = shares[5].decryption_share(x, session=b"count of June")
    other_array = shares[5].decryption_share(x[::-1], session=SESSION)
    data = bytearray(bytes(shares[5].decryption_share(x, session=SESSION)))
    data[-1] ^= 1
    claimed = bytearray(bytes(shares[2].decryption_share(x, session=SESSION)))
    at = claimed.index((2).to_bytes(2, "little"), 9)
    claimed[at] = 5
    for wrong in (other_session, other_array, DecryptionShare.from_bytes(data), DecryptionShare.from_bytes(claimed)):
        with pytest.raises(vk.CryptoError) as caught:
            group.combine(x, [right, wrong], session=SESSION)
        assert (caught.value.name, caught.value.culprits) == ("VerificationFailed", (5,))


def test_arrays_of_another_key_are_refused(shares: dict[int, KeyShare]) -> None:
    x = elgamal.generate_keypair().public_key.encrypt([1])
    for call in (
        lambda: shares[1].decryption_share(x, session=SESSION),
        lambda: shares[1].group.combine(x, [], session=SESSION),
    ):
        with pytest.raises(vk.ParameterError) as caught:
            call()
        assert caught.value.name == "ParamsMismatch"


def test_the_relay_sees_no_share(identities: dict[int, IdentityKey]) -> None:
    seen: list[bytes] = []
    made = run_dkg_locally(setup_of(identities), identities, watch=lambda _from, _to, data: seen.append(data))
    assert len(seen) == 3 + 3 + 6 + 3 + 3
    for share in made.values():
        assert not any(share.to_bytes()[-32:] in data for data in seen)


def sessions(identities: dict[int, IdentityKey]) -> tuple[dict[int, DkgSession], dict[int, bytes]]:
    setup = setup_of(identities)
    running = {me: DkgSession(setup, me, key) for me, key in identities.items()}
    return running, {me: session.first.outgoing[0].data for me, session in running.items()}


def test_an_altered_message_ends_the_session(identities: dict[int, IdentityKey]) -> None:
    running, commits = sessions(identities)
    assert running[1].round == 1 and repr(running[1]) == "DkgSession(round=1)"
    altered = bytearray(commits[2])
    altered[-80] ^= 1
    with pytest.raises(vk.CryptoError):
        running[1].step([(2, altered), (5, commits[5])])
    assert running[1].round == 0
    with pytest.raises(vk.ProtocolError) as caught:
        running[1].step([(2, commits[2]), (5, commits[5])])
    assert caught.value.name == "SessionPoisoned"


def test_an_opening_that_was_not_committed_to_names_its_party(identities: dict[int, IdentityKey]) -> None:
    setup = setup_of(identities)
    running = {me: DkgSession(setup, me, key) for me, key in identities.items()}
    twin = DkgSession(setup, 5, identities[5])  # party 5 opens another polynomial than it committed to
    commits = {me: session.first.outgoing[0].data for me, session in running.items()}

    def others(me: int) -> list[tuple[int, bytes]]:
        return [(party, data) for party, data in commits.items() if party != me]

    openings = {me: session.step(others(me)).outgoing[0].data for me, session in running.items()}
    openings[5] = twin.step(others(5)).outgoing[0].data
    with pytest.raises(vk.CryptoError) as caught:
        running[1].step([(2, openings[2]), (5, openings[5])])
    assert caught.value.culprits == (5,)


def test_missing_doubled_and_unknown_senders(identities: dict[int, IdentityKey]) -> None:
    for given, name in (((2,), "MissingMessage"), ((2, 2, 5), "DuplicateParty"), ((2, 5, 9), "UnknownParty")):
        running, commits = sessions(identities)
        with pytest.raises(vk.ProtocolError) as caught:
            running[1].step([(party, commits.get(party, commits[2])) for party in given])
        assert caught.value.name == name


def test_setups(identities: dict[int, IdentityKey]) -> None:
    setup = setup_of(identities)
    again = pickle.loads(pickle.dumps(setup))
    assert again == setup and hash(again) == hash(setup) and again.session == setup.session
    assert setup != setup_of(identities) and setup.threshold == 2
    assert list(setup.parties) == [1, 2, 5] and repr(setup) == "DkgSetup(parties=3, threshold=2)"
    parties = setup.parties
    for wrong, exception in (
        ({"threshold": 1}, vk.ParameterError),
        ({"threshold": 4}, vk.ParameterError),
        ({"threshold": 2.0}, TypeError),
        ({"parties": parties | {6: parties[1]}}, vk.ParameterError),
        ({"parties": parties | {6: b"short"}}, vk.EncodingError),
        ({"parties": {0: parties[1], 2: parties[2]}}, vk.ParameterError),
        ({"session": b"short"}, vk.EncodingError),
        ({"session": "text"}, TypeError),
    ):
        with pytest.raises(exception):
            DkgSetup(**({"parties": parties, "threshold": 2} | wrong))  # type: ignore[arg-type]
    with pytest.raises(vk.ParameterError):
        DkgSession(setup, 1, identities[2])
    with pytest.raises(vk.ProtocolError):
        DkgSession(setup, 3, identities[1])


def test_keys_are_bytes(shares: dict[int, KeyShare]) -> None:
    share, group = shares[2], shares[2].group
    again = KeyShare.from_bytes(share.to_bytes())
    assert (again.party, again.group) == (2, group)
    for public in (GroupKey.from_bytes(bytes(group)), pickle.loads(pickle.dumps(group))):
        assert public == group and hash(public) == hash(group) and public.key_id == group.key_id
    x = group.public_key().encrypt([1])
    opened = share.decryption_share(x, session=SESSION)
    assert pickle.loads(pickle.dumps(opened)).to_bytes() == bytes(opened)
    for length in (0, 8, 9, 40, len(share.to_bytes()) - 1):
        for read, data in (
            (KeyShare.from_bytes, share.to_bytes()),
            (GroupKey.from_bytes, bytes(group)),
            (DecryptionShare.from_bytes, bytes(opened)),
        ):
            with pytest.raises(vk.EncodingError):
                read(data[: min(length, len(data) - 1)])
    wrong = bytearray(share.to_bytes())
    wrong[-32] ^= 1
    with pytest.raises(vk.CryptoError):
        KeyShare.from_bytes(wrong)


def test_secrets_are_not_shown_pickled_or_compared(identities: dict[int, IdentityKey], shares: dict[int, KeyShare]) -> None:
    session = DkgSession(setup_of(identities), 1, identities[1])
    share = shares[1]
    secret = share.to_bytes()[-32:].hex()
    assert secret[:12] not in f"{share!r} {share} {share.group!r} {session!r}"
    for value in (share, session):
        for call in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="pickled"):
                call(value)
    with pytest.raises(TypeError):
        share == share  # noqa: B015
    with pytest.raises(TypeError):
        hash(share)


def test_arguments_of_other_types(identities: dict[int, IdentityKey], shares: dict[int, KeyShare]) -> None:
    group = shares[1].group
    x = group.public_key().encrypt([1])
    wrong: Any
    for wrong in (None, 7, "text", [1]):
        for call in (
            lambda: DkgSession(wrong, 1, identities[1]),
            lambda: KeyShare.from_bytes(wrong),
            lambda: GroupKey.from_bytes(wrong),
            lambda: DecryptionShare.from_bytes(wrong),
            lambda: shares[1].decryption_share(wrong, session=SESSION),
            lambda: shares[1].decryption_share(x, session=wrong),
            lambda: group.combine(wrong, [], session=SESSION),
            lambda: group.combine(x, [wrong], session=SESSION),
        ):
            with pytest.raises(TypeError):
                call()
    for kind in (GroupKey, KeyShare, DecryptionShare):
        with pytest.raises(TypeError):
            kind()
    assert mpc.ALL == 0
