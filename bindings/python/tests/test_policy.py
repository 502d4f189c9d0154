"""Policies from Python: rules as text, shares with names, recovery by exactly the right seats, errors that say who is missing."""

import pickle
from itertools import combinations
from typing import Any

import pytest

import veilkit as vk
from veilkit.shamir import Policy, PolicyShare, combine_by_policy, combine_by_policy_correcting, split_by_policy

SECRET = b"the key of the archive"
RULE = "2 of (doctor, doctor, surgeon) and administrator"


@pytest.fixture()
def shares() -> list[PolicyShare]:
    return split_by_policy(SECRET, RULE)


def damaged(share: PolicyShare) -> PolicyShare:
    data = bytearray(share.to_bytes())
    data[-1] ^= 0x40
    return PolicyShare.from_bytes(data)


def test_exactly_the_seats_that_satisfy_the_rule_recover(shares: list[PolicyShare]) -> None:
    rule = Policy(RULE)
    for count in range(5):
        for chosen in combinations(shares, count):
            seats = [share.seat for share in chosen]
            allowed = 4 in seats and len(seats) >= 3
            assert rule.is_satisfied_by(seats) == allowed == (rule.missing(seats) is None)
            if allowed:
                assert combine_by_policy(chosen) == SECRET
                assert combine_by_policy_correcting(reversed(chosen)) == (SECRET, ())
                continue
            for combine in (combine_by_policy, combine_by_policy_correcting):
                with pytest.raises(vk.ProtocolError) as caught:
                    combine(chosen)
                assert caught.value.name == "TooFewShares"


def test_the_error_says_who_is_missing(shares: list[PolicyShare]) -> None:
    for given, missing in [([0], "(doctor or surgeon) and administrator"), ([0, 1, 2], "administrator"), ([3], RULE[:30])]:
        for combine in (combine_by_policy, combine_by_policy_correcting):
            with pytest.raises(vk.ProtocolError) as caught:
                combine([shares[place] for place in given])
            assert caught.value.what == f"shares: the policy still needs: {missing}"
            assert str(Policy(RULE).missing(place + 1 for place in given)) == missing
    with pytest.raises(vk.ProtocolError, match="none"):
        combine_by_policy([])


def test_shares_carry_their_seat_name_and_rule(shares: list[PolicyShare]) -> None:
    assert [(share.seat, share.name) for share in shares] == list(enumerate(Policy(RULE).seats, start=1))
    assert {share.policy for share in shares} == {Policy(RULE)}
    assert {share.set_id for share in shares} != {split_by_policy(SECRET, RULE)[0].set_id}
    assert {share.secret_len for share in shares} == {len(SECRET)}
    for share in shares:
        share.verify()
        assert PolicyShare.from_bytes(share.to_bytes()) == share


def test_rules_are_canonical_public_values() -> None:
    rule = Policy(" 2 of (doctor, doctor,surgeon) and (1 of (administrator))\n")
    assert str(rule) == RULE and repr(rule) == f"Policy({RULE!r})" and rule == Policy(RULE) and hash(rule) == hash(Policy(RULE))
    assert len(rule.hash) == 32 and rule.hash != Policy("a and b").hash and rule != RULE
    assert (rule.smallest, rule.seats) == (3, ("doctor", "doctor", "surgeon", "administrator"))
    assert pickle.loads(pickle.dumps(rule)) == Policy.from_bytes(bytes(rule)) == rule
    assert split_by_policy(SECRET, rule)[0].policy == rule
    weighted = Policy("3 of (director * 2, deputy, deputy)")
    assert weighted.is_satisfied_by([1, 3]) and not weighted.is_satisfied_by([2, 3])
    assert str(weighted.missing([2, 3])) == "director" and weighted.missing() == weighted


@pytest.mark.parametrize(
    ("text", "error", "what"),
    [
        ("", vk.EncodingError, 'policy: expected a name, a number or "("'),
        ("doctor administrator", vk.EncodingError, 'policy: expected "and", "or" or the end'),
        ("2 of doctor", vk.EncodingError, 'policy: expected "("'),
        ("2 of (a b)", vk.EncodingError, 'policy: expected "," or ")"'),
        ("a & b", vk.EncodingError, "policy: unexpected character"),
        ("3 of (a, b)", vk.ParameterError, "policy: more needed than there is"),
        ("(" * 4000, vk.ParameterError, "policy: parentheses nested too deep"),
        (" and ".join(["a"] * 256), vk.ParameterError, "policy: the weights under a gate exceed 255"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_reason(text: str, error: type[vk.VeilkitError], what: str) -> None:
    for call in (lambda: Policy(text), lambda: split_by_policy(SECRET, text)):
        with pytest.raises(error) as caught:
            call()
        assert caught.value.what == what


def test_wrong_shares_are_named(shares: list[PolicyShare]) -> None:
    wrong = damaged(shares[1])
    with pytest.raises(vk.CryptoError) as caught:
        wrong.verify()
    assert caught.value.culprits == (2,)
    with pytest.raises(vk.CryptoError) as caught:
        combine_by_policy([shares[0], wrong, *shares[2:]])
    assert caught.value.culprits == (2,)
    assert combine_by_policy_correcting([shares[0], wrong, *shares[2:]]) == (SECRET, (2,))
    with pytest.raises(vk.CryptoError) as caught:
        combine_by_policy_correcting([wrong, *shares[2:]])
    assert caught.value.culprits == (2,)


def test_doubled_and_foreign_shares(shares: list[PolicyShare]) -> None:
    with pytest.raises(vk.ProtocolError) as doubled:
        combine_by_policy([shares[0], shares[3], shares[0]])
    assert (doubled.value.name, doubled.value.culprits) == ("DuplicateParty", (1,))
    with pytest.raises(vk.ParameterError) as foreign:
        combine_by_policy([*shares[:2], shares[3], split_by_policy(SECRET, RULE)[2]])
    assert (foreign.value.name, foreign.value.culprits) == ("ParamsMismatch", (3,))


def test_arguments_that_are_none(shares: list[PolicyShare]) -> None:
    rule = Policy(RULE)
    calls: list[Any] = [
        lambda: Policy(b"a and b"),  # type: ignore[arg-type]
        lambda: split_by_policy("secret", rule),  # type: ignore[arg-type]
        lambda: split_by_policy(SECRET, 2),  # type: ignore[arg-type]
        lambda: combine_by_policy([share.to_bytes() for share in shares]),  # type: ignore[misc]
        lambda: combine_by_policy_correcting(None),  # type: ignore[arg-type]
        lambda: rule.is_satisfied_by([1.0]),  # type: ignore[list-item]
        lambda: rule.missing(["doctor"]),  # type: ignore[list-item]
        PolicyShare,
        lambda: hash(shares[0]),
        lambda: pickle.dumps(shares[0]),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
    for seats in ([0], [5], [-1], [1 << 70]):
        for method in (rule.is_satisfied_by, rule.missing):
            with pytest.raises(vk.ParameterError):
                method(seats)
    for secret in (b"", bytes((1 << 20) + 1)):
        with pytest.raises(vk.ParameterError):
            split_by_policy(secret, rule)


def test_bytes_are_checked(shares: list[PolicyShare]) -> None:
    for value in (shares[0], Policy(RULE)):
        data = value.to_bytes()
        for length in range(0, len(data), 7):
            with pytest.raises(vk.EncodingError):
                type(value).from_bytes(data[:length])
        with pytest.raises(vk.EncodingError):
            type(value).from_bytes(data + b"\0")
    assert "secret" not in repr(split_by_policy(b"secret", "owner")[0])
