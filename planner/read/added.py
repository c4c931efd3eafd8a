"""Labels that controllers and the API server add to pods: those of a Job's name are known beforehand, the others are not.

Source: pkg/registry/batch/job/strategy.go generateSelector, pkg/controller/job/job_controller.go,
pkg/controller/deployment/sync.go, pkg/controller/statefulset/stateful_set_utils.go, pkg/controller/daemon/util/daemonset_util.go.
"""

from collections.abc import Mapping

from planner.read.kinds import Kind
from planner.read.wire_kinds import JobSpec

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
ADDED = frozenset().union(_JOB_NAMES, _JOB_UIDS, (_INDEX,), *_SET.values())
"""Every key of a label that somebody adds to pods."""


def unknown(kind: Kind) -> frozenset[str]:
    """Return the keys of labels whose values nobody knows beforehand: its controller writes them over what the template says."""
    return _SET.get(kind, frozenset())


def of_job(name: str, spec: JobSpec, written: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """Return the labels of a Job's pods as far as they are known, and the keys of the others; its template goes first."""
    if spec.manual_selector:
        return dict(written), _indexed(spec)
    return {**dict.fromkeys(sorted(_JOB_NAMES), name), **written}, _JOB_UIDS.difference(written) | _indexed(spec)


def of_runs(spec: JobSpec, written: Mapping[str, str]) -> frozenset[str]:
    """Return the keys of unknown labels of a CronJob's pods: each run is a Job with a name of its own."""
    return (_JOB_NAMES | _JOB_UIDS).difference(written) | _indexed(spec)


def _indexed(spec: JobSpec) -> frozenset[str]:
    return frozenset((_INDEX,) if spec.completion_mode == "Indexed" else ())
