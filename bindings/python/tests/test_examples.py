"""Every example in a docstring runs and prints what it says."""

import doctest
import inspect
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

import veilkit as vk
from veilkit import elgamal, errors, mpc, paillier, shamir


def documented() -> Iterator[tuple[str, object, ModuleType]]:
    for module in (vk, errors, elgamal, elgamal.additive, elgamal.multiplicative.integers, elgamal.multiplicative.points, mpc, paillier, shamir):
        yield module.__name__, module, module
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value, module
            elif inspect.isclass(value):
                yield f"{module.__name__}.{name}", value, module
                ours = {m: a for base in reversed(value.__mro__) if "veilkit" in base.__module__ for m, a in vars(base).items()}
                for member, attribute in ours.items():
                    if not member.startswith("_") and not inspect.ismemberdescriptor(attribute):
                        yield f"{module.__name__}.{name}.{member}", attribute, module


EXAMPLES = [
    test
    for name, value, module in documented()
    for test in doctest.DocTestFinder(recurse=False).find(value, name, module, vars(module) | {"np": np})
    if test.examples
]


def test_there_are_examples() -> None:
    assert len({test.name for test in EXAMPLES}) >= 15


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_example(test: doctest.DocTest) -> None:
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert result.failed == 0, "".join(said)


def test_everything_public_is_documented() -> None:
    bare = [name for name, value, _ in documented() if not inspect.getdoc(value)]
    assert bare == []
