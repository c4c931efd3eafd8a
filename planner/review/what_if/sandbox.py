"""A level runs in a sandbox, and no longer on nodes of its own: what that takes of each node instead."""

from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels
from models.kubernetes.pod import Pod
from models.kubernetes.resources import Resources
from models.kubernetes.workload import NOTHING_ADDED, Added, Workload
from planner.review.what_if.base import PlannedFrom, check_groups, refused


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Pods of a level or group get a RuntimeClass, its overhead and its nodes, and may then share nodes with everybody.

    Workloads that have a RuntimeClass already keep it.
    """

    of: str
    runtime: str
    overhead: Resources
    added: Added

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"{self.of} in the sandbox {self.runtime}"

    def change(self, plan: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Put the pods into the sandbox, and let their groups share with all others."""
        check_groups("--sandbox", [self.of], plan)
        boxed = [group.name for group in plan.trust.groups if self.of in (group.name, group.level)]
        members = plan.trust.members
        workloads = tuple(self._boxed(w) if members[str(w.id)].group in boxed else w for w in given.cluster.workloads)
        pairs = tuple((name, other.name) for name in boxed for other in plan.trust.groups if other.name != name)
        policy = replace(given.policy, may_share=(*given.policy.may_share, *pairs))
        return PlannedFrom(replace(given.cluster, workloads=workloads), policy)

    def _boxed(self, workload: Workload) -> Workload:
        pod = workload.template
        if pod.overhead or workload.added != NOTHING_ADDED:
            return workload
        if pod.host_network:
            raise refused(
                "--sandbox", f"{workload.id} uses the network of its node, which no sandbox keeps it from", "leave it out"
            )
        return replace(workload, template=self._pod(pod, str(workload.id)), added=self.added)

    def _pod(self, pod: Pod, of: str) -> Pod:
        more = (toleration for toleration in self.added.tolerations if toleration not in pod.tolerations)
        selector = self._selector(pod.node_selector, of)
        return replace(pod, overhead=self.overhead, node_selector=selector, tolerations=(*pod.tolerations, *more), charged=None)

    def _selector(self, own: Labels, of: str) -> Labels:
        for key, value in self.added.node_selector.items():
            if own.get(key, value) != value:
                reason = f"{of} selects nodes with {key}={own[key]}, and {self.runtime} those with {value}"
                raise refused("--sandbox", reason, "no pod can have both: change one of them")
        return FrozenMap({**own, **self.added.node_selector})


def read_sandbox(text: str) -> Sandbox:
    """Read LEVEL=FILE, and the RuntimeClass in the file; ValueError that says why it is none."""
    from planner.read import read_runtime_class

    of, _, file = (part.strip() for part in text.partition("="))
    if not of or not file:
        raise ValueError(f"{text!r} names no level and no file with a RuntimeClass: write untrusted=kata.yaml")
    return Sandbox(of, *read_runtime_class(file))
