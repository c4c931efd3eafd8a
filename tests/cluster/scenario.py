"""What there is to plan: a sample, a set of public manifests, or a random cluster, each as files that the command line reads."""

import json
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.playground import objects
from tests.cluster.random_manifests import manifests
from tests.manifests.test_real_applications import HERE, SETS, base, inventory, kustomization

Object = dict[str, Any]
SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A folder of workloads with a kustomization, a file of nodes, and a policy."""

    name: str
    workloads: Path
    nodes: Path
    policy: Path

    def arguments(self, policy: Path | None = None) -> tuple[object, ...]:
        """Return what `ringfence plan` is told: all is the platform's own, namespaces and classes among the workloads, too."""
        return self.workloads, "--nodes", self.nodes, "--nodes", self.workloads, "--policy", policy or self.policy

    def inventory(self) -> list[Object]:
        """Return the nodes that are there before any is bought."""
        return [each for each in objects(self.nodes) if each["kind"] == "Node"]

    def keep_nodes(self, count: int) -> None:
        """Leave out all nodes but the first so many."""
        listed = json.loads(self.nodes.read_text(encoding="utf-8"))
        self.nodes.write_text(json.dumps({**listed, "items": listed["items"][:count]}), encoding="utf-8")

    def leave_out(self, kinds: Container[str]) -> None:
        """Leave out the workloads of some kinds, of a scenario whose workloads are a list in one file."""
        file = self.workloads / "workloads.json"
        listed = json.loads(file.read_text(encoding="utf-8"))
        left = [each for each in listed["items"] if each["kind"] not in kinds]
        file.write_text(json.dumps({**listed, "items": left}), encoding="utf-8")

    def amended(self, file: Path, **spec: Any) -> Path:
        """Write the policy with other fields, and return the file."""
        policy = yaml.load(self.policy.read_text(encoding="utf-8"), yaml.CSafeLoader)
        policy["spec"] |= spec
        file.write_text(json.dumps(policy), encoding="utf-8")
        return file


def of_sample(name: str, folder: Path) -> Scenario:
    """Return a sample of the repository; what controllers had made of its workloads, they make again."""
    source = SAMPLES / name
    there = kustomization(folder / "base", resources=["workloads.yaml"])
    applied = [each for each in objects(source / "nodes.yaml") if each["kind"] == "Namespace"]
    applied += objects(source / "workloads.yaml")
    (there / "workloads.yaml").write_text(yaml.safe_dump_all(applied), encoding="utf-8")
    return Scenario(name, there, source / "nodes.yaml", source / "trust.yaml")


def of_set(name: str, data: Path, folder: Path) -> Scenario:
    """Return a set of public manifests on thirty nodes."""
    source, policy = SETS[name]
    there = base(data / "manifests" / source, folder / "base")
    return Scenario(name, there, inventory(folder / "nodes.json", {}), HERE / "policies" / f"{policy}.yaml")


def of_seed(seed: int, folder: Path, full: float | None = None) -> Scenario:
    """Return a random cluster."""
    manifests(seed, full).write(folder / "random")
    there = kustomization(folder / "base", resources=["workloads.json"])
    (folder / "random" / "workloads.json").rename(there / "workloads.json")
    return Scenario(f"random {seed}", there, folder / "random" / "nodes.json", folder / "random" / "trust.json")
