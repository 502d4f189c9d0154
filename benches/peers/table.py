"""Reads the timings of all rounds and prints one table: the medians, and the best peer's time over ours."""
import json
import statistics
import sys
from collections import defaultdict

rounds = defaultdict(list)
for line in sys.stdin:
    row = json.loads(line)
    rounds[row["op"], row["peer"]].append(row["us"])
medians = {key: statistics.median(values) for key, values in rounds.items()}


def shown(us):
    return f"{us / 1000:,.2f} ms" if us >= 10_000 else f"{us:,.1f} us"


ops = list(dict.fromkeys(op for op, _ in medians))
print(f"| {'operation':28} | {'veilkit':>12} | {'peers':62} | best peer / veilkit |")
print(f"|{'-' * 30}|{'-' * 14}|{'-' * 64}|{'-' * 21}|")
for op in ops:
    peers = sorted((us, peer) for (o, peer), us in medians.items() if o == op and not peer.startswith("veilkit"))
    listed = ", ".join(f"{peer} {shown(us)}" for us, peer in peers)
    for peer in sorted({p for o, p in medians if o == op and p.startswith("veilkit")}):
        ours = medians[op, peer]
        label = op + peer.removeprefix("veilkit")
        ratio = f"{peers[0][0] / ours:.2f}" if peers else "-"
        print(f"| {label:28} | {shown(ours):>12} | {listed:62} | {ratio:>19} |")
