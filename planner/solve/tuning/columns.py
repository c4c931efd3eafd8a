"""What steers column generation: how patterns of pods on a node are looked for, and when there are enough."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PricingTuning:
    """The search for patterns that are worth more than their node."""

    samples: int = 12
    """So often each kind is filled in a round."""
    rounds: int = 2
    """After a round its resources are charged otherwise."""
    blur: float = 0.3
    """How far likings are blurred,"""
    dropped: float = 0.15
    """and how often a type is put last: one greedy order finds one pattern only."""
    last: float = 1e-6
    """What a type is worth that is put last: not nothing, as it may still fill what the others leave."""
    sharp: float = 2.0
    """How much dearer a resource gets that was used up, beside one that was not."""
    exact_work: float = 0.02
    """The work for one node: an answer that is not the best is a column all the same."""


@dataclass(frozen=True, slots=True)
class ConvergenceTuning:
    """Column generation to its end."""

    most_types: int = 400
    """Beyond these a round of exact pricing takes seconds,"""
    most_kinds: int = 3
    """and beyond these there are so many ways to fill a node that diving does as well."""
    rounds: int = 100
    """Where pods are small beside nodes the end is far, and the sums that prove the bound are as good."""
    few: int = 3
    """With fewer new patterns found greedily in a round, they are looked for exactly, which takes longer."""
    smooth: float = 0.5
    """How much of the duals of the round before is kept (Wentges, 1997): they swing less, and the end comes sooner."""


@dataclass(frozen=True, slots=True)
class DiveTuning:
    """Column generation with diving."""

    close: float = 0.0005
    """How far above the sums the columns may cost at first,"""
    near: float = 0.002
    """and for what is left."""
    many_rounds: int = 60
    """So many rounds of columns are added at first,"""
    few_rounds: int = 12
    """and so many for what is left."""
    mixes: tuple[float, ...] = (0.0, 0.4, 0.8)
    """How much of what a pod is worth comes from the sums, and not from the columns, which say too much at first;"""
    exact_mix: float = 0.5
    """and how much where a kind is searched exactly."""
    new: int = 5
    """With fewer new columns in a round than this, the kinds that the sums use are searched exactly."""
    patience: int = 4
    """Looking closely ends once so many rounds in a row"""
    progress: float = 0.0001
    """have gained less than that part of the cost."""


@dataclass(frozen=True, slots=True)
class ColumnTuning:
    """Packing by columns."""

    pricing: PricingTuning = field(default_factory=PricingTuning)
    convergence: ConvergenceTuning = field(default_factory=ConvergenceTuning)
    dive: DiveTuning = field(default_factory=DiveTuning)
    few_pods: int = 16
    """With more pods on a node,"""
    most_types: int = 1_000
    """or more types, there are too many patterns for columns to gain."""
    left_out: float = 3.0
    """A pod without a place costs so many of the dearest nodes."""
