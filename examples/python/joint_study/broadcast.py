"""Everybody hears the same, whatever the relay does: one round of messages, and a secure sum that confirms it.

The relay sees to it that messages arrive; who sent what, and that all got the same, it could lie about. So after such a
round the hospitals run a secure sum of a 1 each, whose plan carries the hash of everything heard. Its messages are
signed and bound to that plan: hospitals that heard different things refuse each other's, and the sum comes to nothing.
"""

import hashlib
import struct
from collections.abc import Iterable

import veilkit as vk

from diagnoses import TallyPlan
from wire import EVERYONE, Link


def digest(plan: TallyPlan, stage: str, heard: dict[int, bytes]) -> bytes:
    """The hash of what was heard at a stage of a plan."""
    state = hashlib.sha256(plan.hash + stage.encode())
    for party, message in sorted(heard.items()):
        state.update(struct.pack("<HI", party, len(message)) + message)
    return state.digest()


def confirmation(plan: TallyPlan, stage: str, heard: bytes) -> vk.mpc.SumPlan:
    """The plan of the sum that confirms."""
    everybody = len(plan.parties)
    return vk.mpc.SumPlan(
        parties=plan.parties,
        length=1,
        max_abs=1,
        fraction_bits=0,
        threshold=everybody,
        min_survivors=everybody,
        session=heard,
        purpose=f"{stage}: everybody heard {heard.hex()}",
    )


def broadcast(
    link: Link, plan: TallyPlan, me: int, key: vk.mpc.IdentityKey, stage: str, message: bytes
) -> dict[int, bytes]:
    """Sends a message to all and gives every hospital's, own included.

    Raises `VeilkitError` unless all hospitals of the plan heard exactly that.
    """
    arrived = dict(link.exchange(((EVERYONE, message),)).messages) | {me: message}
    heard = {party: arrived[party] for party in plan.parties if party in arrived}
    session = vk.mpc.SumSession(confirmation(plan, stage, digest(plan, stage, heard)), me, key, [1])
    step = session.first
    while step.output is None:
        step = session.step(link.exchange(tuple(step.outgoing)).messages)
    return heard


def pack(parts: Iterable[bytes]) -> bytes:
    """Several byte strings as one."""
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


def unpack(data: bytes) -> list[bytes]:
    """What `pack` put together. A part that ends early comes as it is: nobody takes it for a ballot."""
    parts, at = [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        parts.append(data[at + 4 : end])
        at = end
    return parts
