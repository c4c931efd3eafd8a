"""One way of breaking what a plan buys per row, and the finding that it must raise."""

from dataclasses import replace

import pytest

from models.answer.plan import Buy, IsolationPlan
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.resources import Resources
from models.solver.outcome import COST, Goal
from models.trust import PolicyNodes
from planner import pipeline
from planner.verify import verify
from tests.shop_that_buys import AGENT, API, BIG, PLUGIN, SMALL, node, quiet, write
from tests.verify.breaks import Break

POOL = PolicyNodes().pool_key


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    """Return a packing with two owned nodes, of which one has a price, and several that are bought."""
    nodes = [node("own-1"), node("own-2", price="0.01"), SMALL, BIG]
    return pipeline.plan(write(tmp_path_factory.mktemp("shop"), [API, PLUGIN, AGENT], nodes), quiet, exact=True)


def bought(**changes: object) -> Break:
    """Change the first node that is bought."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        first = next(node for node in plan.cluster.nodes if node.shape)
        nodes = tuple(replace(node, **changes) if node is first else node for node in plan.cluster.nodes)
        return replace(plan, cluster=replace(plan.cluster, nodes=nodes))

    return change


def labelled(**labels: str) -> Break:
    """Give the first node that is bought other labels."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        first = next(node for node in plan.cluster.nodes if node.shape)
        given = {key.replace("_", "/"): value for key, value in labels.items()}
        return bought(labels=Labels({**first.labels, **given}))(plan)

    return change


def shapes(**changes: object) -> Break:
    return lambda plan: replace(
        plan, cluster=replace(plan.cluster, shapes=tuple(replace(one, **changes) for one in plan.cluster.shapes))
    )


def more(extra: Node) -> Break:
    """Add a node to the cluster."""
    return lambda plan: replace(plan, cluster=replace(plan.cluster, nodes=(*plan.cluster.nodes, extra)))


def one_more(plan: IsolationPlan) -> IsolationPlan:
    """Buy a node that no ring gets."""
    like = next(node for node in plan.cluster.nodes if node.shape)
    stem, _, _ = like.name.partition("#")
    name = f"{stem}#{1 + sum(one.name.startswith(f'{stem}#') for one in plan.cluster.nodes)}"
    return more(replace(like, name=name, labels=Labels({**like.labels, "kubernetes.io/hostname": name})))(plan)


def buys(*buy: Buy) -> Break:
    return lambda plan: replace(plan, rings=tuple(replace(ring, buy=buy) for ring in plan.rings))


def goal(**changes: object) -> Break:
    return lambda plan: replace(plan, goals=tuple(replace(one, **changes) if one.name == COST else one for one in plan.goals))


def packing(*goals: Goal) -> Break:
    return lambda plan: replace(plan, packing_goals=goals)


def unproven_packing(plan: IsolationPlan) -> IsolationPlan:
    """Say of the packing what is proven of the plan, and prove nothing."""
    return replace(goal(bound=0.0)(plan), certificate=None, packing_goals=plan.goals)


def without_cost(plan: IsolationPlan) -> IsolationPlan:
    return replace(plan, goals=tuple(one for one in plan.goals if one.name != COST))


ROWS: list[tuple[str, Break, str]] = [
    ("a shape that nobody offers", bought(shape="gold"), "shape-unknown"),
    ("a zone where it is not to be had", shapes(zones=("z-9",)), "shape-zone"),
    (
        "a node with more room than its shape",
        bought(allocatable=Resources({"cpu": 10**6, "memory": 10**12, "pods": 999})),
        "shape-differs",
    ),
    ("a node with a label of its own", labelled(a_b="c"), "shape-differs"),
    ("a node of a pool that its ring does not name", labelled(**{POOL.replace("/", "_"): "pool-2"}), "bought-count"),
    ("nodes of a pool that none of them is in", buys(Buy("small", "z-1", 1, "pool-2")), "bought-count"),
    ("a node without its shape's taints", shapes(taints=()), "shape-differs"),
    ("a node at another price", bought(price=1), "shape-differs"),
    ("a node under another name", bought(name="other"), "bought-names"),
    ("more nodes than there are", shapes(max=0), "bought-too-many"),
    ("another count than there are nodes", buys(Buy("small", "z-1", 9)), "bought-count"),
    ("a node for no ring", one_more, "bought-idle"),
    ("no cost", without_cost, "goals-missing"),
    ("a cost that is too low", goal(value=0.2, bound=0.1), "goal-cost"),
    ("a bound above the cost", goal(bound=99.0), "goal-bound"),
    ("a packing that costs too little", packing(Goal(COST, 0.01, 0.0)), "packing-cost"),
    ("a packing whose bound is above what it costs", packing(Goal(COST, 99.0, 99.5)), "goal-bound"),
    ("a packing whose bound nothing proves", unproven_packing, "bound-unproven"),
    ("a pool that no label can name", buys(Buy("small", "z-1", 1, "pool-1 !")), "pool-name"),
    ("a bound that nothing proves", lambda plan: replace(plan, certificate=None), "bound-unproven"),
]


@pytest.mark.parametrize(("change", "finding"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_purchase_that_is_broken_is_found_out(made: IsolationPlan, change: Break, finding: str) -> None:
    assert finding in {one.code for one in verify(change(made))}


def test_a_purchase_as_it_was_made_raises_nothing(made: IsolationPlan) -> None:
    assert sum(bool(node.shape) for node in made.cluster.nodes) > 1
    assert verify(made) == ()


def test_the_certificates_findings_have_names(made: IsolationPlan) -> None:
    from planner.verify.certificate.flaw import flaw
    from planner.verify.numbers.buying import unproven

    assert list(unproven(made, (), 10**12)) == []
    rows = [
        (made, (flaw("scale"),), "certificate-broken"),
        (replace(made, goals=(Goal(COST, 2, 1),)), (), "certificate-short"),
        (replace(made, goals=(), packing_goals=(Goal(COST, 2, 1),)), (), "certificate-short"),
        (replace(made, goals=(Goal(COST, 2, 1),), packing_goals=(Goal(COST, 2, 1),)), (), "certificate-short"),
    ]
    for plan, flaws, finding in rows:
        assert [one.code for one in unproven(plan, flaws, 999_999)] == [finding]
