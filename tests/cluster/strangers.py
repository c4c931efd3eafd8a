"""Pods that no patch has reached try to enter rings: as their manifests have them, with a wildcard toleration, by nodeName."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.cluster.life import STRANGER, Life
from tests.cluster.observe import Key, key_of, refusal, running
from tests.cluster.stage import WORKLOADS, pod_spec

Object = dict[str, Any]
WILDCARD, NAMED, PLAIN = "wildcard", "named", "plain"
NOTHING = {"requests": {"cpu": "0", "memory": "0"}}
EVERYTHING = [{"operator": "Exists"}]


def probe(name: str, namespace: str, **spec: Any) -> Object:
    """Make a pod that asks for nothing."""
    container = {"name": "probe", "image": "example.com/probe", "resources": NOTHING}
    metadata = {"name": f"{STRANGER}{name}", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], **spec}}


def unpatched(life: Life) -> dict[str, Key]:
    """Return, by the name of its probe, every workload that belongs to a ring and that a patch changes."""
    bare = {key_of(each): each for each in life.bare}
    changed = {key_of(each) for each in life.patched if each["kind"] in WORKLOADS and _differ(each, bare[key_of(each)])}
    planned = sorted(key for key, ring in life.ring_of.items() if ring is not None and key in changed)
    return {f"{STRANGER}{number}": key for number, key in enumerate(planned)}


def _differ(patched: Object, bare: Object) -> bool:
    """Say whether a patch gave a workload more than its annotation: some are guarded only."""
    return bool(pod_spec(patched) != pod_spec(bare))


def intrude(life: Life) -> list[Object]:
    """Create one pod of every unpatched workload, and for every ring one of each other kind of stranger; return them."""
    bare = {key_of(each): each for each in life.bare if each["kind"] in WORKLOADS}
    probes = [_unpatched(name, bare[key]) for name, key in unpatched(life).items()]
    for ring in life.plan["rings"]:
        if not ring["nodes"]:
            continue
        node, home = ring["nodes"][0], {"kubernetes.io/hostname": ring["nodes"][0]}
        probes += [
            probe(f"{WILDCARD}-{node}", "default", nodeSelector=home, tolerations=EVERYTHING),
            probe(f"{NAMED}-{node}", "default", nodeName=node),
            probe(f"{PLAIN}-{node}", "default", nodeSelector=home),
        ]
    life.stage.apply(probes)
    return probes


def _unpatched(name: str, workload: Object) -> Object:
    """Make the pod that an unpatched manifest makes, as light as can be so that only rules about nodes can refuse it."""
    spec = deepcopy(pod_spec(workload))
    for each in (*spec["containers"], *spec.get("initContainers", ())):
        each["resources"] = NOTHING
        each.pop("ports", None)
    for field in ("resources", "affinity", "topologySpreadConstraints", "volumes", "priorityClassName"):
        spec.pop(field, None)
    return {**probe(name.removeprefix(STRANGER), workload["metadata"]["namespace"]), "spec": _without_mounts(spec)}


def _without_mounts(spec: Object) -> Object:
    for each in (*spec["containers"], *spec.get("initContainers", ())):
        each.pop("volumeMounts", None)
        each.pop("volumeDevices", None)
    return spec


def verdicts(life: Life, probes: list[Object]) -> dict[str, str]:
    """Wait until every probe runs or is refused; return the node of each that runs, else nothing."""
    names = [(each["metadata"]["namespace"], each["metadata"]["name"]) for each in probes]

    def decided() -> bool:
        found = [life.pods.objects.get(name) for name in names]
        return all(pod and (running(pod) or refusal(pod)) for pod in found)

    life.plane.wait(decided, "every stranger runs or is refused", 120)
    pods = {name: life.pods.objects[space, name] for space, name in names}
    return {name: pod["spec"]["nodeName"] if running(pod) else "" for name, pod in pods.items()}


def surprises(life: Life, found: dict[str, str]) -> Iterator[str]:
    """Say what got onto a ring's nodes though the plan did not say so, and what did not though it must."""
    ringed = {node for ring in life.plan["rings"] for node in ring["nodes"]}
    said = {each["subject"]: each["message"] for each in life.plan["unenforced"]}
    for name, key in unpatched(life).items():
        if found[name] in ringed and "/".join(key) not in said:
            yield f"{'/'.join(key)}, unpatched, runs on {found[name]}, and unenforced does not say that it may"
    for name, node in found.items():
        kind = name.removeprefix(STRANGER).partition("-")[0]
        if kind in (WILDCARD, NAMED) and not node:
            yield f"{name}: the plan says that it may enter every ring, and it was refused"
        if kind == PLAIN and node:
            yield f"{name} runs on {node} without tolerating its taint"
    for way in ("toleration", "nodeName"):
        if way not in said.get("every ring", ""):
            yield f"unenforced does not say that any pod may enter by {way}"


def leave(life: Life, probes: list[Object]) -> None:
    """Take the strangers away."""
    life.plane.delete(probes)
    names = {each["metadata"]["name"] for each in probes}
    life.plane.wait(lambda: not any(name in names for _, name in life.pods.objects), "the strangers are gone")
