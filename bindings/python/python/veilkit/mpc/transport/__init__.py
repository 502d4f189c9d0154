"""Carries the messages of a study between parties, with `asyncio`.

- `tcp`: each pair of parties over TCP with mutual TLS 1.3.
- `relay`: every party connects outbound, by WebSocket, to a ``veilkit-relay`` that forwards what it cannot read.

Both give a `Link`, and `drive` takes a session to its end over it. Connections that break are made again, and what was not
acknowledged is sent again. A party that crashed takes its session up from its journal (`study.Session.resume`) and connects anew::

    session = study.Session(plan, me, key, table)
    async with transport.relay(plan, me, key, "wss://relay.example:7433") as link:
        results = await transport.drive(session, link)
"""

from ._link import Link, drive
from ._relay import relay
from ._tcp import Peer, tcp, tls
from ._wire import RefusedError, WireError

__all__ = ["Link", "Peer", "RefusedError", "WireError", "drive", "relay", "tcp", "tls"]

# Where users find them: in tracebacks, in help, and in pickles.
for _name in __all__:
    globals()[_name].__module__ = __name__
