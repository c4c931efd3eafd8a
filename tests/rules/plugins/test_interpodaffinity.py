import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Requirement
from models.kubernetes.pod import Pod, PodAffinityTerm
from planner.rules.plugins import interpodaffinity

WEB, DB = LabelSelector(Labels({"app": "web"})), LabelSelector(Labels({"app": "db"}))
TEAM_A = LabelSelector(Labels({"team": "a"}))
OWNER = Pod("shop", Labels({"app": "cart"}))
CLUSTER = Cluster(namespaces=FrozenMap({"pay": Labels({"team": "a"}), "shop": Labels({"team": "b"})}))


def term(
    selector: LabelSelector | None = WEB, names: tuple[str, ...] = (), spaces: LabelSelector | None = None
) -> PodAffinityTerm:
    return PodAffinityTerm("zone", selector, names, spaces)


BY_NAME = LabelSelector(match_expressions=(Requirement("kubernetes.io/metadata.name", "In", ("pay", "new")),))
ROWS = [
    ("without namespaces the owner's own is meant", term(), "shop", True),
    ("without namespaces others are not meant", term(), "pay", False),
    ("labels must match", term(DB), "shop", False),
    ("no label selector selects nothing", term(None), "shop", False),
    ("an empty label selector selects everything in scope", term(LabelSelector()), "shop", True),
    ("a listed namespace is meant", term(names=("pay",)), "pay", True),
    ("with a list the owner's own is no longer implied", term(names=("pay",)), "shop", False),
    ("a namespace selector means the namespaces it matches", term(spaces=TEAM_A), "pay", True),
    ("a namespace selector does not imply the owner's own", term(spaces=TEAM_A), "shop", False),
    ("an empty namespace selector means all", term(spaces=LabelSelector()), "anything", True),
    ("list and selector add up: by the list", term(names=("shop",), spaces=TEAM_A), "shop", True),
    ("list and selector add up: by the selector", term(names=("shop",), spaces=TEAM_A), "pay", True),
    ("list and selector add up: by neither", term(names=("shop",), spaces=TEAM_A), "other", False),
    ("every namespace has its name as a label", term(spaces=BY_NAME), "pay", True),
    ("also one that was not read", term(spaces=BY_NAME), "new", True),
    ("a namespace that was not read has no other labels", term(spaces=TEAM_A), "new", False),
]


@pytest.mark.parametrize(("one", "namespace", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_whom_a_term_selects(one: PodAffinityTerm, namespace: str, expected: bool) -> None:
    other = Pod(namespace, Labels({"app": "web"}))
    assert interpodaffinity.selects(one, OWNER, other, CLUSTER) is expected


def test_for_affinity_all_terms_must_select_the_same_pod() -> None:
    both = Pod("shop", Labels({"app": "web", "tier": "front"}))
    front = term(LabelSelector(Labels({"tier": "front"})))
    assert interpodaffinity.selects_all((term(), front), OWNER, both, CLUSTER)
    assert not interpodaffinity.selects_all((term(), front), OWNER, Pod("shop", Labels({"app": "web"})), CLUSTER)
    assert not interpodaffinity.selects_all((), OWNER, both, CLUSTER)


def test_the_reasons_are_in_kube_schedulers_words() -> None:
    assert interpodaffinity.AFFINITY == "node(s) didn't match pod affinity rules"
    assert interpodaffinity.ANTI_AFFINITY == "node(s) didn't match pod anti-affinity rules"
    assert interpodaffinity.EXISTING_ANTI_AFFINITY == "node(s) didn't satisfy existing pods anti-affinity rules"
