"""Virtual clusters, whose pods share the nodes of their host."""

import re
from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text

_IMAGE = re.compile(r"(^|/)(loft-sh|loftsh)/vcluster|(^|/)vcluster(-pro|-oss)?(:|@|$)")


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        for path, container in template.containers:
            if _IMAGE.search(text(container, "image")):
                yield template.sighting("is a virtual cluster: the pods of its users run on nodes of this one", path)
                break


RULE = Rule(
    id="virtual-cluster",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A virtual cluster shares nodes with its host",
    why="A control plane of one's own is no node of one's own; tolerations of virtual pods are synced to the host.",
    how="A user of the virtual cluster creates a pod that tolerates everything; its twin on the host does so, too.",
    fix="enforce node selector and tolerations in the virtual cluster's sync, and give it a ring",
    source="https://kubernetes.io/docs/concepts/security/multi-tenancy/#virtual-control-plane-per-tenant",
    question=_question,
)
