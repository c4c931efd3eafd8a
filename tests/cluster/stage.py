"""A plan on a whole control plane: its nodes, its patched workloads in any order, and all of it taken away again."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.cluster.bed import ControlPlane

Object = dict[str, Any]
Run = Callable[..., subprocess.CompletedProcess[str]]
CONTROLLERS = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"}
WORKLOADS = CONTROLLERS | {"Pod"}
SETTING = {
    "DeviceClass",
    "ResourceClaimTemplate",
    "ResourceSlice",
    "Namespace",
    "ServiceAccount",
    "ConfigMap",
    "Secret",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PriorityClass",
    "RuntimeClass",
    "LimitRange",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
}
THERE = {"default", "kube-system"}
"""Namespaces that every cluster has."""


class Loader(yaml.CSafeLoader):
    """Reads YAML as Kubernetes does, to which a lone = is a string."""


Loader.add_constructor("tag:yaml.org,2002:value", yaml.constructor.SafeConstructor.construct_yaml_str)


@dataclass(slots=True)
class Stage:
    """One plan in one folder on one control plane; what it creates it takes away again."""

    plane: ControlPlane
    ringfence: Run
    folder: Path
    kubectl: str
    made: list[Object] = field(default_factory=list)

    # Commands, as a user runs them

    def try_plan(self, name: str, *arguments: object) -> int:
        """Run `ringfence plan` and return its exit code; a plan must have been written, whatever it answers."""
        file = self.folder / f"{name}.yaml"
        file.unlink(missing_ok=True)
        done = self.ringfence("plan", *arguments, "-o", file)
        assert file.exists(), done.stdout + done.stderr
        return done.returncode

    def plan(self, name: str, *arguments: object) -> Object:
        """Run `ringfence plan`, insist on a yes, and return the plan."""
        assert self.try_plan(name, *arguments) == 0, (self.folder / f"{name}.yaml").read_text(encoding="utf-8")[:2000]
        return self.planned(name)

    def planned(self, name: str) -> Object:
        """Return a plan that was made."""
        plan: Object = yaml.load((self.folder / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        return plan

    def patch(self, name: str) -> Path:
        """Run `ringfence patch` and return the folder."""
        target = self.folder / f"{name}-patch"
        done = self.ringfence("patch", self.folder / f"{name}.yaml", "-o", target)
        assert done.returncode == 0, done.stderr
        return target

    def build(self, base: Path, component: Path | None = None) -> list[Object]:
        """Run `kubectl kustomize` on a folder of manifests, with the patches if given."""
        overlay = self.folder / f"overlay-{len(list(self.folder.glob('overlay-*')))}"
        overlay.mkdir()
        content: Object = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
        content["resources"] = [os.path.relpath(base, overlay)]
        if component is not None:
            content["components"] = [os.path.relpath(component, overlay)]
        (overlay / "kustomization.yaml").write_text(json.dumps(content), encoding="utf-8")
        done = subprocess.run([self.kubectl, "kustomize", str(overlay)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [_placed(each) for each in yaml.load_all(done.stdout, Loader) if each]

    def script(self, file: Path, *arguments: str) -> str:
        """Run one of the scripts that label and taint nodes, and return what it says."""
        talk = {**os.environ, "KUBECTL": f"{self.kubectl} --kubeconfig {self.plane.kubeconfig}"}
        done = subprocess.run(["sh", str(file), *arguments], env=talk, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    # Objects

    def nodes(self, nodes: Iterable[Object]) -> None:
        """Create nodes as given, and wait until their kubelets have reported."""
        self.apply(list(nodes))
        self.plane.wait(self.plane.nodes_are_ready, "nodes are ready")

    def setting(self, objects: list[Object]) -> None:
        """Create what the workloads need beside nodes: storage, namespaces, accounts, and what else is given."""
        self.plane.provide_storage()
        found = [each for each in objects if each["kind"] in SETTING]
        given = {each["metadata"]["name"] for each in found if each["kind"] == "Namespace"}
        wanted = {each["metadata"]["namespace"] for each in objects if each["kind"] in SETTING | WORKLOADS}
        spaces = [_named("Namespace", name) for name in sorted(wanted - given - THERE - {""})]
        self.plane.wait(partial(self._none_is_ending, given | wanted), "namespaces of the same name are gone")
        self.apply([*spaces, *(each for each in found if each["kind"] == "Namespace")])
        self.apply([*_accounts(objects), *(each for each in found if each["kind"] != "Namespace")])

    def _none_is_ending(self, names: set[str]) -> bool:
        spaces = self.plane.items("/api/v1/namespaces")
        return not any(each["metadata"]["name"] in names and "deletionTimestamp" in each["metadata"] for each in spaces)

    def workloads(self, objects: Iterable[Object], order: Random) -> None:
        """Create the workloads one after the other in random order."""
        found = [each for each in objects if each["kind"] in WORKLOADS]
        order.shuffle(found)
        for each in found:
            self.apply([each])

    def apply(self, objects: list[Object]) -> None:
        """Apply objects, and remember to take them away."""
        self.made += objects
        self.plane.apply(objects)

    def clear(self) -> None:
        """Take away all that was created, and what the controllers made of it."""
        last_first = list(reversed(self.made))
        for kinds in (CONTROLLERS, {"Pod"}, SETTING - {"Namespace"}, {"Node"}):
            self.plane.delete([each for each in last_first if each["kind"] in kinds])
        spaces = {each["metadata"].get("namespace") for each in self.made} & THERE
        self.plane.wait(self._nothing_is_left, "every pod is gone")
        for space in sorted(spaces):
            claims = self.plane.items(f"/api/v1/namespaces/{space}/persistentvolumeclaims")
            self.plane.delete([{"apiVersion": "v1", "kind": "PersistentVolumeClaim", **claim} for claim in claims])
        self.plane.delete([each for each in last_first if each["kind"] == "Namespace"])
        self.plane.wait(self._no_volume_is_left, "every volume that was made for a claim is gone")
        self.made.clear()

    def _no_volume_is_left(self) -> bool:
        mine = {each["metadata"].get("namespace") for each in self.made}
        claims = [each["spec"].get("claimRef", {}) for each in self.plane.items("/api/v1/persistentvolumes")]
        return not any(claim.get("namespace") in mine for claim in claims)

    def _nothing_is_left(self) -> bool:
        mine = {each["metadata"].get("namespace") for each in self.made}
        jobs = [each for each in self.plane.items("/apis/batch/v1/jobs") if each["metadata"]["namespace"] in mine]
        left = [pod for pod in self.plane.items("/api/v1/pods") if pod["metadata"]["namespace"] in mine]
        self.plane.delete([{"apiVersion": "batch/v1", "kind": "Job", **job} for job in jobs])
        self.plane.delete([{"apiVersion": "v1", "kind": "Pod", **pod} for pod in left])
        return not left


def say(config: Any, line: str) -> None:
    """Write a line of the test run's own output."""
    with config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        config.pluginmanager.get_plugin("terminalreporter").write_line(f"\n{line}")


CLUSTER_WIDE = {"DeviceClass", "ResourceSlice", "Namespace", "PersistentVolume", "PriorityClass", "RuntimeClass", "Node"}


def _placed(thing: Object) -> Object:
    """Name the namespace, which kubectl would take from its context."""
    space = "" if thing["kind"] in CLUSTER_WIDE else thing["metadata"].get("namespace") or "default"
    return {**thing, "metadata": {**thing["metadata"], "namespace": space}}


def _named(kind: str, name: str, namespace: str = "") -> Object:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}}


def pod_spec(workload: Object) -> Object:
    """Return the pod spec of a workload."""
    spec: Object = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec if workload["kind"] == "Pod" else spec["template"]["spec"]


def _accounts(objects: list[Object]) -> list[Object]:
    """Make the ServiceAccounts that workloads name and nobody gives."""
    given = {(each["metadata"]["namespace"], each["metadata"]["name"]) for each in objects if each["kind"] == "ServiceAccount"}
    named = {
        (each["metadata"]["namespace"], pod_spec(each).get("serviceAccountName", "default"))
        for each in objects
        if each["kind"] in WORKLOADS
    }
    return [_named("ServiceAccount", name, space) for space, name in sorted(named - given) if name != "default"]
