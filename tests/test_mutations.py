"""The checks of the rules can fail: each wrong variant fails the one it names."""

import inspect

import pytest
from checks import CHECKS
from mutants import MUTANTS

from lez10 import RULES


def test_there_are_enough_of_them():
    assert len(MUTANTS) >= 20
    assert len({m.name for m in MUTANTS}) == len(MUTANTS)
    assert {m.rule for m in MUTANTS} == set(RULES)
    assert {m.check for m in MUTANTS} == set(CHECKS)  # no check is idle


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_wrong_variant_fails_its_check(mutant):
    true, check = RULES[mutant.rule], CHECKS[mutant.check]
    names = list(inspect.signature(mutant.step).parameters)
    assert names[:2] == ["state", "grad"]
    check(true, mutant.rule)
    with pytest.raises(AssertionError):
        check(mutant.step, mutant.rule)
