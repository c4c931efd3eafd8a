"""With the policies in force all goes on: what a plan places comes up, rolls out, runs its Jobs, is drained; nodes join."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from tests.cluster import drains, rollouts
from tests.cluster.admission.in_force import headers, in_force
from tests.cluster.admission.requests import KUBELET, TAINT, Object, Who, node, owner, pod
from tests.cluster.admission.shop import documents_in
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE
from tests.cluster.conftest import StartPlane
from tests.cluster.life import MINDFUL, QUICK, Life, Rest, made_true
from tests.cluster.observe import running
from tests.cluster.scenario import of_sample, of_set
from tests.cluster.stage import Run, Stage
from tests.manifests.test_real_applications import LONG, SETS
from tests.soak import later

SAMPLES = ("quickstart", "tenants", "may-share", "sharing", "buying", "brownfield", "node-groups")
BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"


@pytest.fixture(scope="module")
def plane(start_plane: StartPlane):
    """Return a control plane whose programs go by their own names, as the policies tell them apart."""
    with start_plane(named=True, flags=MINDFUL, scheduler_config=QUICK) as started:
        yield started


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_lives_behind_its_policies(
    plane: ControlPlane, ringfence: Run, kubectl_path: str, tmp_path: Path, sample: str
) -> None:
    stage, scenario = Stage(plane, ringfence, tmp_path, kubectl_path), of_sample(sample, tmp_path)
    stage.plan("plan", *scenario.arguments())
    patch = stage.patch("plan")
    documents, adding = documents_in(patch), [*documents_in(patch, "mutating-policy"), *documents_in(patch, "joining-policy")]
    with standing(plane, adding), in_force(plane, documents), made_true(stage, scenario, "plan", Random(0)) as life:
        the_api_server_finds_nothing_wrong_with(plane, documents)
        everything_runs(life)
        everything_rolls_out_again(life)
        a_plan_from_the_live_cluster_sees_that_the_doors_are_shut(life)
        a_node_is_drained(life)
        a_node_joins(life)
        if (patch / "joining-policy").exists():
            a_node_of_a_group_is_replaced(life)
        pods_that_no_patch_reaches_run_in_their_ring(life)


@pytest.mark.parametrize("which", [later(name) if name in LONG else name for name in SETS])
def test_all_pods_of_real_applications_are_admitted(
    plane: ControlPlane, ringfence: Run, kubectl_path: str, tmp_path: Path, data: Path, which: str
) -> None:
    stage, scenario = Stage(plane, ringfence, tmp_path, kubectl_path), of_set(which, data, tmp_path)
    stage.plan("plan", *scenario.arguments())
    patch = stage.patch("plan")
    adding, refusing = documents_in(patch, "mutating-policy"), documents_in(patch)
    with standing(plane, adding), in_force(plane, refusing), made_true(stage, scenario, "plan", Random(0)) as life:
        everything_runs(life)
        everything_rolls_out_again(life)


def the_api_server_finds_nothing_wrong_with(plane: ControlPlane, documents: list[Object]) -> None:
    """Wait until the controller has checked the types of all expressions, and insist that it warns of none."""
    names = {each["metadata"]["name"] for each in documents}
    found = [each for each in plane.items(POLICIES) if each["metadata"]["name"] in names]
    plane.wait(lambda: all("typeChecking" in each.get("status", {}) for each in plane.items(POLICIES)), "types are checked")
    found = [each for each in plane.items(POLICIES) if each["metadata"]["name"] in names]
    assert len(found) == len(names)
    assert [each["status"]["typeChecking"] for each in found] == [{}] * len(found)


def everything_runs(life: Life) -> None:
    assert life.rest() == Rest()
    assert life.mixtures() == []


def everything_rolls_out_again(life: Life) -> None:
    assert rollouts.roll_out(life)
    assert life.rest() == Rest()
    assert life.mixtures() == []


def a_plan_from_the_live_cluster_sees_that_the_doors_are_shut(life: Life) -> None:
    """Plan from what runs; its own policies are none that it does not model. Where one only warns, it says that they are open."""
    arguments = ("--kubeconfig", life.plane.kubeconfig, "--policy", life.scenario.policy)
    plan = life.stage.plan("again", *arguments)
    assert {"admission"} == codes(plan) & {"admission", "no-admission"}
    assert [each for each in plan["notModelled"] if "ringfence-" in each["message"] + each["subject"]] == []
    done = life.stage.ringfence("verify", life.stage.folder / "again.yaml")
    assert done.returncode == 0, done.stdout
    with only_warning(life.plane, "ringfence-bindings"):
        assert {"no-admission"} == codes(life.stage.plan("again", *arguments)) & {"admission", "no-admission"}


def codes(plan: Object) -> set[str]:
    return {each["code"] for each in plan["unenforced"]}


@contextmanager
def only_warning(plane: ControlPlane, name: str) -> Iterator[None]:
    """Let a binding refuse nothing for the time of the block."""
    for actions in (["Warn"], ["Deny"]):
        plane.request("PATCH", f"{BINDINGS}/{name}", {"spec": {"validationActions": actions}}, MERGE)
        if actions == ["Warn"]:
            yield


def a_node_is_drained(life: Life) -> None:
    """Evict all pods of a node that has some; they run again as soon as it takes pods again."""
    name = _peopled(life)
    drains.cordon(life, name, wish=True)
    drains.drain(life, name)
    drains.cordon(life, name, wish=False)
    assert life.rest() == Rest()
    assert life.mixtures() == []


def _peopled(life: Life) -> str:
    """Return a node on which a pod of a ring runs."""
    return str(next(pod["spec"]["nodeName"] for pod in life.pods.objects.values() if running(pod) and life.ring(pod)))


def a_node_of_a_group_is_replaced(life: Life) -> None:
    """Drain a node, delete it, and let its kubelet register anew, which knows of no ring: it has that of its group at once."""
    plane, name = life.plane, _peopled(life)
    ring = next(ring["name"] for ring in life.plan["rings"] if name in ring["nodes"])
    drains.cordon(life, name, wish=True)
    drains.drain(life, name)
    anew = next(each for each in life.scenario.inventory() if each["metadata"]["name"] == name)
    plane.delete([anew])
    code, answer = plane.try_request("POST", "/api/v1/nodes", anew, more=headers(Who(f"system:node:{name}", KUBELET.groups)))
    assert code == 201, answer
    assert [each["value"] for each in answer["spec"]["taints"] if each["key"] == TAINT] == [ring]
    assert answer["metadata"]["labels"][life.plan["inputs"]["policy"]["nodes"]["labelKey"]] == ring
    plane.wait(plane.nodes_are_ready, "the node is ready")
    assert life.rest() == Rest()
    assert life.mixtures() == []


def pods_that_no_patch_reaches_run_in_their_ring(life: Life) -> None:
    """Make a pod as kubectl run does, and a Job as an operator does, in each namespace whose pods are all of one ring."""
    rings: dict[str, set[str]] = {}
    for entry in life.plan["placements"]:
        rings.setdefault(entry["workload"]["namespace"], set()).add(entry["ring"])
    homes = {space: ring for space, (ring, *more) in sorted(rings.items()) if not more and space != "kube-system"}
    taints = [each for item in life.plane.items("/api/v1/nodes") for each in item["spec"].get("taints", ())]
    others = [{"key": key, "operator": "Exists"} for key in sorted({each["key"] for each in taints} - {TAINT})]
    lone = [{**pod(space, tolerations=others), "metadata": {"name": "probe-lone", "namespace": space}} for space in homes]
    jobs = [{**owner("Job", space, tolerations=others), "metadata": {"name": "probe-job", "namespace": space}} for space in homes]
    life.plane.create([*lone, *jobs])
    places = {(space, f"probe-{what}"): ring for space, ring in homes.items() for what in ("lone", "job")}
    life.plane.wait(lambda: len(_probes(life)) == len(places), "what no patch reaches has its nodes")
    nodes = {ring["name"]: set(ring["nodes"]) for ring in life.plan["rings"]}
    assert {name: node for name, node in _probes(life).items() if node not in nodes[places[name]]} == {}
    life.plane.delete([*jobs, *lone])


def _probes(life: Life) -> dict[tuple[str, str], str]:
    """Return the nodes of the probes that have one: namespace and name of the pod, or of its Job, -> node."""
    there = [each for _, each in list(life.pods.events) if each["metadata"]["name"].startswith("probe-")]
    return {
        (each["metadata"]["namespace"], "-".join(each["metadata"]["name"].split("-")[:2])): each["spec"]["nodeName"]
        for each in there
        if each["spec"].get("nodeName")
    }


@contextmanager
def standing(plane: ControlPlane, documents: list[Object]) -> Iterator[None]:
    """Have documents there for the time of the block."""
    plane.create(documents)
    try:
        yield
    finally:
        plane.delete(documents)


def a_node_joins(life: Life) -> None:
    """Let a kubelet register; what runs everywhere comes to it, and nothing else, until somebody gives it a ring."""
    plane, joining = life.plane, node()
    joining["metadata"] = {"name": "joining", "labels": {"kubernetes.io/hostname": "joining"}}
    joining["status"] = {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}
    code, answer = plane.try_request("POST", "/api/v1/nodes", joining, more=headers(KUBELET))
    assert code == 201, answer
    life.stage.made.append(joining)
    plane.wait(plane.nodes_are_ready, "the node is ready")
    assert life.rest() == Rest()
    here = [pod for pod in life.pods.objects.values() if pod["spec"].get("nodeName") == "joining"]
    assert all(life.ring(pod) is None for pod in here)
