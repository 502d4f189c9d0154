"""The vectors that every language runs: what decodes, what is refused, and with which error."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import veilkit as vk
from veilkit import paillier, shamir

VECTORS = Path(__file__).parents[3] / "vectors"


def cases() -> list[Any]:
    found = []
    for path in sorted(VECTORS.glob("*/**/*.json")):
        if path.is_relative_to(VECTORS / "schema"):
            continue
        content = json.loads(path.read_text())
        name = path.relative_to(VECTORS).with_suffix("")
        found += [pytest.param(content["algorithm"], test, id=f"{name}-{test['id']}") for test in content["tests"]]
    return found


def bytes_of(value: Any) -> Any:
    return [bytes.fromhex(item) for item in value] if isinstance(value, list) else bytes.fromhex(value)


def decode_public_key(test: Any) -> None:
    data = bytes_of(test["inputs"]["paillier_public_key"])
    assert paillier.PublicKey.from_bytes(data).to_bytes() == data


def decode_secret_key(test: Any) -> None:
    data = bytes_of(test["inputs"]["paillier_secret_key"])
    assert paillier.SecretKey.from_bytes(data).to_bytes() == data


def decode_share(test: Any) -> None:
    data = bytes_of(test["inputs"]["shamir_share"])
    assert shamir.Share.from_bytes(data).to_bytes() == data


def keygen(test: Any) -> None:
    """Seeded: the package has no such entry, so the expected keys are read and must belong together."""
    secret = paillier.SecretKey.from_bytes(bytes_of(test["expected"]["paillier_secret_key"]))
    assert secret.public_key.to_bytes() == bytes_of(test["expected"]["paillier_public_key"])
    facts = (secret.public_key.bits, secret.public_key.fraction_bits, secret.public_key.value_bits)
    assert facts == tuple(int(test["inputs"][name]) for name in ("modulus_bits", "fraction_bits", "value_bits"))
    assert secret.decrypt(secret.public_key.encrypt([3.0])).tolist() == [3.0]


def split(test: Any) -> None:
    """Seeded: what is refused is refused here too, and the expected shares give the secret back."""
    inputs = test["inputs"]
    secret = bytes_of(inputs["secret"])
    shares = shamir.split(secret, int(inputs["threshold"]), int(inputs["shares"]))
    if "shamir_share" in test["expected"]:
        expected = [shamir.Share.from_bytes(data) for data in bytes_of(test["expected"]["shamir_share"])]
        assert [share.index for share in expected] == [share.index for share in shares]
        assert shamir.combine(expected) == secret


def combine(test: Any) -> None:
    shares = [shamir.Share.from_bytes(data) for data in bytes_of(test["inputs"]["shamir_share"])]
    assert shamir.combine(shares) == bytes_of(test["expected"]["secret"])


def combine_correcting(test: Any) -> None:
    shares = [shamir.Share.from_bytes(data) for data in bytes_of(test["inputs"]["shamir_share"])]
    secret, wrong = shamir.combine_correcting(shares)
    assert secret == bytes_of(test["expected"]["secret"]) and list(wrong) == test["expected"]["culprits"]


PROCEDURES: dict[str, Callable[[Any], None]] = {
    "decode/paillier_public_key": decode_public_key,
    "decode/paillier_secret_key": decode_secret_key,
    "decode/shamir_share": decode_share,
    "paillier/keygen": keygen,
    "shamir/combine": combine,
    "shamir/combine_correcting": combine_correcting,
    "shamir/split": split,
}


@pytest.mark.parametrize(("algorithm", "test"), cases())
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


def test_there_are_vectors() -> None:
    assert len(cases()) > 150
