#!/usr/bin/env python3
"""One hospital: keeps its rows, takes part in one secure sum through the relay, reports the joint figures.

    hospital.py QUESTION FOLDER PARTY

Standard output and input carry JSON lines: it says its public identity, gets the plan and the relay's port, and answers
with the joint figures, or with the typed error that stopped it. Only the session's messages go to the relay.
"""

import argparse
import dataclasses
import os
import pathlib

import veilkit as vk

import study
from process import clocks, facts, peak_memory, read_report, report
from wire import Link


def check_plan(plan: vk.mpc.SumPlan, question: str, party: int, identity: bytes, accept_minimum: int) -> None:
    """What this hospital insists on before any number of its patients goes in, masked or not."""
    wanted = study.plan(question, plan.parties, plan.min_survivors, plan.session)
    wrong = [
        what
        for what, right in (
            ("another question, precision, threshold or purpose", plan == wanted),
            ("too small a minimum of survivors", plan.min_survivors >= accept_minimum),
            ("another identity in this hospital's place", plan.parties.get(party) == identity),
        )
        if not right
    ]
    if wrong:
        raise SystemExit(f"this hospital does not take part: the plan has {', '.join(wrong)}")


def take_part(
    session: vk.mpc.SumSession,
    link: Link,
    began: tuple[float, float],
    rounds: list[dict[str, object]],
    leave_after: int | None,
) -> vk.mpc.SumOutput:
    """Runs the session over the link and gives its output; what each round cost goes to `rounds`."""
    step, (wall, cpu) = session.first, began
    while True:
        worked, used = (now - before for now, before in zip(clocks(), (wall, cpu)))
        rounds.append({"work": worked, "cpu": used, "wait": 0.0, "sent": 0, "received": 0})
        if step.output is not None:
            return step.output
        sent, received = link.sent, link.received
        wall, _ = clocks()
        batch = link.exchange(tuple(step.outgoing))
        rounds[-1] |= {"wait": clocks()[0] - wall, "sent": link.sent - sent, "received": link.received - received}
        if leave_after == link.round:
            report("left", rounds=rounds, peak_memory=peak_memory())
            os._exit(0)  # as if the power had gone: nothing is said, nothing is closed in order
        wall, cpu = clocks()
        step = session.step(batch.messages)


def main() -> None:
    """One run of the study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", choices=study.QUESTIONS)
    parser.add_argument("folder", type=pathlib.Path, help="this hospital's own tables")
    parser.add_argument("party", type=int, help="this hospital's number in the plan")
    parser.add_argument("--accept-minimum", type=int, default=2, help="fewest survivors this hospital agrees to")
    parser.add_argument("--leave-after", type=int, help="vanish after this round")
    parser.add_argument("--alter-input", action="store_true", help="for tests: count the first patients twice")
    options = parser.parse_args()

    key = vk.mpc.IdentityKey.generate()
    report("identity", identity=key.identity.hex())
    order = read_report()
    plan = vk.mpc.SumPlan.from_bytes(bytes.fromhex(order["plan"]))
    check_plan(plan, options.question, options.party, key.identity, options.accept_minimum)

    rows = study.read_rows(options.folder)
    if options.alter_input:
        rows = {name: [*table, table[0]] for name, table in rows.items()}
    rounds: list[dict[str, object]] = []
    began = clocks()
    try:
        session = vk.mpc.SumSession(plan, options.party, key, study.vector(options.question, rows))
        with Link(order["port"], plan.session, options.party, len(plan.parties)) as link:
            output = take_part(session, link, began, rounds, options.leave_after)
        if options.question == "survey":
            figures = {name: dataclasses.asdict(column) for name, column in study.survey_figures(output).items()}
        else:
            figures = dataclasses.asdict(study.regression(output.values))
    except vk.VeilkitError as error:
        report("refused", refusal=facts(error), rounds=rounds, peak_memory=peak_memory())
        raise SystemExit(3) from None
    report(
        "result",
        figures=figures,
        total=output.raw.tolist(),
        survivors=list(output.survivors),
        rounds=rounds,
        peak_memory=peak_memory(),
    )


if __name__ == "__main__":
    main()
