"""Times the Python peers, one thread, CPU time. Prints one JSON object a line: {op, peer, us}."""
import json
import random
import statistics
import sys
import time

from phe import paillier


def median_us(work, repeats):
    times = []
    for _ in range(repeats):
        start = time.thread_time_ns()
        work()
        times.append(time.thread_time_ns() - start)
    return statistics.median(times) / 1000


def report(peer, op, work, repeats):
    print(json.dumps({"op": op, "peer": peer, "us": median_us(work, repeats)}), flush=True)


def phe(rng):
    for bits in (2048, 3072):
        public, secret = paillier.generate_paillier_keypair(n_length=bits)
        encrypted = public.encrypt(12345)
        if bits == 2048:
            report("phe+gmpy2", "paillier/2048/encrypt", lambda: public.encrypt(12345), 30)
        report("phe+gmpy2", f"paillier/{bits}/decrypt", lambda: secret.decrypt(encrypted), 30)
        if bits == 2048:
            # A thousand distinct ciphertexts; additions and weights are what is timed.
            many = [encrypted * rng.randrange(1, 1 << 32) for _ in range(1000)]
            weights = [rng.randrange(1 << 32) for _ in many]
            report("phe+gmpy2", "paillier/2048/sum1000", lambda: sum(many[1:], many[0]), 7)
            report(
                "phe+gmpy2",
                "paillier/2048/dot1000x32",
                lambda: sum(c * w for c, w in zip(many[1:], weights[1:])) + many[0] * weights[0],
                3,
            )


def heu(rng):
    try:
        import numpy
        from heu import numpy as hnp
        from heu import phe as scheme
    except ImportError as error:
        print(f"HEU is left out of the table: {error}", file=sys.stderr)
        return
    for bits in (2048, 3072):
        kit = scheme.setup(scheme.SchemaType.ZPaillier, bits)
        encryptor, decryptor = kit.encryptor(), kit.decryptor()
        encrypted = encryptor.encrypt_raw(12345)
        if bits == 2048:
            report("HEU", "paillier/2048/encrypt", lambda: encryptor.encrypt_raw(12345), 100)
        report("HEU", f"paillier/{bits}/decrypt", lambda: decryptor.decrypt_raw(encrypted), 30)
    kit = hnp.setup(scheme.SchemaType.ZPaillier, 2048)
    encoder = scheme.BigintEncoder(kit.get_schema())
    values = kit.array(numpy.arange(1000), encoder)
    weights = kit.array(numpy.array([rng.randrange(1 << 32) for _ in range(1000)]), encoder)
    many, evaluator = kit.encryptor().encrypt(values), kit.evaluator()
    report("HEU", "paillier/2048/sum1000", lambda: evaluator.sum(many), 7)
    report("HEU", "paillier/2048/dot1000x32", lambda: evaluator.matmul(weights, many), 3)


if __name__ == "__main__":
    generator = random.Random(1)
    phe(generator)
    heu(generator)
