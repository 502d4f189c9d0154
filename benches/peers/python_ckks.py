"""Times CKKS of TenSEAL or OpenFHE by the CPU time of the whole process: `python_ckks.py tenseal|openfhe P1|P2|P3`.

Prints one JSON object a line: {op, peer, us}, or another unit in the place of `us`.
"""
import json
import random
import statistics
import sys
import time

# Degree, bits of the primes that hold a ciphertext, bits of the scale. One more prime of 60 bits switches keys.
SETS = {
    "P1": (8192, [60, 40, 40], 40),
    "P2": (16384, [60] + [40] * 6, 40),
    "P3": (32768, [60] + [50] * 11, 50),
}


def peak_mib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


class Bench:
    def __init__(self, peer, name):
        self.peer, self.name = peer, name
        self.degree, self.moduli, self.scale_bits = SETS[name]
        rng = random.Random(1)
        self.x, self.y = ([rng.uniform(-1, 1) for _ in range(self.degree // 2)] for _ in range(2))

    def report(self, op, unit, value):
        print(json.dumps({"op": f"ckks/{self.name}/{op}", "peer": self.peer, unit: value}), flush=True)

    def time(self, op, work, repeats):
        times = []
        for _ in range(repeats):
            start = time.process_time_ns()
            work()
            times.append(time.process_time_ns() - start)
        self.report(op, "us", statistics.median(times) / 1000)

    def error(self, op, values, expected):
        self.report(op, "error", max(abs(a - b) for a, b in zip(values, expected, strict=True)))


def tenseal(bench):
    import tenseal as ts

    def context(kind):
        made = ts.context(
            ts.SCHEME_TYPE.CKKS, bench.degree, coeff_mod_bit_sizes=[*bench.moduli, 60], encryption_type=kind, n_threads=1
        )
        made.global_scale = 2**bench.scale_bits
        return made

    keys = context(ts.ENCRYPTION_TYPE.ASYMMETRIC)
    keys.generate_galois_keys()
    bench.report("memory after key generation", "mib", peak_mib())
    sizes = [len(keys.serialize(False, False, False, relinearization)) for relinearization in (False, True)]
    bench.report("bytes of the relinearization key", "bytes", sizes[1] - sizes[0])
    x, y = bench.x, bench.y
    plain_x, plain_y = ts.plain_tensor(x), ts.plain_tensor(y)
    a, b = ts.ckks_vector(keys, plain_x), ts.ckks_vector(keys, plain_y)
    bench.report("bytes of a ciphertext", "bytes", len(a.serialize()))
    bench.time("encode+encrypt (public key)", lambda: ts.ckks_vector(keys, plain_x), 21)
    symmetric = context(ts.ENCRYPTION_TYPE.SYMMETRIC)
    bench.time("encode+encrypt (secret key)", lambda: ts.ckks_vector(symmetric, plain_x), 21)
    bench.error("largest fresh error", a.decrypt(), x)
    bench.time("decrypt+decode", lambda: a.decrypt(), 21)
    bench.time("add", lambda: a + b, 101)
    bench.time("mul+relinearize+rescale", lambda: a * b, 21)
    bench.error("largest product error", (a * b).decrypt(), [p * q for p, q in zip(x, y, strict=True)])
    bench.time("mul_plain+rescale", lambda: a * plain_y, 21)
    c, d = ts.ckks_vector(keys, x[:4096]), ts.ckks_vector(keys, y[:4096])
    bench.time("dot4096", lambda: c.dot(d), 5)


def openfhe(bench):
    import openfhe as fhe

    # A digit for each prime, and one special prime, as the others have it. The degree is given, for the library's own
    # choice would be a larger one.
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetSecurityLevel(fhe.SecurityLevel.HEStd_NotSet)
    parameters.SetRingDim(bench.degree)
    parameters.SetMultiplicativeDepth(len(bench.moduli) - 1)
    parameters.SetFirstModSize(60)
    parameters.SetScalingModSize(bench.scale_bits)
    parameters.SetScalingTechnique(fhe.ScalingTechnique.FIXEDMANUAL)
    parameters.SetKeySwitchTechnique(fhe.KeySwitchTechnique.HYBRID)
    parameters.SetNumLargeDigits(len(bench.moduli))
    parameters.SetBatchSize(bench.degree // 2)
    context = fhe.GenCryptoContext(parameters)
    for feature in (fhe.PKE, fhe.KEYSWITCH, fhe.LEVELEDSHE, fhe.ADVANCEDSHE):
        context.Enable(feature)
    keys = context.KeyGen()

    def relinearization_key():
        fhe.ClearEvalMultKeys()
        context.EvalMultKeyGen(keys.secretKey)

    relinearization_key()
    context.EvalSumKeyGen(keys.secretKey)
    context.EvalRotateKeyGen(keys.secretKey, [1])
    bench.report("memory after key generation", "mib", peak_mib())
    bench.time("relinearization key", relinearization_key, 5)
    x, y = bench.x, bench.y

    def encrypt(values, key=keys.publicKey):
        return context.Encrypt(key, context.MakeCKKSPackedPlaintext(values))

    def decrypt(ciphertext):
        plain = context.Decrypt(ciphertext, keys.secretKey)
        plain.SetLength(bench.degree // 2)
        return plain.GetRealPackedValue()

    a, b, plain = encrypt(x), encrypt(y), context.MakeCKKSPackedPlaintext(y)
    bench.report("bytes of a ciphertext", "bytes", len(fhe.Serialize(a, fhe.BINARY)))
    bench.time("encode+encrypt (public key)", lambda: encrypt(x), 21)
    bench.error("largest fresh error", decrypt(a), x)
    bench.time("decrypt+decode", lambda: decrypt(a), 21)
    bench.time("add", lambda: context.EvalAdd(a, b), 101)
    bench.time("mul+relinearize+rescale", lambda: context.Rescale(context.EvalMult(a, b)), 21)
    product = context.Rescale(context.EvalMult(a, b))
    bench.error("largest product error", decrypt(product), [p * q for p, q in zip(x, y, strict=True)])
    bench.time("mul_plain+rescale", lambda: context.Rescale(context.EvalMult(a, plain)), 21)
    bench.time("rotate by 1", lambda: context.EvalRotate(a, 1), 21)
    bench.time("dot4096", lambda: context.Rescale(context.EvalInnerProduct(a, b, 4096)), 5)


if __name__ == "__main__":
    {"tenseal": tenseal, "openfhe": openfhe}[sys.argv[1]](Bench(*sys.argv[1:3]))
