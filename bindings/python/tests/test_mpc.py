"""Secure sums and studies: the sums are right, parties may leave, bad input and altered messages are refused."""

import pickle
from typing import Any

import numpy as np
import pytest

import veilkit as vk
from veilkit import mpc
from veilkit.mpc import Column, IdentityKey, SumPlan, SumSession, Survey, run_locally, verify_signature

RNG = np.random.default_rng(9)


def identities(parties: int) -> dict[int, IdentityKey]:
    return {number: IdentityKey.generate() for number in range(1, parties + 1)}


def plan_of(keys: dict[int, IdentityKey], **fields: Any) -> SumPlan:
    defaults: dict[str, Any] = {"length": 4, "max_abs": 1000.0, "threshold": len(keys) // 2 + 1, "purpose": "a test"}
    return SumPlan(parties={number: key.identity for number, key in keys.items()}, **(defaults | fields))


@pytest.mark.parametrize("parties", [2, 3, 5])
def test_everybody_gets_the_sum(parties: int) -> None:
    keys = identities(parties)
    plan = plan_of(keys, fraction_bits=20)
    inputs = {number: RNG.normal(scale=100, size=4) for number in keys}
    outputs = run_locally(plan, keys, inputs)
    assert outputs.keys() == keys.keys()
    for output in outputs.values():
        np.testing.assert_allclose(output.values, sum(inputs.values()), atol=parties * 2.0**-21)
        assert output.survivors == tuple(keys) and output.plan_hash == plan.hash
        assert (output.raw == np.rint(output.values * 2**20)).all() and output.fraction_bits == 20
        assert "learns" in output.revealed


def test_parties_may_leave_while_enough_stay() -> None:
    keys = identities(5)
    plan = plan_of(keys, min_survivors=3)
    inputs = {number: np.full(4, float(10**number % 977)) for number in keys}
    outputs = run_locally(plan, keys, inputs, leave_after={2: 2, 5: 3})
    assert outputs.keys() == {1, 3, 4}
    for output in outputs.values():
        assert output.survivors == (1, 3, 4, 5)  # 5 left after its input had arrived
        assert output.values.tolist() == (inputs[1] + inputs[3] + inputs[4] + inputs[5]).tolist()
    with pytest.raises(vk.ProtocolError) as caught:
        run_locally(plan, keys, inputs, leave_after={1: 2, 2: 2, 3: 2})
    assert caught.value.name == "TooFewShares"


def test_the_relay_sees_no_numbers() -> None:
    keys = identities(3)
    plan = plan_of(keys, length=1, fraction_bits=0)
    seen: list[bytes] = []
    run_locally(plan, keys, {1: [123], 2: [45], 3: [6]}, watch=lambda _from, _to, data: seen.append(data))
    assert len(seen) == 3 + 6 + 3 * 3
    again: list[bytes] = []
    run_locally(plan, keys, {1: [123], 2: [45], 3: [6]}, watch=lambda _from, _to, data: again.append(data))
    assert not set(seen) & set(again)
    assert [len(data) for data in seen] == [len(data) for data in again]


def test_plans_are_bytes(tmp_path: Any) -> None:
    plan = plan_of(identities(3), purpose="Blutdruck im Mittel")
    for again in (SumPlan.from_bytes(bytes(plan)), pickle.loads(pickle.dumps(plan))):
        assert again == plan and hash(again) == hash(plan)
        assert again.parties == plan.parties and again.session == plan.session
        facts = (again.threshold, again.min_survivors, again.length, again.fraction_bits, again.max_abs, again.purpose)
        assert facts == (2, 2, 4, 16, 1000.0, "Blutdruck im Mittel")
    assert "Blutdruck" in plan.explain() and repr(plan).startswith("SumPlan(parties=3")
    data = plan.to_bytes()
    for length in range(0, len(data), 5):
        with pytest.raises(vk.EncodingError):
            SumPlan.from_bytes(data[:length])
    with pytest.raises(vk.EncodingError):
        SumPlan.from_bytes(data + b"\0")
    assert plan != plan_of(identities(3)) and plan != "plan"


def test_identity_keys(tmp_path: Any) -> None:
    key = IdentityKey.generate()
    again = IdentityKey.from_bytes(key.to_bytes())
    assert again.identity == key.identity and len(key.identity) == 32
    assert key.to_bytes()[-32:].hex()[:16] not in repr(key)
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(key)
    with pytest.raises(vk.EncodingError):
        IdentityKey.from_bytes(key.to_bytes()[:-1])
    with pytest.raises(TypeError):
        IdentityKey()


def test_signatures_hold_for_their_signer_message_and_context() -> None:
    key, other = IdentityKey.generate(), IdentityKey.generate()
    signature = key.sign(b"I agree", context=b"run 7, round 1")
    assert len(signature) == 64 and signature == key.sign(bytearray(b"I agree"), context=memoryview(b"run 7, round 1"))
    verify_signature(key.identity, b"I agree", signature, context=b"run 7, round 1")
    verify_signature(key.identity, b"", key.sign(b"", context=b""), context=b"")
    changed = bytes([signature[0] ^ 1]) + signature[1:]
    for identity, message, given, context in (
        (other.identity, b"I agree", signature, b"run 7, round 1"),
        (key.identity, b"I disagree", signature, b"run 7, round 1"),
        (key.identity, b"I agree", signature, b"run 7, round 2"),
        (key.identity, b" 1I agree", signature, b"run 7, round"),
        (key.identity, b"I agree", changed, b"run 7, round 1"),
        (key.identity, b"I agree", signature[:-1], b"run 7, round 1"),
        (key.identity, b"I agree", b"", b"run 7, round 1"),
    ):
        with pytest.raises(vk.CryptoError) as caught:
            verify_signature(identity, message, given, context=context)
        assert caught.value.name == "VerificationFailed" and not caught.value.culprits
    for identity in (b"", key.identity[:-1], bytes([1, *bytes(31)]), bytes(32)):
        with pytest.raises(vk.EncodingError):
            verify_signature(identity, b"I agree", signature, context=b"run 7, round 1")
    with pytest.raises(TypeError):
        key.sign("text", context=b"")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        key.sign(b"no context")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "fields",
    [
        {"threshold": 1},
        {"threshold": 4},
        {"threshold": -1},
        {"min_survivors": 1},
        {"length": 0},
        {"length": 2**21},
        {"length": -1},
        {"fraction_bits": 61},
        {"max_abs": 0.0},
        {"max_abs": -1.0},
        {"max_abs": float("nan")},
        {"max_abs": float("inf")},
        {"max_abs": 2.0**62},
        {"purpose": "x" * 2000},
    ],
    ids=repr,
)
def test_plans_that_are_not_allowed(fields: dict[str, Any]) -> None:
    with pytest.raises(vk.ParameterError):
        plan_of(identities(3), **fields)


def test_parties_that_are_not_allowed() -> None:
    key = IdentityKey.generate().identity
    with pytest.raises(vk.ProtocolError) as caught:
        SumPlan(parties={1: key, 2: key}, length=1, max_abs=1)
    assert caught.value.name == "DuplicateParty"
    for parties in ({}, {1: key}, {0: key, 1: key}, {-1: key, 1: key}, {70000: key, 1: key}):
        with pytest.raises(vk.ParameterError):
            SumPlan(parties=parties, length=1, max_abs=1)
    for identity in (b"", key[:-1], b"\0" * 32, b"\xff" * 32):
        with pytest.raises(vk.EncodingError):
            SumPlan(parties={1: identity, 2: key}, length=1, max_abs=1)
    with pytest.raises(vk.EncodingError):
        SumPlan(parties={1: key, 2: IdentityKey.generate().identity}, length=1, max_abs=1, session=b"short")
    with pytest.raises(TypeError):
        SumPlan(parties={1: "identity", 2: key}, length=1, max_abs=1)  # type: ignore[dict-item]


@pytest.mark.parametrize("values", [[1.0] * 3, [1.0] * 5, [[1.0] * 4], [np.nan] * 4, [np.inf] * 4, [1000.1] * 4, 1.0])
def test_inputs_that_do_not_fit(values: Any) -> None:
    keys = identities(3)
    with pytest.raises(vk.ParameterError):
        SumSession(plan_of(keys), 1, keys[1], values)


def test_sessions_of_others() -> None:
    keys = identities(3)
    plan = plan_of(keys)
    with pytest.raises(vk.ParameterError):
        SumSession(plan, 1, keys[2], [1.0] * 4)
    with pytest.raises(vk.ProtocolError):
        SumSession(plan, 4, keys[1], [1.0] * 4)
    with pytest.raises(vk.ParameterError):
        SumSession(plan, 0, keys[1], [1.0] * 4)
    for arguments in ((None, 1, keys[1]), (plan, "1", keys[1]), (plan, 1, keys[1].to_bytes())):
        with pytest.raises(TypeError):
            SumSession(*arguments, [1.0] * 4)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        SumSession(plan, 1, keys[1], ["1"] * 4)  # type: ignore[list-item]


def test_messages_that_are_wrong_end_the_session() -> None:
    keys = identities(3)
    plan = plan_of(keys)

    def first(me: int) -> tuple[SumSession, bytes]:
        session = SumSession(plan, me, keys[me], [1.0] * 4)
        assert session.round == 1 and repr(session) == "SumSession(round=1)"
        (message,) = session.first.outgoing
        assert message.to == mpc.ALL and session.first.output is None
        return session, message.data

    others = {me: first(me)[1] for me in (2, 3)}
    flipped = bytearray(others[2])
    flipped[-1] ^= 1
    for arrived, expected in [
        ([(2, others[2])], "MissingMessage"),
        ([(2, others[2]), (2, others[2]), (3, others[3])], "DuplicateParty"),
        ([(2, others[2]), (3, others[3]), (9, b"")], "UnknownParty"),
        ([(2, bytes(flipped)), (3, others[3])], "VerificationFailed"),
        ([(2, others[2][:-1]), (3, others[3])], "InvalidEncoding"),
        ([(2, others[2] + b"\0"), (3, others[3])], "TrailingBytes"),
        ([(2, b""), (3, others[3])], "InvalidEncoding"),
    ]:
        session, _ = first(1)
        with pytest.raises(vk.VeilkitError) as caught:
            session.step(arrived)
        assert caught.value.name == expected
        with pytest.raises(vk.ProtocolError) as caught:
            session.step([(2, others[2]), (3, others[3])])
        assert caught.value.name == "SessionPoisoned" and session.round == 0
    session, _ = first(1)
    with pytest.raises(TypeError):
        session.step([(2, "text")])  # type: ignore[list-item]
    assert len(session.step(list(others.items())).outgoing) == 2
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(session)


def agree(summary: mpc.Summary, values: Any) -> None:
    assert summary.count == len(values)
    np.testing.assert_allclose(summary.mean, np.mean(values), rtol=1e-9)
    np.testing.assert_allclose(summary.sum, np.sum(values), rtol=1e-9)
    np.testing.assert_allclose(summary.variance, np.var(values, ddof=1), rtol=1e-7)
    np.testing.assert_allclose(summary.standard_deviation, np.std(values, ddof=1), rtol=1e-7)
    np.testing.assert_allclose(summary.standard_error, np.std(values, ddof=1) / np.sqrt(len(values)), rtol=1e-7)
    np.testing.assert_array_equal(summary.histogram, np.histogram(values, summary.column.edges)[0])


def test_surveys_give_the_figures_of_the_joint_data() -> None:
    survey = Survey(
        [
            Column("pressure", (50, 300), edges=(50, 100, 120, 140, 300), unit="mmHg"),
            Column("smoker", (0, 1), edges=(0, 0.5, 1)),
        ]
    )
    keys = identities(3)
    plan = survey.plan({number: key.identity for number, key in keys.items()}, max_rows=1000, purpose="pressure")
    assert survey.digest.hex() in plan.purpose and plan.length == survey.length == 12
    rows = {
        number: {"pressure": RNG.uniform(80, 200, size=50 + number), "smoker": RNG.integers(0, 2, size=40)} for number in keys
    }
    rows[2]["pressure"][::7] = np.nan
    outputs = run_locally(plan, keys, {number: survey.encode(values) for number, values in rows.items()})
    figures = survey.decode(outputs[3])
    for name in ("pressure", "smoker"):
        joint = np.concatenate([values[name] for values in rows.values()])
        agree(figures[name], joint[~np.isnan(joint)])
    low, high = figures["pressure"].interval
    assert low < figures["pressure"].mean < high


def test_surveys_refuse_what_does_not_fit() -> None:
    survey = Survey([Column("x", (0, 10))])
    for rows in ({"x": [11.0]}, {"x": [-0.1]}, {"x": [np.inf]}, {"y": [1.0]}, {"x": [[1.0]]}):
        with pytest.raises(vk.ParameterError):
            survey.encode(rows)
    with pytest.raises(TypeError):
        survey.encode({"x": ["1"]})
    assert survey.encode({}).tolist() == survey.encode({"x": []}).tolist() == [0.0, 0.0, 0.0]
    for columns in (
        [],
        [Column("x", (1, 1))],
        [Column("x", (2, 1))],
        [Column("x", (0, np.nan))],
        [Column("x", (0, 1)), Column("x", (0, 2))],
        [Column("x", (0, 1), edges=(1,))],
        [Column("x", (0, 1), edges=(1, 0))],
    ):
        with pytest.raises(vk.ParameterError):
            Survey(columns)
    keys = identities(2)
    parties = {number: key.identity for number, key in keys.items()}
    for max_rows in (0, -1, 2**33):
        with pytest.raises(vk.ParameterError):
            survey.plan(parties, max_rows=max_rows)
    other = plan_of(keys, length=7)
    output = run_locally(other, keys, {1: [1.0] * 7, 2: [1.0] * 7})[1]
    with pytest.raises(vk.ParameterError):
        survey.decode(output)


def test_a_study_gives_the_figures_of_the_joint_data() -> None:
    values = [RNG.integers(20, 90, size=30 + party).astype(float) for party in range(3)]
    values[1][3] = np.nan
    joint = np.concatenate(values)
    joint = joint[~np.isnan(joint)]
    with mpc.simulate(parties=3) as study:
        study.column("age", range=(0, 130), unit="years")
        for party in range(3):
            study.submit(party, "age", values[party])
        assert study.count("age").value == len(joint)
        np.testing.assert_allclose(study.sum("age").value, joint.sum())
        mean = study.mean("age")
        np.testing.assert_allclose(mean.value, joint.mean())
        np.testing.assert_allclose(mean.standard_error, joint.std(ddof=1) / np.sqrt(len(joint)))
        assert mean.interval and mean.interval[0] < mean.value < mean.interval[1] and mean.n == len(joint)
        np.testing.assert_allclose(study.variance("age").value, joint.var(ddof=1))
        np.testing.assert_allclose(study.standard_deviation("age").value, joint.std(ddof=1))
        np.testing.assert_allclose(study.standard_error("age").value, mean.standard_error)
        for bins in ([0, 30, 60, 130], 10):
            expected = np.histogram(joint, bins, range=(0, 130))[0]
            np.testing.assert_array_equal(study.histogram("age", bins).value, expected)
        assert study.summary("age").count == len(joint) and study.summary("age").mean == mean.value
        assert "age" in mean.revealed and "Privacy" in mean.explain() and mean.bytes > 1000 and mean.rounds == 5
        assert repr(mean).endswith(f"n={len(joint)})") and "years" in repr(mean)
        assert study.variance("age").unit == "(years)^2" and float(mean) == mean.value
        # More rows make a new sum.
        study.submit(0, "age", [50.0])
        assert study.count("age").value == len(joint) + 1


def test_the_sketch_without_declared_ranges() -> None:
    with mpc.simulate(parties=2, threshold=2) as study:
        study.submit(0, "age", [63, 71])
        study.submit(1, "age", np.array([58.0, 66.0]))
        assert study.mean("age").value == pytest.approx(64.5)
        assert study.variance("age").value == pytest.approx(np.var([63, 71, 58, 66], ddof=1))


def test_studies_refuse_what_does_not_fit() -> None:
    with mpc.simulate(parties=3) as study:
        study.column("x", range=(0, 10))
        for party in (3, -1, 100):
            with pytest.raises(vk.ProtocolError):
                study.submit(party, "x", [1.0])
        for values in ([11.0], [[1.0]], [np.inf]):
            with pytest.raises(vk.ParameterError):
                study.submit(0, "x", values)
        with pytest.raises(TypeError):
            study.submit(0, "x", ["1"])
        with pytest.raises(vk.ParameterError):
            study.mean("y")
        with pytest.raises(vk.ParameterError):
            study.column("z", range=(1, 0))
        assert study.count("x").value == 0 and np.isnan(study.mean("x").value)
        with pytest.raises(vk.ParameterError):
            study.column("x", range=(0, 20))
        for bins in (0, -1, 5000, [1.0], [2.0, 1.0]):
            with pytest.raises(vk.ParameterError):
                study.histogram("x", bins)
    with pytest.raises(vk.ProtocolError):
        study.histogram("x", 2)
    for parties in (0, 1, 256, -1):
        with pytest.raises(vk.ParameterError):
            mpc.simulate(parties=parties)
