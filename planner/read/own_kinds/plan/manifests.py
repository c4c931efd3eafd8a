"""What a plan has of manifests as they are written: patches are made from it, so it must be what an API server would take."""

from typing import Any

import msgspec

from models.answer.plan import IsolationPlan
from models.kubernetes.workload import Raw, Workload, Written
from planner.read.documents.field import Spot
from planner.read.pods.affinity_and_spread import (
    read_node_affinity,
    read_pod_terms,
    read_preferred_nodes,
    read_preferred_pods,
    read_spreads,
)
from planner.read.pods.origin import Origin
from planner.read.schema import pod_schema
from planner.read.values.selectors import read_labels, read_tolerations


def check_written(spot: Spot, plan: IsolationPlan, most: int) -> None:
    """Note what of the workloads' written fields no API server would take, until `most` is noted; equal ones are read once."""
    sound: set[Written] = set()
    for index, workload in enumerate(plan.cluster.workloads):
        if len(spot.notebook.faults) >= most:
            return
        if workload.written not in sound:
            before = len(spot.notebook.faults)
            _check(spot.at(f"inputs.cluster.workloads[{index}].written"), workload)
            if len(spot.notebook.faults) == before:
                sound.add(workload.written)


def _check(spot: Spot, workload: Workload) -> None:
    written, origin = workload.written, Origin(workload.id.namespace, is_live=True)
    here = spot.at("tolerations")
    read_tolerations(here, _read(here, written.tolerations, list[pod_schema.Toleration]))
    here = spot.at("nodeSelector")
    read_labels(here, _read(here, written.node_selector, dict[str, str]))
    here = spot.at("topologySpreadConstraints")
    read_spreads(here, _read(here, written.topology_spread_constraints, list[pod_schema.Spread]), origin)
    here = spot.at("affinity")
    given = _read(here, written.affinity, pod_schema.Affinity) or pod_schema.Affinity()
    read_node_affinity(here.at("nodeAffinity"), given.node_affinity)
    read_preferred_nodes(here.at("nodeAffinity"), given.node_affinity)
    for name, terms in (("podAffinity", given.pod_affinity), ("podAntiAffinity", given.pod_anti_affinity)):
        read_pod_terms(here.at(name), terms, origin)
        read_preferred_pods(here.at(name), terms, origin)


def _read(spot: Spot, raw: Raw | None, kind: Any) -> Any:
    if raw is None:
        return None
    try:
        value = msgspec.json.decode(raw.json)
    except msgspec.DecodeError:
        spot.fault("holds what is no number of JSON", "write it as in the manifest")
        return None
    return spot.convert(value, kind)
