"""What we make of a pod template is what the API server stores, and what it refuses we refuse, naming the same field."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import NOTHING
from models.kubernetes.version import known
from planner.errors import BadInput
from planner.read import read_cluster
from planner.read.documents.document import documents
from planner.read.pods.controller_labels import keys_copied_from
from planner.rules.plugins.tainttoleration import untolerated
from tests.cluster.bed import ControlPlane
from tests.cluster.cases import Object
from tests.cluster.judging import POLICY
from tests.cluster.templates import SPOILS, Template, template

SOUND, SPOILED = 625, 375
"""Of the sound ones the API server stores more than 500; the others, a few of which are spoiled too, it refuses after all."""
BATCH = 125
CREATED, FORBIDDEN, INVALID = 201, 403, 422
REFUSING = (FORBIDDEN, INVALID)
SAMPLES = Path(__file__).parents[2] / "samples"
KEYS = ("dedicated", "gpu", "other", *(f"node.kubernetes.io/{what}" for what in ("not-ready", "unreachable", "unschedulable")))
TAINTS = tuple(Taint(*one) for one in product(KEYS, ("", "a", "b", "c"), ("NoSchedule", "NoExecute")))


class _Spaces:
    """Creates what admission looks at, and takes it away in the end."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.made: dict[str, Any] = {}

    def __call__(self, templates: list[Template]) -> None:
        for kind in ("namespaces", "objects"):
            self._create([each for one in templates for each in getattr(one, kind)])

    def of(self, trees: list[Any]) -> None:
        there = {each["metadata"]["name"] for each in self.plane.items("/api/v1/namespaces")}
        wanted = {_namespace(tree): {"metadata": {"name": _namespace(tree)}} for tree in trees}
        wanted |= {tree["metadata"]["name"]: tree for tree in trees if tree["kind"] == "Namespace"}
        self._create([{"apiVersion": "v1", "kind": "Namespace", **wanted[name]} for name in sorted(wanted.keys() - there)])
        self._create([tree for tree in trees if tree["kind"] in ("PriorityClass", "RuntimeClass", "LimitRange")])

    def _create(self, objects: list[Any]) -> None:
        """Create what is not there yet: some objects are the same for all templates."""
        new = {path: each for each in objects if (path := self.plane.client.path(each)) not in self.made}
        self.plane.create(new.values())
        self.made |= new


@pytest.fixture(name="spaces", scope="module")
def _spaces(scheduler_only: ControlPlane):
    made = _Spaces(scheduler_only)
    yield made
    scheduler_only.delete(reversed(made.made.values()))


@pytest.mark.parametrize("start", range(100_000, 100_000 + SOUND, BATCH))
def test_a_template_becomes_the_pod_that_the_api_server_stores(scheduler_only, spaces, tmp_path, start):
    templates = [template(seed) for seed in range(start, start + BATCH)]
    spaces(templates)
    stored = {one.name: scheduler_only.try_request("POST", _path(one), one.pod) for one in templates}
    different, compared = [], 0
    for one in templates:
        code, answer = stored[one.name]
        wrong = list(_judged_otherwise(one, code, answer, tmp_path))
        different += wrong
        if code == CREATED and not wrong:
            compared += 1
            ours, theirs = _from_template(one, tmp_path), _as_stored(answer, tmp_path)
            if _meaning(ours) != _meaning(theirs):
                different.append(f"{one.name}: {_difference(ours, theirs)}")
    assert compared > 0.75 * BATCH or different
    assert not different, "\n".join(different)


SETS = (
    "argo-cd/install.yaml",
    "argo-cd/ha",
    "kube-prometheus",
    "online-boutique/kubernetes-manifests",
    "online-boutique/release",
    "train-ticket/quickstart-k8s",
    "train-ticket/efk-deployment",
    "train-ticket/prometheus-deployment",
)


@pytest.mark.parametrize("name", SETS)
def test_the_templates_of_real_applications_become_the_pods_that_are_stored(scheduler_only, spaces, tmp_path, data, name):
    found = data / "manifests" / name
    files = [found] if found.is_file() else sorted(each for each in found.rglob("*") if each.suffix in (".yaml", ".yml"))
    assert _compared(scheduler_only, spaces, list(map(str, files)), tmp_path) > 0


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SAMPLES.glob("*/trust.yaml")))
def test_the_templates_of_the_samples_become_the_pods_that_are_stored(scheduler_only, spaces, tmp_path, name):
    folder = SAMPLES / name
    assert _compared(scheduler_only, spaces, [str(folder / "workloads.yaml")], tmp_path) > 1


def _compared(plane: ControlPlane, spaces: Any, files: list[str], folder: Path) -> int:
    """Compare the template of every object in these files with the pod that is stored, and count them."""
    trees = [each for file in files for each in _trees(file)]
    spaces.of(trees)
    nouns = {str(each.id): each.template for each in _cluster(trees, folder).workloads}
    different, compared = [], 0
    for tree in trees:
        template, named = _template_in(tree), f"{tree['kind']}/{_namespace(tree)}/{tree['metadata'].get('name')}"
        if template is None or named not in nouns:
            continue
        metadata = {"namespace": _namespace(tree), "name": "probe", "labels": _labels(plane, tree, template)}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": _without_mounts(template["spec"])}
        theirs = _as_stored(plane.request("POST", f"/api/v1/namespaces/{_namespace(tree)}/pods?dryRun=All", pod), folder)
        compared += 1
        if _meaning(nouns[named]) != _meaning(theirs):
            different.append(f"{named}: {_difference(nouns[named], theirs)}")
    assert not different, "\n".join(different)
    return compared


def _labels(plane: ControlPlane, tree: Any, template: Any) -> Any:
    """Return the labels of its pods; a Job's are those that the API server writes into its template, but for its uid."""
    if tree["kind"] != "Job":
        return template.get("metadata", {}).get("labels", {})
    stored = plane.request("POST", f"/apis/batch/v1/namespaces/{_namespace(tree)}/jobs?dryRun=All", tree)
    labels = stored["spec"]["template"]["metadata"]["labels"]
    return {key: value for key, value in labels.items() if key.rpartition("/")[2] != "controller-uid"}


def _trees(file: str) -> list[Any]:
    trees = [document.tree() for document in documents([file]).documents]
    flat = [each for tree in trees for each in (tree["items"] if tree["kind"] == "List" else [tree])]
    return [each for each in flat if "metadata" in each]


def _without_mounts(spec: Any) -> Any:
    """Leave out what a StatefulSet's claims are mounted by: its controller adds the volumes."""
    kinds = ("containers", "initContainers")
    mountless = {kind: [{**each, "volumeMounts": []} for each in spec[kind]] for kind in kinds if spec.get(kind)}
    return {**spec, **mountless}


def _namespace(tree: Any) -> str:
    return tree["metadata"].get("namespace") or "default"


def _template_in(tree: Any) -> Any:
    if tree["kind"] == "CronJob":
        return tree["spec"]["jobTemplate"]["spec"]["template"]
    return tree["spec"]["template"] if tree["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job") else None


@pytest.mark.parametrize("start", range(200_000, 200_000 + SPOILED, BATCH))
def test_what_the_api_server_refuses_we_refuse_and_name_the_same_field(scheduler_only, spaces, tmp_path, start):
    templates = [template(seed, spoiled=True) for seed in range(start, start + BATCH)]
    spaces(templates)
    wrong, refused = [], 0
    for one in templates:
        code, answer = scheduler_only.try_request("POST", _path(one), one.pod)
        refused += code in REFUSING
        wrong += _judged_otherwise(one, code, answer, tmp_path)
    assert refused > BATCH / 2
    assert not wrong, "\n".join(wrong)


def test_every_way_to_spoil_a_template_is_tried():
    tried = {template(seed, spoiled=True).spoiled for seed in range(200_000, 200_000 + SPOILED)}
    assert tried == set(SPOILS)


CONTROLLERS = {
    "a DaemonSet": ("apps/v1", "DaemonSet", {}),
    "a Deployment": ("apps/v1", "Deployment", {}),
    "a Job": ("batch/v1", "Job", {}),
    "a Job that selects by itself": ("batch/v1", "Job", {"manualSelector": True}),
    "a ReplicaSet": ("apps/v1", "ReplicaSet", {}),
    "a ReplicationController": ("v1", "ReplicationController", {}),
    "a StatefulSet": ("apps/v1", "StatefulSet", {}),
}
SELECTORS: dict[str, Object] = {
    "left out": {},
    "null": {"selector": None},
    "empty": {"selector": {}},
    "of others": {"selector": {"app": "b"}},
    "of its own": {"selector": {"app": "a"}},
}


@pytest.mark.parametrize(("version", "kind", "more"), CONTROLLERS.values(), ids=CONTROLLERS)
def test_selectors_that_the_api_server_refuses_we_refuse(scheduler_only, tmp_path, version, kind, more):
    """Of a DaemonSet without one it says only that the labels do not match; that a Job has one without saying so, we let pass."""
    wrong, taken = [], 0
    for (what, given), labels in product(SELECTORS.items(), ({"app": "a"}, {})):
        if kind == "Job" and not more and given.get("selector"):
            continue
        tree = _controller(version, kind, given | more, labels)
        path = scheduler_only.client.path(tree, named=False)
        code, answer = scheduler_only.try_request("POST", f"{path}?dryRun=All", tree)
        ours, theirs = _faulty([tree], tmp_path), {each["field"] for each in _causes(answer)}
        unsaid = {"spec.selector"} if kind == "DaemonSet" and given.get("selector") is None else set()
        taken += code == CREATED
        if code != (INVALID if ours else CREATED) or not ours <= theirs | unsaid:
            wrong.append(f"{what}, {labels}: the API server answers {code} {sorted(theirs)}, we refuse {sorted(ours)}")
    assert taken
    assert not wrong, "\n".join(wrong)


def _controller(version: str, kind: str, spec: Object, labels: Object) -> Object:
    """Write a controller whose pods have these labels."""
    pod = {"containers": [{"name": "c", "image": "i"}], "restartPolicy": "Never" if kind == "Job" else "Always"}
    selector = spec.get("selector")
    if selector and kind != "ReplicationController":
        spec = spec | {"selector": {"matchLabels": selector}}
    spec = spec | {"template": {"metadata": {"labels": labels}, "spec": pod}}
    return {"apiVersion": version, "kind": kind, "metadata": {"namespace": "default", "name": "a"}, "spec": spec}


def _said(one: Template, folder: Path) -> list[str]:
    """Return what is said of a template that is not refused: a Deployment may be created whose pods a LimitRange forbids."""
    with suppress(BadInput):
        return [one.message for one in _cluster(_deployed(one), folder).unread]
    return []


def _judged_otherwise(one: Template, code: int, answer: Any, folder: Path) -> Iterator[str]:
    """Say where we take what the API server refuses or the other way round, or name other fields of what it finds invalid.

    No plug-in is let off: these namespaces have no quota, and their labels ask PodSecurity for nothing.
    """
    ours, forbidden = _fields(one, folder), [said for said in _said(one, folder) if "the API server will refuse its pods" in said]
    named, theirs = f"{one.name}, {one.spoiled or 'sound'}", {_plain(each["field"]) for each in _causes(answer)}
    if code == CREATED and (ours or forbidden):
        yield f"{named}: the API server takes it, we refuse {sorted(ours)} {forbidden}"
    elif code not in (CREATED, *REFUSING):
        yield f"{named}: the API server answers {code}: {answer.get('message')}"
    elif code != CREATED and not (ours or forbidden):
        yield f"{named}: we take it, the API server does not: {answer.get('message')}"
    elif code == INVALID and not forbidden and not _agree(ours, theirs):
        yield f"{named}: the API server names {sorted(theirs)}, we {sorted(ours)}"


def _agree(ours: set[str], theirs: set[str]) -> bool:
    """Say whether what we name is theirs, or part of it, and they name nothing else, but for amounts that defaults repeat."""
    if not all(any(_within(mine, field) for field in theirs) for mine in ours):
        return False
    return all(any(_within(mine, field) or _amount(mine) == _amount(field) for mine in ours) for field in theirs)


def _amount(field: str) -> str:
    """Leave out of the path of an amount whose it is: requests are taken from limits, and those of a pod from its containers."""
    return re.sub(r"^spec\.(\w+\[\d+\]\.)?resources\.(requests|limits)\.", "", field)


def _causes(answer: Any) -> list[Any]:
    return (answer.get("details") or {}).get("causes", [])


def _path(one: Template) -> str:
    return f"/api/v1/namespaces/{one.name}/pods?dryRun=All"


def _from_template(one: Template, folder: Path) -> Pod:
    """Read the pod as a Deployment's template, which nobody has filled in."""
    return _read(_deployed(one), folder)


def _deployed(one: Template) -> list[Any]:
    metadata = {"namespace": one.name, "name": one.name}
    inner = {"metadata": {"labels": one.pod["metadata"]["labels"]}, "spec": one.pod["spec"]}
    spec = {"selector": {"matchLabels": inner["metadata"]["labels"]}, "template": inner}
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
    return [owner, *one.objects, *one.namespaces]


def _as_stored(answer: Any, folder: Path) -> Pod:
    return _read([answer], folder)


def _read(objects: list[Any], folder: Path) -> Pod:
    return _cluster(objects, folder).workloads[0].template


def _cluster(objects: list[Any], folder: Path) -> Cluster:
    file = folder / "input.json"
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": "1", "pods": "1"}}}
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*objects, node]}), encoding="utf-8")
    return read_cluster([], [str(file)], POLICY)


def _fields(one: Template, folder: Path) -> set[str]:
    return {_plain(field) for field in _faulty(_deployed(one), folder)}


def _faulty(objects: list[Any], folder: Path) -> set[str]:
    """Return the fields that we refuse."""
    try:
        _cluster(objects, folder)
    except BadInput as bad:
        return {fault.field for fault in bad.faults}
    return set()


def _plain(field: str) -> str:
    """Write a path of theirs and of ours alike: keys of maps behind dots, without what leads to the pod's spec, and true ones.

    Which toleration it is does not count: admission leaves out those that others cover.
    """
    field = field.removeprefix("spec.template.")
    field = re.sub(r"^spec\.resources\.(containers\[\d+\])\[(.+)\]\.limits$", r"spec.\1.resources.limits[\2]", field)
    field = re.sub(r"(Constraints\[\d+\]|Execution\[\d+\](?:\.podAffinityTerm)?)\[(\d+)\]$", r"\1.matchLabelKeys[\2]", field)
    field = re.sub(r"\.namespace$", ".namespaces[0]", field)
    field = re.sub(r"tolerations\[\d+\]", "tolerations[0]", field)
    return re.sub(r"\[([^\]0-9][^\]]*)\]", r".\1", field)


def _within(mine: str, theirs: str) -> bool:
    """Say whether we name the same field, or the part of it that is wrong, where the API server names the whole."""
    return mine == theirs or mine.startswith((f"{theirs}.", f"{theirs}["))


def _meaning(pod: Pod) -> tuple[Pod, frozenset[Taint]]:
    """Set the tolerations apart, as the taints they cover: admission leaves out those that others cover.

    What is claimed anew is made by controllers, what is attached follows from objects beside the pod, and what is kept on a node
    from the mounts, which were left out.
    """
    plain = replace(pod, tolerations=(), new_claims=(), attached=NOTHING, host_paths=(), empty_dirs=())
    return plain, frozenset(taint for taint in TAINTS if not untolerated(pod.tolerations, (taint,)))


def _difference(ours: Pod, theirs: Pod) -> str:
    fields = [name for name in Pod.__dataclass_fields__ if getattr(ours, name) != getattr(theirs, name)]
    return "; ".join(f"{name}: we say {getattr(ours, name)}, stored is {getattr(theirs, name)}" for name in fields)


def test_a_pod_that_is_bound_has_the_labels_that_are_copied_from_its_node_over_its_own(scheduler_only):
    zone, region = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
    has = {zone: "za", region: "r", "topology.kubernetes.io/rack": "k", "kubernetes.io/hostname": "copied", "tier": "x"}
    room = {"cpu": "1", "memory": "1Gi", "pods": "10"}
    head = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "copied", "labels": has}}
    made = head | {"status": {"allocatable": room, "capacity": room}}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "copied"}}
    spec = {"nodeSelector": {"tier": "x"}, "tolerations": [{"operator": "Exists"}], "containers": [{"name": "c", "image": "i:1"}]}
    meta = {"name": "one", "namespace": "copied", "labels": {"app": "one", zone: "zb"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    path = scheduler_only.client.path(pod)
    scheduler_only.apply([made])
    scheduler_only.create([space, pod])
    scheduler_only.wait(lambda: scheduler_only.request("GET", path)["spec"].get("nodeName"), "the pod is bound")
    found = scheduler_only.request("GET", path)["metadata"]["labels"]
    scheduler_only.delete([pod, space, made])
    keys = keys_copied_from([Node("copied", FrozenMap(has))], [], known(scheduler_only.version))
    assert found == {"app": "one", zone: "zb"} | {key: has[key] for key in keys}
    assert keys == {zone, region}
