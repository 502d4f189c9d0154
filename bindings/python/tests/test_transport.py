"""Parties of a study over TCP with mutual TLS and through a relay, on this machine."""

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studies import KEYS, plan_of, split

import veilkit as vk
from veilkit.mpc import study, transport

ROOT = Path(__file__).parents[3]
CERTIFICATES = ROOT / "transport" / "tests" / "certificates"
RELAY = ROOT / "build" / "relay" / "veilkit-relay"
TABLE = {"x": np.arange(60, dtype=float)}
COLUMNS = [study.Integer("x", (0, 100))]
FUNCTIONS = [study.Mean("x"), study.Quantiles("x")]


def make_plan(label: str) -> study.Plan:
    return plan_of(COLUMNS, FUNCTIONS, purpose=label)


async def everybody(plan: study.Plan, links: dict[int, transport.Link], silence: float = 60.0) -> dict[int, Any]:
    """Each party's results, or its error."""
    tables = split(TABLE)

    async def party(me: int, link: transport.Link) -> Any:
        async with link:
            session = study.Session(plan, me, KEYS[me], tables[me])
            return await transport.drive(session, link, silence=silence, farewell=5.0)

    outputs = await asyncio.gather(*(party(me, link) for me, link in links.items()), return_exceptions=True)
    return dict(zip(links, outputs, strict=True))


def right(outputs: dict[int, Any]) -> None:
    for output in outputs.values():
        if isinstance(output, BaseException):
            raise output
        mean, median = output
        assert float(mean) == 29.5 and median.value.tolist() == [29.5]


def contexts(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    paths = (CERTIFICATES / f"{name}.pem", CERTIFICATES / f"{name}.key.pem", CERTIFICATES / "authority.pem")
    return transport.tls(*map(str, paths))


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tcp_links(plan: study.Plan, names: dict[int, str]) -> dict[int, transport.Link]:
    ports = {1: free_port(), 2: free_port()}

    def peers(me: int) -> dict[int, transport.Peer]:
        def peer(number: int) -> transport.Peer:
            return transport.Peer(f"party-{number}.test", "127.0.0.1", ports.get(number, 0))

        return {number: peer(number) for number in (1, 2, 3) if number != me}

    def link(me: int) -> transport.Link:
        listen = ("127.0.0.1", ports[me]) if me in ports else None
        return transport.tcp(plan, me, peers(me), contexts(names[me]), listen=listen)

    return {me: link(me) for me in (1, 2, 3)}


OWN = {number: f"party-{number}" for number in (1, 2, 3)}


def test_over_tcp() -> None:
    plan = make_plan("tcp")
    right(asyncio.run(everybody(plan, tcp_links(plan, OWN))))


@pytest.mark.parametrize("certificate", ["party-2", "stranger"])
def test_another_certificate_is_not_let_in(certificate: str) -> None:
    plan = make_plan("impostor")
    outputs = asyncio.run(everybody(plan, tcp_links(plan, OWN | {3: certificate}), silence=2.0))
    for me in (1, 2):
        assert isinstance(outputs[me], vk.ProtocolError) and outputs[me].culprits == (3,)


def test_options_that_do_not_fit_are_refused() -> None:
    plan = make_plan("options")
    peer = transport.Peer("party-1.test")
    for me, peers in ((1, (2,)), (9, (1, 2)), (1, (2, 3)), (3, (1, 2))):
        with pytest.raises(vk.ParameterError):
            transport.tcp(plan, me, {number: peer for number in peers}, contexts("party-1"))
    with pytest.raises(vk.ParameterError):
        transport.relay(plan, 1, KEYS[2], "ws://localhost")


@pytest.fixture
def relay() -> Iterator[str]:
    """The address of a relay of its own."""
    assert RELAY.exists(), "scripts/ci/python builds the relay"
    process = subprocess.Popen([RELAY, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield "ws://" + process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.communicate()


def test_through_a_relay(relay: str) -> None:
    plan = make_plan("relay")
    links = {me: transport.relay(plan, me, KEYS[me], relay) for me in (1, 2, 3)}
    right(asyncio.run(everybody(plan, links)))


def test_a_party_that_crashed_goes_on_through_the_relay(relay: str) -> None:
    plan = make_plan("crash")
    tables = split(TABLE)

    class Crash(Exception):
        pass

    async def crashing() -> Any:
        journal, steps = bytearray(), 0

        def store(record: bytes) -> None:
            nonlocal steps
            steps += 1
            if steps == 12:
                raise Crash
            journal.extend(record)

        with pytest.raises(Crash):
            async with transport.relay(plan, 3, KEYS[3], relay) as link:
                session = study.Session(plan, 3, KEYS[3], tables[3])
                await transport.drive(session, link, store=store)
        session, used = study.Session.resume(plan, 3, KEYS[3], tables[3], bytes(journal))
        assert used == len(journal)
        async with transport.relay(plan, 3, KEYS[3], relay) as link:
            return await transport.drive(session, link, farewell=5.0)

    async def all_three() -> dict[int, Any]:
        links = {me: transport.relay(plan, me, KEYS[me], relay) for me in (1, 2)}
        others, third = await asyncio.gather(everybody(plan, links), crashing())
        return others | {3: third}

    right(asyncio.run(all_three()))


def test_a_relay_that_is_not_there_is_waited_for() -> None:
    plan = make_plan("nobody")
    links = {1: transport.relay(plan, 1, KEYS[1], f"ws://127.0.0.1:{free_port()}")}
    outputs = asyncio.run(everybody(plan, links, silence=1.0))
    assert isinstance(outputs[1], vk.ProtocolError) and outputs[1].culprits == (2, 3)


def test_rooms_are_of_one_session() -> None:
    from veilkit.mpc.transport._wire import Room

    plan = make_plan("room")
    room, other = Room(plan.session, plan.parties), Room(bytes(32), plan.parties)
    assert len(room.id) == 32 and room.id != other.id
