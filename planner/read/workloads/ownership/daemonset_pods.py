"""DaemonSets that are in nobody's manifests, known by the pods that they run: their owner references name them.

What their controller adds to a pod is taken away again. A required node affinity it has put its own in place of, so what the
template says of that is not known: the pods then reach more nodes than they may, which counts too much and not too little.

Source: pkg/controller/daemon/util/daemonset_util.go AddOrUpdateDaemonPodTolerations, ReplaceDaemonSetPodNodeNameNodeAffinity.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import Key
from planner.read.documents.remarks import remark
from planner.read.pods.controller_labels import TOPOLOGY, unknown_keys_of
from planner.read.schema import pod_schema
from planner.read.workloads.ownership.owner_pairs import DAEMON_SET, POD
from planner.read.workloads.pod_source import PodSource

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_EXECUTE, _SCHEDULE = "NoExecute", "NoSchedule"
_ADDED = {
    "node.kubernetes.io/not-ready": _EXECUTE,
    "node.kubernetes.io/unreachable": _EXECUTE,
    "node.kubernetes.io/disk-pressure": _SCHEDULE,
    "node.kubernetes.io/memory-pressure": _SCHEDULE,
    "node.kubernetes.io/pid-pressure": _SCHEDULE,
    "node.kubernetes.io/unschedulable": _SCHEDULE,
    "node.kubernetes.io/network-unavailable": _SCHEDULE,
}


def infer_daemon_sets(sources: Sequence[PodSource], notebook: Notebook) -> Iterator[PodSource]:
    """Yield the DaemonSets that pods of the cluster name as their owners, and that are not in the input."""
    known, pods = {source.key for source in sources}, dict[Key, list[PodSource]]()
    for source in sources:
        if source.owner and source.owner[:2] == DAEMON_SET and source.key[:2] == POD and not source.is_static:
            pods.setdefault(source.owner, []).append(source)
    for key, children in sorted(pods.items()):
        if key not in known:
            source = _daemon_set(key, children)
            count = "1 pod" if len(children) == 1 else f"{len(children)} pods"
            told = remark("known by its pods", daemon_set=str(source.id), pods=count)
            Spot(notebook, source.where).state("DaemonSets", told)
            yield source


def _daemon_set(key: Key, children: Sequence[PodSource]) -> PodSource:
    """Make a DaemonSet of the template that most of its pods come from, without tolerations that some of them lack."""
    templates = {child.id.name: _template(child) for child in children}
    counts = Counter(alike for alike, _ in templates.values())
    usual = min(counts, key=lambda alike: (-counts[alike], alike))
    first = min((child for child in children if templates[child.id.name][0] == usual), key=lambda child: child.id)
    spec = templates[first.id.name][1]
    spec.tolerations = [
        toleration for toleration in spec.tolerations if all(toleration in its.tolerations for _, its in templates.values())
    ]
    return PodSource(
        id=WorkloadId(DAEMON_SET[1], key[2], key[3]),
        api_version="apps/v1",
        spec=spec,
        alike=msgspec.json.encode(spec, order="deterministic"),
        where=first.where,
        template_labels=_labels(first.template_labels),
        pods=0,
        uid=first.owner_uid,
        is_live=True,
        is_stored=True,
        is_inferred=True,
        added=unknown_keys_of(DAEMON_SET),
        account=first.account,
        confinement=first.confinement if len({child.confinement for child in children}) == 1 else None,
    )


def _template(pod: PodSource) -> tuple[bytes, pod_schema.PodSpec]:
    """Return the pod spec as the DaemonSet has it, and what tells equal ones."""
    given = pod.spec.tolerations if isinstance(pod.spec.tolerations, list) else []
    kept = [toleration for toleration in given if not _is_added(toleration)]
    spec = msgspec.structs.replace(pod.spec, tolerations=kept, affinity=_affinity(pod.spec.affinity))
    labels = dict(_labels(pod.template_labels))
    return msgspec.json.encode((labels, spec), order="deterministic"), spec


def _is_added(toleration: Any) -> bool:
    if not isinstance(toleration, dict) or toleration.get("operator") != "Exists" or toleration.get("tolerationSeconds"):
        return False
    # Not None for a key that is not there: a toleration of all effects has none.
    return toleration.get("effect") == _ADDED.get(toleration.get("key", ""), "none of them")


def _affinity(given: Any) -> Any:
    """Take the required node affinity out, which names the node of the pod; None where nothing is left."""
    if not isinstance(given, dict) or not isinstance(given.get("nodeAffinity"), dict):
        return given
    node = {key: value for key, value in given["nodeAffinity"].items() if key != _REQUIRED}
    rest = {key: value for key, value in given.items() if key != "nodeAffinity"}
    return ({**rest, "nodeAffinity": node} if node else rest) or None


def _labels(labels: Mapping[str, str]) -> FrozenMap[str]:
    added = unknown_keys_of(DAEMON_SET) | TOPOLOGY
    return FrozenMap({key: value for key, value in labels.items() if key not in added})
