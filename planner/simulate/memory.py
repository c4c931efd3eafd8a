"""What was asked of candidates before: each order is simulated, and each ring proven, once for what it hangs on."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from models.answer.forecast import Run
from models.answer.order_result import Reason
from models.answer.plan import IsolationPlan
from planner.simulate.any_order_proof import certify
from planner.simulate.run import run_of
from planner.simulate.scenarios.rolling_update import simulate_order
from planner.simulate.scheduler.arrival_orders import is_drawn
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.tuning import SIMULATING, SimulateTuning


def simulate_run(book: Rulebook, order: str, luck: str = "", progress: Callable[[str], None] = lambda _: None) -> Run:
    """Return what a run leaves pending; `luck` breaks ties, and draws what is drawn."""
    # A name that begins like the order's own draws it anew; an order that is not drawn has one name only.
    drawn = luck if luck and is_drawn(order) else order
    return replace(run_of(simulate_order(book, drawn, luck, progress)), order=order, luck=luck)


@dataclass(slots=True)
class Known:
    """What is known of one candidate, whose `plan` was the first to be asked for."""

    plan: IsolationPlan
    tuning: SimulateTuning
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    _book: Rulebook | None = None
    _proofs: dict[str, Reason | None] | None = None

    @property
    def book(self) -> Rulebook:
        """Return the rules of its pods."""
        if self._book is None:
            self._book = Rulebook(cast_of(self.plan), self.tuning)
        return self._book

    @property
    def proofs(self) -> dict[str, Reason | None]:
        """Return for each ring why it is not proven for any order; None where it is."""
        if self._proofs is None:
            self._proofs = certify(self.plan, self.tuning.proof)
        return self._proofs

    def run(self, order: str, luck: str, progress: Callable[[str], None]) -> Run:
        """Return what an order leaves pending."""
        if (order, luck) not in self.runs:
            self.runs[order, luck] = simulate_run(self.book, order, luck, progress)
        return self.runs[order, luck]

    def forget_book(self) -> None:
        """Keep the answers alone, as rules take room."""
        self._book = None


@dataclass(slots=True)
class Memory:
    """Remembers candidates by what simulation knows of them: nodes and pods, who is in which ring, and hints."""

    tuning: SimulateTuning = SIMULATING
    _known: "OrderedDict[Hashable, Known]" = field(default_factory=OrderedDict)

    def of(self, plan: IsolationPlan) -> Known:
        """Return what is known of a candidate; where its pods are placed is nothing to a simulation."""
        rings = tuple((ring.name, ring.nodes) for ring in plan.rings)
        # Candidates of one search share these objects, and Known keeps them alive: no id comes back for another object.
        key = id(plan.cluster), id(plan.policy), id(plan.trust), rings, plan.guides
        if key not in self._known:
            for other in self._known.values():
                other.forget_book()
            self._known[key] = Known(plan, self.tuning)
        self._known.move_to_end(key)
        while len(self._known) > self.tuning.remembered:
            self._known.popitem(last=False)
        return self._known[key]
