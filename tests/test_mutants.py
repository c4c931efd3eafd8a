"""What mutants.py breaks is there to be broken; whether anybody notices, `make mutants` shows."""

import ast

import pytest

from tests.conftest import ROOT
from tests.mutants import MUTANTS, Mutant
from tests.mutation import Answer, Break, Drop, Entry, Never, Swap, Text, broken


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_what_is_broken_is_there_once_and_so_is_the_test_that_is_to_fail(mutant: Mutant):
    sound = (ROOT / mutant.file).read_text(encoding="utf-8")
    spoilt = broken(sound, mutant.within, mutant.how)
    assert spoilt != sound
    assert not mutant.file.endswith(".py") or ast.dump(ast.parse(spoilt)) != ast.dump(ast.parse(sound))
    assert (ROOT / mutant.test[0]).exists()


SOUND = """
SIZES = {"small": 1, "größer": 2}

class Shop:
    def cost(self, of):
        \"\"\"Say it.\"\"\"
        total = sum(
            price for price in of
            if price > 0)
        total += self.fee
        if self.closed:
            return 0
        return total * 2
"""
WAYS = [
    ("an expression, however it is laid out", "Shop.cost", Swap("_A > 0", "_A >= 0"), "[(price) >= 0]"),
    ("the same thing twice", "Shop.cost", Swap("sum(_A for _A in _B if _C)", "sum(_B)"), "sum((of))"),
    ("a statement", "Shop.cost", Drop("total += self.fee"), "        pass\n"),
    ("a condition", "Shop.cost", Never("self.closed"), "if False:"),
    ("an entry", "SIZES", Entry('"größer"', "3"), '"größer": 3}'),
    ("what a function returns", "Shop.cost", Answer("7"), '"""\n        return 7'),
    ("a text", "", Text("total * 2", "total"), "return total\n"),
]


@pytest.mark.parametrize(("within", "how", "seen"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS])
def test_what_can_be_broken(within: str, how: Break, seen: str):
    spoilt = broken(SOUND, within, how)
    assert seen.strip("[]") in spoilt
    ast.parse(spoilt)


@pytest.mark.parametrize(
    ("within", "how"),
    [
        pytest.param("Shop.cost", Swap("total", "0"), id="what is there several times"),
        pytest.param("Shop.cost", Swap("_A > 1", "_A"), id="what is not there"),
        pytest.param("Shop.price", Answer("0"), id="a function that is not there"),
        pytest.param("", Text("nothing", ""), id="a text that is not there"),
    ],
)
def test_nothing_else_is_broken_instead(within: str, how: Break):
    with pytest.raises(ValueError, match="times"):
        broken(SOUND, within, how)
