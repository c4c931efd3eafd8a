"""Twenty thousand pods, listed from a real API server beside its etcd: in under 10 s, within 500 MB.

Usage: live.py [PODS]. Needs the control plane that `make control-plane` builds. The pods are real objects with owners and status,
made through the API; no kubelet runs them.
"""

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pods
from measure import ROOT, run

sys.path.insert(0, str(ROOT))

MERGE = "application/merge-patch+json"
SERVERS_OWN = ("uid", "resourceVersion", "creationTimestamp")


def load(kubeconfig: str) -> int:
    """Read the cluster, as `plan` does, and say what was found; the exit code says whether the limits are kept."""
    start = time.perf_counter()
    from planner import read

    cluster = read.read_live(None, kubeconfig, None, 600)
    took, memory = time.perf_counter() - start, most_bytes()
    running = sum(sum(workload.running.values()) for workload in cluster.workloads)
    cpu = f"{time.process_time():.2f} s of our processor"
    print(f"  {len(cluster.workloads)} workloads, {running} pods running; {took:.2f} s, {cpu}, {memory / 1e6:.0f} MB", flush=True)
    return 0 if took < 10 and memory <= 500e6 else 1


def most_bytes() -> int:
    """Return the most memory that this process held; its parent, which made the pods, would count in getrusage."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) * 1024


def made(count: int) -> Iterator[dict[str, Any]]:
    """Make the pods as whoever creates them does, without what the API server gives."""
    for at in range(count):
        pod = pods.pod(at)
        metadata = {key: value for key, value in pod["metadata"].items() if key not in SERVERS_OWN}
        yield {**pod, "metadata": metadata}


def deployment(pod: dict[str, Any]) -> dict[str, Any]:
    """Make the Deployment that owns a pod and nine more."""
    labels = {key: value for key, value in pod["metadata"]["labels"].items() if key != "pod-template-hash"}
    spec = {key: value for key, value in pod["spec"].items() if key != "nodeName"}
    name = pod["metadata"]["ownerReferences"][0]["name"].rpartition("-")[0]
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": pod["metadata"]["namespace"]},
        "spec": {"replicas": 10, "selector": {"matchLabels": labels}, "template": template},
    }


def fill(plane: Any, count: int) -> None:
    """Create nodes, owners and pods, and report the pods as running."""
    every = list(made(count))
    plane.create_namespaces(sorted({pod["metadata"]["namespace"] for pod in every}))
    plane.create(pods.nodes()["items"])
    plane.create([deployment(pod) for pod in every[::10]])
    plane.create(every)
    plane.client.parallel([lambda pod=pod: report(plane, pod) for pod in every])


def report(plane: Any, pod: dict[str, Any]) -> None:
    """Say of a pod what its kubelet would say."""
    plane.request("PATCH", f"{plane.client.path(pod)}/status", {"status": pod["status"]}, MERGE)


def main(count: int) -> int:
    """Make the cluster, read it three times, and compare with the limits; the exit code says whether they are kept."""
    from tests.cluster.bed import ControlPlane
    from tests.cluster.build import chosen

    programs = chosen().folder
    with (
        tempfile.TemporaryDirectory() as folder,
        ControlPlane.start(programs, Path(folder) / "plane", controllers=False, kwok=False) as plane,
    ):
        plane.programs["kube-scheduler"].stop()
        start = time.perf_counter()
        fill(plane, count)
        print(f"{count} pods made in {time.perf_counter() - start:.0f} s", flush=True)
        return min(run(sys.executable, __file__, "--load", str(plane.kubeconfig)).code for _ in range(3))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        sys.exit(load(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 20_000))
