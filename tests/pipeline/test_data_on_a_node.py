"""A pod whose data is on its node stays there before others do; where it does not, what it loses is named among the moves."""

from dataclasses import replace

import pytest

from models.solver.outcome import DATA, FEASIBLE, Goal
from planner import pipeline
from planner.formats import explained
from planner.paper import Paper
from planner.rules.data_on_node import kept
from planner.verify import verify
from planner.view.summary.front import explanation, summary, summary_data
from tests.explain.homes import made
from tests.shop_that_buys import node, running, workload

FOLDER = {"volumes": [{"name": "data", "hostPath": {"path": "/var/cache/geo"}}, {"name": "tmp", "emptyDir": {}}]}
SCRATCH = {"volumes": [{"name": "tmp", "emptyDir": {}}]}
CLAIM = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "geo"}}]}


def volume(source, **spec):
    """Write a volume on a node, and the claim that it is bound to."""
    size = {"storage": "1Gi"}
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": "manual"}
    kept_for = {"namespace": "shop", "name": "geo"}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": "geo-pv"},
            "spec": {**common, "capacity": size, source: {"path": "/var/lib/geo"}, "claimRef": kept_for, **spec},
            "status": {"phase": "Bound"},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "geo", "namespace": "shop"},
            "spec": {**common, "resources": {"requests": size}, "volumeName": "geo-pv"},
        },
    ]


def stored(items):
    return {"apiVersion": "v1", "kind": "List", "items": items}


def plan(tmp_path, nodes=2, db_on=("n-1",), **pod):
    """Plan a database of one level whose pods share nodes with more pods of another; `pod` is what it keeps there, and where."""
    beside = pod.pop("beside", [])
    db, web = workload("db", "restricted", "1", len(db_on), **pod), workload("web", "untrusted", "500m", 4)
    live = stored([*running("db", "restricted", "1", *db_on, **pod), *running("web", "untrusted", "500m", *["n-1"] * 4)])
    return made(tmp_path, [db, web, live, *beside], [node(f"n-{at}") for at in range(1, nodes + 1)])


def goal(plan, name):
    return next((one.value for one in plan.goals if one.name == name), None)


def moved(plan):
    return {one["workload"].rpartition("/")[2]: one["pods"] for one in summary_data(plan)["moves"]}


HOSTNAME = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["n-1"]}]}
AT_N1 = {"nodeAffinity": {"required": {"nodeSelectorTerms": [HOSTNAME]}}}
ROWS = {
    "without data the fewest pods move": ({}, {"db": 1}),
    "what is made for a pod goes with it in any case": (SCRATCH, {"db": 1}),
    "a folder of the node keeps its pod there": (FOLDER, {"web": 4}),
    "a bound volume that is a folder of the node does, too": ({**CLAIM, "beside": volume("hostPath")}, {"web": 4}),
    "and where it has node affinity": ({**CLAIM, "beside": volume("hostPath", **AT_N1)}, {"web": 4}),
    "and a local volume": ({**CLAIM, "beside": volume("local", **AT_N1)}, {"web": 4}),
    "no volume that is elsewhere": ({**CLAIM, "beside": volume("nfs", nfs={"server": "s", "path": "/p"})}, {"db": 1}),
}


@pytest.mark.parametrize(("pod", "moves"), ROWS.values(), ids=ROWS)
def test_data_on_a_node(tmp_path, pod, moves):
    found = plan(tmp_path, **pod)
    assert (found.verdict, moved(found)) == (FEASIBLE, moves)
    assert goal(found, DATA) == (0 if moves == {"web": 4} else None)
    assert [one for one in verify(found) if one.severity == "error"] == []


def test_where_it_cannot_stay_its_loss_is_named_among_the_moves(tmp_path):
    """Two databases of two levels have data on one node: one of them goes."""
    other = {"volumes": [{"name": "data", "hostPath": {"path": "/srv/shop"}}]}
    live = [*running("db", "restricted", "1", "n-1", **FOLDER), *running("shop", "untrusted", "1", "n-1", "n-1", **other)]
    work = [workload("db", "restricted", "1", 1, **FOLDER), workload("shop", "untrusted", "1", 2, **other)]
    found = made(tmp_path, [*work, stored(live)], [node("n-1"), node("n-2")])
    assert (goal(found, DATA), goal(found, "moves"), moved(found)) == (1, 1, {"db": 1})
    (told,) = summary_data(found)["moves"]
    assert told["loses"] == ["hostPath /var/cache/geo", "emptyDir tmp"]
    said = "1 pod moves and loses what it keeps on its node: hostPath /var/cache/geo, emptyDir tmp"
    assert f"- Deployment/shop/db: {said}" in summary(found, Paper(200), is_verbose=True)
    assert f"{said}." in explanation(found, explained(found, "Deployment/shop/db"), Paper(200))
    assert "running pods that leave data behind" in summary(found, Paper(200), is_verbose=True)
    assert [one for one in verify(found) if one.severity == "error"] == []


def test_what_moves_and_keeps_nothing_lasting_names_its_scratch_space(tmp_path):
    (told,) = summary_data(plan(tmp_path, **SCRATCH))["moves"]
    assert told["loses"] == ["emptyDir tmp"]
    assert "loses" not in summary_data(plan(tmp_path))["moves"][0]


@pytest.mark.parametrize(
    ("pod", "names"),
    [
        pytest.param(FOLDER, ["hostPath /var/cache/geo on n-1"], id="a folder of the node"),
        pytest.param(
            {**CLAIM, "beside": volume("hostPath")},
            ["volume geo-pv (hostPath /var/lib/geo) on n-1"],
            id="a volume without affinity",
        ),
        pytest.param({**CLAIM, "beside": volume("hostPath", **AT_N1)}, [], id="not a volume that has some"),
        pytest.param(SCRATCH, [], id="nor what goes with the pod"),
    ],
)
def test_that_kube_scheduler_does_not_know_of_it_is_said(tmp_path, pod, names):
    found = [one.message for one in plan(tmp_path, **pod).not_modelled if one.message.startswith("keeps ")]
    assert [message.partition(", of which")[0] for message in found] == [f"keeps {name}" for name in names]


LIES = {
    "that pods leave data behind is struck out": lambda goals: tuple(one for one in goals if one.name != DATA),
    "more are said to": lambda goals: tuple(replace(one, value=3.0, bound=0.0) if one.name == DATA else one for one in goals),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_verify_counts_what_leaves_data_behind_by_itself(tmp_path, lie):
    found = plan(tmp_path, **FOLDER)
    assert {one.code for one in verify(replace(found, goals=lie(found.goals)))} & {"goals-missing", "goal-data"}


def test_nobody_leaves_data_behind_who_has_none(tmp_path):
    found = plan(tmp_path)
    assert "goal-unknown" in {one.code for one in verify(replace(found, goals=(*found.goals, Goal(DATA, 0, 0))))}


def test_a_plan_that_is_read_back_knows_what_its_pods_keep(tmp_path):
    found = plan(tmp_path, **FOLDER)
    (tmp_path / "plan.yaml").write_text(pipeline.plan_text(found))
    again = pipeline.load(str(tmp_path / "plan.yaml"))
    assert again == found
    assert kept(next(one for one in again.cluster.workloads if one.id.name == "db"), again.cluster).words
