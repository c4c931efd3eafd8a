"""Whether an object of a running cluster is one that its owner makes: owner references are written by whoever writes the object.

Only what Kubernetes' own controllers make is followed, and only what they would count as theirs: they ask for the uid, and for
labels that they select. A CronJob asks for the uid alone, and of other custom resources than Argo's Rollout nobody knows here
what their operators ask for: what these are said to make must be placed as their template says. Revisions that are older than
the template are an owner's own: a rollout replaces them.

Source: pkg/controller/controller_ref_manager.go, pkg/controller/deployment/deployment_controller.go getReplicaSetsForDeployment,
pkg/controller/statefulset/stateful_set_utils.go isMemberOf, pkg/controller/cronjob/cronjob_controllerv2.go getJobsToBeReconciled,
pkg/controller/job/job_controller.go getPodsForJob.
"""

from collections.abc import Mapping
from typing import Any

from models.kubernetes.labels import LabelSelector
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import Key
from planner.read.pods.controller_labels import ADDED
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import SERVED, Kind
from planner.read.values.selectors import matches, selector_of
from planner.read.workloads.pod_source import PodSource

POD: Kind = ("", "Pod")
CRON_JOB, JOB = ("batch", "CronJob"), ("batch", "Job")
DEPLOYMENT, REPLICA_SET, ROLLOUT = ("apps", "Deployment"), ("apps", "ReplicaSet"), ("argoproj.io", "Rollout")
DAEMON_SET, STATEFUL_SET = ("apps", "DaemonSet"), ("apps", "StatefulSet")
MAKES: Mapping[Kind, Kind] = {
    DEPLOYMENT: REPLICA_SET,
    ROLLOUT: REPLICA_SET,
    REPLICA_SET: POD,
    ("", "ReplicationController"): POD,
    DAEMON_SET: POD,
    STATEFUL_SET: POD,
    CRON_JOB: JOB,
    JOB: POD,
}
"""What each kind makes; what other custom resources make hangs on their operators."""
HASHES = {DEPLOYMENT: "pod-template-hash", ROLLOUT: "rollouts-pod-template-hash"}
"""The labels that ReplicaSets are named after."""
_JOB_NAMES = ("batch.kubernetes.io/job-name", "job-name")
_FAILURES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class OwnerPairs:
    """Answers for pairs of owner and child; the selector of each owner is read once."""

    def __init__(self) -> None:
        """Know no owner yet."""
        self._selectors: dict[Key, LabelSelector | None] = {}

    def denial(self, owner: PodSource, child: PodSource, is_itself: bool = True) -> str:
        """Say why an owner does not make a child that names it; empty where it does.

        Where it is not the owner `itself` that is meant, but whose template that runs, the uid is that of another.
        """
        kind, its = owner.key[:2], child.key[:2]
        makes = MAKES.get(kind)
        if (makes is None and kind in SERVED) or makes not in (None, its):
            return f"a {kind[1]} makes {f'{makes[1]}s' if makes else 'nothing'}"
        if is_itself and owner.uid and child.owner_uid and owner.uid != child.owner_uid:
            return f"that has another uid ({owner.uid})"
        if makes is None or kind == CRON_JOB:
            return "" if _is_alike(owner, child) else "what its template makes is labelled or placed otherwise"
        return "" if owner.is_inferred or self.counts(owner, child) else "that does not select it"

    def counts(self, owner: PodSource, child: PodSource) -> bool:
        """Say whether a controller would count the child as its own, by its labels; an odd name is not a StatefulSet's."""
        labels = child.template_labels
        if owner.key[:2] == STATEFUL_SET and not _is_numbered(owner.id.name, child.id.name):
            return False
        if owner.key[:2] == JOB and owner.selector is None:
            return any(labels.get(key) == owner.id.name for key in _JOB_NAMES)
        selector = self._selector(owner)
        if selector is None:
            return _labels_without_added(owner.template_labels).items() <= labels.items()
        return matches(selector, labels)

    def runs(self, owner: PodSource, pod: PodSource, job: str) -> bool:
        """Say whether a pod of a Job that is not in the input may be one of a CronJob's."""
        return any(pod.template_labels.get(key) == job for key in _JOB_NAMES) and _is_alike(owner, pod)

    def _selector(self, owner: PodSource) -> LabelSelector | None:
        """Read the selector of an owner; what is wrong with it has been said."""
        if owner.key not in self._selectors:
            spot, given = Spot(Notebook()), owner.selector
            self._selectors[owner.key] = None if given is None else selector_of(spot, owner.id.full_kind, given)
        return self._selectors[owner.key]


def _is_numbered(owner: str, child: str) -> bool:
    name, _, number = child.rpartition("-")
    return name == owner and number.isdecimal()


def _is_alike(owner: PodSource, child: PodSource) -> bool:
    """Say whether a child is labelled and placed as its owner's template says; its images may be of another day."""
    if _placement(owner.spec) != _placement(child.spec):
        return False
    mine, its = _labels_without_added(owner.template_labels), _labels_without_added(child.template_labels)
    if owner.key[:2] != CRON_JOB:
        return mine.items() <= its.items()
    return mine == its and (
        child.key[:2] == POD or _labels_without_added(owner.run_labels) == _labels_without_added(child.labels)
    )


def _labels_without_added(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that nobody has added."""
    return {key: value for key, value in labels.items() if key not in ADDED}


def _placement(spec: pod_schema.PodSpec) -> tuple[Any, ...]:
    """Return what says where pods may go, without what admission adds to every pod."""
    given = spec.tolerations if isinstance(spec.tolerations, list) else []
    kept = [toleration for toleration in given if not (isinstance(toleration, dict) and toleration.get("key") in _FAILURES)]
    return kept, spec.node_selector or None, spec.affinity or None, spec.node_name or ""
