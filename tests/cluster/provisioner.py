"""The real Karpenter beside a control plane, with nodes that kwok keeps: its types are a plan's NodeShapes."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from models.kubernetes.node import NodeShape
from models.kubernetes.resources import CPU, MEMORY
from tests.cluster.bed import ControlPlane
from tests.cluster.command_lines import Ports
from tests.cluster.program import Program, answers
from tests.cluster.tools import KARPENTER

READY_SECONDS = 60
NODE_CLASS = "karpenter.kwok.sh/KWOKNodeClass/default"
RESERVED = {CPU: 100, MEMORY: 10 << 20}
"""What the kwok provider takes off each machine, in milli-cores and bytes."""
Object = dict[str, Any]


def definitions() -> list[Object]:
    """Return the CustomResourceDefinitions of Karpenter and of its kwok provider."""
    found = sorted(KARPENTER.folder.glob("*.yaml"))
    return [each for file in found for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each]


def define(plane: ControlPlane) -> None:
    """Teach the API server Karpenter's kinds, and wait until it serves them."""
    made = definitions()
    plane.apply(made)
    served = [(each["spec"]["group"], each["spec"]["versions"][0]["name"], each["spec"]["names"]["plural"]) for each in made]
    paths = ["/apis/" + "/".join(one) for one in served]
    plane.wait(lambda: all(plane.try_request("GET", path)[0] == 200 for path in paths), "Karpenter's kinds are served")
    group, kind, name = NODE_CLASS.split("/")
    plane.apply([{"apiVersion": f"{group}/v1alpha1", "kind": kind, "metadata": {"name": name}}])


def instance_types(shapes: Sequence[NodeShape]) -> list[Object]:
    """Write shapes as the types that can be bought: what the provider takes off each machine is put on top."""
    return [
        {
            "name": shape.name,
            "architecture": "amd64",
            "operatingSystems": ["linux"],
            "resources": {name: _machine(name, amount) for name, amount in shape.allocatable.items()},
            "offerings": [_offering(zone, shape.price / 10**6) for zone in shape.zones],
        }
        for shape in shapes
    ]


def _machine(name: str, allocatable: int) -> str:
    return f"{allocatable + RESERVED.get(name, 0)}{'m' if name == CPU else ''}"


def _offering(zone: str, price: float) -> Object:
    wanted = {"karpenter.sh/capacity-type": "on-demand", "topology.kubernetes.io/zone": zone}
    return {
        "Price": price,
        "Available": True,
        "Requirements": [{"key": key, "operator": "In", "values": [value]} for key, value in wanted.items()],
    }


@contextmanager
def running(
    plane: ControlPlane, shapes: Sequence[NodeShape], folder: Path, batch: tuple[str, str] = ("1s", "10s")
) -> Iterator[Program]:
    """Run Karpenter until the block ends; its kinds must be defined. `batch`: how long it waits for more pods."""
    types = folder / "types.json"
    types.write_text(json.dumps(instance_types(shapes), indent=1), encoding="utf-8")
    ports = Ports.free()
    command = [
        *("env", f"KUBECONFIG={plane.kubeconfig}", "SYSTEM_NAMESPACE=kube-system", KARPENTER.program),
        *("--disable-leader-election", "--instance-types-file-path", types),
        *("--metrics-port", str(ports.etcd), "--health-probe-port", str(ports.peer)),
        *("--kube-client-qps", "2000", "--kube-client-burst", "4000"),
        *("--batch-idle-duration", batch[0], "--batch-max-duration", batch[1], "--feature-gates", "StaticCapacity=true"),
    ]
    ready = answers(f"http://127.0.0.1:{ports.peer}/readyz", plane.token, plane.ca)
    program = Program("karpenter", command, plane.folder / "logs" / "karpenter.log", ready)
    program.start()
    try:
        program.until_ready(READY_SECONDS)
        yield program
    finally:
        program.stop()
