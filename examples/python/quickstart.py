import numpy as np
import veilkit as vk

keys = vk.paillier.generate_keypair(bits=3072)  # the patient's own
row = keys.public_key.encrypt(np.array([120.5, 131.0, 26.4]))  # leaves the patient's device
score = row @ np.array([0.02, 0.01, 0.05]) - 3.0  # by a doctor who reads neither row nor score
print(keys.secret_key.decrypt(score).round(6))  # 2.04

shares = vk.shamir.split(b"key of the archive", threshold=2, shares=3)
print(vk.shamir.combine([shares[0], shares[2]]))  # b'key of the archive'

hospitals = {number: vk.mpc.IdentityKey.generate() for number in (1, 2, 3)}
plan = vk.mpc.SumPlan(parties={n: key.identity for n, key in hospitals.items()}, length=2, max_abs=1e6)
sums = vk.mpc.run_locally(plan, hospitals, {1: [190, 3], 2: [121, 2], 3: [64, 1]})  # [sum of ages, patients]
print(sums[1].values)  # [375.   6.], and no hospital saw another's numbers
