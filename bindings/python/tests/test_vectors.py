"""The vectors that every language runs: what decodes, what is refused and with which error, what is computed.

The package has no seeded entry points, so what a seed decides (keys, shares, ciphertexts) is read from the vector and must
mean what the inputs say.
"""

import functools
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import _native, ckks, elgamal, mpc, paillier, shamir
from veilkit.elgamal.multiplicative import integers, points
from veilkit.paillier import (
    EncryptedArray,
    EqualityProof,
    PackedArray,
    ProductProof,
    PublicKey,
    SecretKey,
    Submission,
    UnprovenPublicKey,
)

VECTORS = Path(__file__).parents[3] / "vectors"
# Not offered in Python: field elements are for protocols, messages are read by sessions, vectors are encoded as they
# are encrypted, and ciphertexts of CKKS are parts of arrays; `test_lattice_vectors.py` and
# `test_key_switching_vectors.py` compute those of `ring` and CKKS again.
RUST_ONLY = {
    "ckks/circuit",
    "ckks/decrypt",
    "ckks/encrypt",
    "ckks/evaluate",
    "ckks/keygen",
    "ckks/release",
    "ckks_encoder/embed",
    "ckks_encoder/project",
    "decode/ckks_ciphertext",
    "decode/dkg_message",
    "decode/mpc_frame",
    "decode/mpc_journal",
    "decode/mpc_seed",
    "decode/secure_sum_message",
    "decode/shamir_field_share",
    "decode/share_message",
    "mpc_session/run",
    "ring/error",
    "ring/expand_uniform",
    "ring/ternary",
    "ring/transform",
    "shamir/field_combine",
    "shamir/field_split",
}


def files() -> dict[Path, Any]:
    paths = sorted(path for path in VECTORS.glob("*/**/*.json") if not path.is_relative_to(VECTORS / "schema"))
    return {path.relative_to(VECTORS).with_suffix(""): json.loads(path.read_text()) for path in paths}


def can_be_said(inputs: Any) -> bool:
    """An array of numpy always has as many values as its shape says, and packs hold elements of one field."""
    if inputs.get("field", "fp61") != "fp61":
        return False
    if "instead" in inputs and "mpc_identity_key" in inputs:  # messages of a run that its seed decides
        return False
    values = inputs.get("values", inputs.get("integers"))
    return "shape" not in inputs or values is None or len(values) == math.prod(inputs["shape"])


CASES = [
    pytest.param(content["algorithm"], test, id=f"{name}-{test['id']}")
    for name, content in files().items()
    for test in content["tests"]
    if content["algorithm"] not in RUST_ONLY and can_be_said(test["inputs"])
]


def unhex(value: Any) -> Any:
    return [bytes.fromhex(item) for item in value] if isinstance(value, list) else bytes.fromhex(value)


@functools.cache
def public_key(data: str) -> PublicKey:
    return UnprovenPublicKey.from_bytes(bytes.fromhex(data)).trust_without_proof()


@functools.cache
def secret_key(data: str) -> SecretKey:
    return SecretKey.from_bytes(bytes.fromhex(data))


@functools.cache
def secret_keys() -> dict[str, SecretKey]:
    """The secret keys of the key generation's vectors, by the bytes of their public keys."""
    tests = [test["expected"] for test in files()[Path("paillier/keygen")]["tests"] if test["result"] == "valid"]
    return {t["paillier_public_key"]: SecretKey.from_bytes(unhex(t["paillier_secret_key"])) for t in tests}


def plain(inputs: Any) -> Any:
    if "integers" in inputs:
        return np.array([int(value) for value in inputs["integers"]], dtype=np.int64).reshape(inputs["shape"])
    return np.array([float(value) for value in inputs["values"]], dtype=np.float64).reshape(inputs["shape"])


def bound(inputs: Any) -> int | None:
    return int(inputs["bound"]) if "bound" in inputs else None


def decodes(name: str, read: Callable[[bytes], Any]) -> Callable[[Any], None]:
    def procedure(test: Any) -> None:
        data = unhex(test["inputs"][name])
        assert read(data).to_bytes() == data

    return procedure


def decodes_under_key(name: str, kind: Any) -> Callable[[Any], None]:
    def procedure(test: Any) -> None:
        data, key = unhex(test["inputs"][name]), public_key(test["inputs"]["paillier_public_key"])
        assert kind.from_bytes(data, key).to_bytes() == data

    return procedure


def decodes_under_elgamal_key(name: str, kind: Any, key: Any = elgamal.PublicKey, form: str = "additive") -> Any:
    def procedure(test: Any) -> None:
        data, public = unhex(test["inputs"][name]), unhex(test["inputs"][f"elgamal_{form}_public_key"])
        assert kind.from_bytes(data, key.from_bytes(public)).to_bytes() == data

    return procedure


def ckks_array(test: Any) -> None:
    inputs = test["inputs"]
    key, values = ckks.SecretKey.from_bytes(unhex(inputs["ckks_secret_key"])), plain(inputs)
    if test["result"] == "invalid":
        key.encrypt(values, inputs["bound"])
        return
    array = ckks.EncryptedArray.from_bytes(unhex(test["expected"]["ckks_array"]))
    assert array.shape == values.shape and array.bound == inputs["bound"]
    assert np.abs(key.decrypt(array) - values).max() <= array.error_bound
    assert len(key.encrypt(values, inputs["bound"]).to_bytes()) == len(unhex(test["expected"]["ckks_array"]))


def unproven_key(test: Any) -> None:
    data = unhex(test["inputs"]["paillier_public_key"])
    assert UnprovenPublicKey.from_bytes(data).trust_without_proof().to_bytes() == data


def keygen(test: Any) -> None:
    sizes = {name: int(test["inputs"][name]) for name in ("fraction_bits", "value_bits")}
    if test["result"] == "invalid":
        paillier.generate_keypair(bits=int(test["inputs"]["modulus_bits"]), **sizes)
        return
    key = secret_keys()[test["expected"]["paillier_public_key"]]
    assert key.public_key.to_bytes_without_proof() == unhex(test["expected"]["paillier_public_key"])
    assert key.to_bytes() == unhex(test["expected"]["paillier_secret_key"])
    facts = {"fraction_bits": key.public_key.fraction_bits, "value_bits": key.public_key.value_bits}
    assert facts == sizes and key.public_key.bits == int(test["inputs"]["modulus_bits"])
    assert key.decrypt(key.public_key.encrypt([3.0])).tolist() == [3.0]


def encrypt(test: Any, kind: Any = EncryptedArray, **options: Any) -> None:
    inputs = test["inputs"]
    key = public_key(inputs["paillier_public_key"])
    ours = key.encrypt(plain(inputs), bound=bound(inputs), **options)
    theirs = kind.from_bytes(unhex(test["expected"][next(iter(test["expected"]))]), key)
    same(ours, theirs, inputs["paillier_public_key"])


def encrypt_packed(test: Any) -> None:
    encrypt(test, PackedArray, packed=True, headroom_bits=int(test["inputs"]["headroom_bits"]))


def same(ours: Any, theirs: Any, key: str) -> None:
    """The same numbers and the same public facts."""
    for fact in ("shape", "kind", "scale", "headroom_bits"):
        assert getattr(ours, fact) == getattr(theirs, fact)
    secret = secret_keys()[key]
    np.testing.assert_array_equal(secret.decrypt(ours), secret.decrypt(theirs))


def decrypt(test: Any, name: str = "paillier_array", kind: Any = EncryptedArray) -> None:
    key = secret_key(test["inputs"]["paillier_secret_key"])
    found = key.decrypt(kind.from_bytes(unhex(test["inputs"][name]), key.public_key))
    np.testing.assert_array_equal(found, plain(test["expected"]))


def evaluate(test: Any) -> None:
    inputs = test["inputs"]
    key = public_key(inputs["paillier_public_key"])
    arrays = [EncryptedArray.from_bytes(data, key) for data in unhex(inputs["paillier_array"])]
    operation: str = inputs["operation"]
    x: Any = arrays[0]
    if operation in ("add", "sub"):
        ours = x + arrays[1] if operation == "add" else x - arrays[1]
    elif operation == "neg":
        ours = -x
    elif operation in ("sum", "mean"):
        ours = getattr(x, operation)()
    elif operation in ("add_plain", "sub_plain"):
        ours = x + plain(inputs) if operation == "add_plain" else x - plain(inputs)
    elif operation == "mul_plain":
        ours = x.multiply(plain(inputs), bound=bound(inputs))
    elif operation in ("dot", "matmul"):
        ours = getattr(x, operation)(plain(inputs), bound=bound(inputs))
    else:
        raise AssertionError(f"unknown operation {operation}")
    if "paillier_array" in test["expected"]:
        theirs = EncryptedArray.from_bytes(unhex(test["expected"]["paillier_array"]), key)
        same(ours, theirs, inputs["paillier_public_key"])


@functools.cache
def elgamal_keys() -> dict[str, elgamal.SecretKey]:
    """The secret keys of the key generation's vectors, by the bytes of their public keys."""
    tests = [t["expected"] for t in files()[Path("elgamal/additive_keygen")]["tests"] if t["result"] == "valid"]
    read = elgamal.SecretKey.from_bytes
    return {t["elgamal_additive_public_key"]: read(unhex(t["elgamal_additive_secret_key"])) for t in tests}


def elgamal_key(inputs: Any) -> elgamal.PublicKey:
    return elgamal.PublicKey.from_bytes(unhex(inputs["elgamal_additive_public_key"]))


def elgamal_keygen(test: Any) -> None:
    sizes = {name: int(test["inputs"][name]) for name in ("fraction_bits", "value_bits", "decode_bits")}
    if test["result"] == "invalid":
        elgamal.generate_keypair(**sizes)
        return
    key = elgamal_keys()[test["expected"]["elgamal_additive_public_key"]]
    assert key.public_key.to_bytes() == unhex(test["expected"]["elgamal_additive_public_key"])
    assert key.to_bytes() == unhex(test["expected"]["elgamal_additive_secret_key"])
    assert {name: getattr(key.public_key, name) for name in sizes} == sizes


def elgamal_same(ours: elgamal.EncryptedArray, test: Any) -> None:
    """The same numbers and the same public facts as the expected array."""
    if test["result"] == "valid":
        theirs = elgamal.EncryptedArray.from_bytes(unhex(test["expected"]["elgamal_additive_array"]), ours.public_key)
        for fact in ("shape", "kind", "scale", "bound_bits", "headroom_bits"):
            assert getattr(ours, fact) == getattr(theirs, fact)
        secret = elgamal_keys()[test["inputs"]["elgamal_additive_public_key"]]
        np.testing.assert_array_equal(secret.decrypt(ours), secret.decrypt(theirs))


def elgamal_bound(inputs: Any) -> Any:
    return (int if "integers" in inputs else float)(inputs["bound"]) if "bound" in inputs else None


def elgamal_encrypt(test: Any) -> None:
    elgamal_same(elgamal_key(test["inputs"]).encrypt(plain(test["inputs"]), bound=elgamal_bound(test["inputs"])), test)


def elgamal_decrypt(test: Any) -> None:
    key = elgamal.SecretKey.from_bytes(unhex(test["inputs"]["elgamal_additive_secret_key"]))
    array = elgamal.EncryptedArray.from_bytes(unhex(test["inputs"]["elgamal_additive_array"]), key.public_key)
    np.testing.assert_array_equal(key.decrypt(array), plain(test["expected"]))


def elgamal_context(inputs: Any) -> elgamal.Context:
    return elgamal.Context(unhex(inputs["session"]), int(inputs["party"]))


def elgamal_check(key: elgamal.PublicKey, inputs: Any, given: Any) -> None:
    """Checks the array and the proof of `given` against the statement in `inputs`."""
    array = elgamal.EncryptedArray.from_bytes(unhex(given["elgamal_additive_array"]), key)
    here, claim, integer = elgamal_context(inputs), inputs["claim"], int(inputs["integer"])
    if claim == "bit":
        elgamal.verify_bits(array, [elgamal.BitProof.from_bytes(unhex(given["elgamal_additive_bit_proof"]))], here)
    elif claim == "range":
        proof = elgamal.RangeProof.from_bytes(unhex(given["elgamal_additive_range_proof"]))
        low, high = int(inputs.get("low", 0)), int(inputs.get("high", 2 ** int(inputs.get("bits", 0)) - 1))
        elgamal.verify_range(array, low, high, [proof], here)
    else:
        proofs = [elgamal.Proof.from_bytes(unhex(given["elgamal_additive_proof"]))]
        if claim == "plaintext":
            elgamal.verify_plaintext(array, proofs, here)
        else:
            verify = {"value": elgamal.verify_value, "decryption": elgamal.verify_decryption}[claim]
            verify(array, integer, proofs, here)


def elgamal_prove(test: Any) -> None:
    inputs = test["inputs"]
    key = elgamal.SecretKey.from_bytes(unhex(inputs["elgamal_additive_secret_key"]))
    here, integer = elgamal_context(inputs), int(inputs["integer"])
    opening = key.public_key.encrypt_opening([integer])
    low, high = int(inputs.get("low", 0)), int(inputs.get("high", 2 ** int(inputs.get("bits", 0)) - 1))
    provers: dict[str, Callable[[], Any]] = {
        "plaintext": lambda: opening.prove_plaintext(here),
        "value": lambda: opening.prove_value(here),
        "decryption": lambda: key.prove_decryption(opening.array, [integer], here),
        "bit": lambda: opening.prove_bits(here),
        "range": lambda: opening.prove_range(low, high, here),
    }
    (proof,) = provers[inputs["claim"]]()
    if test["result"] == "valid":
        (name,) = test["expected"].keys() - {"elgamal_additive_array"}
        ours = {"elgamal_additive_array": bytes(opening.array).hex(), name: bytes(proof).hex()}
        assert {field: len(data) for field, data in ours.items()}[name] == len(test["expected"][name])
        elgamal_check(key.public_key, inputs, ours)
        elgamal_check(key.public_key, inputs, test["expected"])


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def group_array(inputs: Any, group: mpc.GroupKey) -> elgamal.EncryptedArray:
    key = elgamal_key(inputs) if "elgamal_additive_public_key" in inputs else group.public_key()
    return elgamal.EncryptedArray.from_bytes(unhex(inputs["elgamal_additive_array"]), key)


def dkg_generate(test: Any) -> None:
    inputs = test["inputs"]
    keys = [mpc.IdentityKey.from_bytes(data) for data in unhex(inputs["mpc_identity_key"])]
    session, threshold = unhex(inputs["session"]), int(inputs["threshold"])
    pairs = [(int(party), key) for party, key in zip(inputs["parties"], keys, strict=True)]
    # A mapping has each party once; the native set-up sees them as they come.
    _native.MpcDkgSetup(session, [(party, key.identity) for party, key in pairs], threshold)
    identities = dict(pairs)
    setup = mpc.DkgSetup(
        parties={party: key.identity for party, key in pairs}, threshold=threshold, session=session
    )
    made = mpc.run_dkg_locally(setup, identities)
    shares = [mpc.KeyShare.from_bytes(data) for data in unhex(test["expected"]["dkg_key_share"])]
    group = mpc.GroupKey.from_bytes(unhex(test["expected"]["dkg_group_key"]))
    for share, ours in zip(shares, made.values(), strict=True):
        assert share.group == group and share.party == ours.party
        assert (group.parties, group.threshold) == (ours.group.parties, ours.group.threshold)
    x = group.public_key().encrypt([7])
    opened = [share.decryption_share(x, session=session) for share in shares[:threshold]]
    assert group.combine(x, opened, session=session).tolist() == [7]


def dkg_share(test: Any) -> None:
    inputs = test["inputs"]
    shares = [mpc.KeyShare.from_bytes(bytes.fromhex(data)) for data in listed(inputs["dkg_key_share"])]
    group, session = shares[0].group, unhex(inputs["session"])
    array = group_array(inputs, group)
    ours = [share.decryption_share(array, session=session) for share in shares]
    theirs = [mpc.DecryptionShare.from_bytes(bytes.fromhex(data)) for data in listed(test["expected"]["decryption_share"])]
    assert [share.party for share in ours] == [share.party for share in theirs]
    found = [group.combine(array, given, session=session).tolist() for given in (ours, theirs, [ours[0], *theirs[1:]])]
    assert found[0] == found[1] == found[2]


def dkg_combine(test: Any) -> None:
    inputs = test["inputs"]
    group = mpc.GroupKey.from_bytes(unhex(inputs["dkg_group_key"]))
    shares = [mpc.DecryptionShare.from_bytes(data) for data in unhex(inputs["decryption_share"])]
    found = group.combine(group_array(inputs, group), shares, session=unhex(inputs["session"]))
    assert found.ravel().tolist() == [int(value) for value in test["expected"]["values"]]


def elgamal_single(data: str, key: elgamal.PublicKey) -> elgamal.EncryptedArray:
    return elgamal.EncryptedArray.from_bytes(unhex(data), key)


def statement_check(inputs: Any, arrays: list[elgamal.EncryptedArray], given: Any) -> None:
    """Checks the proof of `given` about the arrays, of which the last one was made with it."""
    here, claim = elgamal_context(inputs), inputs["claim"]
    if claim == "within":
        proof = elgamal.RangeProof.from_bytes(unhex(given["elgamal_additive_range_proof"]))
        elgamal.verify_range(arrays[0], int(inputs["low"]), int(inputs["high"]), [proof], here)
        return
    other = elgamal.Proof.from_bytes(unhex(given["elgamal_additive_proof"]))
    if claim == "linear":
        x = elgamal.concatenate([array.reshape(1) for array in arrays[:-1]])
        weights = [int(weight) for weight in inputs["weights"]]
        elgamal.verify_linear(x, weights, arrays[-1], other, here, offset=int(inputs["offset"]))
    else:
        verify = {"equal_plaintexts": elgamal.verify_equal, "hand_over": elgamal.verify_hand_over}[claim]
        verify(arrays[0], arrays[1], [other], here)


def equal_logarithms(inputs: Any, targets: Any, proof: str) -> None:
    made = elgamal.Proof.from_bytes(unhex(proof))
    elgamal.verify_equal_logarithms(unhex(inputs["bases"]), unhex(targets), made, elgamal_context(inputs))


def statement_verify(test: Any) -> None:
    inputs = test["inputs"]
    if inputs["claim"] == "equal_logarithms":
        equal_logarithms(inputs, inputs["targets"], inputs["elgamal_additive_proof"])
        return
    keys, arrays = inputs["elgamal_additive_public_key"], inputs["elgamal_additive_array"]
    read = [elgamal.PublicKey.from_bytes(unhex(key)) for key in (keys if isinstance(keys, list) else [keys])]
    listed = arrays if isinstance(arrays, list) else [arrays]
    singles = [elgamal_single(data, read[min(at, len(read) - 1)]) for at, data in enumerate(listed)]
    statement_check(inputs, singles, inputs)


def statement_prove(test: Any) -> None:
    inputs, expected = test["inputs"], test.get("expected") or {}
    here, claim = elgamal_context(inputs), inputs["claim"]
    if claim == "within":
        key = elgamal_key(inputs)
        ends = int(inputs["low"]), int(inputs["high"])
        opening = key.encrypt_opening(int(inputs["integer"]), bound=2**key.decode_bits)
        ours = bytes(opening.prove_range(*ends, here)[0])
        assert len(ours) == len(unhex(expected["elgamal_additive_range_proof"]))
        statement_check(inputs, [opening.array], {"elgamal_additive_range_proof": ours.hex()})
        statement_check(inputs, [elgamal_single(expected["elgamal_additive_array"], key)], expected)
    elif claim == "equal_plaintexts":
        keys = [elgamal.PublicKey.from_bytes(key) for key in unhex(inputs["elgamal_additive_public_key"])]
        a, b = (key.encrypt_opening(int(inputs["integer"])) for key in keys)
        elgamal.verify_equal(a.array, b.array, a.prove_equal(b, here), here)
        singles = [elgamal_single(data, key) for data, key in zip(expected["elgamal_additive_array"], keys, strict=True)]
        statement_check(inputs, singles, expected)
    elif claim == "hand_over":
        secret = elgamal.SecretKey.from_bytes(unhex(inputs["elgamal_additive_secret_key"]))
        given, to = elgamal_single(inputs["elgamal_additive_array"], secret.public_key), elgamal_key(inputs)
        handed, proofs = secret.hand_over(given, to, here)
        elgamal.verify_hand_over(given, handed, proofs, here)
        statement_check(inputs, [given, elgamal_single(expected["elgamal_additive_array"], to)], expected)
    elif claim == "equal_logarithms":
        targets, proof = elgamal.prove_equal_logarithms(unhex(inputs["bases"]), bytes([7, *bytes(31)]), here)
        assert len(bytes(proof)) == len(unhex(expected["elgamal_additive_proof"]))
        equal_logarithms(inputs, [target.hex() for target in targets], bytes(proof).hex())
        equal_logarithms(inputs, expected["targets"], expected["elgamal_additive_proof"])
    else:
        key = elgamal_key(inputs)
        given = [elgamal_single(data, key) for data in inputs["elgamal_additive_array"]]
        statement_check(inputs, [*given, elgamal_single(expected["elgamal_additive_array"], key)], expected)


def hash_to_point(test: Any) -> None:
    point = points.hash_to_point(unhex(test["inputs"]["data"]), context=unhex(test["inputs"]["context"]))
    assert point == unhex(test["expected"]["point"])


def elgamal_verify(test: Any) -> None:
    elgamal_check(elgamal_key(test["inputs"]), test["inputs"], test["inputs"])


def elgamal_ballot(inputs: Any, data: str) -> None:
    """The ballot holds, and its choice is that of the inputs."""
    ballot = elgamal.Ballot.from_bytes(unhex(data), elgamal_key(inputs))
    chosen = ballot.verify(choices=int(inputs["choices"]), context=elgamal_context(inputs))
    found = elgamal_keys()[inputs["elgamal_additive_public_key"]].decrypt(chosen)
    assert found.tolist() == np.eye(int(inputs["choices"]), dtype=int)[int(inputs["choice"])].tolist()


def elgamal_ballot_encrypt(test: Any) -> None:
    inputs, counts = test["inputs"], (int(test["inputs"]["choice"]), int(test["inputs"]["choices"]))
    ours = elgamal_key(inputs).encrypt_ballot(counts[0], choices=counts[1], context=elgamal_context(inputs))
    elgamal_ballot(inputs, bytes(ours).hex())
    elgamal_ballot(inputs, test["expected"]["elgamal_additive_ballot"])


@functools.cache
def integer_keys() -> dict[str, integers.SecretKey]:
    """The secret keys of the key generation's vectors, by the bytes of their public keys."""
    tests = [t["expected"] for t in files()[Path("elgamal/integer_keygen")]["tests"]]
    read = integers.SecretKey.from_bytes
    return {t["elgamal_integer_public_key"]: read(unhex(t["elgamal_integer_secret_key"])) for t in tests}


def integer_keygen(test: Any) -> None:
    key = integer_keys()[test["expected"]["elgamal_integer_public_key"]]
    assert key.public_key.to_bytes() == unhex(test["expected"]["elgamal_integer_public_key"])
    assert key.to_bytes() == unhex(test["expected"]["elgamal_integer_secret_key"])
    assert key.public_key.bits == int(test["inputs"]["modulus_bits"])


def integer_same(ours: integers.Ciphertext, test: Any) -> None:
    """The same ratio and the same public facts as the expected ciphertext."""
    if test["result"] == "valid":
        data = unhex(test["expected"]["elgamal_integer_ciphertext"])
        theirs = integers.Ciphertext.from_bytes(data, ours.public_key)
        secret = integer_keys()[test["inputs"]["elgamal_integer_public_key"]]
        assert secret.decrypt_ratio(ours) == secret.decrypt_ratio(theirs)
        assert (ours.numerator_bits, ours.denominator_bits) == (theirs.numerator_bits, theirs.denominator_bits)


def integer_key(inputs: Any) -> integers.PublicKey:
    return integers.PublicKey.from_bytes(unhex(inputs["elgamal_integer_public_key"]))


def integer_encrypt(test: Any) -> None:
    inputs = test["inputs"]
    integer_same(integer_key(inputs).encrypt(int(inputs["integer"]), bits=int(inputs["bits"])), test)


def integer_evaluate(test: Any) -> None:
    inputs = test["inputs"]
    key = integer_key(inputs)
    x, y = (integers.Ciphertext.from_bytes(data, key) for data in unhex(inputs["elgamal_integer_ciphertext"]))
    integer_same({"mul": lambda: x * y, "div": lambda: x / y}[inputs["operation"]](), test)


def integer_decrypt(test: Any) -> None:
    key = integers.SecretKey.from_bytes(unhex(test["inputs"]["elgamal_integer_secret_key"]))
    (data,) = unhex(test["inputs"]["elgamal_integer_ciphertext"])
    ciphertext = integers.Ciphertext.from_bytes(data, key.public_key)
    found = key.decrypt_ratio(ciphertext)
    assert str(found.numerator) == test["expected"]["numerator"]
    assert str(found.denominator) == test["expected"]["denominator"]
    if ciphertext.denominator_bits == 0:
        assert key.decrypt(ciphertext) == found


def elgamal_evaluate(test: Any) -> None:
    inputs = test["inputs"]
    key = elgamal_key(inputs)
    arrays = [elgamal.EncryptedArray.from_bytes(data, key) for data in unhex(inputs["elgamal_additive_array"])]
    x: Any = arrays[0]
    operations: dict[str, Callable[[], Any]] = {
        "add": lambda: x + arrays[1],
        "sub": lambda: x - arrays[1],
        "neg": lambda: -x,
        "sum": lambda: x.sum(int(inputs["axis"]) if "axis" in inputs else None),
        "mean": lambda: x.mean(int(inputs["axis"]) if "axis" in inputs else None),
        "add_plain": lambda: x.add(plain(inputs), bound=elgamal_bound(inputs)),
        "sub_plain": lambda: x.subtract(plain(inputs), bound=elgamal_bound(inputs)),
        "mul_plain": lambda: x.multiply(plain(inputs), bound=elgamal_bound(inputs)),
        "dot": lambda: x.dot(plain(inputs), bound=elgamal_bound(inputs)),
        "matmul": lambda: x.matmul(plain(inputs), bound=elgamal_bound(inputs)),
        "rmatmul": lambda: x._matmul(plain(inputs), reflected=True, bound=elgamal_bound(inputs)),
    }
    elgamal_same(operations[inputs["operation"]](), test)


def read_secret_jwk(test: Any) -> None:
    key = SecretKey.from_jwk(test["inputs"]["jwk"])
    assert key.to_bytes() == unhex(test["expected"]["paillier_secret_key"])
    assert key.public_key.to_bytes() == unhex(test["expected"]["paillier_public_key"])
    assert SecretKey.from_jwk(key.to_jwk()).to_bytes() == key.to_bytes()


def read_public_jwk(test: Any) -> None:
    key = UnprovenPublicKey.from_jwk(test["inputs"]["jwk"]).trust_without_proof()
    assert key.to_bytes() == unhex(test["expected"]["paillier_public_key"])
    assert UnprovenPublicKey.from_jwk(key.to_jwk()).trust_without_proof() == key


def prove_public_key(test: Any) -> None:
    key = SecretKey.from_bytes(unhex(test["inputs"]["paillier_secret_key"]))
    data = unhex(test["expected"]["paillier_proven_public_key"])
    assert key.public_key.to_bytes() == data and PublicKey.from_bytes(data) == key.public_key


def submit(test: Any) -> None:
    inputs = test["inputs"]
    key, context = public_key(inputs["paillier_public_key"]), unhex(inputs["context"])
    ends = (int(inputs["low"]), int(inputs["high"]))
    ours = key.submit(plain(inputs), *ends, context=context)
    theirs = Submission.from_bytes(unhex(test["expected"]["paillier_submission"]), key)
    assert (ours.shape, ours.kind, ours.low, ours.high) == (theirs.shape, theirs.kind, *ends)
    arrays = [submission.verify(*ends, context=context) for submission in (ours, theirs)]
    same(*arrays, inputs["paillier_public_key"])


def verify_submission(test: Any) -> None:
    inputs = test["inputs"]
    key = secret_key(inputs["paillier_secret_key"])
    submission = Submission.from_bytes(unhex(inputs["paillier_submission"]), key.public_key)
    array = submission.verify(int(inputs["low"]), int(inputs["high"]), context=unhex(inputs["context"]))
    np.testing.assert_array_equal(key.decrypt(array), plain(test["expected"]))


def single(given: Any, name: str, key: PublicKey) -> EncryptedArray:
    """A ciphertext without a header, as it would come in an array."""
    integer = int.from_bytes(unhex(given[name]), "little")
    return EncryptedArray.from_bytes(EncryptedArray.from_integers([integer], key).to_bytes(), key)


def prove_equality(test: Any) -> None:
    key, context = public_key(test["inputs"]["paillier_public_key"]), unhex(test["inputs"]["context"])
    original = single(test["inputs"], "ciphertext", key)
    same_number, proof = original.rerandomize_with_proof(context=context)
    proof.verify(original, same_number, context=context)
    verify_equality({"inputs": test["inputs"] | test["expected"]})


def verify_equality(test: Any) -> None:
    inputs = test["inputs"]
    key = public_key(inputs["paillier_public_key"])
    proof = EqualityProof.from_bytes(unhex(inputs["paillier_equality_proof"]), key)
    original, other = (foreign(inputs, name, key) for name in ("ciphertext", "rerandomized"))
    proof.verify(original, other, context=unhex(inputs["context"]))


def foreign(given: Any, name: str, key: PublicKey) -> EncryptedArray:
    """A ciphertext without a header, as it is."""
    return EncryptedArray.from_integers([int.from_bytes(unhex(given[name]), "little")], key, bound=1)


def prove_product(test: Any) -> None:
    inputs = test["inputs"]
    key, context = public_key(inputs["paillier_public_key"]), unhex(inputs["context"])
    number = single(inputs, "ciphertext", key)
    made = number.multiply_with_proof(int(inputs["weight"]), context=context)
    made.proof.verify(made.weight, number, made.product, context=context)
    secret = secret_keys()[inputs["paillier_public_key"]]
    assert secret.decrypt(made.product).item() == 7 * int(inputs["weight"])
    verify_product({"inputs": inputs | test["expected"]})


def verify_product(test: Any) -> None:
    inputs = test["inputs"]
    key = public_key(inputs["paillier_public_key"])
    proof = ProductProof.from_bytes(unhex(inputs["paillier_product_proof"]), key)
    weight, number, product = (foreign(inputs, name, key) for name in ("encrypted_weight", "ciphertext", "product"))
    proof.verify(weight, number, product, context=unhex(inputs["context"]))


def split(test: Any) -> None:
    inputs = test["inputs"]
    secret, counts = unhex(inputs["secret"]), (int(inputs["threshold"]), int(inputs["shares"]))
    shares = shamir.split(secret, *counts)
    expected = [shamir.Share.from_bytes(data) for data in unhex(test["expected"].get("shamir_share", []))]
    assert [share.index for share in expected] == [share.index for share in shares]
    assert shamir.combine(expected) == secret


def combine(test: Any) -> None:
    shares = [shamir.Share.from_bytes(data) for data in unhex(test["inputs"]["shamir_share"])]
    assert shamir.combine(shares) == unhex(test["expected"]["secret"])


def combine_correcting(test: Any) -> None:
    shares = [shamir.Share.from_bytes(data) for data in unhex(test["inputs"]["shamir_share"])]
    secret, wrong = shamir.combine_correcting(shares)
    assert secret == unhex(test["expected"]["secret"]) and list(wrong) == test["expected"]["culprits"]


def pedersen_split(test: Any) -> None:
    inputs = test["inputs"]
    secret, counts = unhex(inputs["secret"]), (int(inputs["threshold"]), int(inputs["shares"]))
    shamir.split_verifiable(secret, *counts)
    assert pedersen_secret(test["expected"]) == secret


def pedersen_combine(test: Any) -> None:
    assert pedersen_secret(test["inputs"]) == unhex(test["expected"]["secret"])


def pedersen_secret(given: Any) -> bytes:
    commitment = shamir.Commitment.from_bytes(unhex(given["shamir_pedersen_commitment"]))
    shares = [shamir.VerifiableShare.from_bytes(data) for data in unhex(given["shamir_pedersen_share"])]
    return shamir.combine_verifiable(commitment, shares)


def feldman_split(test: Any) -> None:
    inputs = test["inputs"]
    (key,) = unhex(inputs["elements"])
    commitment, _ = shamir.split_key(int(inputs["threshold"]), int(inputs["shares"]), key=key)
    theirs = shamir.KeyCommitment.from_bytes(unhex(test["expected"]["shamir_feldman_commitment"]))
    assert commitment.public_key == theirs.public_key
    assert feldman_secret(test["expected"]) == key


def feldman_combine(test: Any) -> None:
    assert [feldman_secret(test["inputs"])] == unhex(test["expected"]["elements"])


def feldman_secret(given: Any) -> bytes:
    commitment = shamir.KeyCommitment.from_bytes(unhex(given["shamir_feldman_commitment"]))
    shares = [shamir.KeyShare.from_bytes(data) for data in unhex(given["shamir_feldman_share"])]
    return shamir.combine_key(commitment, shares)


def policy(test: Any) -> None:
    rule, expected = shamir.Policy(test["inputs"]["policy"]), test["expected"]
    assert (str(rule), rule.hash, rule.smallest) == (expected["canonical"], unhex(expected["hash"]), expected["smallest"])
    assert list(rule.seats) == expected["seats"]
    assert rule.to_bytes() == unhex(expected["shamir_policy"])


def policy_split(test: Any) -> None:
    inputs = test["inputs"]
    secret, rule = unhex(inputs["secret"]), shamir.Policy.from_bytes(unhex(inputs["shamir_policy"]))
    ours = shamir.split_by_policy(secret, rule)
    theirs = [shamir.PolicyShare.from_bytes(data) for data in unhex(test["expected"]["shamir_policy_share"])]
    assert [repr(share) for share in ours] == [repr(share) for share in theirs]
    assert shamir.combine_by_policy(theirs) == secret


def policy_combine(test: Any) -> None:
    shares = [shamir.PolicyShare.from_bytes(data) for data in unhex(test["inputs"]["shamir_policy_share"])]
    assert shamir.combine_by_policy(shares) == unhex(test["expected"]["secret"])


def paper_split(test: Any) -> None:
    inputs, expected = test["inputs"], test["expected"]
    secret = unhex(inputs["secret"])
    ours = shamir.split_cards(secret, int(inputs["threshold"]), int(inputs["shares"]))
    theirs = [shamir.Card.from_bytes(data) for data in unhex(expected["shamir_card"])]
    assert [repr(card) for card in ours] == [repr(card) for card in theirs]
    assert [card.to_words() for card in theirs] == expected["words"]
    assert [card.to_text() for card in theirs] == expected["text"]
    assert shamir.combine_cards(theirs) == secret


def paper_combine(test: Any) -> None:
    cards = [shamir.Card.from_bytes(data) for data in unhex(test["inputs"]["shamir_card"])]
    assert shamir.combine_cards(cards) == unhex(test["expected"]["secret"])


def paper_words(test: Any) -> None:
    card = shamir.Card.from_words(test["inputs"]["words"])
    assert card.to_bytes() == unhex(test["expected"]["shamir_card"])
    assert card.to_words() == test["expected"]["words"]


def paper_text(test: Any) -> None:
    card = shamir.Card.from_text(test["inputs"]["text"])
    assert card.to_bytes() == unhex(test["expected"]["shamir_card"])
    assert card.to_text() == test["expected"]["text"]


def paper_mistakes(test: Any) -> None:
    assert list(shamir.word_mistakes(test["inputs"]["words"])) == test["expected"]["places"]


def seal(test: Any) -> None:
    """A seal is random, so only its public facts are as the vector's."""
    custodian = shamir.Custodian.from_bytes(unhex(test["inputs"]["shamir_custodian"]))
    ours = shamir.seal(shamir.Share.from_bytes(unhex(test["inputs"]["shamir_share"])), custodian)
    theirs = shamir.SealedShare.from_bytes(unhex(test["expected"]["shamir_sealed_share"]))
    assert repr(ours) == repr(theirs) and ours.custodian == theirs.custodian
    public = len(theirs.to_bytes()) - len(unhex(test["inputs"]["shamir_share"])) - 16 - 4 - 32
    assert ours.to_bytes()[:public] == theirs.to_bytes()[:public]


def open_sealed(test: Any) -> None:
    key = shamir.CustodianKey.from_bytes(unhex(test["inputs"]["shamir_custodian_key"]))
    share = shamir.SealedShare.from_bytes(unhex(test["inputs"]["shamir_sealed_share"])).open(key)
    assert isinstance(share, shamir.Share) and share.to_bytes() == unhex(test["expected"]["shamir_share"])


def fp61(elements: Any) -> list[int]:
    """Integers from their canonical elements, of which the upper half stands for negative ones."""
    values = [int.from_bytes(data, "little") for data in unhex(elements)]
    return [value - (2**61 - 1 if value > 2**60 - 1 else 0) for value in values]


def packed_split(test: Any) -> None:
    inputs = test["inputs"]
    values = fp61(inputs["elements"])
    ours = shamir.split_packed(values, *(int(inputs[name]) for name in ("privacy", "width", "shares")))
    squares = [share * share for share in ours]
    theirs = [shamir.PackedShare.from_bytes(data) for data in unhex(test["expected"]["shamir_packed_share"])]
    assert [repr(share) for share in [*ours, *squares]] == [repr(share) for share in theirs]
    dealt = theirs[: len(ours)]
    assert shamir.combine_packed(dealt).tolist() == values
    assert [share * share for share in dealt] == theirs[len(ours) :]


def packed_combine(test: Any) -> None:
    shares = [shamir.PackedShare.from_bytes(data) for data in unhex(test["inputs"]["shamir_packed_share"])]
    assert shamir.combine_packed(shares).tolist() == fp61(test["expected"]["elements"])


COMBINE: dict[type, Callable[..., bytes]] = {
    shamir.Commitment: shamir.combine_verifiable,
    shamir.KeyCommitment: shamir.combine_key,
}


def holders(test: Any) -> tuple[Any, list[Any], list[mpc.IdentityKey], list[shamir.CustodianKey]]:
    """The class of the sharing's commitment, the shares, the keys to sign and to open with."""
    inputs = test["inputs"]
    kinds: Any = (shamir.KeyCommitment, shamir.KeyShare)
    if inputs["sharing"] == "pedersen":
        kinds = (shamir.Commitment, shamir.VerifiableShare)
    shares = [kinds[1].from_bytes(data) for data in unhex(inputs[f"shamir_{inputs['sharing']}_share"])]
    identities = [mpc.IdentityKey.from_bytes(data) for data in unhex(inputs["mpc_identity_key"])]
    openers = [shamir.CustodianKey.from_bytes(data) for data in unhex(inputs["shamir_custodian_key"])]
    return kinds[0], shares, identities, openers


def resharing(test: Any) -> None:
    agreed = mpc.ResharingPlan.from_bytes(unhex(test["inputs"]["resharing_plan"]))
    kind, shares, identities, openers = holders(test)
    of_dealers, of_receivers = identities[: len(shares)], identities[len(shares) :]
    receivers = list(zip(of_receivers, openers, strict=True))
    commitment, new = mpc.reshare_locally(agreed, zip(shares, of_dealers, strict=True), receivers)
    assert type(commitment) is type(agreed.commitment) is kind
    name = f"shamir_{test['inputs']['sharing']}"
    theirs = kind.from_bytes(unhex(test["expected"][f"{name}_commitment"]))
    expected = [type(shares[0]).from_bytes(data) for data in unhex(test["expected"][f"{name}_share"])]
    assert [(share.index, share.threshold, share.shares) for share in new] == [
        (share.index, share.threshold, share.shares) for share in expected
    ]
    assert COMBINE[kind](commitment, new) == COMBINE[kind](theirs, expected) == COMBINE[kind](agreed.commitment, shares)


def repair(test: Any) -> None:
    agreed = mpc.RepairPlan.from_bytes(unhex(test["inputs"]["repair_plan"]))
    kind, shares, identities, openers = holders(test)
    assert type(agreed.commitment) is kind
    helpers = list(zip(shares, identities, openers))
    share = mpc.repair_locally(agreed, helpers, (identities[len(shares)], openers[len(shares)]))
    assert share.to_bytes() == unhex(test["expected"][f"shamir_{test['inputs']['sharing']}_share"])


def threshold_setup(inputs: Any) -> paillier.ThresholdSetup:
    data = unhex(inputs["paillier_threshold_setup"])
    return paillier.ThresholdSetup.from_bytes(data, public_key(inputs["paillier_public_key"]))


def threshold_deal(test: Any) -> None:
    inputs = test["inputs"]
    key, parties = secret_key(inputs["paillier_secret_key"]), inputs["parties"]
    setup, shares = paillier.deal(parties, inputs["threshold"], dealer=inputs["dealer"], secret_key=key)
    assert (setup.dealer, setup.parties, setup.threshold) == (inputs["dealer"], tuple(parties), inputs["threshold"])
    theirs = paillier.ThresholdSetup.from_bytes(unhex(test["expected"]["paillier_threshold_setup"]), key.public_key)
    dealt = [paillier.KeyShare.from_bytes(data, theirs) for data in unhex(test["expected"]["paillier_key_share"])]
    x = key.public_key.encrypt([5])
    for who, held in ((setup, shares), (theirs, dealt)):
        made = [share.decryption_share(x, session=b"") for share in held[-inputs["threshold"] :]]
        assert who.combine(x, made, session=b"").tolist() == [5]


def threshold_array(inputs: Any) -> Any:
    key = public_key(inputs["paillier_public_key"])
    if "paillier_array" in inputs:
        return EncryptedArray.from_bytes(unhex(inputs["paillier_array"]), key)
    return PackedArray.from_bytes(unhex(inputs["paillier_packed_array"]), key)


def threshold_share(test: Any) -> None:
    inputs = test["inputs"]
    setup, encrypted, session = threshold_setup(inputs), threshold_array(inputs), unhex(inputs["session"])
    theirs = paillier.DecryptionShare.from_bytes(unhex(test["expected"]["paillier_decryption_share"]), setup)
    theirs.verify(encrypted, session=session)
    share = paillier.KeyShare.from_bytes(unhex(inputs["paillier_key_share"]), setup)
    ours = share.decryption_share(encrypted, session=session)
    ours.verify(encrypted, session=session)
    assert ours.party == theirs.party and len(bytes(ours)) == len(bytes(theirs))


def threshold_combine(test: Any) -> None:
    inputs = test["inputs"]
    setup, encrypted = threshold_setup(inputs), threshold_array(inputs)
    given = unhex(inputs["paillier_decryption_share"])
    shares = [paillier.DecryptionShare.from_bytes(data, setup) for data in given]
    opened = setup.combine(encrypted, shares, session=unhex(inputs["session"]))
    assert opened.tolist() == test["expected"].get("integers", test["expected"].get("values"))
    assert list(opened.shape) == test["expected"]["shape"]


def decodes_under_setup(name: str, kind: Any) -> Callable[[Any], None]:
    def procedure(test: Any) -> None:
        data = unhex(test["inputs"][name])
        assert kind.from_bytes(data, threshold_setup(test["inputs"])).to_bytes() == data

    return procedure


def plan(test: Any) -> None:
    assert mpc.SumPlan.from_bytes(unhex(test["inputs"]["secure_sum_plan"])).hash == unhex(test["expected"]["hash"])


def study_plan(test: Any) -> None:
    agreed = mpc.study.Plan.from_bytes(unhex(test["inputs"]["mpc_plan"]))
    assert agreed.hash == unhex(test["expected"]["hash"])


def study_admit(test: Any) -> None:
    inputs = test["inputs"]
    ledger = mpc.study.Ledger.from_bytes(unhex(inputs["mpc_ledger"]))
    agreed = mpc.study.Plan.from_bytes(unhex(inputs["mpc_plan"]))
    ledger.admit(agreed, dict(zip(agreed.columns, inputs["columns"], strict=True)))
    assert ledger.to_bytes() == unhex(test["expected"]["mpc_ledger"])


def sign(test: Any) -> None:
    inputs, expected = test["inputs"], test["expected"]
    key = mpc.IdentityKey.from_bytes(unhex(inputs["mpc_identity_key"]))
    assert key.identity == unhex(expected["identity"])
    assert key.sign(unhex(inputs["message"]), context=unhex(inputs["context"])) == unhex(expected["signature"])


def verify_signature(test: Any) -> None:
    identity, message, signature, context = (
        unhex(test["inputs"][name]) for name in ("identity", "message", "signature", "context")
    )
    mpc.verify_signature(identity, message, signature, context=context)


def secure_sum(test: Any) -> None:
    inputs = test["inputs"]
    agreed = mpc.SumPlan.from_bytes(unhex(inputs["secure_sum_plan"]))
    keys = dict(zip(agreed.parties, map(mpc.IdentityKey.from_bytes, unhex(inputs["mpc_identity_key"])), strict=True))
    values = dict(zip(agreed.parties, inputs["integers"], strict=True))
    leaves = {inputs["leaves"]["party"]: inputs["leaves"]["after_round"]} if "leaves" in inputs else {}
    outputs = mpc.run_locally(agreed, keys, values, leave_after=leaves)
    assert outputs.keys() == agreed.parties.keys() - leaves.keys()
    for output in outputs.values():
        assert output.values.tolist() == test["expected"]["sum"]
        assert list(output.survivors) == test["expected"]["survivors"]


PROCEDURES: dict[str, Callable[[Any], None]] = {
    "ckks/array": ckks_array,
    "decode/ckks_array": decodes("ckks_array", ckks.EncryptedArray.from_bytes),
    "decode/ckks_evaluation_keys": decodes("ckks_evaluation_keys", ckks.EvaluationKeys.from_bytes),
    "decode/ckks_params": decodes("ckks_params", ckks.Params.from_bytes),
    "decode/ckks_public_key": decodes("ckks_public_key", ckks.PublicKey.from_bytes),
    "decode/ckks_release_budget": decodes("ckks_release_budget", ckks.ReleaseBudget.from_bytes),
    "decode/ckks_secret_key": decodes("ckks_secret_key", ckks.SecretKey.from_bytes),
    "decode/decryption_share": decodes("decryption_share", mpc.DecryptionShare.from_bytes),
    "decode/dkg_group_key": decodes("dkg_group_key", mpc.GroupKey.from_bytes),
    "decode/dkg_key_share": decodes("dkg_key_share", mpc.KeyShare.from_bytes),
    "decode/elgamal_additive_array": decodes_under_elgamal_key("elgamal_additive_array", elgamal.EncryptedArray),
    "decode/elgamal_additive_public_key": decodes("elgamal_additive_public_key", elgamal.PublicKey.from_bytes),
    "decode/elgamal_additive_secret_key": decodes("elgamal_additive_secret_key", elgamal.SecretKey.from_bytes),
    "decode/elgamal_additive_ballot": decodes_under_elgamal_key("elgamal_additive_ballot", elgamal.Ballot),
    "decode/elgamal_additive_bit_proof": decodes("elgamal_additive_bit_proof", elgamal.BitProof.from_bytes),
    "decode/elgamal_additive_proof": decodes("elgamal_additive_proof", elgamal.Proof.from_bytes),
    "decode/elgamal_additive_range_proof": decodes("elgamal_additive_range_proof", elgamal.RangeProof.from_bytes),
    "decode/elgamal_integer_ciphertext": decodes_under_elgamal_key(
        "elgamal_integer_ciphertext", integers.Ciphertext, integers.PublicKey, "integer"
    ),
    "decode/elgamal_integer_public_key": decodes("elgamal_integer_public_key", integers.PublicKey.from_bytes),
    "decode/elgamal_integer_secret_key": decodes("elgamal_integer_secret_key", integers.SecretKey.from_bytes),
    "decode/elgamal_point_ciphertext": decodes_under_elgamal_key(
        "elgamal_point_ciphertext", points.Ciphertext, points.PublicKey, "point"
    ),
    "decode/elgamal_point_public_key": decodes("elgamal_point_public_key", points.PublicKey.from_bytes),
    "decode/elgamal_point_secret_key": decodes("elgamal_point_secret_key", points.SecretKey.from_bytes),
    "dkg/combine": dkg_combine,
    "dkg/generate": dkg_generate,
    "dkg/share": dkg_share,
    "elgamal/additive_decrypt": elgamal_decrypt,
    "elgamal/additive_encrypt": elgamal_encrypt,
    "elgamal/additive_evaluate": elgamal_evaluate,
    "elgamal/additive_keygen": elgamal_keygen,
    "elgamal/additive_prove": elgamal_prove,
    "elgamal/additive_verify": elgamal_verify,
    "elgamal/ballot_encrypt": elgamal_ballot_encrypt,
    "elgamal/hash_to_point": hash_to_point,
    "elgamal/integer_decrypt": integer_decrypt,
    "elgamal/integer_encrypt": integer_encrypt,
    "elgamal/integer_evaluate": integer_evaluate,
    "elgamal/integer_keygen": integer_keygen,
    "elgamal/statement_prove": statement_prove,
    "elgamal/statement_verify": statement_verify,
    "elgamal/ballot_verify": lambda test: elgamal_ballot(test["inputs"], test["inputs"]["elgamal_additive_ballot"]),
    "decode/mpc_identity_key": decodes("mpc_identity_key", mpc.IdentityKey.from_bytes),
    "decode/mpc_ledger": decodes("mpc_ledger", mpc.study.Ledger.from_bytes),
    "decode/mpc_plan": decodes("mpc_plan", mpc.study.Plan.from_bytes),
    "decode/paillier_array": decodes_under_key("paillier_array", EncryptedArray),
    "decode/paillier_decryption_share": decodes_under_setup("paillier_decryption_share", paillier.DecryptionShare),
    "decode/paillier_key_share": decodes_under_setup("paillier_key_share", paillier.KeyShare),
    "decode/paillier_threshold_setup": decodes_under_key("paillier_threshold_setup", paillier.ThresholdSetup),
    "paillier_threshold/combine": threshold_combine,
    "paillier_threshold/deal": threshold_deal,
    "paillier_threshold/share": threshold_share,
    "decode/paillier_equality_proof": decodes_under_key("paillier_equality_proof", EqualityProof),
    "decode/paillier_packed_array": decodes_under_key("paillier_packed_array", PackedArray),
    "decode/paillier_product_proof": decodes_under_key("paillier_product_proof", ProductProof),
    "decode/paillier_proven_public_key": decodes("paillier_proven_public_key", PublicKey.from_bytes),
    "decode/paillier_public_key": unproven_key,
    "decode/paillier_secret_key": decodes("paillier_secret_key", SecretKey.from_bytes),
    "decode/paillier_submission": decodes_under_key("paillier_submission", Submission),
    "decode/repair_plan": decodes("repair_plan", mpc.RepairPlan.from_bytes),
    "decode/resharing_plan": decodes("resharing_plan", mpc.ResharingPlan.from_bytes),
    "decode/secure_sum_plan": decodes("secure_sum_plan", mpc.SumPlan.from_bytes),
    "decode/shamir_card": decodes("shamir_card", shamir.Card.from_bytes),
    "decode/shamir_custodian": decodes("shamir_custodian", shamir.Custodian.from_bytes),
    "decode/shamir_custodian_key": decodes("shamir_custodian_key", shamir.CustodianKey.from_bytes),
    "decode/shamir_feldman_commitment": decodes("shamir_feldman_commitment", shamir.KeyCommitment.from_bytes),
    "decode/shamir_feldman_share": decodes("shamir_feldman_share", shamir.KeyShare.from_bytes),
    "decode/shamir_packed_share": decodes("shamir_packed_share", shamir.PackedShare.from_bytes),
    "decode/shamir_pedersen_commitment": decodes("shamir_pedersen_commitment", shamir.Commitment.from_bytes),
    "decode/shamir_pedersen_share": decodes("shamir_pedersen_share", shamir.VerifiableShare.from_bytes),
    "decode/shamir_policy": decodes("shamir_policy", shamir.Policy.from_bytes),
    "decode/shamir_policy_share": decodes("shamir_policy_share", shamir.PolicyShare.from_bytes),
    "decode/shamir_sealed_share": decodes("shamir_sealed_share", shamir.SealedShare.from_bytes),
    "decode/shamir_share": decodes("shamir_share", shamir.Share.from_bytes),
    "holders/repair": repair,
    "holders/resharing": resharing,
    "identity/sign": sign,
    "identity/verify": verify_signature,
    "paillier/decrypt": decrypt,
    "paillier/encrypt": encrypt,
    "paillier/evaluate": evaluate,
    "paillier/keygen": keygen,
    "paillier/packed_decrypt": functools.partial(decrypt, name="paillier_packed_array", kind=PackedArray),
    "paillier/packed_encrypt": encrypt_packed,
    "paillier/prove_equality": prove_equality,
    "paillier/prove_product": prove_product,
    "paillier/prove_public_key": prove_public_key,
    "paillier/read_public_jwk": read_public_jwk,
    "paillier/read_secret_jwk": read_secret_jwk,
    "paillier/submit": submit,
    "paillier/verify_equality": verify_equality,
    "paillier/verify_product": verify_product,
    "paillier/verify_submission": verify_submission,
    "secure_sum/plan": plan,
    "secure_sum/run": secure_sum,
    "shamir/combine": combine,
    "shamir/combine_correcting": combine_correcting,
    "shamir/feldman_combine": feldman_combine,
    "shamir/feldman_split": feldman_split,
    "shamir/open": open_sealed,
    "shamir/packed_combine": packed_combine,
    "shamir/packed_split": packed_split,
    "shamir/paper_combine": paper_combine,
    "shamir/paper_mistakes": paper_mistakes,
    "shamir/paper_split": paper_split,
    "shamir/paper_text": paper_text,
    "shamir/paper_words": paper_words,
    "shamir/pedersen_combine": pedersen_combine,
    "shamir/pedersen_split": pedersen_split,
    "shamir/policy": policy,
    "shamir/policy_combine": policy_combine,
    "shamir/policy_split": policy_split,
    "shamir/seal": seal,
    "shamir/split": split,
    "study/admit": study_admit,
    "study/plan": study_plan,
}


@pytest.mark.parametrize(("algorithm", "test"), CASES)
def test_vector(algorithm: str, test: Any) -> None:
    procedure = PROCEDURES[algorithm]
    if test["result"] == "valid":
        procedure(test)
        return
    with pytest.raises(vk.VeilkitError) as caught:
        procedure(test)
    assert (caught.value.name, caught.value.code) == (test["error"]["name"], test["error"]["code"])
    if "culprits" in test["error"]:
        assert list(caught.value.culprits) == test["error"]["culprits"]


def test_every_file_is_run_or_known_to_be_for_rust_alone() -> None:
    algorithms = {content["algorithm"] for content in files().values()}
    assert algorithms == PROCEDURES.keys() | RUST_ONLY
    assert len(CASES) > 400
