"""Which nodes of each ring could go, by packing, and what keeps each of the others."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from models.answer.review import Removable
from models.solver.outcome import FEASIBLE
from planner.review.nodes.fewest import Fewest, fewest
from planner.review.nodes.keepers import before_drain, keepers, least_sizes
from planner.review.tuning import NodesTuning
from planner.view.format import natural

if TYPE_CHECKING:
    from planner.audit.rebuild import Remade


def removable(plan: IsolationPlan, anew: "Remade", progress: Callable[[str], None], tuning: NodesTuning) -> dict[str, Removable]:
    """Return for every ring of a plan that holds what it could do without, and what keeps the rest where nothing could go."""
    least: dict[str, Fewest] = {}
    for ring in plan.rings if plan.verdict == FEASIBLE else ():
        progress(f"how few nodes hold ring {ring.name}")
        least[ring.name] = fewest(anew, ring.name, ring.nodes, tuning)
    answers = {ring.name: _answer(plan, ring.name, ring.nodes, least[ring.name]) for ring in plan.rings if ring.name in least}
    progress("what keeps the other nodes")
    return _with_keepers(answers, least, plan, tuning)


def _answer(plan: IsolationPlan, ring: str, nodes: tuple[str, ...], least: Fewest) -> Removable:
    if least.kept is None:
        return Removable(ring, len(nodes), len(nodes), least.bound, solved=False)
    price = {node.name: node.price for node in plan.cluster.nodes}
    could_go = tuple(sorted(_spare(plan, nodes, set(least.kept)), key=natural))
    kept = set(nodes).difference(could_go)
    saves = sum(price[name] for name in could_go)
    before = tuple(before_drain(plan, could_go))
    return Removable(ring, len(nodes), len(kept), min(least.bound, len(kept)), could_go, saves, before=before)


def _spare(plan: IsolationPlan, nodes: Sequence[str], kept: Set[str]) -> set[str]:
    """Return the nodes that are not kept, without those by which a node group has its least size."""
    spare = set(nodes) - kept
    for group, least in least_sizes(plan).items():
        going = sorted((name for name in spare if name in group), key=natural)
        spare -= set(going[: max(0, least - (len(group) - len(going)))])
    return spare


def _with_keepers(
    answers: Mapping[str, Removable], least: Mapping[str, Fewest], plan: IsolationPlan, tuning: NodesTuning
) -> dict[str, Removable]:
    """Say what keeps each node that is left, by a packing on those alone, each in the ring that it has."""
    from planner.verify import stage

    packing = _packed_on(plan, {name for answer in answers.values() for name in answer.could_go}, tuning.packing_work)
    if packing.verdict != FEASIBLE:
        return dict(answers)
    scene, told = stage(packing), dict(answers)
    for ring in packing.rings:
        if ring.name in answers:
            left, answer = sorted(ring.nodes, key=natural), answers[ring.name]
            needed = least[ring.name].survives_by
            kept = keepers(scene, ring.name, left, answer.bound, needed, least_sizes(plan), tuning.kept)
            told[ring.name] = replace(answer, keepers=tuple(kept))
    return told


def _packed_on(plan: IsolationPlan, gone: Collection[str], work: float) -> IsolationPlan:
    """Pack the pods of a plan on its nodes without some; on all of them they are where they are."""
    from planner.formulate import formulate
    from planner.review.what_if.changes import without_nodes
    from planner.settle import Extras, settle
    from planner.solve import Budget, SearchContext, solve

    if not gone:
        return plan
    cluster = replace(without_nodes(plan.cluster, gone), shapes=())
    home = {name: ring.name for ring in plan.rings for name in ring.nodes}
    homes = {node.name: home.get(node.name, "") for node in cluster.nodes}
    formulation = formulate(cluster, plan.policy, plan.trust, homes)
    outcome = solve(formulation.problem, SearchContext(Budget(work=work, conflict=0.0)))
    return settle(formulation, outcome, cluster, plan.policy, plan.trust, Extras())
