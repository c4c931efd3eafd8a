import pytest

from models.kubernetes.labels import Labels, LabelSelector, Requirement
from models.kubernetes.pod import Pod, PodAffinityTerm
from planner.rules import selectors
from planner.rules.placement.pod_class import ANY, needed, traits

TERM = PodAffinityTerm("host", LabelSelector())
POD = Pod("shop", Labels({"app": "web", "tier": "front"}), pod_anti_affinity=(TERM, TERM))


def test_a_pod_is_found_by_anything_its_labels_and_its_terms() -> None:
    assert list(traits(POD)) == [ANY, ("app", "web"), ("tier", "front"), ("shop", TERM)]


SELECTORS = [
    ("no selector", None, ANY),
    ("an empty one", LabelSelector(), ANY),
    ("expressions alone", LabelSelector(match_expressions=(Requirement("app", "Exists"),)), ANY),
    ("one pair", LabelSelector(Labels({"app": "web"})), ("app", "web")),
    ("the first of several", LabelSelector(Labels({"tier": "front", "app": "web"})), ("app", "web")),
]


@pytest.mark.parametrize(("selector", "expected"), [row[1:] for row in SELECTORS], ids=[row[0] for row in SELECTORS])
def test_whom_a_selector_matches_has_what_it_needs(selector: LabelSelector | None, expected: tuple[str, str]) -> None:
    assert needed(selector) == expected
    assert not selectors.matches(selector, POD.labels) or expected in traits(POD)
