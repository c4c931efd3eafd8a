"""A real trace: 8,152 pods on 1,523 nodes with GPUs, the QoS class as trust level.

Usage: python -m tests.benchmarks.openb [default|cpu100|gpuspec33] [OPTION OF plan...]. Nearly all GPUs are requested, so the
packing is looked for, for 30 seconds: to try it on kube-scheduler takes minutes, and ends undecided. GPUs are shared there and
counted in thousandths, as the extended resource alibabacloud.com/gpu-milli; a required model becomes a required node affinity.
"""

import csv
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.commands import planned
from tests.benchmarks.measure import ROOT

TRACES = ROOT.parent / "shared" / "data" / "traces" / "openb"
GPU, MODEL = "alibabacloud.com/gpu-milli", "alibabacloud.com/gpu-model"
QOS = ("Guaranteed", "LS", "Burstable", "BE")
PACKED = ("--packing", "exact", "--time-limit", "30")
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """Read one table of the trace."""
    with (TRACES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def node(row: Row) -> dict[str, Any]:
    """Make a Node of a row."""
    gpus = {GPU: str(1000 * int(row["gpu"]))} if int(row["gpu"]) else {}
    labels = {"kubernetes.io/hostname": row["sn"], **({MODEL: row["model"]} if row["model"] else {})}
    allocatable = {"cpu": f"{row['cpu_milli']}m", "memory": f"{row['memory_mib']}Mi", "pods": "110", **gpus}
    metadata = {"name": row["sn"], "labels": labels}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": {"allocatable": allocatable}}


def pod(row: Row) -> dict[str, Any]:
    """Make a Pod of a row: nothing says where it runs."""
    gpu = int(row["num_gpu"]) * int(row["gpu_milli"])
    amounts = {"cpu": f"{row['cpu_milli']}m", "memory": f"{row['memory_mib']}Mi"}
    resources = {"requests": {**amounts, **({GPU: str(gpu)} if gpu else {})}, "limits": {GPU: str(gpu)} if gpu else {}}
    spec: dict[str, Any] = {"containers": [{"name": "main", "image": "registry.example/openb/task:1", "resources": resources}]}
    if row["gpu_spec"]:
        term = {"matchExpressions": [{"key": MODEL, "operator": "In", "values": row["gpu_spec"].split("|")}]}
        required = {"nodeSelectorTerms": [term]}
        spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    metadata = {"name": row["name"], "namespace": "openb", "labels": {"ringfence.dev/trust-level": row["qos"]}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def write(file: Path, items: list[dict[str, Any]]) -> str:
    """Write a List and return its name."""
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), encoding="utf-8")
    return str(file)


def main(name: str, options: tuple[str, ...]) -> int:
    """Plan the trace through the command line, and verify the plan; the exit code says whether `verify` agrees."""
    if not TRACES.is_dir():
        print("skipped: the trace is not beside the repository (../shared/data/traces/openb)")
        return 0
    wanted = rows(f"openb_pod_list_{name}")
    owned = rows("openb_node_list_all_node")
    pods_of = Counter(row["qos"] for row in wanted)
    print(f"openb {name} {' '.join(options)}: {len(wanted)} pods on {len(owned)} nodes; {dict(pods_of)}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pods = write(folder / "pods.json", [pod(row) for row in wanted])
        nodes = write(folder / "nodes.json", [node(row) for row in owned])
        policy = folder / "trust.yaml"
        policy.write_text(
            "apiVersion: ringfence.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: openb}\n"
            f"spec: {{levels: {json.dumps([qos for qos in QOS if qos in pods_of])}}}\n",
            encoding="utf-8",
        )
        arguments = (pods, "--nodes", nodes, "--policy", str(policy), *options)
        return 0 if planned(name, arguments, folder / "plan.yaml") else 1


if __name__ == "__main__":
    given = sys.argv[1:] if sys.argv[1:2] and not sys.argv[1].startswith("-") else ["default", *sys.argv[1:]]
    sys.exit(main(given[0], tuple(given[1:]) or PACKED))
