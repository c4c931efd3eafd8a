"""Some inputs that were changed at random: each is refused with its faults, or read, and what is planned of them holds."""

from collections import Counter
from random import Random

import pytest

from planner import pipeline
from tests.fuzz.cases import INPUT, PLAN, files_of, run
from tests.fuzz.inputs import FOLDERS, SEEDS, mutant, tried
from tests.fuzz.text import damaged


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_whatever_is_changed_in_an_input_it_is_read_or_refused(tmp_path, seed):
    luck, ends = Random(seed), Counter()
    for _ in range(50):
        ends += tried(mutant(luck), tmp_path, luck)
    assert ends["refused"] + ends["read"] == 50
    assert ends["refused"] > 10
    assert ends["read"] > 3


@pytest.mark.parametrize("folder", sorted({folder for folder in FOLDERS if folder.parent == SEEDS}), ids=lambda each: each.name)
def test_before_anything_is_changed_an_input_is_planned(folder):
    inputs = pipeline.Inputs((f"{folder}/workloads.yaml",), (f"{folder}/nodes.yaml",), f"{folder}/trust.yaml")
    assert pipeline.plan(inputs, lambda _: None, exact=True).verdict in ("feasible", "infeasible")


@pytest.mark.parametrize("kind", [INPUT, PLAN])
def test_a_case_is_made_from_the_seed_and_its_name_alone(kind):
    first, second, other = (files_of(seed, f"{kind}-7") for seed in (1, 1, 2))
    assert first == second != other


def test_damage_is_done_from_the_seed_alone():
    text = b"a: 1\nb: {c: d}\n"
    assert [damaged(text, Random(seed)) for seed in range(20)] == [damaged(text, Random(seed)) for seed in range(20)]


def test_what_goes_wrong_in_a_case_is_told_with_its_traceback(monkeypatch):
    def fails(*_):
        raise ValueError("this is wrong")

    monkeypatch.setattr("tests.fuzz.cases.tried", fails)
    ends, wrong = run(1, f"{INPUT}-0")
    assert ends == {"failed": 1}
    assert "ValueError: this is wrong" in wrong
