"""Makers -> workloads: the pods of each as the API server would make them, and how many at their peak."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from models.cluster import Resident
from models.frozen import FrozenMap
from models.pod import Pod
from models.workload import Workload, WorkloadId, Written
from planner.read.admission import Admission
from planner.read.maker import Key, Maker
from planner.read.normalise import Normal, Origin, normal
from planner.read.objects import Autoscaler
from planner.read.owners import Owners
from planner.read.selectors import labels as check_labels
from planner.read.spot import Notebook, Spot


class Workloads:
    """Builds workloads; makers of equal pods share one pod."""

    def __init__(self, admission: Admission, notebook: Notebook) -> None:
        """Apply what admission knows, and write faults and statements into the notebook."""
        self._admission = admission
        self._notebook = notebook
        self._known: dict[tuple[str, FrozenMap[str], bytes, bool], tuple[Normal, Written]] = {}

    def build(self, maker: Maker) -> Workload:
        """Build the workload of a maker."""
        normal, written = self._normal(maker)
        for remark in normal.remarks:
            maker.spot(self._notebook).state(str(maker.id), remark)
        return Workload(
            id=maker.id,
            api_version=maker.api_version,
            template=_with_own_claims(normal.pod, maker),
            pods=maker.pods,
            labels=maker.labels,
            spec_path=maker.spec_path,
            template_path=maker.template_path,
            written=written,
            claim_templates=maker.claim_templates,
            running=FrozenMap(maker.running),
            counted=maker.counted,
            where=maker.where,
        )

    def resident(self, maker: Maker) -> Resident:
        """Build the resident of a static pod."""
        return Resident(maker.id.name, maker.node, self._normal(maker)[0].pod, maker.where)

    def _normal(self, maker: Maker) -> tuple[Normal, Written]:
        key = (maker.id.namespace, maker.template_labels, maker.alike, maker.is_live)
        found = self._known.get(key)
        if found is None:
            spot = maker.spot(self._notebook)
            check_labels(spot.at(maker.labels_path), maker.template_labels)
            origin = Origin(maker.id.namespace, maker.template_labels, maker.is_live)
            found = normal(spot.at(maker.spec_path), maker.spec, origin, self._admission), maker.written
            self._known[key] = found
        return found


def _with_own_claims(pod: Pod, maker: Maker) -> Pod:
    """Add the claims that are made for one pod alone, which bear its name."""
    if maker.id.kind != "Pod":
        return pod
    own = [f"{maker.id.name}-{volume.name}" for volume in maker.spec.volumes or () if volume.ephemeral]
    return replace(pod, claims=tuple(sorted({*pod.claims, *own}))) if own else pod


def scale(autoscalers: Iterable[Autoscaler], owners: Owners, notebook: Notebook) -> None:
    """Count each autoscaled maker at the most pods that any of its autoscalers allows."""
    reached: set[Key] = set()
    for each in sorted(autoscalers, key=lambda found: found.name):
        maker = owners.find(each.target)
        if maker is None:
            message = f"scales {each.target[1]} {each.target[3]}, which is not in the input: not counted"
            Spot(notebook, each.where).state(f"HorizontalPodAutoscaler/{each.name}", message)
        elif maker.key not in reached or each.most > maker.pods:
            reached.add(maker.key)
            maker.pods, maker.counted = each.most, f"HorizontalPodAutoscaler {each.name}: maxReplicas"


def repeated(makers: Iterable[Maker]) -> Iterator[tuple[Maker, Maker]]:
    """Yield every maker whose name an earlier one has, and that one."""
    seen: dict[WorkloadId, Maker] = {}
    for maker in makers:
        first = seen.setdefault(maker.id, maker)
        if first is not maker:
            yield maker, first
