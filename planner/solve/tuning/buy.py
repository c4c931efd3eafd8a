"""What steers buying: packing ring by ring, by columns, and what is proven of whole nodes."""

from dataclasses import dataclass, field
from fractions import Fraction

from planner.solve.tuning.columns import ColumnTuning


@dataclass(frozen=True, slots=True)
class FillTuning:
    """How nodes are filled."""

    exchanges: int = 12
    """So many pods of a node are exchanged at most: what is gained by each is less than by the one before."""
    overdraft: float = 1.0
    """So many pods more than had their turn may come in: with more, what is left for other nodes would be less mixed."""
    enough: float = 0.0005
    """A node is full enough once so little of its value is wasted."""
    at_once: int = 2
    """Where many nodes are filled at once: of what still fits of a type one part in so many is taken in one step."""


@dataclass(frozen=True, slots=True)
class BeamTuning:
    """Beam search for the last nodes of a ring."""

    ways: int = 6
    """So many ways are followed,"""
    tries: int = 4
    """and each kind is filled so often: once as pods are liked, else with likings blurred"""
    blur: float = 0.35
    """by so much."""
    most_cells: int = 24_000
    """So many pairs of a node to fill and a type are looked at in one step at most: else fewer ways are followed."""
    most_steps: int = 12
    """So many nodes are chosen together at most."""


@dataclass(frozen=True, slots=True)
class PackTuning:
    """Packing of one ring by its sums, which are asked again as it is filled."""

    fill: FillTuning = field(default_factory=FillTuning)
    beam: BeamTuning = field(default_factory=BeamTuning)
    few: float = 3.0
    """With no more nodes than this to come, by the sums, they are chosen together, by beam search."""
    rounds: int = 60
    """So often the sums are asked at most: half of what they want is filled each time."""


@dataclass(frozen=True, slots=True)
class CountTuning:
    """The choice of how many nodes of each kind a ring has, before it is packed."""

    spare: tuple[float, ...] = (0.004, 0.002, 0.001, 0.0)
    """Nodes must have room for so many more pods than there are, were pods divisible: the less, the cheaper and the tighter."""
    phases: int = 12
    """So often the pods are packed into the same nodes, each time in another order."""
    taste: int = 4
    """After so many times nodes are given up"""
    far: float = 0.02
    """that left out more than such a part of the pods each time."""
    choices: int = 8
    """So many choices of nodes are tried for each room that is to spare."""
    steps: int = 300
    """The search for them ends after so many steps of branch and bound,"""
    close: float = 0.001
    """or once nothing can be cheaper by more than this part of the cost."""
    little: float = 0.1
    """No less room is tried once that gained less than such a part of what the cost may be above its bound."""


@dataclass(frozen=True, slots=True)
class RuinTuning:
    """Ruin and recreate: nodes are taken apart and packed anew."""

    sizes: tuple[int, ...] = (6, 12, 24, 48, 96)
    """So many nodes are taken apart at a time, in turn, as long as nothing is gained."""
    patience: int = 12
    """A ring is given up after so many attempts in a row that gained nothing; never where the search has all the time."""
    closer: float = 0.9
    """So much of the time that is left it takes then: what it finds has to be placed."""
    fills: int = 1_000
    """Nodes that may be filled per unit of work."""


@dataclass(frozen=True, slots=True)
class BoundTuning:
    """How much is proven of what rings cost."""

    most_pairs: int = 20_000
    """Whole numbers of nodes are looked for in rings with up to so many pairs of a type and a kind,"""
    most_kinds: int = 200
    """so many kinds,"""
    most_nodes: int = 100
    """and so many nodes: the sums of others take long, or lose little to parts."""
    most_boxes: int = 1_000
    """A tree ends with so many open boxes: the certificate has a leaf for each."""
    entries: int = 200_000
    """Entries of the sums' model that may be solved per unit of work."""
    looks: int = 20
    """So many steps are made between two looks at whether enough is proven."""
    most_steps: int = 300_000
    """A search through the patterns of one node ends after so many steps, a second or so: nothing is proven then."""
    just: Fraction = Fraction(1, 50)
    """The part of a step by which a bound is to be above the step before: with no more, its proof is shorter."""


@dataclass(frozen=True, slots=True)
class BuyTuning:
    """The search for what to buy."""

    packing: PackTuning = field(default_factory=PackTuning)
    counting: CountTuning = field(default_factory=CountTuning)
    columns: ColumnTuning = field(default_factory=ColumnTuning)
    ruin: RuinTuning = field(default_factory=RuinTuning)
    bound: BoundTuning = field(default_factory=BoundTuning)
    per_class: float = 0.01
    """What it costs to buy, for each class of pods, beside what is searched exactly."""
    few_kinds: int = 40
    """With no more kinds than this there is little to gain from dropping those that are never needed."""
    poor: float = 0.01
    """A gap above which packing is tried with play:"""
    play: tuple[float, ...] = (0.95, 0.9, 0.85)
    """how much of a resource that is plenty by the sums they may use, where whole pods need more than sums do;"""
    little: float = 0.05
    """it is plenty where it is no more than this part of a node's worth."""
    dearer: int = 12
    """So often a ring with too many nodes is packed again, each time as if they cost more."""
    most_cells: int = 2_000_000
    """First fit looks at up to so many pairs of a type and a node: a moment's work."""
    most_pairs: int = 20_000_000
    """Up to so many pairs of a class and a node, pods without a place are placed one by one."""
    most_late: int = 2_000
    """So few pods without a place are still placed one by one once time is over."""
    most_spares: int = 400
    """No more nodes of an offer are tried for them beside those bought, however many pods want a place."""
    exact_spares: int = 12
    """An exact search may buy so many more of each offer: with more the model is large, and hardly any answer needs them."""
    per_pair: int = 40
    """An exact search of what to buy takes so much more than one of where to place."""
