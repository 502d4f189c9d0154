"""Ballots of diagnoses: the rule, the plan, what is refused and who is named; the key in custody."""

import concurrent.futures
import dataclasses
import pathlib
import secrets
import sys
import threading
import unittest
from collections.abc import Callable

import veilkit as vk
from veilkit.elgamal import additive

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import ballots
import broadcast
import cheat
import custody
import diagnoses
import study
import tally
import teller
import wire

Messages = list[tuple[int, bytes]]
Twist = Callable[[int, Messages], Messages]

FEW = 16
CLEAR = [38, 22, 25, 52, 73, 147, 80, 1192]
COUNTED = {"error": "CryptoError", "name": "VerificationFailed", "code": 31, "what": "ballots: proof"}


class Question(unittest.TestCase):
    """The rule and the plan."""

    def test_known_counts(self) -> None:
        mine = [diagnoses.counts(rows) for rows in study.split()]
        self.assertEqual([sum(cells) for cells in zip(*mine)], CLEAR)
        self.assertEqual(sum(CLEAR), 1629)

    def test_the_first_diagnosis_on_the_list_is_the_main_one(self) -> None:
        healthy = {column: "0" for _, column in diagnoses.DIAGNOSES}
        self.assertEqual(diagnoses.CELLS[diagnoses.main_diagnosis(healthy)], "none of these")
        self.assertEqual(diagnoses.main_diagnosis(healthy | {"bronch": "1"}), 6)
        self.assertEqual(diagnoses.main_diagnosis(healthy | {"bronch": "1", "tb": "1"}), 1)

    def test_a_plan_reads_back_and_another_question_does_not(self) -> None:
        plan = diagnoses.TallyPlan({1: b"a", 2: b"b", 3: b"c"}, b"s" * 32, "key", 20)
        text = plan.to_text()
        self.assertEqual(diagnoses.TallyPlan.from_text(text), plan)
        for bad in (text.replace("tumour", "gout"), text.replace('"threshold": 2', '"threshold": 1'), text + " "):
            self.assertNotEqual(bad, text)
            with self.assertRaises(ValueError):
                diagnoses.TallyPlan.from_text(bad)
        for field, value in {"parties": {1: b"a"}, "session": b"t" * 32, "key": "", "first": None}.items():
            self.assertNotEqual(dataclasses.replace(plan, **{field: value}).hash, plan.hash)

    def test_a_hospital_refuses_another_identity_or_key_or_few_patients(self) -> None:
        plan = diagnoses.TallyPlan({1: b"a", 2: b"b"}, b"s" * 32, "", diagnoses.LEAST)
        few = dataclasses.replace(plan, first=diagnoses.LEAST - 1)
        teller.check_plan(plan, 1, b"a", None)
        for bad in (
            (plan, 1, b"b", None),
            (plan, 3, b"a", None),
            (dataclasses.replace(plan, key="k"), 1, b"a", None),
            (few, 1, b"a", None),
        ):
            with self.assertRaises(SystemExit):
                teller.check_plan(*bad)


class Parts(unittest.TestCase):
    """Several messages in one."""

    def test_round_trip(self) -> None:
        for parts in ([], [b""], [b"one", b"", b"three" * 100]):
            self.assertEqual(broadcast.unpack(broadcast.pack(parts)), parts)

    def test_any_bytes_unpack(self) -> None:
        self.assertEqual(broadcast.unpack(b"\xff\xff\xff\xffshort"), [b"short"])
        self.assertEqual(broadcast.unpack(b"\x01"), [b""])

    def test_the_confirmation_depends_on_all_that_was_heard(self) -> None:
        plan = diagnoses.TallyPlan({1: b"a", 2: b"b"}, b"s" * 32)
        heard = {1: b"x", 2: b"yz"}
        said = broadcast.digest(plan, "ballots", heard)
        others = [
            broadcast.digest(plan, "shares", heard),
            broadcast.digest(dataclasses.replace(plan, first=1), "ballots", heard),
            broadcast.digest(plan, "ballots", {1: b"xy", 2: b"z"}),
            broadcast.digest(plan, "ballots", {1: b"x"}),
            broadcast.digest(plan, "ballots", {1: b"yz", 2: b"x"}),
        ]
        self.assertEqual(len({said, *others}), 6)

    def test_everybody_has_to_confirm(self) -> None:
        identities = {party: vk.mpc.IdentityKey.generate().identity for party in (1, 2, 3)}
        plan = broadcast.confirmation(diagnoses.TallyPlan(identities, b"s" * 32), "ballots", b"h" * 32)
        self.assertEqual((plan.threshold, plan.min_survivors), (3, 3))


class Hub:
    """A relay in this process, honest but for `twist(receiver, batch)` in the first round."""

    def __init__(self, twist: Twist) -> None:
        self.twist, self.barrier, self.sent = twist, threading.Barrier(3, timeout=20), {}

    def run(self, plan: diagnoses.TallyPlan, keys: dict[int, vk.mpc.IdentityKey]) -> dict[int, object]:
        """What each hospital heard, or the exception that it ended in."""
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            jobs = {me: pool.submit(self.party, plan, me, key) for me, key in keys.items()}
        return {me: job.exception() or job.result() for me, job in jobs.items()}

    def party(self, plan: diagnoses.TallyPlan, me: int, key: vk.mpc.IdentityKey) -> dict[int, bytes]:
        """One hospital; the others are not kept waiting for one that has refused."""
        try:
            return broadcast.broadcast(Line(self, me), plan, me, key, "stage", b"from %d" % me)
        except vk.VeilkitError:
            self.barrier.abort()
            raise


class Line:
    """A hospital's link to the hub."""

    def __init__(self, hub: Hub, me: int) -> None:
        self.hub, self.me, self.round = hub, me, 0

    def exchange(self, messages: tuple[tuple[int, bytes], ...]) -> wire.Batch:
        """One round."""
        self.round += 1
        self.hub.sent[self.round, self.me] = messages
        self.hub.barrier.wait()
        batch = [
            (sender, message)
            for sender in (1, 2, 3)
            for receiver, message in self.hub.sent[self.round, sender]
            if sender != self.me and receiver in (self.me, wire.EVERYONE)
        ]
        return wire.Batch(self.round, (), tuple(self.hub.twist(self.me, batch) if self.round == 1 else batch))


class Broadcast(unittest.TestCase):
    """All hear the same, or nobody anything."""

    def heard(self, twist: Twist) -> dict[int, object]:
        keys = {party: vk.mpc.IdentityKey.generate() for party in (1, 2, 3)}
        plan = diagnoses.TallyPlan({party: key.identity for party, key in keys.items()}, secrets.token_bytes(32))
        return Hub(twist).run(plan, keys)

    def test_honest_or_with_messages_from_nobody(self) -> None:
        everything = {party: b"from %d" % party for party in (1, 2, 3)}
        for twist in (lambda _, batch: batch, lambda me, batch: [*batch, (me, b"from me"), (4, b"from nobody")]):
            self.assertEqual(self.heard(twist), dict.fromkeys((1, 2, 3), everything))

    def test_a_lie_to_one_or_to_all_is_noticed(self) -> None:
        def altered(batch: Messages) -> Messages:
            return [(sender, message + b"!" * (sender == 3)) for sender, message in batch]

        def exchanged(batch: Messages) -> Messages:
            return list(zip((sender for sender, _ in batch), (message for _, message in reversed(batch))))

        twists = {
            "altered for one": lambda me, batch: altered(batch) if me == 1 else batch,
            "altered for all": lambda _, batch: altered(batch),
            "senders exchanged": lambda me, batch: exchanged(batch) if me == 1 else batch,
            "dropped": lambda me, batch: batch[1:] if me == 3 else batch,
            "dropped for all": lambda _, batch: [m for m in batch if m[0] != 2],
        }
        for name, twist in twists.items():
            found = self.heard(twist)
            self.assertTrue(all(isinstance(ending, Exception) for ending in found.values()), (name, found))
            self.assertTrue(any(isinstance(ending, vk.VeilkitError) for ending in found.values()), (name, found))


class Counting(unittest.TestCase):
    """A key of three, `FEW` ballots each, two plans."""

    @classmethod
    def setUpClass(cls) -> None:
        keys = {party: vk.mpc.IdentityKey.generate() for party in (1, 2, 3)}
        identities = {party: key.identity for party, key in keys.items()}
        first = diagnoses.TallyPlan(identities, b"1" * 32, "", FEW)
        cls.shares = vk.mpc.run_dkg_locally(first.key_setup(), keys)
        cls.group = cls.shares[1].group
        cls.key = cls.group.public_key(**diagnoses.SIZES)
        cls.plan = diagnoses.TallyPlan(identities, b"2" * 32, cls.group.key_id, FEW)
        cls.rows = study.split()
        cls.earlier, cls.cast = (
            {party: ballots.cast(cls.key, plan, party, rows) for party, rows in enumerate(cls.rows, 1)}
            for plan in (first, cls.plan)
        )

    def heard(self, **replaced: list[bytes]) -> dict[int, bytes]:
        """What all hear, West's ballots replaced if given."""
        return {
            party: broadcast.pack(mine) for party, mine in (self.cast | {3: replaced.get("west", self.cast[3])}).items()
        }

    def test_any_two_open_the_counts_and_one_does_not(self) -> None:
        total, wrong = ballots.add_up(self.key, self.plan, self.heard())
        self.assertEqual(wrong, {})
        clear = [sum(cells) for cells in zip(*(diagnoses.counts(rows, FEW) for rows in self.rows))]
        received = {
            party: share.decryption_share(total, session=b"t").to_bytes() for party, share in self.shares.items()
        }
        for parties in ((1, 2), (1, 3), (2, 3), (1, 2, 3)):
            some = {party: received[party] for party in parties}
            self.assertEqual(ballots.open_together(self.group, total, some, b"t"), (clear, {}))
        self.assertTrue(ballots.pairs_agree(self.group, total, received, b"t"))
        with self.assertRaises(vk.ProtocolError):
            ballots.open_together(self.group, total, {2: received[2]}, b"t")

    def test_each_wrong_ballot_is_named_alone_and_together(self) -> None:
        spoilt = cheat.spoil(self.cast[3], self.key, self.plan, 3, self.earlier)
        together = ballots.add_up(self.key, self.plan, self.heard(west=spoilt))
        self.assertEqual(together, (None, {3: COUNTED | {"culprits": list(cheat.REPLACED)}}))
        for number in cheat.REPLACED:
            # They read as ballots: what is refused is what they say.
            self.assertEqual(additive.Ballot.from_bytes(spoilt[number - 1], self.key).choices, len(diagnoses.CELLS))
            west = [*self.cast[3][: number - 1], spoilt[number - 1], *self.cast[3][number:]]
            total, wrong = ballots.add_up(self.key, self.plan, self.heard(west=west))
            self.assertIsNone(total)
            self.assertEqual(wrong, {3: COUNTED | {"culprits": [number]}})

    def test_the_heavy_ballot_would_count_five_times(self) -> None:
        heavy = cheat.spoil(self.cast[3], self.key, self.plan, 3, self.earlier)[2]
        honest = additive.Ballot.from_bytes(self.cast[3][2], self.key)
        choices = honest.verify(choices=len(diagnoses.CELLS), context=self.plan.place(3, 3))
        body = heavy[cheat.FIRST : cheat.FIRST + cheat.SIZE]
        unchecked = additive.EncryptedArray.from_bytes((choices * 5).to_bytes()[: -cheat.SIZE] + body, self.key)
        opened = [share.decryption_share(unchecked, session=b"t") for share in self.shares.values()]
        counts = self.group.combine(unchecked, opened, session=b"t").tolist()
        cell = diagnoses.main_diagnosis(self.rows[2][study.NHEFS][2])
        self.assertEqual(counts, [5 * (at == cell) for at in range(len(diagnoses.CELLS))])

    def test_wrong_shares_are_named_and_not_needed(self) -> None:
        total, _ = ballots.add_up(self.key, self.plan, self.heard())
        received = {
            party: share.decryption_share(total, session=b"t").to_bytes() for party, share in self.shares.items()
        }
        counts, _ = ballots.open_together(self.group, total, received, b"t")
        other_session = self.shares[3].decryption_share(total, session=b"u").to_bytes()
        for bad in (other_session, received[2], received[3][:-1], b"", received[3] + b"\0"):
            opened, wrong = ballots.open_together(self.group, total, received | {3: bad}, b"t")
            self.assertEqual((opened, list(wrong)), (counts, [3]))
        with self.assertRaises(vk.ProtocolError):
            ballots.open_together(self.group, total, received | {2: b"", 3: other_session}, b"t")

    def test_missing_and_damaged_ballots(self) -> None:
        for west in ([], [b""], [self.cast[3][0][:-1]], [*self.cast[3], b"\0" * 10]):
            total, wrong = ballots.add_up(self.key, self.plan, self.heard(west=west))
            self.assertIsNone(total)
            self.assertEqual(list(wrong), [3])


class Conditions(unittest.TestCase):
    """What the demo demands of the counts."""

    def setUp(self) -> None:
        plan = diagnoses.TallyPlan({1: b"a", 2: b"b", 3: b"c"}, b"s" * 32)
        error, typed = COUNTED | {"culprits": [3]}, COUNTED | {"culprits": []}
        named = COUNTED | {"culprits": list(cheat.REPLACED)}
        whole = {"kind": "result", "counts": CLEAR, "wrong": {}, "cast": {"1": 1629}, "key": "k", "pairs_agree": True}
        reports = {
            "whole": whole | {"attempts": [{"what": "try", "refusal": typed}]},
            "spoilt": {"kind": "refused", "refusal": None, "wrong": {"3": named}},
            "replayed": {"kind": "result", "counts": [1, 2], "wrong": {"3": error}},
            "altered": {"kind": "refused", "refusal": typed, "wrong": {}},
        }
        runs = {
            name: tally.Count(name, plan, {party: dict(report) for party in (1, 2, 3)}, 0, 0)
            for name, report in reports.items()
        }
        self.tally = tally.Tally(runs, CLEAR, [1, 2])

    def failing(self) -> int:
        return sum(not check.holds for check in tally.conditions(self.tally))

    def test_all_hold(self) -> None:
        self.assertEqual(self.failing(), 0)

    def test_each_is_needed(self) -> None:
        for run, field, value in (
            ("whole", "counts", [39, 21, *CLEAR[2:]]),
            ("whole", "pairs_agree", False),
            ("whole", "attempts", [{"what": "try", "refusal": None}]),
            ("spoilt", "wrong", {"2": COUNTED | {"culprits": list(cheat.REPLACED)}}),
            ("spoilt", "wrong", {"3": COUNTED | {"culprits": [3]}}),
            ("spoilt", "kind", "result"),
            ("replayed", "wrong", {}),
            ("replayed", "counts", [2, 1]),
            ("altered", "kind", "result"),
            ("altered", "refusal", None),
            ("altered", "refusal", COUNTED | {"culprits": [1]}),
        ):
            self.setUp()
            self.tally.runs[run].reports[1][field] = value
            self.assertEqual(self.failing(), 1, (run, field, value))

    def test_hospitals_that_say_different_things_are_noticed(self) -> None:
        for run, field in (("whole", "counts"), ("spoilt", "wrong"), ("replayed", "counts")):
            self.setUp()
            self.tally.runs[run].reports[2][field] = {} if field == "wrong" else [0]
            self.assertEqual(self.failing(), 1, run)


class Custody(unittest.TestCase):
    """The key under a rule."""

    def test_exactly_the_right_sets(self) -> None:
        found = custody.study_key()
        self.assertTrue(all(check.holds for check in custody.conditions(found)))
        self.assertEqual((len(found.recovered), len(found.refused), len(found.smallest)), (4, 11, 3))
        self.assertEqual(found.refused[("North", "South", "West")]["what"], "shares: the policy still needs: auditor")
        self.assertEqual(found.without, ("North", "West", "auditor"))

    def test_each_condition_can_fail(self) -> None:
        for fault in (
            {"recovered": [*custody.study_key().recovered, ("North", "South")]},
            {"refused": {}},
            {"altered": None},
            {"without": ()},
        ):
            found = dataclasses.replace(custody.study_key(), **fault)
            self.assertFalse(all(check.holds for check in custody.conditions(found)), fault)


if __name__ == "__main__":
    unittest.main()
