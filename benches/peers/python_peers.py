"""Times the Python peers by the CPU time of the whole process, for HEU works in a thread of its own as well.

Prints one JSON object a line: {op, peer, us}.
"""
import json
import random
import statistics
import sys
import time

from phe import paillier


def median_us(work, repeats):
    times = []
    for _ in range(repeats):
        start = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - start)
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
        # A thousand distinct ciphertexts; additions and weights are what is timed.
        many = [encrypted * rng.randrange(1, 1 << 32) for _ in range(1000)]
        weights = [rng.randrange(1 << 32) for _ in many]
        if bits == 2048:
            report("phe+gmpy2", "paillier/2048/sum1000", lambda: sum(many[1:], many[0]), 7)
        report(
            "phe+gmpy2",
            f"paillier/{bits}/dot1000x32",
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
        kit = hnp.setup(scheme.SchemaType.ZPaillier, bits)
        encoder = scheme.BigintEncoder(kit.get_schema())
        values = kit.array(numpy.arange(1000), encoder)
        weights = kit.array(numpy.array([rng.randrange(1 << 32) for _ in range(1000)]), encoder)
        many, evaluator = kit.encryptor().encrypt(values), kit.evaluator()
        if bits == 2048:
            report("HEU", "paillier/2048/sum1000", lambda: evaluator.sum(many), 7)
        report("HEU", f"paillier/{bits}/dot1000x32", lambda: evaluator.matmul(weights, many), 3)
    kit = hnp.setup(scheme.SchemaType.ElGamal, 256)
    encryptor, decryptor = kit.encryptor(), kit.decryptor()
    near = kit.array(numpy.array([(1 << 32) - 5]), scheme.BigintEncoder(kit.get_schema()))
    values = numpy.array([1 << 19 | i * 7919 & 0x7FFFF for i in range(1000)])
    values = kit.array(values, scheme.BigintEncoder(kit.get_schema()))
    one = scheme.setup(scheme.SchemaType.ElGamal, 256).encryptor()
    near = encryptor.encrypt(near)
    report("HEU", "elgamal/encrypt", lambda: one.encrypt_raw(123456), 300)
    report("HEU", "elgamal/encrypt1000", lambda: encryptor.encrypt(values), 7)
    report("HEU", "elgamal/decrypt2^32", lambda: decryptor.decrypt(near), 7)


if __name__ == "__main__":
    generator = random.Random(1)
    phe(generator)
    heu(generator)
