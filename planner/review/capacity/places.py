"""What more a ring takes: pods are bound one at a time on the world as the plan leaves it, and taken off again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.answer.review import Largest, More
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Toleration
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import CPU, MEMORY, PODS, Resources
from models.kubernetes.workload import Workload
from models.standard_pods import STANDARD
from planner.rules import affinity_hint, ring_membership, statefulset
from planner.rules.placement.pod_class import Kind, Site
from planner.rules.placement.scheduler_filters import World, fit_error, fits, static_reason
from planner.rules.plugins import noderesources, prefilter
from planner.rules.plugins.tainttoleration import untolerated
from planner.view.reach import per_pod

BOTH = "cpu and memory"


@dataclass(slots=True)
class Places:
    """Asks the nodes of one ring on behalf of its `members`; `work` counts down what may still be asked.

    Pods whose place hangs on others are bound one by one, and no more than `most`.
    """

    plan: IsolationPlan
    world: World
    ring: str
    sites: Sequence[Site]
    members: Sequence[Workload]
    most: int
    work: list[int]

    def workloads(self) -> tuple[More, ...]:
        """Say how many more pods each workload could have."""
        return tuple(self._more(str(workload.id), self.next_pod(workload)) for workload in self.members)

    def standard(self) -> tuple[More, ...]:
        """Say how many more pods of each standard size there could be, which tolerate what all workloads of the ring do."""
        return tuple(self._more(name, self._plain(FrozenMap({CPU: cpu, MEMORY: memory}))) for name, cpu, memory in STANDARD)

    def next_pod(self, workload: Workload) -> Pod:
        """Return the pod that one more replica would be, as it is patched."""
        base = ring_membership.ring_pod(workload.template, self.ring, self.plan.policy.nodes)
        base = affinity_hint.guided(base, affinity_hint.of(self.plan.guides, workload.id))
        if not workload.claim_templates:
            return base
        larger = replace(workload, pods=workload.pods + 1)
        return [pod for pod, _ in statefulset.runs(larger, base, self.plan.cluster)][-1]

    def full(self) -> Iterator[str]:
        """Yield the nodes that take not one more pod of any workload, nor the smallest standard pod."""
        pods = [*map(self.next_pod, self.members), self._plain(FrozenMap({CPU: STANDARD[0][1], MEMORY: STANDARD[0][2]}))]
        kinds = [self.world.kind(pod) for pod in dict.fromkeys(pods) if not prefilter.refusal(pod, self.plan.cluster)]
        kinds.sort(key=lambda kind: (kind.request.get(CPU, 0), kind.request.get(MEMORY, 0)))
        for site in self.sites:
            if not any(fits(kind, site, self.world) for kind in kinds):
                yield site.node.name

    def largest(self) -> Iterator[Largest]:
        """Yield the pod with most cpu, the one with most memory, and the one with most of both that still fit."""
        able = [site for site in self.sites if self._takes_any(site)]
        if not able:
            return
        for name in (CPU, MEMORY):
            best = max(able, key=lambda site: (_free(site, name), site.node.name))
            yield Largest(name, best.node.name, FrozenMap({name: _free(best, name)}))
        most = {name: max(site.node.allocatable.get(name, 0) for site in self.sites) or 1 for name in (CPU, MEMORY)}
        best = max(able, key=lambda site: (min(_free(site, name) / most[name] for name in most), site.node.name))
        yield Largest(BOTH, best.node.name, FrozenMap({name: _free(best, name) for name in most}))

    def _plain(self, requests: Resources) -> Pod:
        pod = Pod(containers=(Container("main", requests=requests),), tolerations=self._tolerated())
        return ring_membership.ring_pod(pod, self.ring, self.plan.policy.nodes)

    def _tolerated(self) -> tuple[Toleration, ...]:
        """Tolerate the taints of the ring's nodes that all of its workloads tolerate."""
        taints = dict.fromkeys(taint for site in self.sites for taint in site.node.taints)
        common = (t for t in taints if not any(untolerated(workload.template.tolerations, (t,)) for workload in self.members))
        return tuple(Toleration(taint.key, "Equal", taint.value, taint.effect) for taint in common) if self.members else ()

    def _takes_any(self, site: Site) -> bool:
        return not static_reason(self._plain(FrozenMap()), site.node, self.world) and _free(site, PODS) > 0

    def _more(self, name: str, pod: Pod) -> More:
        requests = FrozenMap({key: value for key, value in per_pod(pod).items() if key != PODS})
        if refusal := prefilter.refusal(pod, self.plan.cluster):
            return More(name, requests, 0, why=refusal)
        kind = self.world.kind(pod)
        hangs = _hangs_on_others(kind, self.world)
        pods = self._one_by_one(kind) if hangs else sum(self._alone(kind, site) for site in self.sites)
        return More(name, requests, pods, hangs and pods == self.most, self._why(pod) if pods == 0 else "")

    def _alone(self, kind: Kind, site: Site) -> int:
        """Count how often a pod that no other pod hinders or draws goes onto one node."""
        if static_reason(kind.pod, site.node, self.world):
            return 0
        return max(0, min(_free(site, name) // amount for name, amount in noderesources.wanted(kind.request)))

    def _one_by_one(self, kind: Kind) -> int | None:
        """Bind pods until none fits any more, then take them all off; None where there is no work left to do so."""
        able = [site for site in self.sites if not static_reason(kind.pod, site.node, self.world)]
        bound: list[str] = []
        while len(bound) < self.most and self.work[0] > 0:
            self.work[0] -= len(able)
            home = next((site.node.name for site in able if fits(kind, site, self.world)), None)
            if home is None:
                break
            self.world.add(kind.pod, home)
            bound.append(home)
        for home in bound:
            self.world.remove(kind.pod, home)
        return len(bound) if self.work[0] > 0 or not able else None

    def _why(self, pod: Pod) -> str:
        _, reasons = fit_error(pod, [site.node for site in self.sites], self.world)
        return max(sorted(reasons), key=lambda reason: reasons[reason], default="the ring has no nodes")


def _hangs_on_others(kind: Kind, world: World) -> bool:
    """Say whether other pods decide where this one may go, or it decides where more of its own may."""
    pod = kind.pod
    ruled = kind.ports or kind.exclusive or kind.spread or pod.pod_affinity or pod.pod_anti_affinity
    return bool(ruled or pod.claims or pod.new_claims or world.repelled_by(kind))


def _free(site: Site, name: str) -> int:
    return site.free.get(name, site.node.allocatable.get(name, 0))
