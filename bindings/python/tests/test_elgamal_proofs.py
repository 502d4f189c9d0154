"""Proofs about additive ElGamal: what is true is proven, and a proof holds for its statement, session and party alone."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import elgamal, shamir
from veilkit.elgamal import (
    Ballot,
    Batch,
    BitProof,
    Context,
    EncryptedArray,
    Keypair,
    Opening,
    Proof,
    RangeProof,
    prove_equal_logarithms,
    prove_linear,
    tally,
    verify_bits,
    verify_decryption,
    verify_equal,
    verify_equal_logarithms,
    verify_hand_over,
    verify_linear,
    verify_plaintext,
    verify_range,
    verify_value,
)
from veilkit.elgamal.multiplicative import points

SESSION = b"survey of May"
HERE = Context(SESSION, 2)
ELSEWHERE = (Context(b"survey of June", 2), Context(SESSION, 3))
Verify = Callable[..., None]


@pytest.fixture(scope="module")
def eg() -> Keypair:
    return elgamal.generate_keypair()


@pytest.fixture(scope="module")
def other() -> Keypair:
    return elgamal.generate_keypair(fraction_bits=8)


def refused(call: Callable[[], object], name: str = "VerificationFailed") -> None:
    with pytest.raises(vk.VeilkitError) as caught:
        call()
    assert caught.value.name == name


def sent(array: EncryptedArray) -> EncryptedArray:
    return EncryptedArray.from_bytes(bytes(array), array.public_key)


def again(proofs: list[Any]) -> list[Any]:
    return [type(proof).from_bytes(bytes(proof)) for proof in proofs]


def holds_here_only(verify: Verify) -> None:
    verify(HERE)
    for context in ELSEWHERE:
        refused(lambda context=context: verify(context))


def test_knowledge_of_the_plaintext(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([[1.5, -2.0], [0.0, 3.25]])
    np.testing.assert_array_equal(eg.secret_key.decrypt(opening.array), [[1.5, -2.0], [0.0, 3.25]])
    x, proofs = sent(opening.array), again(opening.prove_plaintext(HERE))
    assert len(proofs) == 4
    holds_here_only(lambda context: verify_plaintext(x, proofs, context))
    refused(lambda: verify_plaintext(x, proofs[::-1], HERE))
    refused(lambda: verify_plaintext(x, proofs[1:], HERE), "ShapeMismatch")
    refused(lambda: verify_plaintext(x.rerandomize(), proofs, HERE))
    refused(lambda: verify_value(x, [[1.5, -2.0], [0.0, 3.25]], proofs, HERE))


def test_values(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([0, -7])
    x, proofs = sent(opening.array), again(opening.prove_value(HERE))
    holds_here_only(lambda context: verify_value(x, [0, -7], proofs, context))
    refused(lambda: verify_value(x, [0, -6], proofs, HERE))
    refused(lambda: verify_decryption(x, [0, -7], proofs, HERE))
    zeros = eg.public_key.encrypt_opening(np.zeros((2, 2)))
    verify_value(zeros.array, 0, zeros.prove_value(HERE), HERE)
    fixed = eg.public_key.encrypt_opening([0.5])
    verify_value(fixed.array, 0.5, fixed.prove_value(HERE), HERE)
    for value in (0.501, 1e300, 2**40):
        refused(lambda value=value: verify_value(fixed.array, value, fixed.prove_value(HERE), HERE), "OutOfRange")
    refused(lambda: verify_value(x, [0, -7, 1], proofs, HERE), "ShapeMismatch")


def test_bits(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([0, 1, 1], bound=1)
    x, proofs = sent(opening.array), again(opening.prove_bits(HERE))
    holds_here_only(lambda context: verify_bits(x, proofs, context))
    refused(lambda: verify_bits(x + [0, 0, 1], proofs, HERE))
    refused(lambda: eg.public_key.encrypt_opening([0, 2]).prove_bits(HERE), "OutOfRange")
    altered = bytearray(bytes(proofs[0]))
    altered[-1] ^= 1
    refused(lambda: verify_bits(x, [BitProof.from_bytes(altered), *proofs[1:]], HERE))


@pytest.mark.parametrize(("low", "high"), [(0, 120), (-5, 5), (18, 99), (0, 1), (-(2**32), 2**32)])
def test_ranges_of_integers(eg: Keypair, low: int, high: int) -> None:
    opening = eg.public_key.encrypt_opening([low, high], bound=2**32)
    x, proofs = sent(opening.array), again(opening.prove_range(low, high, HERE))
    holds_here_only(lambda context: verify_range(x, low, high, proofs, context))
    if high - low > 1:
        refused(lambda: verify_range(x, low + 1, high, proofs, HERE))
        refused(lambda: opening.prove_range(low + 1, high, HERE), "OutOfRange")
        refused(lambda: opening.prove_range(low, high - 1, HERE), "OutOfRange")
    else:
        refused(lambda: verify_range(x, low + 1, high + 1, proofs, HERE))


def test_ranges_of_fixed_point_numbers(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([36.5, 41.25])
    x, proofs = opening.array, opening.prove_range(30, 45, HERE)
    verify_range(x, 30, 45, proofs, HERE)
    verify_range(x, 30.0, 45.0, proofs, HERE)
    refused(lambda: verify_range(x, 30, 45.5, proofs, HERE))
    refused(lambda: verify_range(x, 30, 44.999, proofs, HERE), "OutOfRange")
    refused(lambda: opening.prove_range(37, 45, HERE), "OutOfRange")
    for low, high in ((45, 30), (30, 30), (0, np.nan), (0, 2**41)):
        refused(lambda low=low, high=high: opening.prove_range(low, high, HERE), "OutOfRange")


def test_equal_plaintexts_under_two_keys(eg: Keypair, other: Keypair) -> None:
    a, b = eg.public_key.encrypt_opening([3, -4]), other.public_key.encrypt_opening([3, -4])
    proofs = again(a.prove_equal(b, HERE))
    holds_here_only(lambda context: verify_equal(sent(a.array), sent(b.array), proofs, context))
    refused(lambda: verify_equal(a.array, b.array + 1, proofs, HERE))
    refused(lambda: verify_equal(b.array, a.array, proofs, HERE))
    different = other.public_key.encrypt_opening([3, -5])
    refused(lambda: verify_equal(a.array, different.array, a.prove_equal(different, HERE), HERE))
    refused(lambda: a.prove_equal(other.public_key.encrypt_opening([3]), HERE), "ShapeMismatch")
    refused(lambda: a.prove_equal(other.public_key.encrypt_opening([3.0, -4.0]), HERE), "ParamsMismatch")


def test_correct_decryption(eg: Keypair, other: Keypair) -> None:
    total = sent(eg.public_key.encrypt([[1, 2], [3, 4]]) + eg.public_key.encrypt([10, 20]))
    values = eg.secret_key.decrypt(total)
    proofs = again(eg.secret_key.prove_decryption(total, values, HERE))
    holds_here_only(lambda context: verify_decryption(total, values, proofs, context))
    refused(lambda: verify_decryption(total, values + 1, proofs, HERE))
    wrong = eg.secret_key.prove_decryption(total, values + 1, HERE)
    refused(lambda: verify_decryption(total, values + 1, wrong, HERE))
    refused(lambda: other.secret_key.prove_decryption(total, values, HERE), "ParamsMismatch")
    fixed = eg.public_key.encrypt([1.5]) * 0.5
    verify_decryption(fixed, [0.75], eg.secret_key.prove_decryption(fixed, [0.75], HERE), HERE)


def test_hand_over_to_another_key(eg: Keypair, other: Keypair) -> None:
    x = eg.public_key.encrypt([[36.5, -1.0]]) + 1.5
    handed, proofs = eg.secret_key.hand_over(x, other.public_key, HERE)
    received = sent(handed)
    assert received.to_bytes() == handed.to_bytes()
    np.testing.assert_array_equal(other.secret_key.decrypt(received), [[38.0, 0.5]])
    holds_here_only(lambda context: verify_hand_over(x, received, again(proofs), context))
    refused(lambda: verify_hand_over(x, received.rerandomize(), proofs, HERE))
    refused(lambda: verify_hand_over(x + 1, received, proofs, HERE))
    refused(lambda: verify_hand_over(x, received.ravel(), proofs, HERE), "ShapeMismatch")
    refused(lambda: other.secret_key.hand_over(x, eg.public_key, HERE), "ParamsMismatch")


def test_linear_functions(eg: Keypair) -> None:
    x = eg.public_key.encrypt([[3, 4], [5, 6]], bound=10)
    weights = [2, -1, 0, 3]
    output, proof = prove_linear(x, weights, HERE, offset=-7)
    received, proof = sent(output), Proof.from_bytes(bytes(proof))
    assert eg.secret_key.decrypt(received) == 6 - 4 + 18 - 7 and output.shape == ()
    assert output.bound_bits <= 7
    holds_here_only(lambda context: verify_linear(x, weights, received, proof, context, offset=-7))
    refused(lambda: verify_linear(x, weights, received, proof, HERE))
    refused(lambda: verify_linear(x, [2, -1, 0, 4], received, proof, HERE, offset=-7))
    refused(lambda: verify_linear(x, weights, received + 1, proof, HERE, offset=-7))
    refused(lambda: verify_linear(x * 1, weights, received.rerandomize(), proof, HERE, offset=-7))
    refused(lambda: prove_linear(x, weights[1:], HERE), "ShapeMismatch")
    refused(lambda: prove_linear(x, [2**32] * 4, HERE), "HeadroomExhausted")
    refused(lambda: prove_linear(x, [2**41] * 4, HERE), "OutOfRange")
    refused(lambda: prove_linear(eg.public_key.encrypt([1.0]), [1], HERE), "ParamsMismatch")


def test_equal_logarithms() -> None:
    key = (5).to_bytes(32, "little")
    bases = [points.GENERATOR, points.hash_to_point(b"patient 17", context=b"register")]
    targets, proof = prove_equal_logarithms(bases, key, HERE)
    assert targets[0] == shamir.split_key(2, 3, key=key)[0].public_key
    proof = Proof.from_bytes(bytes(proof))
    verify_equal_logarithms(bases, targets, proof, HERE)
    with Batch() as batch:
        verify_equal_logarithms(tuple(map(bytearray, bases)), list(targets), proof, HERE, batch=batch)
    for context in ELSEWHERE:
        refused(lambda context=context: verify_equal_logarithms(bases, targets, proof, context))  # type: ignore[misc]
    refused(lambda: verify_equal_logarithms(bases, targets[::-1], proof, HERE))
    refused(lambda: verify_equal_logarithms(bases[::-1], targets, proof, HERE))
    others, unequal = prove_equal_logarithms(bases, (6).to_bytes(32, "little"), HERE)
    refused(lambda: verify_equal_logarithms(bases, [targets[0], others[1]], proof, HERE))
    refused(lambda: verify_equal_logarithms(bases, [targets[0], others[1]], unequal, HERE))
    refused(lambda: verify_equal_logarithms([bases[0], bytes(32)], targets, proof, HERE), "OutOfRange")
    refused(lambda: prove_equal_logarithms([bases[0], bytes(32)], key, HERE), "OutOfRange")
    refused(lambda: prove_equal_logarithms(bases, key + b"0", HERE), "TrailingBytes")
    for wrong in (bytes(31), b"\xff" * 32, points.ORDER.to_bytes(32, "little")):
        refused(lambda wrong=wrong: prove_equal_logarithms(bases, wrong, HERE), "InvalidEncoding")  # type: ignore[misc]
    for wrong in (b"", points.GENERATOR[:31], points.GENERATOR + b"0", b"\xff" * 32):
        for call in (
            lambda wrong=wrong: prove_equal_logarithms([wrong, bases[1]], key, HERE),  # type: ignore[misc]
            lambda wrong=wrong: verify_equal_logarithms([bases[0], wrong], targets, proof, HERE),  # type: ignore[misc]
            lambda wrong=wrong: verify_equal_logarithms(bases, [wrong, targets[1]], proof, HERE),  # type: ignore[misc]
        ):
            refused(call, "InvalidEncoding")
    for count in (1, 3):
        refused(lambda count=count: prove_equal_logarithms(bases[:1] * count, key, HERE), "ShapeMismatch")  # type: ignore[misc]
        refused(lambda count=count: verify_equal_logarithms(bases, targets[:1] * count, proof, HERE), "ShapeMismatch")  # type: ignore[misc]
    for strange in (bases[0], "two", [1, 2], None):
        with pytest.raises(TypeError):
            prove_equal_logarithms(strange, key, HERE)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        prove_equal_logarithms(bases, 5, HERE)  # type: ignore[arg-type]


def test_a_guess_is_checked_without_a_search(eg: Keypair, other: Keypair) -> None:
    key, check = eg.public_key, eg.secret_key.check_plaintext
    for values in ([[3, -4], [0, 2**20]], [1.5, -0.25], 7, np.zeros((0, 2), dtype=int)):
        array = sent(key.encrypt(values))
        check(array, values)
        if array.shape != (0, 2):
            refused(lambda array=array, values=values: check(array, np.asarray(values) + 1), "DecryptionFailed")  # type: ignore[misc]
    one_wrong = key.encrypt([3, 4])
    refused(lambda: check(one_wrong, [3, 5]), "DecryptionFailed")
    refused(lambda: check(one_wrong, [4, 4]), "DecryptionFailed")
    refused(lambda: check(one_wrong, [3, 4, 5]), "ShapeMismatch")
    refused(lambda: check(key.encrypt([1.5]), [1.5 + 2**-30]), "OutOfRange")
    refused(lambda: check(key.encrypt([3, 4, 5]).mean(), 4), "ParamsMismatch")
    refused(lambda: check(other.public_key.encrypt([3]), [3]), "ParamsMismatch")
    calls: list[tuple[int, int]] = []
    check(key.encrypt(range(100)), range(100), progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (100, 100)
    with pytest.raises(TypeError):
        check([3], [3])  # type: ignore[arg-type]


def test_numbers_that_are_not_what_is_encrypted_are_refused(eg: Keypair, other: Keypair) -> None:
    """The integers of a mean are its sum, and those of 1/256 are 1: a proof would be read for another statement."""
    opening = eg.public_key.encrypt_opening([1, 1, 1], bound=1)
    mean = opening.array.mean()
    proofs = eg.secret_key.prove_decryption(opening.array.sum(), 3, HERE)
    for call in (
        lambda: verify_decryption(mean, 3, proofs, HERE),
        lambda: verify_value(mean, 3, proofs, HERE),
        lambda: verify_plaintext(mean, proofs, HERE),
        lambda: eg.secret_key.prove_decryption(mean, 3, HERE),
        lambda: eg.secret_key.hand_over(mean, other.public_key, HERE),
        lambda: prove_linear(mean, [1], HERE),
        lambda: verify_bits(eg.public_key.encrypt([1 / 256] * 3), opening.prove_bits(HERE), HERE),
    ):
        refused(call, "ParamsMismatch")


def test_many_proofs_at_once(eg: Keypair) -> None:
    openings = [eg.public_key.encrypt_opening(RNG.integers(0, 2, size=40)) for _ in range(3)]
    with Batch() as batch:
        for opening in openings:
            verify_bits(opening.array, opening.prove_bits(HERE), HERE, batch=batch)
    assert len(batch) == 3 and batch.wrong() == [] and repr(batch) == "Batch(3 checks)"
    batch = Batch()
    for number, opening in enumerate(openings):
        context = ELSEWHERE[0] if number == 1 else HERE
        verify_bits(opening.array, opening.prove_bits(HERE), context, batch=batch)
    refused(batch.verify)
    assert batch.wrong() == [1]
    refused(Batch().verify)
    with pytest.raises(vk.CryptoError), Batch() as failing:
        verify_bits(openings[0].array, openings[1].prove_bits(HERE), HERE, batch=failing)
    with pytest.raises(KeyError), Batch() as failing:
        verify_bits(openings[0].array, openings[1].prove_bits(HERE), HERE, batch=failing)
        raise KeyError


RNG = np.random.default_rng(5)


def ballots_of(eg: Keypair, votes: dict[int, int]) -> dict[int, Ballot]:
    return {
        voter: eg.public_key.encrypt_ballot(choice, choices=3, context=Context(SESSION, voter))
        for voter, choice in votes.items()
    }


def test_ballots(eg: Keypair, other: Keypair) -> None:
    ballot = eg.public_key.encrypt_ballot(1, choices=3, context=HERE)
    for received in (Ballot.from_bytes(bytes(ballot), eg.public_key), pickle.loads(pickle.dumps(ballot))):
        assert received.choices == 3 and received.public_key == eg.public_key
        assert eg.secret_key.decrypt(received.verify(choices=3, context=HERE)).tolist() == [0, 1, 0]
    holds_here_only(lambda context: ballot.verify(choices=3, context=context))
    refused(lambda: ballot.verify(choices=4, context=HERE))
    refused(lambda: Ballot.from_bytes(bytes(ballot), other.public_key), "ParamsMismatch")
    for choice, choices in ((3, 3), (0, 0), (0, 65_536)):
        refused(
            lambda choice=choice, choices=choices: eg.public_key.encrypt_ballot(choice, choices=choices, context=HERE),
            "OutOfRange",
        )


def test_the_tally(eg: Keypair) -> None:
    votes = {voter: int(RNG.integers(0, 3)) for voter in range(1, 71)}
    ballots = ballots_of(eg, votes)
    seen: list[tuple[int, int]] = []
    total = tally(ballots, choices=3, session=SESSION, progress=lambda done, of: seen.append((done, of)))
    assert eg.secret_key.decrypt(total).tolist() == np.bincount(list(votes.values()), minlength=3).tolist()
    assert total.bound_bits == 7 and seen


def test_wrong_ballots_name_their_voters(eg: Keypair, other: Keypair) -> None:
    ballots = ballots_of(eg, dict.fromkeys(range(1, 7), 1))
    ballots[2] = ballots[1]  # a copy of somebody else's
    ballots[4] = eg.public_key.encrypt_ballot(0, choices=4, context=Context(SESSION, 4))
    ballots[5] = eg.public_key.encrypt_ballot(0, choices=3, context=Context(b"survey of June", 5))
    with pytest.raises(vk.CryptoError) as caught:
        tally(ballots, choices=3, session=SESSION)
    assert caught.value.culprits == (2, 4, 5)
    rest = {voter: ballot for voter, ballot in ballots.items() if voter not in caught.value.culprits}
    assert eg.secret_key.decrypt(tally(rest, choices=3, session=SESSION)).tolist() == [0, 3, 0]
    refused(lambda: tally({}, choices=3, session=SESSION), "ShapeMismatch")
    foreign = other.public_key.encrypt_ballot(0, choices=3, context=Context(SESSION, 9))
    refused(lambda: tally(rest | {9: foreign}, choices=3, session=SESSION), "ParamsMismatch")


def test_damaged_proofs(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([1])
    ballot = eg.public_key.encrypt_ballot(0, choices=2, context=HERE)
    for read, data in (
        (Proof.from_bytes, bytes(opening.prove_value(HERE)[0])),
        (BitProof.from_bytes, bytes(opening.prove_bits(HERE)[0])),
        (RangeProof.from_bytes, bytes(opening.prove_range(0, 3, HERE)[0])),
        (lambda data: Ballot.from_bytes(data, eg.public_key), bytes(ballot)),
    ):
        read(data)
        for damaged in (b"", data[:8], data[:-1], data + b"\0", bytes(eg.public_key)):
            with pytest.raises(vk.EncodingError):
                read(damaged)


def test_openings_are_secret(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([987654])
    assert "987654" not in f"{opening!r} {opening}" and not hasattr(opening, "__dict__")
    for call in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="pickled"):
            call(opening)


def test_proofs_and_contexts_are_values(eg: Keypair) -> None:
    proof = eg.public_key.encrypt_opening([1]).prove_value(HERE)[0]
    assert pickle.loads(pickle.dumps(proof)) == proof and hash(proof) == hash(Proof.from_bytes(bytes(proof)))
    assert proof != eg.public_key.encrypt_opening([1]).prove_value(HERE)[0] and "bytes" in repr(proof)
    assert Context(SESSION, 2) == HERE and hash(Context(bytearray(SESSION), 2)) == hash(HERE)
    assert HERE != ELSEWHERE[0] and HERE != ELSEWHERE[1] and (HERE.session, HERE.party) == (SESSION, 2)
    assert pickle.loads(pickle.dumps(HERE)) == HERE
    for party in (0, -1, 65_536):
        refused(lambda party=party: Context(SESSION, party), "OutOfRange")
    for arguments in (("text", 1), (SESSION, 1.0), (SESSION, None)):
        with pytest.raises(TypeError):
            Context(*arguments)  # type: ignore[arg-type]


def test_arguments_of_other_types(eg: Keypair) -> None:
    opening = eg.public_key.encrypt_opening([1])
    proofs = opening.prove_value(HERE)
    wrong: Any
    for wrong in (None, 7, "text", [1], object()):
        for call in (
            lambda: opening.prove_bits(wrong),
            lambda: opening.prove_equal(wrong, HERE),
            lambda: opening.prove_range(wrong if wrong != 7 else "low", 3, HERE),
            lambda: verify_value(wrong, [1], proofs, HERE),
            lambda: verify_value(opening.array, [1], [wrong], HERE),
            lambda: verify_value(opening.array, [1], proofs, wrong),
            lambda: verify_bits(opening.array, proofs, HERE),  # type: ignore[arg-type]
            lambda: verify_value(opening.array, [1], proofs, HERE, batch=wrong if wrong is not None else 7),
            lambda: eg.secret_key.hand_over(opening.array, wrong, HERE),
            lambda: eg.secret_key.prove_decryption(wrong, [1], HERE),
            lambda: prove_linear(opening.array, [1.5], HERE),  # type: ignore[list-item]
            lambda: tally({1: wrong}, choices=3, session=SESSION),
            lambda: eg.public_key.encrypt_ballot("one", choices=3, context=HERE),  # type: ignore[arg-type]
            lambda: eg.public_key.encrypt_ballot(1, choices=3, context=wrong),
        ):
            with pytest.raises(TypeError):
                call()
    for kind in (Opening, Proof, BitProof, RangeProof, Ballot):
        with pytest.raises(TypeError):
            kind()
