"""A real trace: 8,152 pods on 1,523 nodes with GPUs, the QoS class as trust level.

Usage: openb.py [default|cpu100|gpuspec33]. GPUs are shared there, so they are counted in thousandths, as the extended resource
alibabacloud.com/gpu-milli; a required GPU model becomes a required node affinity.
"""

import csv
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from measure import CLI, ROOT, run

TRACES = ROOT.parent / "shared" / "data" / "traces" / "openb"
GPU, MODEL = "alibabacloud.com/gpu-milli", "alibabacloud.com/gpu-model"
QOS = ("Guaranteed", "LS", "Burstable", "BE")
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


def report(plan: Path) -> None:
    """Print what the plan answers: verdict, goals with value and bound, and what was not placed."""
    import yaml

    made = yaml.load(plan.read_bytes(), yaml.CBaseLoader)  # noqa: S506  every scalar stays a string
    print(f"verdict: {made['verdict']}")
    for goal in made["goals"]:
        print(f"  {goal['name']}: {goal['value']}, bound {goal['bound']}, gap {goal['gap']}")
    unplaced = sum(int(entry["pods"]) for entry in made.get("unplaced", []))
    print(f"unplaced: {unplaced} pods")
    for ring in made["rings"]:
        pods = sum(int(entry["pods"]) for entry in made["placements"] if entry["ring"] == ring["name"])
        print(f"  ring {ring['name']}: {len(ring.get('nodes', []))} nodes, {pods} pods")


def main(name: str) -> int:
    """Plan the trace through the command line, and verify the plan."""
    if not TRACES.is_dir():
        print("skipped: the trace is not beside the repository (../shared/data/traces/openb)")
        return 0
    wanted = rows(f"openb_pod_list_{name}")
    owned = rows("openb_node_list_all_node")
    levels = [qos for qos in QOS if qos in {row["qos"] for row in wanted}]
    print(f"openb {name}: {len(wanted)} pods on {len(owned)} nodes; {dict(Counter(row['qos'] for row in wanted))}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pods = write(folder / "pods.json", [pod(row) for row in wanted])
        nodes = write(folder / "nodes.json", [node(row) for row in owned])
        policy = folder / "trust.yaml"
        policy.write_text(
            "apiVersion: ringfence.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: openb}\n"
            f"spec: {{levels: {json.dumps(levels)}}}\n",
            encoding="utf-8",
        )
        plan = folder / "plan.yaml"
        done = run(*CLI, "plan", pods, "--nodes", nodes, "--policy", str(policy), "-o", str(plan), quiet=True)
        print(f"plan: {done}", flush=True)
        if not plan.exists():
            return 1
        report(plan)
        checked = run(*CLI, "verify", str(plan), quiet=True)
        print(f"verify: {checked}")
    return 0 if done.code in (0, 1) and checked.code == done.code else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else "default"))
