"""Plans that buy: least cost, what stays with `churn`, what survives losses, and what is said where buying does not help."""

import json
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from models.answer.finding import ERROR
from models.answer.plan import Buy, IsolationPlan
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, MILLION, UNDECIDED, Goal
from planner import formats, pipeline, solve
from planner.paper import Paper
from planner.refine.purchase import Buyer
from planner.refine.tuning import TUNING, Tuning
from planner.view.summary.front import summary
from tests.shop_that_buys import AGENT, API, BIG, PLUGIN, SMALL, node, quiet, running, shape, workload, write


def cost(plan: IsolationPlan) -> int:
    return round(next(goal.value for goal in plan.goals if goal.name == COST) * MILLION)


def bought(plan: IsolationPlan) -> dict[str, list[tuple[str, int]]]:
    """Return what each ring buys, whatever the zone."""
    return {ring.name: [(buy.shape, buy.count) for buy in ring.buy] for ring in plan.rings}


def holds(plan: IsolationPlan) -> bool:
    return not [one for one in pipeline.verify(plan) if one.severity == ERROR]


def planned(folder: Path, workloads, nodes, exact=True, objective="", seconds=None, tuning=TUNING, **policy) -> IsolationPlan:
    inputs = write(folder, workloads, nodes, **policy)
    return pipeline.plan(inputs, quiet, exact=exact, objective=objective, seconds=seconds, tuning=tuning)


def test_without_any_owned_node_the_cheapest_nodes_are_bought(tmp_path):
    made = planned(tmp_path, [API, PLUGIN, AGENT], [SMALL, BIG])
    assert made.is_kept
    # 4.5 cores and 9 cores, of which every node gives 100m to the agent: 0.38 and 0.20 + 0.38 is the least
    assert cost(made) == 960_000
    assert sorted(size for sizes in bought(made).values() for size, _ in sizes) == ["big.x", "big.x", "small"]
    assert holds(made)


@pytest.mark.parametrize(("cpu", "verdict", "small"), [("2", FEASIBLE, ["small"]), ("9", INFEASIBLE, ["large", "small"])])
def test_no_node_is_bought_that_does_not_hold_what_runs_on_every_node(tmp_path, cpu, verdict, small):
    agent = workload("agent", "", cpu, 0, "DaemonSet")
    made = planned(tmp_path, [workload("api", "restricted", "1", 1), agent], [shape("small", "1", 0.1), shape("large", "8", 2)])
    assert (made.verdict, bought(made)) == (verdict, {"restricted": [("large", 1)] if verdict == FEASIBLE else []})
    said = {one.subject: one.message for one in made.not_modelled if one.subject.startswith("NodeShape ")}
    assert sorted(said) == [f"NodeShape {name}" for name in small]
    assert all("DaemonSet/shop/agent, which runs on nodes of every ring, does not fit on it" in one for one in said.values())
    assert holds(made)


def test_a_gap_is_written_as_none_only_where_it_is_none(tmp_path):
    made = planned(tmp_path, [API], [SMALL])
    goals = (replace(made.goals[0]), Goal(COST, 4.000001, 4.0), Goal("moves", 3, 3))
    written = yaml.safe_load(pipeline.plan_text(replace(made, goals=goals)))["goals"]
    assert [goal["gap"] for goal in written] == [0, 0.000001, 0]


@pytest.mark.parametrize("objective", ["cost", "churn"])
def test_a_search_that_comes_to_nothing_in_its_time_says_what_it_leaves_and_holds(tmp_path, monkeypatch, objective):
    monkeypatch.setattr(Buyer, "_buy_until_redundant", lambda self, best: None)
    made = planned(tmp_path, [API, PLUGIN], [node("own-1", "5"), SMALL], objective=objective)
    assert (made.verdict, cost(made), bool(made.unplaced)) == (UNDECIDED, 0, True)
    assert holds(made)


def test_owned_nodes_come_first_and_only_the_rest_is_bought(tmp_path):
    made = planned(tmp_path, [API, PLUGIN], [node("own-1", "5"), node("own-2", "5"), SMALL, BIG])
    assert cost(made) == 200_000
    assert sum(len(buys) for buys in bought(made).values()) == 1
    assert holds(made)


def test_where_the_owned_nodes_do_nothing_is_bought_and_the_cost_is_proven(tmp_path):
    made = planned(tmp_path, [API], [node("own-1", "5"), SMALL])
    goal = next(goal for goal in made.goals if goal.name == COST)
    assert (goal.value, goal.bound, goal.gap) == (0, 0, 0)
    assert [ring.buy for ring in made.rings] == [()]


def test_of_owned_nodes_with_a_price_the_dear_ones_stay_unused(tmp_path):
    nodes = [node("dear", price="0.5"), node("fair", price="0.3"), node("cheap", price="0.1")]
    made = planned(tmp_path, [workload("api", "restricted", "1", 5)], nodes)
    assert made.rings[0].nodes == ("cheap", "fair")
    assert cost(made) == 400_000
    assert holds(made)


def test_a_plan_that_buys_is_read_back_as_it_was_written(tmp_path):
    made = planned(tmp_path, [API, PLUGIN, AGENT], [node("own-1"), SMALL, BIG], exact=False)
    text = pipeline.plan_text(made)
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    again = pipeline.load(str(tmp_path / "plan.yaml"))
    assert pipeline.plan_text(again) == text
    assert again.rings == made.rings
    assert again.certificate == made.certificate
    assert holds(again)


def test_plans_of_dear_nodes_are_read_back_and_proven_too(tmp_path):
    """What a pod of a node for 200 an hour is worth, in the certificate's units, needs more than 64 bits."""
    dear = [shape("small", "4100m", 200), shape("big", "8100m", 380, max=3)]
    made = planned(tmp_path, [API, PLUGIN, AGENT], dear, exact=False)
    assert made.certificate is not None
    assert max(made.certificate.worth) > 2**63
    (tmp_path / "plan.yaml").write_text(pipeline.plan_text(made), encoding="utf-8")
    again = pipeline.load(str(tmp_path / "plan.yaml"))
    assert again.certificate == made.certificate
    assert holds(again)
    twice = replace(again.certificate, worth=tuple(2 * one for one in again.certificate.worth))
    assert not holds(replace(again, certificate=twice))


def test_bought_nodes_are_numbered_by_shape_and_zone_and_named_in_the_placements(tmp_path):
    made = planned(tmp_path, [API, PLUGIN], [shape("small", "4", 0.2, zones=["z-1"])])
    names = [name for ring in made.rings for name in ring.nodes]
    assert sorted(names) == [f"small@z-1#{number}" for number in range(1, 6)]
    assert [ring.buy for ring in made.rings] == [(Buy("small", "z-1", 2),), (Buy("small", "z-1", 3),)]
    assert set(names) == {name for placement in made.placements for name in placement.on}


@pytest.mark.parametrize(
    "most", [pytest.param(2, id="also if so many were in each zone"), pytest.param(3, id="though so many in each zone would")]
)
def test_no_more_are_bought_than_there_are_and_that_is_proven_not_to_suffice(tmp_path, most):
    made = planned(tmp_path, [API, PLUGIN], [shape("small", "4", 0.2, max=most)])
    assert made.verdict == INFEASIBLE
    assert sum(count for buys in bought(made).values() for _, count in buys) == most
    assert made.repairs
    assert holds(made)


def test_that_no_zone_has_room_for_all_is_not_proven_by_what_all_zones_have(tmp_path):
    """Each of two nodes could be in either zone, which is where each of two pods has to be."""
    pods = [
        workload(f"in-{zone}", "restricted", "3", 1, nodeSelector={"topology.kubernetes.io/zone": zone})
        for zone in ("z-1", "z-2")
    ]
    made = planned(tmp_path, pods, [shape("small", "4", 0.2, max=1)])
    assert made.verdict == INFEASIBLE
    assert len(made.conflict) == 2
    assert not made.conflict_smallest
    assert holds(made)
    assert planned(tmp_path, pods, [shape("small", "4", 0.2, max=2)]).verdict == FEASIBLE


def test_one_workload_for_which_all_zones_together_have_too_little_is_the_smallest_conflict(tmp_path):
    made = planned(tmp_path, [workload("api", "restricted", "3", 2)], [shape("small", "4", 0.2, max=1)])
    assert made.verdict == INFEASIBLE
    assert (len(made.conflict), made.conflict_smallest) == (1, True)
    assert holds(made)


ALLOWED, FULL = "on the nodes that ringNodes allows", "Ring restricted has all the nodes that ringNodes lets it have (2)"


@pytest.mark.parametrize(
    ("cpu", "pods", "verdict", "said"),
    [
        pytest.param("1", 8, FEASIBLE, "on 2 nodes, 8 pods placed", id="what two nodes just hold is placed on two"),
        pytest.param("1", 9, INFEASIBLE, ALLOWED, id="nine on eight are a no"),
        pytest.param("2500m", 3, UNDECIDED, FULL, id="sums prove nothing where the pods do not fit by their size"),
    ],
)
def test_the_pods_of_a_ring_that_may_have_two_nodes_of_many(tmp_path, cpu, pods, verdict, said):
    api, only, tuning = workload("api", "restricted", cpu, pods), shape("small", "4", 0.2), Tuning(nodes_to_refute=0)
    made = planned(tmp_path, [api], [only], tuning=tuning, ringNodes=[{"max": 2}])
    assert made.verdict == verdict
    assert said in summary(made)


def test_pods_that_fit_on_nothing_that_can_be_bought_are_named(tmp_path):
    made = planned(tmp_path, [workload("giant", "restricted", "32", 1), PLUGIN], [SMALL, BIG])
    assert made.verdict == INFEASIBLE
    assert [str(name) for name in made.conflict] == ["Deployment/shop/giant"]
    assert [left.pods for left in made.unplaced] == [1]
    assert [left.alone for left in made.unplaced] == ["0/4 nodes are available: 4 Insufficient cpu."]


def test_why_no_shape_would_do_is_said_of_those_that_are_to_be_had(tmp_path):
    picky = workload("picky", "restricted", "1", 1, nodeSelector={"disk": "ssd"})
    tainted = shape("tainted", "4", 0.2, labels={"disk": "ssd"}, taints=[{"key": "x", "value": "y", "effect": "NoSchedule"}])
    gone = shape("gone", "4", 0.2, labels={"disk": "ssd"}, max=0)
    (left,) = planned(tmp_path, [picky], [SMALL, tainted, gone]).unplaced
    assert "2 node(s) had untolerated taint(s)" in left.alone
    assert "2 node(s) didn't match Pod's node affinity/selector" in left.alone
    assert left.alone.startswith("0/4 nodes")


@pytest.mark.parametrize(("objective", "first"), [("", [COST, "moves"]), ("churn", ["moves", COST])])
def test_the_goals_stand_in_the_order_that_was_asked_for(tmp_path, objective, first):
    made = planned(tmp_path, [API], [SMALL], objective=objective)
    assert [goal.name for goal in made.goals][1:3] == first


def test_running_pods_stay_first_where_churn_is_the_objective(tmp_path):
    work = [workload("api", "restricted", "1", 3), workload("web", "restricted", "1", 3)]
    live = [each for name in ("api", "web") for each in running(name, "restricted", "1", "dear", "dear", "dear")]
    nodes = [node("dear", "8", price="2"), shape("small", "8", 0.2)]
    cheap = planned(tmp_path, [*work, *live], nodes)
    steady = planned(tmp_path, [*work, *live], nodes, objective="churn")
    moves = [next(goal.value for goal in made.goals if goal.name == "moves") for made in (cheap, steady)]
    assert (cost(cheap), moves[0]) == (200_000, 6)
    assert (cost(steady), moves[1]) == (2_000_000, 0)
    assert holds(cheap)
    assert holds(steady)


def test_with_churn_as_the_objective_nothing_is_claimed_of_how_few_must_move(tmp_path):
    """Pods that run on both nodes that a new one could be on: one may stay, and which nodes are kept decides how many move."""
    ssd = [node("n0", "3", price="3"), node("n1", "3", price="5")]
    for one in ssd:
        one["metadata"]["labels"]["disk"] = "ssd"
    work = [workload("b", "restricted", "1", 3), workload("a", "untrusted", "1", 1, nodeSelector={"disk": "ssd"})]
    made = planned(tmp_path, [*work, *running("b", "restricted", "1", "n0", "n1", "n1")], [*ssd, SMALL], objective="churn")
    moves = next(goal for goal in made.goals if goal.name == "moves")
    assert moves.value >= 1
    assert moves.bound == 0


@pytest.mark.parametrize("again", [False, True], ids=["at first", "with room once more"])
@pytest.mark.parametrize("runs", [True, False], ids=["with pods", "empty"])
@pytest.mark.parametrize("ring", ["restricted", "untrusted"])
def test_at_the_same_cost_nodes_stay_in_their_ring_and_pods_where_they_run(tmp_path, monkeypatch, ring, runs, again):
    first = Buyer.first
    if again:
        monkeypatch.setattr(Buyer, "first", lambda buyer: first(buyer) and buyer.more(Counter()))
    work = [workload(level, level, "1", 3) for level in ("restricted", "untrusted")]
    own = node("own")
    own["metadata"]["labels"]["ringfence.node-restriction.kubernetes.io/ring"] = ring
    made = planned(
        tmp_path, [*work, *(running(ring, ring, "1", "own", "own", "own") if runs else [])], [own, shape("small", "4", 0.2)]
    )
    goals = {goal.name: (goal.value, goal.bound) for goal in made.goals}
    assert goals["cost"] == (0.2, 0.2)
    assert (goals["moves"], goals["relabels"]) == ((0, 0), (0, 0))
    assert holds(made)


@pytest.mark.parametrize("of", ["nodes", "zones"])
def test_enough_is_bought_to_survive_the_loss_of_a_node_or_a_zone(tmp_path, of):
    made = planned(tmp_path, [API], [SMALL, BIG], survive={of: 1})
    assert made.is_kept
    assert [one.failing for one in made.losses if f"{one.of}s" == of] == [0]
    assert len({name.partition("#")[0] for name in made.rings[0].nodes}) > 1 or of == "nodes"
    assert holds(made)


ISO = [workload("a", "untrusted", "750m", 5), workload("b", "internal", "1500m", 4), workload("c", "restricted", "1500m", 4)]
LEVELS = ["restricted", "internal", "untrusted"]
LOST = [
    ("zones, beside three owned nodes in each", ["z-1"] * 3 + ["z-2"] * 3, "zones", 768_000),
    ("zones, beside five owned nodes in one", ["z-1"] * 5, "zones", 960_000),
    ("zones, where nothing is owned", [], "zones", 1_920_000),
    ("nodes, beside three owned ones", ["z-1"] * 3, "nodes", 960_000),
]


@pytest.mark.parametrize(("zones", "of", "least"), [row[1:] for row in LOST], ids=[row[0] for row in LOST])
@pytest.mark.parametrize("exact", [True, False], ids=["packed", "kept"])
def test_the_least_is_bought_that_survives_the_loss_of(tmp_path, zones, of, least, exact):
    """Five nodes hold the pods, two for each ring but one: so many in each zone, or three more, one in each ring."""
    own = [node(f"own-{at}", "3920m", zone) for at, zone in enumerate(zones)]
    made = planned(tmp_path, ISO, [*own, shape("xl", "3920m", 0.192)], exact, levels=LEVELS, survive={of: 1})
    assert (made.verdict, cost(made)) == (FEASIBLE, least)
    assert holds(made)
    bound = next(goal.bound for goal in made.goals if goal.name == COST)
    assert round(bound * MILLION) == least or of == "nodes"
    assert made.certificate is not None
    bare = replace(made, certificate=replace(made.certificate, lost=()))
    assert holds(bare) is (of == "nodes")


@pytest.mark.soak
def test_a_plan_that_does_not_survive_may_cost_less_than_what_would(tmp_path):
    """Two nodes can be had, and there are to be four: what is proven of those does not bound the plan with two."""
    made = planned(tmp_path, ISO[1:2], [shape("xl", "3920m", 0.192, max=2)], levels=LEVELS, survive={"zones": 1})
    assert (made.verdict, cost(made)) == (UNDECIDED, 384_000)
    assert holds(made)


def test_what_kube_scheduler_wastes_is_bought_too(tmp_path):
    made = planned(tmp_path, [API, PLUGIN, AGENT], [SMALL, BIG], exact=False)
    assert made.is_kept
    assert all(ring.any_order for ring in made.rings)
    assert holds(made)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    texts = {pipeline.plan_text(planned(tmp_path, [API, PLUGIN, AGENT], [node("own-1"), SMALL, BIG])) for _ in range(2)}
    assert len(texts) == 1


def test_a_bound_that_its_certificate_does_not_prove_is_found_out(tmp_path):
    made = planned(tmp_path, [API, PLUGIN], [SMALL, BIG])
    assert made.certificate is not None
    better = tuple(replace(goal, bound=goal.value) if goal.name == COST else goal for goal in made.goals)
    found = [one.code for one in pipeline.verify(replace(made, goals=better)) if one.severity == ERROR]
    assert found == ["certificate-short"] or next(goal.gap for goal in made.goals if goal.name == COST) == 0
    richer = replace(made.certificate, worth=tuple(worth * 2 + 1 for worth in made.certificate.worth))
    assert "certificate-broken" in {one.code for one in pipeline.verify(replace(made, certificate=richer))}


def test_an_end_that_is_asked_for_leaves_the_best_plan_so_far(tmp_path):
    from planner.solve.runtime.interrupt import HALT

    inputs = write(tmp_path, [API, PLUGIN, AGENT], [SMALL, BIG])

    def ask(phrase: str) -> None:
        if phrase.startswith("foreseeing"):
            HALT.ask()

    try:
        made = pipeline.plan(inputs, ask)
    finally:
        HALT.asked = False
    assert made.verdict in (FEASIBLE, UNDECIDED)
    assert made.packing == "exact"
    assert holds(made)


def test_an_end_that_is_asked_for_at_once_still_gives_an_answer(tmp_path):
    from planner.solve.runtime.interrupt import HALT

    HALT.ask()
    try:
        made = planned(tmp_path, [API, PLUGIN, AGENT], [SMALL, BIG])
    finally:
        HALT.asked = False
    assert made.placements


def test_outside_the_main_thread_nothing_is_made_of_ctrl_c(tmp_path):
    seen = []

    def plan() -> None:
        with pipeline.interruptible() as halt:
            seen.append(halt.asked)

    thread = threading.Thread(target=plan)
    thread.start()
    thread.join()
    assert seen == [False]


def test_the_objective_of_the_document_is_the_cost(tmp_path):
    made = planned(tmp_path, [API, PLUGIN], [SMALL, BIG])
    from planner.emit.plan import document

    objective = document(made)["objective"]
    assert objective["name"] == COST
    assert objective["value"] == 0.96
    assert json.loads(formats.summary(made, "json", Paper(100)))["market"]["perMonth"] == 0.96 * 730


@pytest.mark.parametrize(
    ("survive", "most"),
    [
        pytest.param({}, 90, id="all of it where there are none"),
        pytest.param({"nodes": 1}, 30, id="a third where there are some"),
    ],
)
def test_of_the_time_there_is_buying_without_regard_to_losses_gets(tmp_path, monkeypatch, survive, most):
    given, purchase = [], solve.purchase
    monkeypatch.setattr(
        solve, "purchase", lambda problem, context: given.append(context.deadline.left()) or purchase(problem, context)
    )
    made = planned(tmp_path, [API], [SMALL], seconds=90, survive=survive)
    assert made.is_kept
    assert most / 3 < given[0] <= most
