"""The plan of the tables: four rings, a namespace that has two of them, and agents that run everywhere."""

import json
from pathlib import Path

import yaml

from tests.cluster.admission.requests import Object, namespace, node, owner, tagged
from tests.cluster.stage import Run

POLICY = Path(__file__).with_name("trust.yaml")
SPACES = (
    "payments",
    "storefront",
    "shop",
    "partner-a",
    "partner-b",
    "vault-1",
    "logging",
    "strangers",
    "payments-2",
    "my-vault-1",
)
BESIDE: dict[str, Object] = {
    "payments": owner("Deployment", "payments"),
    "storefront": owner("Deployment", "storefront"),
    "internal": owner("Deployment", "shop", tagged("internal")),
    "untrusted": owner("Deployment", "shop", tagged("untrusted", "a")),
    "partner-a": owner("Deployment", "partner-a"),
    "partner-b": owner("Deployment", "partner-b"),
    "kube-proxy": owner("DaemonSet", "kube-system"),
    "fluent-bit": owner("DaemonSet", "logging"),
}
ALLOCATABLE = {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}


def _inputs() -> list[Object]:
    workloads = [{**each, "metadata": {**each["metadata"], "name": name}} for name, each in BESIDE.items()]
    nodes = [{**node(), "metadata": {"name": f"node-{number}"}, "status": ALLOCATABLE} for number in range(5)]
    return [*map(namespace, SPACES), *workloads, *nodes]


def policy_documents(ringfence: Run, folder: Path) -> list[Object]:
    """Plan, patch, and return the policies that refuse, and their bindings, as they stand in the files."""
    return emitted(ringfence, folder)["policy"]


def emitted(ringfence: Run, folder: Path) -> dict[str, list[Object]]:
    """Plan, patch, and return all policies and their bindings, folder by folder."""
    target = patched(ringfence, folder)
    return {name: documents_in(target, name) for name in ("policy", "mutating-policy")}


def patched(ringfence: Run, folder: Path, *options: str) -> Path:
    """Plan, patch with options, and return the folder."""
    file, plan, target = folder / "shop.json", folder / "plan.yaml", folder / "patch"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": _inputs()}), encoding="utf-8")
    for command in (("plan", file, "--nodes", file, "--policy", POLICY, "-o", plan), ("patch", plan, "-o", target, *options)):
        done = ringfence(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    return target


def documents_in(patch: Path, name: str = "policy") -> list[Object]:
    """Return the policies and bindings of a part of an emitted folder."""
    files = sorted((patch / name).glob("*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "kustomization.yaml"]
    return [document for text in texts for document in yaml.safe_load_all(text)]
