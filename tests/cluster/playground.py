"""A control plane with a sample's nodes and workloads, to try kubectl and ringfence on: `make playground`."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import yaml

from tests.cluster.bed import ControlPlane
from tests.cluster.build import CannotBuildError, release
from tests.cluster.client import Object, RefusedError, unpacked
from tests.cluster.program import NotReadyError

SETTLE_SECONDS = 30
QUIET = 40
"""After so many looks without a change, pods are taken to stay as they are: longer than a refused pod's first back-off."""
OURS = "ringfence.dev/"


def main() -> int:
    """Run the playground until Ctrl-C or SIGTERM, and leave nothing behind."""
    parser = argparse.ArgumentParser(description="Run a control plane with a sample's nodes and workloads.")
    parser.add_argument("sample", type=Path, help="a folder with nodes.yaml, workloads.yaml and trust.yaml")
    parser.add_argument("--kubernetes", metavar="VERSION", help="the version of the control plane")
    chosen = parser.parse_args()
    for given in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(given, _interrupt)
    try:
        wanted = release(chosen.kubernetes or None)
        if not wanted.is_built():
            raise CannotBuildError(f"The control plane of Kubernetes {wanted.kubernetes} is not built: run make control-plane.")
        with tempfile.TemporaryDirectory(prefix="ringfence-playground-") as folder:
            _play(wanted.folder, Path(folder), chosen.sample, wanted.kubernetes)
    except (CannotBuildError, NotReadyError, RefusedError, TimeoutError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nended; nothing is left of it")
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _play(programs: Path, folder: Path, sample: Path, version: str) -> None:
    nodes, workloads = (list(objects(sample / name)) for name in ("nodes.yaml", "workloads.yaml"))
    with ControlPlane.start(programs, folder) as plane:
        plane.provide_storage()
        plane.apply(nodes)
        plane.wait(plane.nodes_are_ready, "the nodes are ready")
        plane.apply(namespaces([*nodes, *workloads]) + workloads)
        _settle(plane)
        print(_welcome(plane, sample, version), flush=True)
        while True:
            signal.pause()


def objects(file: Path) -> Iterator[Object]:
    """Yield what a person would have applied: what controllers made of it (their ReplicaSets and Pods), they make again.

    What only ringfence reads, such as nodes that could be bought, is no object of the cluster.
    """
    with file.open(encoding="utf-8") as text:
        for each in unpacked(filter(None, yaml.safe_load_all(text))):
            mine = each["apiVersion"].startswith(OURS)
            if not mine and not any(owner.get("controller") for owner in each["metadata"].get("ownerReferences", ())):
                yield {key: value for key, value in each.items() if key != "status" or each["kind"] == "Node"}


def namespaces(things: list[Object]) -> list[Object]:
    """Return the namespaces that the objects are in and that are not among them."""
    given = {each["metadata"]["name"] for each in things if each["kind"] == "Namespace"}
    used = {each["metadata"].get("namespace", "default") for each in things}
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(used - given - {"default"})]


def _settle(plane: ControlPlane) -> None:
    """Wait until no pod is on its way any more: each runs, is done, or stays unschedulable, and no further one comes."""
    with plane.follow("/api/v1/pods") as pods:
        seen, looks = -1, 0

        def quiet() -> bool:
            nonlocal seen, looks
            now = len(pods.events)
            looks = looks + 1 if now == seen and all(map(_settled, list(pods.objects.values()))) else 0
            seen = now
            return looks > QUIET

        try:
            plane.wait(quiet, "every pod has settled", SETTLE_SECONDS)
        except TimeoutError as error:
            print(error, file=sys.stderr)


def _settled(pod: Object) -> bool:
    said = [each for each in pod["status"].get("conditions", []) if each.get("reason") == "Unschedulable"]
    return pod["status"]["phase"] != "Pending" or bool(said)


def _welcome(plane: ControlPlane, sample: Path, version: str) -> str:
    pods = plane.items("/api/v1/pods")
    running = sum(pod["status"]["phase"] == "Running" for pod in pods)
    python = Path(os.path.relpath(sys.executable))
    return f"""
Kubernetes {version} with {sample}: {len(plane.items("/api/v1/nodes"))} nodes, {len(pods)} pods, {running} of them running.
Its kubeconfig: {plane.kubeconfig}

To try in another terminal, in this folder:
  export KUBECONFIG={plane.kubeconfig}
  {python.with_name("kubectl")} get pods -A -o wide
  {python} cli.py plan --kubeconfig $KUBECONFIG --policy {sample}/trust.yaml -o build/plan.yaml
  {python} cli.py graph build/plan.yaml -o build/graph.html
  {python} cli.py patch build/plan.yaml -o build/patch

Ctrl-C ends it and removes everything."""


if __name__ == "__main__":
    sys.exit(main())
