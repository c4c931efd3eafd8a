"""What mutants.py breaks is there to be broken; whether anybody notices, `make mutants` shows."""

import pytest

from tests.conftest import ROOT
from tests.mutants import MUTANTS, Mutant, broken


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_what_is_broken_is_there_once_and_so_is_the_test_that_is_to_fail(mutant: Mutant):
    sound = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert broken(mutant, sound) != sound
    assert (ROOT / mutant.test[0]).exists()
