"""Fifty thousand pods, as YAML within 1.5 GB, as JSON within 600 MB and 30 times as fast as PyYAML's CSafeLoader.

Usage: loading.py [PODS]. The files are made in a temporary folder. CSafeLoader reads a tenth, and its time is multiplied.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import pods
from measure import ROOT, Run, run

SLICE = 10
POLICY = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: loading}
spec: {levels: [restricted, internal, untrusted]}
"""


def load(workloads: str, nodes: str, policy: str) -> None:
    """Read one export into a Cluster, as `plan` does, and say what was found."""
    sys.path.insert(0, str(ROOT))
    from planner import read

    start = time.perf_counter()
    cluster = read.read_cluster((workloads,), (nodes,), read.read_policy(policy), None)
    running = sum(sum(workload.running.values()) for workload in cluster.workloads)
    took = time.perf_counter() - start
    print(f"  {len(cluster.workloads)} workloads, {running} pods running; {took:.2f} s to read", flush=True)


def peer(file: str) -> None:
    """Read one export with PyYAML's own fastest loader."""
    import yaml

    with Path(file).open("rb") as stream:
        yaml.load(stream, yaml.CSafeLoader)


def child(*arguments: str) -> Run:
    """Measure one of the two above in a process of its own."""
    done = run(sys.executable, __file__, *arguments)
    print(f"  {done}", flush=True)
    return done


def main(count: int) -> int:
    """Make the files, read them, and compare; the exit code says whether the limits are kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {ending: folder / f"pods.{ending}" for ending in ("yaml", "json")}
        pods.write_yaml(files["yaml"], count)
        pods.write_json(files["json"], count)
        pods.write_yaml(folder / "slice.yaml", count // SLICE)
        (folder / "nodes.json").write_text(json.dumps(pods.nodes()), encoding="utf-8")
        (folder / "trust.yaml").write_text(POLICY, encoding="utf-8")
        done = {}
        for ending, file in files.items():
            print(f"{count} pods, {file.stat().st_size / 1e6:.0f} MB of {ending}")
            done[ending] = child("--load", str(file), str(folder / "nodes.json"), str(folder / "trust.yaml"))
        print(f"PyYAML's CSafeLoader, {count // SLICE} pods of the YAML")
        safe = child("--peer", str(folder / "slice.yaml")).cpu * SLICE
    json_cpu = done["json"].cpu
    print(f"JSON is {safe / json_cpu:.0f}x as fast as CSafeLoader would be with the YAML ({safe:.0f} s)")
    within = done["yaml"].peak_bytes <= 1.5e9 and done["json"].peak_bytes <= 600e6 and safe >= 30 * json_cpu
    return 0 if within and not any(each.code for each in done.values()) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        load(*sys.argv[2:])
    elif sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2])
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 50_000))
