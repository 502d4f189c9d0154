"""How long work behaves in Python: other threads run, Ctrl-C stops it, progress is told, forks are safe, imports quick."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

import veilkit as vk
from veilkit.paillier import Keypair

LONG = 20_000  # elements whose encryption takes many seconds


@contextmanager
def interrupt_after(seconds: float) -> Iterator[None]:
    # A shell starts what runs in the background with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_stops_long_encryption(keys: Keypair) -> None:
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), interrupt_after(0.3):
        keys.public_key.encrypt(np.zeros(LONG))
    assert time.monotonic() - start < 10
    assert keys.secret_key.decrypt(keys.public_key.encrypt([1])).tolist() == [1]


def test_ctrl_c_stops_the_search_for_a_key() -> None:
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), interrupt_after(0.1):
        for _ in range(1000):
            vk.paillier.generate_keypair(bits=4096)
    assert time.monotonic() - start < 10


def test_a_pool_that_was_interrupted_is_as_before(keys: Keypair) -> None:
    pool = keys.public_key.randomizer_pool(2)
    with pytest.raises(KeyboardInterrupt), interrupt_after(0.3):
        pool.fill(LONG)
    assert len(pool) == 2


def test_an_exception_of_the_progress_function_stops_the_work(keys: Keypair) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        keys.public_key.encrypt(np.zeros(LONG), progress=stop)


def test_progress_is_told_to_the_end(keys: Keypair) -> None:
    seen: list[tuple[int, int]] = []
    here = threading.get_ident()
    threads: set[int] = set()

    def watch(done: int, total: int) -> None:
        seen.append((done, total))
        threads.add(threading.get_ident())

    keys.public_key.encrypt(np.zeros(300), progress=watch)
    assert seen[-1] == (300, 300)
    assert seen == sorted(seen) and {total for _, total in seen} == {300}
    assert threads == {here}


@pytest.mark.parametrize("with_tqdm", [True, False])
def test_a_bar_is_shown(
    keys: Keypair, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, with_tqdm: bool
) -> None:
    if with_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    keys.public_key.encrypt(np.zeros(100), progress=True)
    shown = capsys.readouterr()
    assert "encrypt" in shown.err and "100" in shown.err and shown.out == ""


def test_other_threads_run_meanwhile(keys: Keypair) -> None:
    turns = 0
    done = threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    try:
        start = time.monotonic()
        keys.public_key.encrypt(np.zeros(500))
        seconds = time.monotonic() - start
    finally:
        done.set()
        counter.join()
    assert turns > seconds * 50


def test_many_threads_use_one_key_and_one_pool(keys: Keypair) -> None:
    pool = keys.public_key.randomizer_pool(40)
    results: dict[int, list[int]] = {}

    def work(number: int) -> None:
        x = keys.public_key.encrypt([number] * 10, pool=pool) + keys.public_key.encrypt([1] * 10)
        results[number] = keys.secret_key.decrypt(x * 2).tolist()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [2 * (number + 1)] * 10 for number in range(4)}
    assert len(pool) == 0


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_fork_computes_draws_anew_and_has_no_ready_randomizers() -> None:
    # In a process of its own: the one of the tests has threads that a fork would lose.
    output = run(
        """
import os, warnings
import veilkit as vk
warnings.simplefilter("ignore", DeprecationWarning)
keys = vk.paillier.generate_keypair(bits=2048)
pool = keys.public_key.randomizer_pool(3)
keys.public_key.encrypt([1] * 64)
plan_keys = {n: vk.mpc.IdentityKey.generate() for n in (1, 2)}
plan = vk.mpc.SumPlan(parties={n: k.identity for n, k in plan_keys.items()}, length=1, max_abs=10)
session, other = (vk.mpc.SumSession(plan, n, plan_keys[n], [1.0]) for n in (1, 2))
read, write = os.pipe()
child = os.fork()
if child == 0:
    refused = []
    for call in (lambda: keys.public_key.encrypt([1], pool=pool), lambda: session.step([(2, other.first.outgoing[0].data)])):
        try:
            call()
        except vk.VeilkitError as error:
            refused.append(error.name)
    pooled = len(pool)
    x = keys.public_key.encrypt([5] * 64)
    good = keys.secret_key.decrypt(x).tolist() == [5] * 64
    share = vk.shamir.split(b"same", 2, 2)[0].to_bytes().hex()
    os.write(write, f"{pooled} {good} {','.join(refused)} {x.to_integers()[0]} {share}".encode())
    os._exit(0)
os.waitpid(child, 0)
pooled, good, refused, ciphertext, share = os.read(read, 1 << 16).decode().split()
assert (pooled, good, refused) == ("0", "True", "OutOfRange,SessionPoisoned"), (pooled, good, refused)
assert len(pool) == 3
assert int(ciphertext) != keys.public_key.encrypt([5]).to_integers()[0]
assert share != vk.shamir.split(b"same", 2, 2)[0].to_bytes().hex()
print("ok")
"""
    )
    assert output == "ok\n"


def test_threads_can_be_set(keys: Keypair) -> None:
    for threads in (1, 3, 0):
        vk.set_threads(threads)
        assert keys.secret_key.decrypt(keys.public_key.encrypt(np.arange(40))).tolist() == list(range(40))


def test_the_import_is_quick_and_loads_no_numpy() -> None:
    output = run(
        """
import sys, time
start = time.process_time()
import veilkit
seconds = time.process_time() - start
veilkit.shamir
print(seconds, "numpy" in sys.modules)
"""
    )
    seconds, loaded = output.split()
    assert loaded == "False"
    assert float(seconds) < 0.2


def test_plain_arrays_are_read_where_they_are_and_never_written(keys: Keypair) -> None:
    for array in (np.arange(6.0), np.arange(6), np.arange(6.0).reshape(2, 3)):
        array.flags.writeable = False
        assert (keys.secret_key.decrypt(keys.public_key.encrypt(array)) == array).all()
