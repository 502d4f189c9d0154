#!/usr/bin/env python3
"""One hospital's part in a tally of diagnoses: makes the shared key with the others, casts a ballot for each patient,
checks everybody's ballots, and opens their sum together with the others.

    teller.py FOLDER PARTY

Speaks as `hospital.py` does. Ballots and decryption shares are for everybody to check: whoever listens learns the
tally, and no more.
"""

import argparse
import pathlib
import time

import veilkit as vk

import cheat
import curious_hospital
import study
from archive import Archive
from ballots import add_up, cast, open_together, pairs_agree
from broadcast import broadcast, pack, unpack
from diagnoses import LEAST, SIZES, TallyPlan
from process import facts, peak_memory, read_report, report
from wire import Link


def check_plan(plan: TallyPlan, party: int, identity: bytes, share: vk.mpc.KeyShare | None) -> None:
    """What this hospital insists on before it casts a ballot."""
    if plan.parties.get(party) != identity:
        raise SystemExit("this hospital does not take part: the plan has another identity in its place")
    if plan.key != (share.group.key_id if share else ""):
        raise SystemExit("this hospital does not take part: the plan is about another key")
    if plan.first is not None and plan.first < LEAST:
        raise SystemExit("this hospital does not take part: the plan is about too few patients")


class Teller:
    """One count, as far as this hospital is."""

    def __init__(self, archive: Archive, me: int, key: vk.mpc.IdentityKey, plan: TallyPlan, link: Link) -> None:
        self.archive, self.me, self.key, self.plan, self.link = archive, me, key, plan, link
        self.stages: list[dict[str, object]] = []
        self._began, self._sent = time.perf_counter(), link.sent

    def _done(self, stage: str) -> None:
        now, sent = time.perf_counter(), self.link.sent
        self.stages.append({"stage": stage, "seconds": now - self._began, "sent": sent - self._sent})
        self._began, self._sent = now, sent

    def make_key(self) -> vk.mpc.KeyShare:
        """This hospital's share of a key that nobody has."""
        session = vk.mpc.DkgSession(self.plan.key_setup(), self.me, self.key)
        step = session.first
        while step.output is None:
            step = session.step(self.link.exchange(tuple(step.outgoing)).messages)
        self._done("shared key")
        return step.output

    def tell_all(self, stage: str, message: bytes) -> dict[int, bytes]:
        """What every hospital says at this stage."""
        heard = broadcast(self.link, self.plan, self.me, self.key, stage, message)
        self._done(f"{stage} heard")
        return heard

    def ballots(self, share: vk.mpc.KeyShare, options: argparse.Namespace) -> list[bytes]:
        """This hospital's ballots."""
        key = share.group.public_key(**SIZES)
        rows = study.read_rows(self.archive.folder)
        if options.alter_input:
            rows = {name: [*table, table[0]] for name, table in rows.items()}
        ballots = cast(key, self.plan, self.me, rows)
        if options.spoil:
            earlier = {party: unpack(self.archive.heard(party)) for party in self.plan.parties}
            ballots = cheat.spoil(ballots, key, self.plan, self.me, earlier)
        self._done("ballots cast")
        return ballots

    def count(self, options: argparse.Namespace) -> dict[str, object]:
        """The whole count, and what there is to report about it."""
        share = self.archive.share() if self.plan.key else self.make_key()
        assert share is not None  # check_plan looked
        heard = self.tell_all("ballots", pack(self.ballots(share, options)))
        total, wrong = add_up(share.group.public_key(**SIZES), self.plan, heard)
        self._done("ballots checked")
        if total is None:
            return {"kind": "refused", "refusal": None, "wrong": wrong}

        session = b"tally of plan " + self.plan.hash
        own = self.archive.sent() if options.replay_share else share.decryption_share(total, session=session).to_bytes()
        received = self.tell_all("decryption shares", own)
        counts, wrong = open_together(share.group, total, received, session)
        self._done("tally opened")
        numbers = {party: len(unpack(message)) for party, message in heard.items()}
        found = {"kind": "result", "counts": counts, "wrong": wrong, "cast": numbers, "key": share.group.key_id}
        if not self.plan.key:
            self.archive.keep(share, heard, own)
            found["pairs_agree"] = pairs_agree(share.group, total, received, session)
            found["attempts"] = curious_hospital.attempts(share, self.plan, heard, total, received, session)
        return found


def main() -> None:
    """One count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="this hospital's own folder")
    parser.add_argument("party", type=int, help="this hospital's number in the plan")
    parser.add_argument("--alter-input", action="store_true", help="for tests: cast the first patient's ballot twice")
    parser.add_argument("--spoil", action="store_true", help="for tests: cast the ballots of cheat.py")
    parser.add_argument(
        "--replay-share", action="store_true", help="for tests: send the decryption share of the first count"
    )
    options = parser.parse_args()

    archive = Archive(options.folder)
    key = archive.identity_key()
    report("identity", identity=key.identity.hex())
    order = read_report()
    plan = TallyPlan.from_text(order["plan"])
    check_plan(plan, options.party, key.identity, archive.share())
    with Link(order["port"], plan.session, options.party, len(plan.parties)) as link:
        teller = Teller(archive, options.party, key, plan, link)
        try:
            found = teller.count(options)
        except vk.VeilkitError as error:
            found = {"kind": "refused", "refusal": facts(error), "wrong": {}}
    report(**found, stages=teller.stages, peak_memory=peak_memory())
    raise SystemExit(0 if found["kind"] == "result" else 3)


if __name__ == "__main__":
    main()
