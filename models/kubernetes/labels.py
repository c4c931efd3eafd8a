"""Labels and everything that selects by them; field names are those of the Kubernetes API."""

from dataclasses import dataclass

from models.frozen_map import EMPTY, FrozenMap

Labels = FrozenMap[str]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One expression over a label key: In, NotIn, Exists, DoesNotExist, Gt or Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """Pairs and expressions that must all hold; an empty selector matches everything."""

    match_labels: Labels = EMPTY
    match_expressions: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeSelectorTerm:
    """Expressions over a node's labels and fields that must all hold; an empty term matches no node."""

    match_expressions: tuple[Requirement, ...] = ()
    match_fields: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Taint:
    """What keeps pods off a node: effect is NoSchedule, PreferNoSchedule or NoExecute."""

    key: str
    value: str = ""
    effect: str = "NoSchedule"


@dataclass(frozen=True, slots=True)
class Toleration:
    """Permission to ignore a taint; an empty key, effect or operator means what Kubernetes says it means."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None
