"""What `ringfence check` answers: what is wrong, and what is wrong and was accepted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from models.answer.finding import ERROR, INFO, WARNING
from planner.check.finding import Finding
from planner.check.sighting import Change, Target
from planner.view.format import count

SEVERITIES = (ERROR, WARNING, INFO)
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that somebody accepted, why, and where that is written: `given` is what an entry of a baseline says."""

    finding: Finding
    reason: str
    by: str
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends a finding: changes of one object."""

    finding: Finding
    target: Target
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How the pods of one workload could get to the nodes of each ring: ring -> way, empty where they cannot."""

    workload: str
    ring: str
    ways: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Blast:
    """What is within reach of a container on a node that breaks out, as pods run today or as a plan has them.

    `through` is what leads to other nodes: a service account whose token is on the node.
    """

    node: str
    planned: bool
    workloads: int
    rings: tuple[str, ...]
    secrets: int
    accounts: int
    nodes: int
    through: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a plan, by the name of its folder, and what a cluster lacks of it; nothing where it has reached that."""

    name: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageUse:
    """An image at a level, in a ring, and who brings it there; both empty where no policy gives the workload a level."""

    image: str
    level: str
    ring: str
    workloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, the worst first; `notes` say what could not be looked at.

    `objects` and `templates` were looked at, and of a plan `planned` workloads, which it has without their templates. `levels`
    says of each ring how far it is trusted: the place in the policy of the most trusted level that it holds.
    """

    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...] = ()
    notes: tuple[str, ...] = ()
    objects: int = 0
    templates: int = 0
    planned: int = 0
    reach: tuple[Reach, ...] = ()
    blast: tuple[Blast, ...] = ()
    fixes: tuple[Fix, ...] = ()
    images: tuple[ImageUse, ...] = ()
    stages: tuple[Stage, ...] = ()
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def reached(self) -> str:
        """Name the last stage that a cluster has reached with all before it; "none" where it lacks something of the first."""
        names = [stage.name for stage in takewhile(lambda stage: not stage.lacks, self.stages)]
        return names[-1] if names else "none"

    @property
    def counts(self) -> dict[str, int]:
        """Count the findings of each severity."""
        counts = Counter(finding.severity for finding in self.findings)
        return {severity: counts[severity] for severity in SEVERITIES}

    @property
    def looked_at(self) -> str:
        """Say how much was looked at."""
        files = f"{count(self.templates, 'pod template')} of {count(self.objects, 'object')}"
        plan = f"{count(self.planned, 'workload')} of the plan"
        return " and ".join([*([files] if self.objects or not self.planned else []), *([plan] if self.planned else [])])

    def fails(self, limit: str) -> bool:
        """Say whether any finding is of this severity or worse; nothing is of the severity "never"."""
        if limit not in SEVERITIES:
            return False
        return any(self.counts[severity] for severity in SEVERITIES[: SEVERITIES.index(limit) + 1])


def order(finding: Finding) -> tuple[int, str, str, str, str, int]:
    """Sort the worst first, then by name, subject and message."""
    rank = SEVERITIES.index(finding.severity)
    return rank, finding.id, finding.subject, finding.message, finding.where.file, finding.where.line
