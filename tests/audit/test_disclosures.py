"""What a plan does not promise stands in it word for word: `verify` makes its statements anew, and misses those struck out."""

import json
from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.source import Source
from planner import pipeline
from planner.audit.disclosures import disclosure_findings
from planner.trust.members import UNTAGGED
from tests.refine.test_loop import node, workload

DROPPED, REVERSED = "is struck out", "says the contrary"


def agent() -> dict:
    made = workload("agent", 1, 1)
    made["spec"].pop("replicas")
    made["spec"]["template"]["metadata"]["labels"].pop("ringfence.dev/trust-level")
    return made | {"kind": "DaemonSet"}


def bold() -> dict:
    """Return a Deployment that tolerates everything, by another scheduler."""
    made = workload("bold", 1, 1, level="b")
    made["spec"]["template"]["spec"] |= {"tolerations": [{"operator": "Exists"}], "schedulerName": "other"}
    return made


def light() -> dict:
    """Return a Deployment without a level that requests nothing, and spreads over nodes."""
    made = workload("light", 1, 1)
    made["spec"]["template"]["metadata"]["labels"].pop("ringfence.dev/trust-level")
    spec = made["spec"]["template"]["spec"]
    spec["containers"][0].pop("resources")
    constraint = {"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    spec["topologySpreadConstraints"] = [constraint | {"labelSelector": {"matchLabels": {"app": "light"}}}]
    return made


def old(name: str) -> dict:
    made = node(name, "same", 4)
    made["metadata"]["labels"]["a.b/ring"] = "gone"
    return made


BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "all", "namespace": "shop"},
    "spec": {"minAvailable": "100%", "selector": {"matchLabels": {"app": "bold"}}},
}
SPEC = {
    "levels": ["a", "b", "c"],
    "untagged": "a",
    "everywhere": [{"names": ["agent"]}],
    "demand": {"surge": False, "hpa": "now", "cronJobs": "one"},
    "survive": {"nodes": 1},
    "nodes": {"labelKey": "a.b/ring"},
}
ITEMS = [agent(), bold(), light(), BUDGET, *(node(f"n{at}", "same", 4) for at in range(5)), old("n9"), node("tiny", "tiny", 1)]


def planned(folder, exact=False, items=ITEMS, spec=SPEC):
    (folder / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "p"}, "spec": spec}
    (folder / "policy.json").write_text(json.dumps(policy))
    inputs = pipeline.Inputs((), (str(folder / "all.json"),), str(folder / "policy.json"))
    return pipeline.plan(inputs, lambda _: None, exact=exact)


@pytest.fixture(name="plan", scope="module")
def _plan(tmp_path_factory):
    return planned(tmp_path_factory.mktemp("tried"))


@pytest.fixture(name="packing", scope="module")
def _packing(tmp_path_factory):
    return planned(tmp_path_factory.mktemp("exact"), exact=True)


@pytest.fixture(name="zoned", scope="module")
def _zoned(tmp_path_factory):
    """Return a plan of two rings, whose nodes are in zones, and of which nobody asks that losses are survived."""
    nodes = [node(f"n{at}", "same", 4) for at in range(4)]
    for at, one in enumerate(nodes):
        one["metadata"]["labels"]["topology.kubernetes.io/zone"] = f"z{at % 2}"
    return planned(tmp_path_factory.mktemp("zoned"), items=[workload("one", 2, 1), bold(), *nodes], spec={"levels": ["a", "b"]})


def struck(plan, subject, how):
    """Strike a subject's statements out of both lists, or reverse them."""

    def left(said):
        others = tuple(one for one in said if one.subject != subject)
        return others if how == DROPPED else (*others, Statement(subject, "is safe whatever comes"))

    return replace(plan, not_modelled=left(plan.not_modelled), unenforced=left(plan.unenforced))


DUE = {
    "that orders which were not tried may fail": "kube-scheduler",
    "that pods of a rollout are not counted": "rollouts",
    "that pods of an autoscaler are not counted": "autoscalers",
    "that runs of CronJobs are not counted": "CronJobs",
    "who carries no level": "untagged",
    "a level that nobody has": "level c",
    "who requests nothing": "requests",
    "who comes too late on a full node": "DaemonSets",
    "whose spread counts dead nodes": "spread",
    "a budget that stops drains": "PodDisruptionBudget/shop/all",
    "what surviving does not mean": "survive",
    "a ring that nobody is in any more": "ring gone",
    "which nodes change their ring, with pods unseen": "today",
    "another scheduler, and that a taint is tolerated": "Deployment/shop/bold",
    "that no admission policy keeps others out": "every ring",
    "a label that the kubelet may write": "node label a.b/ring",
    "who says its level itself": "level b",
    "who runs in every ring": "shared residents",
    "who could get there by his name": "everywhere[0]",
}


def test_the_rows_leave_no_statement_out(plan):
    assert all(made.any_order for made in plan.rings)
    assert len([one for one in plan.not_modelled if one.subject == "survive"]) == 2
    idle = {one.subject for one in plan.unenforced if one.subject.startswith("node ") and one.subject != "node label a.b/ring"}
    assert {one.subject for one in (*plan.not_modelled, *plan.unenforced)} - idle == set(DUE.values())


@pytest.mark.parametrize("how", [DROPPED, REVERSED])
@pytest.mark.parametrize("subject", DUE.values(), ids=DUE)
def test_a_statement_that_is_struck_out_or_reversed_is_missed(plan, subject, how):
    found = [one for one in disclosure_findings(struck(plan, subject, how)) if one.severity == "error"]
    lists = {"not-modelled-missing": plan.not_modelled, "unenforced-missing": plan.unenforced}
    untrue = {"not-modelled-untrue", "unenforced-untrue"} if how == REVERSED else set()
    missing = {name for name, said in lists.items() if subject in {one.subject for one in said}}
    assert {one.subject for one in found if "-" in one.code} == {subject}
    assert {one.code for one in found if "-" in one.code} == missing | untrue


@pytest.mark.parametrize("which", [0, 1], ids=["what a loss is", "how many losses were simulated"])
def test_one_of_two_statements_about_the_same_is_missed(plan, which):
    gone = [one for one in plan.not_modelled if one.subject == "survive"][which]
    left = tuple(one for one in plan.not_modelled if one is not gone)
    assert [one.subject for one in disclosure_findings(replace(plan, not_modelled=left))] == ["survive"]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        pytest.param("safe only where a ring is proven", "safe", id="orders that were not tried are called safe"),
        pytest.param("its default profile", "every profile", id="another profile is said to be simulated"),
    ],
)
def test_what_was_simulated_is_not_said_otherwise(plan, said, instead):
    changed = tuple(replace(one, message=one.message.replace(said, instead)) for one in plan.not_modelled)
    assert changed != plan.not_modelled
    found = {(one.code, one.subject) for one in disclosure_findings(replace(plan, not_modelled=changed))}
    assert found == {("not-modelled-untrue", "kube-scheduler"), ("not-modelled-missing", "kube-scheduler")}


def test_a_node_outside_every_ring_is_missed(plan):
    ring = plan.rings[0]
    smaller = replace(plan, rings=(replace(ring, nodes=ring.nodes[1:]), *plan.rings[1:]))
    assert f"node {ring.nodes[0]}" in {one.subject for one in disclosure_findings(smaller)}


def test_who_carries_no_level_is_missed_although_its_reason_was_changed(plan):
    name = "Deployment/shop/light"
    assert plan.trust.members[name].because == UNTAGGED
    members = FrozenMap({**plan.trust.members, name: replace(plan.trust.members[name], because="its label")})
    changed = replace(struck(plan, "untagged", DROPPED), trust=replace(plan.trust, members=members))
    assert [one.subject for one in disclosure_findings(changed)] == ["untagged", "untagged"], (
        "and that whoever leaves his tag away is lifted"
    )


UNTOLD = {
    "all that is foretold of losses": lambda losses: (),
    "one ring's zones": lambda losses: tuple(one for one in losses if (one.ring, one.of) != ("a", "zone")),
    "every loss of a zone": lambda losses: tuple(one for one in losses if one.of != "zone"),
}


@pytest.mark.parametrize("left", UNTOLD.values(), ids=UNTOLD)
def test_losses_of_which_nothing_is_told_are_missed(zoned, left):
    told = {(one.ring, one.of) for one in zoned.losses}
    assert told == {("a", "node"), ("a", "zone"), ("b", "node"), ("b", "zone")}
    assert not list(disclosure_findings(zoned))
    less = replace(zoned, losses=left(zoned.losses))
    found = {(one.subject, one.parameters["of"]) for one in disclosure_findings(less) if one.code == "losses-missing"}
    assert found == told - {(one.ring, one.of) for one in less.losses}
    assert "losses-missing" in {one.code for one in pipeline.verify(less) if one.severity == "error"}


def test_a_ring_without_pods_of_its_own_has_nothing_to_lose(zoned):
    bare = replace(zoned, losses=(), placements=tuple(one for one in zoned.placements if one.ring != "a"))
    assert {one.subject for one in disclosure_findings(bare) if one.code == "losses-missing"} == {"b"}


def test_a_packing_says_that_it_is_one(packing):
    assert packing.packing == "exact"
    found = {(one.code, one.subject) for one in disclosure_findings(struck(packing, "kube-scheduler", DROPPED))}
    assert found == {("not-modelled-missing", "kube-scheduler")}


COMPLETE = {
    "as it was made": lambda plan: plan,
    "in another order": lambda plan: replace(plan, not_modelled=plan.not_modelled[::-1], unenforced=plan.unenforced[::-1]),
    "with rings that have other names": lambda plan: renamed(plan),
}


def renamed(plan):
    members = {name: replace(one, ring=one.ring and f"my-{one.ring}") for name, one in plan.trust.members.items()}
    return replace(
        plan,
        rings=tuple(replace(made, name=f"my-{made.name}") for made in plan.rings),
        trust=replace(plan.trust, members=FrozenMap(members)),
    )


@pytest.mark.parametrize("change", COMPLETE.values(), ids=COMPLETE)
def test_a_plan_that_says_all_is_complete(plan, packing, change):
    assert list(disclosure_findings(change(plan))) == list(disclosure_findings(change(packing))) == []


MORE = {
    "what nobody reads out of the inputs": lambda plan: (*plan.unenforced, Statement("node x", "may fall over")),
    "a statement that is said twice": lambda plan: (*plan.unenforced, plan.unenforced[0]),
    "a statement of another place": lambda plan: (replace(plan.unenforced[0], where=Source("a.yaml", 7)), *plan.unenforced[1:]),
}


@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
def test_what_the_inputs_do_not_give_is_refused(plan, more):
    found = list(disclosure_findings(replace(plan, unenforced=more(plan))))
    assert "unenforced-untrue" in {one.code for one in found}


def test_verify_misses_what_is_struck_out_of_the_document(plan, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(pipeline.plan_text(plan), encoding="utf-8")
    assert not [one for one in pipeline.verify(pipeline.load(str(path))) if one.severity == "error"]
    path.write_text(pipeline.plan_text(struck(plan, "shared residents", DROPPED)), encoding="utf-8")
    found = [one for one in pipeline.verify(pipeline.load(str(path))) if one.severity == "error"]
    assert [(one.code, one.subject) for one in found] == [("unenforced-missing", "shared residents")]
