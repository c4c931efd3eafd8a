"""A few hundred plans that were edited at random: each is refused, denied or taken, and nothing else ever happens."""

from collections import Counter
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest
import yaml

from tests.fuzz.plans import mutations, read_by_all, written
from tests.soak import later

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.mark.parametrize(
    ("name", "seed", "count"), [("infeasible", 11, 40), ("tenants", 12, 40), ("buying", 13, 16), later(("buying", 13, 40))]
)
def test_whatever_is_edited_into_a_plan_it_is_read_or_refused(name, seed, count):
    tree = yaml.load((SAMPLES / name / "expected" / "plan.yaml").read_text(), Loader=yaml.CSafeLoader)
    luck, ends = Random(seed), Counter()
    for _, mutant in zip(range(count), mutations(tree, luck), strict=False):
        ends[read_by_all(written(mutant))] += 1
    assert ends.total() == count
    assert ends["refused"] > count / 4
    assert ends["denied"] + ends["taken"] > count / 14


def test_a_mutant_is_made_from_the_seed_alone_and_leaves_the_plan_as_it_was():
    tree = {"a": [1, {"b": "c"}], "d": {"e": 2.5, "f": True}}
    before = deepcopy(tree)
    first, second = (next(mutations(tree, Random(5))) for _ in range(2))
    assert written(first) == written(second)
    assert tree == before
