"""What the API server's admission plug-ins add to every pod: limit ranges, runtime classes, priorities.

Source: plugin/pkg/admission/{limitranger,runtimeclass,priority}/admission.go, pkg/apis/core/v1/defaults.go.
"""

from dataclasses import dataclass, field

from models.frozen_map import FrozenMap
from models.kubernetes.pod import SYSTEM_CRITICAL
from models.kubernetes.resources import NOTHING, Resources
from models.kubernetes.workload import NOTHING_ADDED, Added
from planner.errors import BadInput
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.pods.limit_ranges import LimitRange
from planner.read.schema import cluster_schema
from planner.read.schema.known_kinds import group_of
from planner.read.values.resource_amounts import read_amounts
from planner.read.values.selectors import read_labels, read_tolerations

NEVER, LOWER = "Never", "PreemptLowerPriority"
BUILT_IN_PRIORITIES = {"system-cluster-critical": SYSTEM_CRITICAL, "system-node-critical": SYSTEM_CRITICAL + 1000}


@dataclass(frozen=True, slots=True)
class RuntimeOverhead:
    """What a RuntimeClass adds to a pod."""

    overhead: Resources = NOTHING
    added: Added = NOTHING_ADDED


@dataclass(slots=True)
class Admission:
    """All that admission knows; `ranges` are kept by namespace in the order of their names.

    `polite` names the PriorityClasses whose pods put nobody out (preemptionPolicy Never).
    """

    ranges: dict[str, list[LimitRange]] = field(default_factory=dict)
    runtimes: dict[str, RuntimeOverhead] = field(default_factory=dict)
    priorities: dict[str, int] = field(default_factory=lambda: dict(BUILT_IN_PRIORITIES))
    default_priority: int | None = None
    polite: set[str] = field(default_factory=set)
    default_name: str = ""

    def add_range(self, namespace: str, limits: LimitRange) -> None:
        """Add a LimitRange to its namespace."""
        ranges = self.ranges.setdefault(namespace, [])
        ranges.append(limits)
        ranges.sort(key=lambda item: item.name)

    def add_priority(self, spot: Spot, name: str, given: cluster_schema.PriorityClass) -> None:
        """Add a PriorityClass; of several global defaults the lowest counts."""
        value = given.value or 0
        built_in = BUILT_IN_PRIORITIES.get(name)
        if built_in is not None and value != built_in:
            spot.at("value").fault(f"must be {built_in}: {name} is built in", "leave this PriorityClass out")
        self.priorities[name] = value
        if given.preemption_policy == NEVER:
            self.polite.add(name)
        if given.global_default and (self.default_priority is None or value < self.default_priority):
            self.default_priority, self.default_name = value, name


def read_runtime(spot: Spot, given: cluster_schema.RuntimeClass) -> RuntimeOverhead:
    """Read a RuntimeClass."""
    fixed = given.overhead.pod_fixed if given.overhead else None
    scheduling = given.scheduling or cluster_schema.Scheduling()
    selector = read_labels(spot.at("scheduling.nodeSelector"), scheduling.node_selector)
    tolerated = read_tolerations(spot.at("scheduling.tolerations"), scheduling.tolerations)
    return RuntimeOverhead(FrozenMap(read_amounts(spot.at("overhead.podFixed"), fixed)), Added(selector, tolerated))


def runtime_of(document: Document) -> tuple[str, RuntimeOverhead]:
    """Read a document that must be a RuntimeClass, or raise BadInput with everything wrong with it."""
    notebook = Notebook()
    spot = spot_of(document, notebook)
    if (group_of(document.api_version), document.kind) != ("node.k8s.io", "RuntimeClass"):
        spot.at("kind").fault(f"{document.kind} is no RuntimeClass", "name a file with a RuntimeClass of node.k8s.io")
        raise BadInput(notebook.faults)
    given = document.decode(cluster_schema.RuntimeClass)
    name, runtime = (given.metadata and given.metadata.name) or "", read_runtime(spot, given)
    if not name:
        spot.at("metadata.name").fault("is missing", "give it the name that pods have in runtimeClassName")
    if notebook.faults:
        raise BadInput(notebook.faults)
    return name, runtime
