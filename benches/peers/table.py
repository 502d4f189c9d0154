"""Reads the results of all rounds and prints one table: the medians, and the best peer's over ours."""
import json
import statistics
import sys
from collections import defaultdict

rounds = defaultdict(list)
units, notes = {}, []
for line in sys.stdin:
    row = json.loads(line)
    if "note" in row:
        notes.append(row["note"])
        continue
    op, peer = row.pop("op"), row.pop("peer")
    (units[op], value), = row.items()
    rounds[op, peer].append(value)
# The largest error is that of all rounds.
medians = {key: max(values) if units[key[0]] == "error" else statistics.median(values) for key, values in rounds.items()}


def shown(op, value):
    match units[op]:
        case "us":
            return f"{value / 1000:,.2f} ms" if value >= 10_000 else f"{value:,.1f} us"
        case "error":
            return f"{value:.1e}"
        case "bytes":
            return f"{value / 1e6:,.2f} MB" if value >= 1e5 else f"{value:,.0f} B"
        case "mib":
            return f"{value:,.0f} MiB"


ops = list(dict.fromkeys(op for op, _ in medians))
print(f"| {'operation':52} | {'veilkit':>12} | {'peers':62} | best peer / veilkit |")
print(f"|{'-' * 54}|{'-' * 14}|{'-' * 64}|{'-' * 21}|")
for op in ops:
    peers = sorted((value, peer) for (o, peer), value in medians.items() if o == op and not peer.startswith("veilkit"))
    listed = ", ".join(f"{peer} {shown(op, value)}" for value, peer in peers)
    for peer in sorted({p for o, p in medians if o == op and p.startswith("veilkit")}) or [None]:
        label = op + (peer or "").removeprefix("veilkit")
        ours = medians.get((op, peer))
        best = f"{peers[0][0] / ours:.2f}" if peers and ours else "-"
        own = shown(op, ours) if ours is not None else "-"
        print(f"| {label:52} | {own:>12} | {listed:62} | {best:>19} |")
if notes:
    print("\nLeft out: " + "; ".join(notes) + ".")
