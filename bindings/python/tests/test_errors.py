"""The error table: every kind has a class, and the classes say what they are."""

import pickle

import pytest

import veilkit as vk
from veilkit import _native, errors

FAMILIES = {
    10: vk.ParameterError,
    20: vk.EncodingError,
    30: vk.CryptoError,
    40: vk.EvaluationError,
    50: vk.ProtocolError,
    90: vk.PlatformError,
}


def test_every_kind_has_the_class_of_its_family() -> None:
    kinds = _native.error_kinds()
    assert len(kinds) >= 19
    for code, name, _family in kinds:
        made = errors.error(name, "what", [2, 5])
        assert type(made) is FAMILIES[code // 10 * 10], name
        assert (made.code, made.name, made.what, made.culprits) == (code, name, "what", (2, 5))


def test_codes_are_unique_and_known_for_good() -> None:
    codes = errors.CODES
    assert len(set(codes.values())) == len(codes)
    known = {"InvalidParams": 10, "MissingKey": 14, "InvalidEncoding": 20, "DecryptionFailed": 30}
    known |= {"HeadroomExhausted": 43, "TooFewShares": 50, "RandomnessUnavailable": 90, "Panic": 91, "Cancelled": 92}
    assert known.items() <= codes.items()


@pytest.mark.parametrize(
    ("ours", "builtin"),
    [
        (vk.ParameterError, ValueError),
        (vk.EncodingError, ValueError),
        (vk.EvaluationError, ArithmeticError),
        (vk.PlatformError, RuntimeError),
    ],
)
def test_classes_are_caught_as_what_python_users_expect(ours: type, builtin: type) -> None:
    assert issubclass(ours, vk.VeilkitError) and issubclass(ours, builtin)


def test_text_and_pickle_keep_every_fact() -> None:
    made = errors.error("VerificationFailed", "share: commitment", [3])
    assert str(made) == "share: commitment; to blame: 3 [VerificationFailed 31]"
    again = pickle.loads(pickle.dumps(made))
    assert (type(again), again.code, again.culprits, str(again)) == (type(made), 31, (3,), str(made))


def test_a_missing_rotation_is_named() -> None:
    made = errors.error("MissingKey", "rotate: no key", step=-3)
    assert str(made) == "rotate: no key; step -3 [MissingKey 14]"
    again = pickle.loads(pickle.dumps(made))
    assert (type(again), again.step, str(again)) == (vk.ParameterError, -3, str(made))
    assert errors.error("OutOfRange", "bound").step is None
