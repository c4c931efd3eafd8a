"""Labels that controllers and the API server add to pods: those of a Job's name are known beforehand, the others are not.

Source: pkg/registry/batch/job/strategy.go generateSelector, pkg/controller/job/job_controller.go,
pkg/controller/deployment/sync.go, pkg/controller/statefulset/stateful_set_utils.go, pkg/controller/daemon/util/daemonset_util.go;
plugin/pkg/admission/podtopologylabels/admission.go, pkg/registry/core/pod/storage/storage.go setPodNodeAndMetadata.
"""

from collections.abc import Iterable, Mapping

from models.kubernetes.node import Node, NodeShape
from models.kubernetes.version import TOPOLOGY_COPIED, Version
from planner.read.schema.known_kinds import Kind
from planner.read.schema.workload_schema import JobSpec

_JOB_NAMES = frozenset(("batch.kubernetes.io/job-name", "job-name"))
_JOB_UIDS = frozenset(("batch.kubernetes.io/controller-uid", "controller-uid"))
_INDEX = "batch.kubernetes.io/job-completion-index"
_REVISION = "controller-revision-hash"
_SET: Mapping[Kind, frozenset[str]] = {
    ("apps", "DaemonSet"): frozenset((_REVISION, "pod-template-generation")),
    ("apps", "Deployment"): frozenset(("pod-template-hash",)),
    ("apps", "StatefulSet"): frozenset((_REVISION, "apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name")),
    ("argoproj.io", "Rollout"): frozenset(("rollouts-pod-template-hash",)),
}
_ZONE = "topology.kubernetes.io/zone"
TOPOLOGY = frozenset(("topology.kubernetes.io/region", _ZONE))
"""Keys of labels that the API server copies from the node onto a pod when it is bound, over what the pod has."""
ADDED = frozenset().union(_JOB_NAMES, _JOB_UIDS, (_INDEX,), *_SET.values(), TOPOLOGY)
"""Every key of a label that somebody adds to pods."""


def unknown_keys_of(kind: Kind) -> frozenset[str]:
    """Return the keys of labels whose values nobody knows beforehand: its controller writes them over what the template says."""
    return _SET.get(kind, frozenset())


def keys_copied_from(nodes: Iterable[Node], shapes: Iterable[NodeShape], version: Version) -> frozenset[str]:
    """Return the keys of labels that pods get from their nodes: none where no node has them, nor in versions that copy none."""
    if version < TOPOLOGY_COPIED:
        return frozenset()
    owned = {key for node in nodes for key in node.labels}
    return TOPOLOGY & owned.union(*((_ZONE, *shape.labels) for shape in shapes))


def of_job(name: str, spec: JobSpec, written: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """Return the labels of a Job's pods as far as they are known, and the keys of the others; its template goes first."""
    if spec.manual_selector:
        return dict(written), _index_keys(spec)
    return {**dict.fromkeys(sorted(_JOB_NAMES), name), **written}, _JOB_UIDS.difference(written) | _index_keys(spec)


def of_runs(spec: JobSpec, written: Mapping[str, str]) -> frozenset[str]:
    """Return the keys of unknown labels of a CronJob's pods: each run is a Job with a name of its own."""
    return (_JOB_NAMES | _JOB_UIDS).difference(written) | _index_keys(spec)


def _index_keys(spec: JobSpec) -> frozenset[str]:
    return frozenset((_INDEX,) if spec.completion_mode == "Indexed" else ())
