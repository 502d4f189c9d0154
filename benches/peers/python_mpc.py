"""Times joint computations of SPU or MPyC by the CPU time of all three parties: `python_mpc.py spu|mpyc`.

SPU's parties are threads of this process, over ABY3; MPyC's are processes on loopback, which this one starts. Products and comparisons
are of values that are shared already, as veilkit's; the other rows share and reveal. Every result is compared with the clear.

Prints one JSON object a line: {op, peer, us}, or another unit in the place of `us`.
"""
import json
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

import numpy as np

DOT = "mpc/dot product of 10^5"
MUL = "mpc/10^5 multiplications"
LESS = "mpc/10^4 comparisons of 64 bits"
BYTES = "mpc/comparison: bytes of each party"
SUM = "mpc/sum of 3 vectors of 30,000"
MOMENTS = "mpc/mean and variance of 10^4"
REGRESSION = "mpc/logistic regression 1000x10, 5 steps"

random = np.random.default_rng(1)


def report(peer, op, unit, value):
    print(json.dumps({"op": op, "peer": peer, unit: value}), flush=True)


def table():
    """Features between -2 and 2 and outcomes."""
    features = random.uniform(-2, 2, (1000, 10))
    signs = np.where(np.arange(10) % 2 == 0, 1, -1)
    return features, (features @ signs + random.uniform(-2, 2, 1000) > 0).astype(float)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def descended(features, outcomes):
    features = np.hstack([np.ones((len(features), 1)), features])
    coefficients = np.zeros(features.shape[1])
    for _ in range(5):
        coefficients = coefficients - features.T @ (sigmoid(features @ coefficients) - outcomes) / len(outcomes)
    return coefficients


def spu():
    import jax.numpy as jnp
    import spu
    from spu.utils import frontend
    from spu.utils.simulation import PropagatingThread

    peer, parties = f"SPU {version('spu')} ABY3", 3

    def measure(op, function, arguments, expected, within, repeats, whole=False):
        """The time on values that are shared already, or `whole`: with sharing them before and revealing what comes out."""
        config = spu.RuntimeConfig(protocol=spu.ProtocolKind.ABY3, field=spu.FieldType.FM64)
        io = spu.Io(parties, config)
        names = [f"in{index}" for index in range(len(arguments))]
        secret = [spu.Visibility.VIS_SECRET] * len(arguments)
        executable, _ = frontend.compile(
            frontend.Kind.JAX, function, arguments, {}, names, secret, lambda outputs: [f"out{i}" for i in range(len(outputs))]
        )
        arguments = [np.asarray(argument) for argument in arguments]
        description = spu.link.Desc()
        for rank in range(parties):
            description.add_party(f"id_{rank}", f"thread_{rank}")
        links, runtimes = [None] * parties, [None] * parties

        def together(work):
            threads = [PropagatingThread(target=work, args=(rank,)) for rank in range(parties)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        def start(rank):
            links[rank] = spu.link.create_mem(description, rank)
            runtimes[rank] = spu.Runtime(links[rank], spu.RuntimeConfig(config))

        def share():
            shares = [io.make_shares(argument, spu.Visibility.VIS_SECRET) for argument in arguments]
            for rank, runtime in enumerate(runtimes):
                for name, shared in zip(names, shares, strict=True):
                    runtime.set_var(name, shared[rank])

        def compute():
            together(lambda rank: runtimes[rank].run(executable))

        def reveal():
            return io.reconstruct([runtime.get_var("out0") for runtime in runtimes])

        together(start)
        share()
        times = []
        for _ in range(repeats):
            begun = time.process_time_ns()
            if whole:
                share()
            compute()
            if whole:
                reveal()
            times.append(time.process_time_ns() - begun)
        np.testing.assert_allclose(np.asarray(reveal(), dtype=float), expected, rtol=within, atol=within)
        report(peer, op, "us", statistics.median(times) / 1000)

    x, y = (random.integers(0, 1 << 20, 100_000, dtype=np.int64) for _ in range(2))
    measure(DOT, lambda x, y: jnp.dot(x, y), (x, y), x @ y, 0, 15)
    measure(MUL, lambda x, y: x * y, (x, y), x * y, 0, 15)
    wide = random.integers(-(1 << 62), 1 << 62, 10_000, dtype=np.int64)
    measure(LESS, lambda x: x < 0, (wide,), wide < 0, 0, 15)
    vectors = [random.integers(0, 1 << 30, 30_000, dtype=np.int64) for _ in range(3)]
    measure(SUM, lambda a, b, c: a + b + c, vectors, sum(vectors), 0, 15, whole=True)
    values = random.uniform(0, 16, 10_000)
    expected = [values.mean(), values.var(ddof=1)]
    measure(MOMENTS, lambda x: jnp.array([jnp.mean(x), jnp.var(x, ddof=1)]), (values,), expected, 0.01, 9, whole=True)

    def train(features, outcomes):
        features = jnp.hstack([jnp.ones((features.shape[0], 1)), features])
        coefficients = jnp.zeros(features.shape[1])
        for _ in range(5):
            predicted = 1 / (1 + jnp.exp(-(features @ coefficients)))
            coefficients = coefficients - features.T @ (predicted - outcomes) / features.shape[0]
        return coefficients

    features, outcomes = table()
    measure(REGRESSION, train, (features, outcomes), descended(features, outcomes), 0.01, 5, whole=True)


def mpyc():
    """Starts three parties and adds up their times."""
    command = [sys.executable, __file__, "mpyc-party", "-M3"]
    parties = [subprocess.Popen([*command, f"-I{index}"], stdout=subprocess.PIPE, text=True) for index in range(3)]
    # MPyC logs on the same stream.
    outputs = [[line for line in party.communicate()[0].splitlines() if line.startswith("{")] for party in parties]
    if any(party.returncode for party in parties):
        sys.exit("a party of MPyC failed")
    peer = f"MPyC {version('mpyc')}"
    for lines in zip(*outputs, strict=True):
        rows = [json.loads(line) for line in lines]
        op = rows[0]["op"]
        # All parties together, in the run in the middle.
        report(peer, op, "us", statistics.median(map(sum, zip(*(row["ns"] for row in rows), strict=True))) / 1000)
        if op == LESS:
            report(peer, BYTES, "bytes", rows[0]["sent"] / 10_000)


def mpyc_party():
    """One of MPyC's parties."""
    from mpyc.runtime import mpc

    field = mpc.SecFld(2**61 - 1)

    def secret(values, kind=field):
        return kind.array(np.array([int(value) for value in values], dtype=object))

    def sent():
        return sum(peer.protocol.nbytes_sent for peer in mpc.parties if peer.pid != mpc.pid)

    async def measure(op, work, expected, repeats, arguments=()):
        """The time of the computation on values that are shared already."""
        shared = [mpc.input(argument, senders=0) for argument in arguments]
        for argument in shared:
            await mpc.gather(argument)
        times = []
        for _ in range(repeats):
            await mpc.barrier()
            start, bytes_before = time.process_time_ns(), sent()
            result = work(*shared)
            await mpc.gather(result)
            times.append(time.process_time_ns() - start)
            bytes_sent = sent() - bytes_before
        found = await mpc.output(result)
        assert [int(value) for value in np.ravel(found)] == [int(value) for value in np.ravel(expected)], op
        print(json.dumps({"op": op, "ns": times, "sent": bytes_sent}), flush=True)

    async def measure_all(op, work, expected, repeats):
        """The time from every party's own values to what everybody is told."""
        times = []
        for _ in range(repeats):
            await mpc.barrier()
            start = time.process_time_ns()
            found = await work()
            times.append(time.process_time_ns() - start)
            assert [int(value) for value in np.ravel(found)] == [int(value) for value in np.ravel(expected)], op
        print(json.dumps({"op": op, "ns": times}), flush=True)

    async def every():
        x, y = (random.integers(0, 1 << 20, 100_000) for _ in range(2))
        await measure(DOT, lambda x, y: mpc.np_matmul(x, y), x @ y, 3, (secret(x), secret(y)))
        await measure(MUL, lambda x, y: x * y, x * y, 3, (secret(x), secret(y)))
        vectors = [random.integers(0, 1 << 30, 30_000) for _ in range(3)]

        async def add():
            return await mpc.output(sum(mpc.input(secret(vectors[mpc.pid]))))

        await measure_all(SUM, add, sum(vectors), 3)
        # As many values of each party, the last ones not used.
        values = random.integers(0, 1 << 16, 10_002)
        values[10_000:] = 0

        async def moments():
            own = secret(values[mpc.pid * 3334 : (mpc.pid + 1) * 3334])
            joint = mpc.np_concatenate(mpc.input(own))
            return await mpc.output([mpc.np_sum(joint), mpc.np_matmul(joint, joint)])

        await measure_all(MOMENTS, moments, [values.sum(), values @ values], 3)
        wide = random.integers(-(1 << 62), 1 << 62, 10_000)
        await measure(LESS, lambda x: x < 0, wide < 0, 1, (secret(wide, mpc.SecInt(64)),))

    mpc.run(mpc.start())
    mpc.run(every())
    mpc.run(mpc.shutdown())


if __name__ == "__main__":
    {"spu": spu, "mpyc": mpyc, "mpyc-party": mpyc_party}[sys.argv[1]]()
