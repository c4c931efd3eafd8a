"""Where kube-scheduler does not keep a packing, nodes may be kept that are chosen together with what each workload prefers."""

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from random import Random
from types import SimpleNamespace

import pytest

from models.answer.finding import ERROR
from models.answer.forecast import Forecast, Pending, Run
from models.answer.plan import Lost, Outlook, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from models.solver.outcome import COST, FEASIBLE, UNDECIDED, Goal
from models.solver.problem import Offer, PodClass, Problem
from models.trust import Demand, Membership, Survive
from planner import pipeline, simulate
from planner.refine.loop import Keeper
from planner.refine.moves import node_pools
from planner.refine.oracle import tie_breaks as luck
from planner.solve.node_pools import NodeFacts, PoolCandidate, inventory_of, pool_candidates
from planner.solve.runtime import workers
from planner.solve.tuning import LocalSearchTuning, PoolTuning
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.view import view_plans

LEVELS = ("restricted", "untrusted")
POOL = "ringfence.node-restriction.kubernetes.io/pool"
CPU = ("300m", "700m", "1100m", "2300m", "3900m")
SHAPES = [shape("small", "4", 0.2), shape("middle", "8", 0.39), shape("large", "16", 0.76)]


def workloads(seed):
    """Write workloads of which some pods are large against a small node."""
    luck = Random(seed)
    sizes = [luck.choice((300, 700, 1100, 2300, 3900)) for _ in range(10)]
    return [
        workload(f"w{at}", ("restricted", "untrusted")[at % 2], f"{cpu}m", luck.randint(2, 9)) for at, cpu in enumerate(sizes)
    ]


def planned(folder, seed, **policy):
    return pipeline.plan(write(folder, workloads(seed), SHAPES, everywhere=[], **policy), quiet)


@pytest.fixture(autouse=True)
def _short_search(monkeypatch):
    local = LocalSearchTuning(work_per_pod=120_000)
    short = PoolTuning(steps=500, turns=(False,), turns_of_pools=(False, True), local_search=local)
    monkeypatch.setattr("planner.solve.node_pools.pool_candidates", partial(pool_candidates, tuning=short))
    monkeypatch.setattr(workers, "processors", lambda: 1)


@pytest.mark.parametrize("guide", ["prefer", "require"])
@pytest.mark.parametrize("seed", [1, 3])
def test_a_plan_of_pools_is_kept_and_costs_no_less_than_is_proven(tmp_path, monkeypatch, seed, guide):
    monkeypatch.setattr("planner.refine.loop.SMALL", 0)  # however small it is, it is not compared with a plan that has room
    made = planned(tmp_path, seed, guide=guide)
    assert made.verdict == FEASIBLE
    assert made.guides
    assert not any(one.required for one in made.guides)
    assert not any(one.any_order.startswith("stuck") for one in made.rings)
    assert _cost(made) >= next(goal.bound for goal in made.goals if goal.name == COST)
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_nodes_of_one_shape_are_parted_into_pools_and_workloads_led_to_theirs(tmp_path, monkeypatch, seed):
    monkeypatch.setattr("planner.refine.loop.SMALL", 0)
    monkeypatch.setattr(node_pools, "NEAR", 2)
    only = [shape("only", "8", 0.39)]
    made = pipeline.plan(write(tmp_path, workloads(seed), only, everywhere=[]), quiet)
    assert made.verdict == FEASIBLE
    labels = {node.name: node.labels for node in made.cluster.nodes}
    pools = {ring.name: {labels[name].get(POOL, "") for name in ring.nodes} for ring in made.rings}
    assert any(len(there) > 1 for there in pools.values())
    for ring in made.rings:
        assert {buy.pool for buy in ring.buy} == pools[ring.name]
        counts = Counter(labels[name].get(POOL, "") for name in ring.nodes)
        assert all(sum(buy.count for buy in ring.buy if buy.pool == pool) == count for pool, count in counts.items())
    for guide in made.guides:
        assert guide.key == POOL
        assert pools[made.trust.members[str(guide.workload)].ring].issuperset(guide.values)
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []
    pipeline.save(str(tmp_path / "plan.yaml"), pipeline.plan_text(made))
    assert pipeline.load(str(tmp_path / "plan.yaml")) == made


@pytest.mark.parametrize(
    ("seed", "same"),
    [
        pytest.param(3, True, id="the same nodes in pools are no evener"),
        pytest.param(0, False, id="of more nodes nothing is known"),
    ],
)
def test_what_is_proven_of_evenness_stays_where_the_same_nodes_are_bought(tmp_path, monkeypatch, seed, same):
    monkeypatch.setattr("planner.refine.loop.SMALL", 0)
    given = write(tmp_path, workloads(seed), [shape("only", "8", 0.39)], everywhere=[])
    packed, made = pipeline.plan(given, quiet, exact=True), pipeline.plan(given, quiet)
    bought = [{ring.name: sum(buy.count for buy in ring.buy) for ring in one.rings} for one in (packed, made)]
    assert (bought[0] == bought[1]) is same
    assert any(buy.pool for ring in made.rings for buy in ring.buy)
    proven = [next(goal.bound for goal in one.goals if goal.sense == "max") for one in (packed, made)]
    assert proven[1] == (proven[0] if same else 1000)


CHOICES = [
    ("the one that costs less", (FEASIBLE, 1), (FEASIBLE, 2), 0),
    ("the other one that costs less", (FEASIBLE, 2), (FEASIBLE, 1), 1),
    ("the other one where both cost the same", (FEASIBLE, 1), (FEASIBLE, 1), 1),
    ("the one that is feasible, whatever it costs", (FEASIBLE, 2), (UNDECIDED, 1), 0),
    ("the other one that is, whatever it costs", (UNDECIDED, 1), (FEASIBLE, 2), 1),
    ("the other one where neither is", (UNDECIDED, 1), (UNDECIDED, 2), 1),
]


@pytest.mark.parametrize(("one", "other", "taken"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_of_two_plans_one_is_taken(one, other, taken):
    plans = [replace(view_plans.shop(), verdict=verdict, goals=(Goal(COST, cost, 0),)) for verdict, cost in (one, other)]
    assert node_pools.cheaper(*plans) is plans[taken]


def test_the_cheaper_one_is_taken_of_a_plan_of_pools_and_one_with_room(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.refine.loop.MORE_ORDERS", ())  # which small plans are tried with, and the others are not
    monkeypatch.setattr("planner.refine.oracle.tie_breaks.TIES", 0)  # and small ones are tried with more
    both = [planned(tmp_path, seed, guide="require") for seed in range(3)]
    monkeypatch.setattr("planner.refine.loop.SMALL", 0)
    pools = [planned(tmp_path, seed, guide="require") for seed in range(3)]
    monkeypatch.setattr(node_pools, "NEAR", 0)
    far = [planned(tmp_path, seed, guide="require") for seed in range(3)]
    monkeypatch.setattr("planner.refine.moves.node_pools.pooled", lambda *_: None)
    roomy = [planned(tmp_path, seed, guide="require") for seed in range(3)]
    assert [_cost(made) for made in both] == [min(map(_cost, pair)) for pair in zip(pools, roomy, strict=True)]
    assert [_cost(made) for made in far] == [_cost(made) for made in both]
    assert [_cost(made) for made in pools] != [_cost(made) for made in roomy]


def _spread(documents):
    """Spread the pods of every other workload over zones."""
    for one in documents[::2]:
        mine = {"matchLabels": one["spec"]["selector"]["matchLabels"]}
        rule = {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": mine,
        }
        one["spec"]["template"]["spec"]["topologySpreadConstraints"] = [rule]
    return documents


def _few(documents):
    return documents[:6]


def _owned(name, zone):
    made = node(name, "8", zone)
    made["metadata"]["labels"]["node.kubernetes.io/instance-type"] = "old"
    return made


OWNED = [_owned(f"own-{at}", f"z-{1 + at % 2}") for at in range(4)]


@pytest.mark.parametrize(
    ("seed", "given", "nodes", "policy"),
    [
        pytest.param(1, _spread, SHAPES, {}, id="pods are spread over zones"),
        pytest.param(1, list, [*SHAPES, *OWNED], {}, id="some nodes are there"),
        pytest.param(12, _few, SHAPES, {"survive": {"nodes": 1}}, id="a node may be lost"),
    ],
)
def test_pools_are_kept_whatever_else_is_asked_for(tmp_path, monkeypatch, seed, given, nodes, policy):
    monkeypatch.setattr("planner.refine.loop.SMALL", 0)
    monkeypatch.setattr(node_pools, "NEAR", 2)
    monkeypatch.setattr("planner.refine.loop.Keeper._with_room", lambda *_: pytest.fail("spare room was looked for"))
    made = pipeline.plan(write(tmp_path, given(workloads(seed)), nodes, everywhere=[], **policy), quiet)
    assert made.verdict == FEASIBLE
    assert made.guides
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []


def test_a_way_that_cannot_grow_is_not_tried_again():
    classes = tuple(PodClass(name, 0, 1, (cpu,), (), offers=(0,)) for name, cpu in (("here", 1), ("everywhere", 2)))
    problem = Problem(("cpu",), ("ring",), classes, (), offers=(Offer("a", (4,), (0,), 1, 0),), most=(9,))
    stock = inventory_of(problem, NodeFacts((0,), ("",), (), frozenset({0, 1}), (1,)))
    here = next(t for t, members in enumerate(stock.market.members) if members == (0,))
    ways = [PoolCandidate(0, cost, ((0, cost),), ((here, (0,)),)) for cost in (1, 2)]
    daemon = SimpleNamespace(workload=SimpleNamespace(id="everywhere"))
    formulation = SimpleNamespace(problem=problem, batches=((), (daemon,)))
    search = node_pools._Search(SimpleNamespace(formulation=formulation), None, stock, {0: list(ways)})
    assert search._turn({"ring": {"everywhere"}})
    assert search.chosen == {0: ways[1]}
    assert not search._turn({"ring": {"everywhere"}})


def test_rings_that_must_survive_a_loss_and_cannot_be_packed_after_it_are_short(tmp_path):
    plan = pipeline.plan(write(tmp_path, workloads(1)[:2], SHAPES, everywhere=[], survive={"nodes": 1}), quiet)
    w0, ring = plan.cluster.workloads[0].id, plan.rings[0].name

    def outlook(of, failing):
        return Outlook(ring, of, 3, 3, failing, worst=(Lost("n", FrozenMap({str(w0): 2})),) if failing else ())

    assert node_pools._bereft(replace(plan, losses=(outlook("node", 1),))) == {ring: {w0}}
    assert node_pools._bereft(replace(plan, losses=(outlook("node", 0), outlook("zone", 1)))) == {}


def test_the_orders_of_arrival_are_tried_until_one_leaves_pods_pending(tmp_path, monkeypatch):
    plan = pipeline.plan(write(tmp_path, workloads(1)[:2], SHAPES, everywhere=[]), quiet)
    first, ring, orders = plan.cluster.workloads[0].id, plan.rings[0].name, []
    stuck = {simulate.ORDERS[2]: (Pending(first, 1, ""),)}
    monkeypatch.setattr(
        simulate, "foresee", lambda _, some: orders.extend(some) or Forecast((Run(some[0], stuck.get(some[0], ())),))
    )
    assert node_pools._short(plan) == {ring: {first}}
    assert orders == list(simulate.ORDERS[:3])
    stuck.clear()
    assert node_pools._short(plan) == {}
    assert orders[3:] == list(simulate.ORDERS)


W0, W1 = WorkloadId("Deployment", "shop", "w0"), WorkloadId("DaemonSet", "shop", "w1")
A, B = LEVELS
ARRIVAL, ROLLOUT, DAY = simulate.ORDERS[1], simulate.ROLLOUTS[1], simulate.SCALED[1]
AGAIN = [
    (
        "each run tells of the rings that were stuck in it",
        {ARRIVAL: A, ROLLOUT: B},
        {ARRIVAL: A, ROLLOUT: B},
        (),
        [ARRIVAL, ROLLOUT],
        {A, B},
    ),
    ("of both at once", {ARRIVAL: A + B}, {ARRIVAL: A + B}, (), [ARRIVAL], {A, B}),
    ("of a ring that is stuck no other run is tried", {ARRIVAL: A, ROLLOUT: A}, {ARRIVAL: A, ROLLOUT: A}, (), [ARRIVAL], {A}),
    ("one that another ring was stuck in, too, is", {ARRIVAL: A, ROLLOUT: A + B}, {ARRIVAL: A}, (), [ARRIVAL, ROLLOUT], {A}),
    ("until one is stuck all are", {ARRIVAL: A, ROLLOUT: A}, {ROLLOUT: A}, (), [ARRIVAL, ROLLOUT], {A}),
    ("a run may be of a ring that was not stuck in it before", {ARRIVAL: A}, {ARRIVAL: B}, (), [ARRIVAL], {B}),
    ("what a ring went through as it is need not be tried again", {ARRIVAL: A, ROLLOUT: B}, {ROLLOUT: B}, [A], [ROLLOUT], {B}),
    ("but for another ring", {ARRIVAL: A + B}, {}, [A], [ARRIVAL], set()),
    ("a day ends with the first pods that are pending, and tells nothing of other rings", {DAY: A + B}, {DAY: A}, (), [DAY], {A}),
    (
        "one that leaves a pod pending that runs everywhere always is",
        {ARRIVAL: "", ROLLOUT: ""},
        {},
        [A, B],
        [ARRIVAL, ROLLOUT],
        set(),
    ),
]


@pytest.mark.parametrize(("hard", "stuck", "passed", "tried", "short"), [row[1:] for row in AGAIN], ids=[row[0] for row in AGAIN])
def test_what_plans_before_did_not_go_through_is_tried_first(monkeypatch, hard, stuck, passed, tried, short):
    """Written as run -> rings that it left pods pending in, before and now; those that passed went through all as they are."""
    of = {A: WorkloadId("Deployment", "shop", "a"), B: WorkloadId("Deployment", "shop", "b"), "": W1}

    def pending(said):
        return tuple(Pending(who, 1, "") for ring, who in of.items() if (ring in said if ring else not said))

    seen, now = [], dict(stuck)
    plan = SimpleNamespace(
        trust=SimpleNamespace(members={str(who): SimpleNamespace(ring=ring) for ring, who in of.items()}),
        rings=(RingPlan(A, (A,), ()), RingPlan(B, (B,), ())),
        unplaced=(),
    )
    runs = [Run(name, pending(rings), luck="ties") for name, rings in hard.items()]
    monkeypatch.setattr(
        luck,
        "again",
        lambda *_: lambda run: seen.append(run.order) or replace(run, pending=pending(now.get(run.order, "none"))),
    )
    ways = {at: PoolCandidate(at, 1, ((0, 1),), ()) for at in (0, 1)}
    buyer = SimpleNamespace(formulation=SimpleNamespace(problem=SimpleNamespace(rings=(A, B))))
    made = node_pools._Search(buyer, Keeper(None, quiet, hard=tuple(runs)), None, {at: [way] for at, way in ways.items()})
    made.passed |= {(name, "ties", ways[(A, B).index(ring)]) for ring in passed for name in hard}
    rolling = {ring for ring in (A, B) for name in (ROLLOUT, DAY) if name in tried and ring in stuck.get(name, ())}
    assert made._stuck_again(plan) == ({ring: {of[ring]} for ring in sorted(short)}, rolling)
    assert seen == tried
    seen.clear()
    made._stuck_again(plan)
    assert set(seen) >= {name for name in tried if name in stuck or not hard[name]}
    assert set(seen) <= {name for name in hard if name not in tried or name in stuck or not hard[name]}, "what went well is not"
    assert {way.ring for name, _, way in made.passed if name == DAY} == set()
    seen.clear()
    made.chosen = {at: replace(way, cost=2) for at, way in ways.items()}
    now.clear()
    assert made._stuck_again(plan) == ({}, frozenset())
    assert sorted(seen) == sorted(hard), "with other ways all must be"


def test_who_may_not_be_held_still_prefers_its_pool(tmp_path, monkeypatch):
    """A required guide would change how its pods are spread."""
    monkeypatch.setattr("planner.refine.loop.Keeper.keep", lambda keeper, packing: keeper.otherwise(keeper) or packing)
    seen = []
    monkeypatch.setattr(node_pools, "pooled", lambda buyer, keeper: seen.append((buyer, keeper)))
    documents = workloads(1)[:4]
    spread = {"maxSkew": 9, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
    documents[0]["spec"]["template"]["spec"]["topologySpreadConstraints"] = [spread]
    made = pipeline.plan(write(tmp_path, documents, SHAPES, everywhere=[], guide="require"), quiet)
    ((buyer, keeper),) = seen
    search = node_pools._Search(buyer, keeper, buyer.stock(), {})
    ring = replace(made.rings[0], nodes=("a", "b"))
    some = made.cluster.nodes[0]
    nodes = tuple(
        replace(some, name=name, labels=FrozenMap({**some.labels, POOL: f"pool-{at}"})) for at, name in enumerate("ab", 1)
    )
    made = replace(made, rings=(ring,), cluster=replace(made.cluster, nodes=nodes))
    r, market = buyer.formulation.problem.rings.index(ring.name), search.stock.market
    homes = tuple((t, (1,)) for t, of in enumerate(market.ring_of) if of == r)
    offers = [market.kinds[j].offers[0] for j in range(len(market.kinds)) if market.kinds[j].offers][:2]
    way = PoolCandidate(r, 1, tuple((offer, 1) for offer in offers), homes, firm=True, pools=(1, 2))
    said = {guide.workload.name: guide.required for guide in search._guides(made, ring, way)}
    assert said == {"w0": False, "w2": True}


NOTHING = (frozenset(), Counter())


@pytest.mark.parametrize(
    ("made", "short", "bereft", "held"),
    [
        pytest.param([None], [], [], [], id="which nodes cannot be had"),
        pytest.param([], [{"ring": {W0}}], [], [], id="which leaves pods pending in an order of arrival"),
        pytest.param([], [], [{"ring": {W0}}], [], id="which cannot be packed again after a loss"),
        pytest.param([], [], [], [(frozenset({"ring"}), Counter())], id="which kube-scheduler does not keep"),
        pytest.param([], [], [], [(frozenset(), Counter({W0: 1}))], id="which leaves pods pending after a loss"),
        pytest.param([], [], [], [(frozenset({"ring"}), Counter({W1: 1}))], id="which leaves pods pending that run everywhere"),
    ],
)
def test_the_next_way_is_tried_after_one(monkeypatch, made, short, bereft, held):
    """Each of these is what is said of the first way; the second one has nothing against it."""
    ways = {0: [PoolCandidate(0, cost, ((0, cost),), ()) for cost in (1, 2)]}
    problem = Problem(("cpu",), ("ring",), (), (), offers=(Offer("a", (4,), (0,), 1, 0),), most=(9,))
    stock = inventory_of(problem, NodeFacts((0,), ("",), (), frozenset(), (1,)))
    trust = SimpleNamespace(members={str(W0): SimpleNamespace(ring="ring"), str(W1): SimpleNamespace(ring="")})
    answers = {"made": iter(made), "short": iter(short), "bereft": iter(bereft), "held": iter(held)}

    def plan(_, chosen):
        return next(answers["made"], SimpleNamespace(cost=chosen[0].cost, trust=trust, verdict=FEASIBLE))

    def kept(made):
        unkept, left = next(answers["held"], NOTHING)
        return SimpleNamespace(cost=made.cost, rings=(), verdict="undecided" if unkept or left else FEASIBLE), unkept, left

    formulation = SimpleNamespace(problem=problem, batches=())
    buyer = SimpleNamespace(of_pools=plan, progress=quiet, is_late=lambda: False, formulation=formulation)
    monkeypatch.setattr(node_pools, "_short", lambda *_: next(answers["short"], {}))
    monkeypatch.setattr(node_pools, "_bereft", lambda _: next(answers["bereft"], {}))
    monkeypatch.setattr(node_pools._Search, "_led", lambda _, made: made)
    monkeypatch.setattr(node_pools, "_rolled_out", lambda plan, _: (plan, 0, {}))
    keeper = SimpleNamespace(held=kept, hard=(), progress=quiet, weigh=lambda *_: None)
    buyer.policy = SimpleNamespace(guide="prefer")
    assert node_pools._Search(buyer, keeper, stock, ways).run().cost == 2


LEFT = {"ring": {W0}}
STEADY = [
    ("a plan that goes through all of them is taken", [(0, {})], 0, [], 1),
    ("one that does not gets a node more", [(3, LEFT), (0, {})], 9, [], 11),
    ("and another", [(3, LEFT), (1, LEFT), (0, {})], 9, [], 21),
    ("a few times, then the one with fewest misses is taken", [(5, LEFT), (2, LEFT), (2, LEFT), (4, LEFT), (3, LEFT)], 9, [], 11),
    ("the first where there is no such node", [(3, LEFT), (0, {})], 0, [], 1),
    ("the first where no pod of a ring is pending", [(3, {}), (0, {})], 9, [], 1),
    ("the first where with the node it is not kept", [(3, LEFT), (0, {})], 1, [NOTHING, (frozenset({"ring"}), Counter())], 1),
]


@pytest.mark.parametrize(("rolled", "nodes", "held", "cost"), [row[1:] for row in STEADY], ids=[row[0] for row in STEADY])
def test_after_further_rollouts(monkeypatch, rolled, nodes, held, cost):
    trust, answers, kept_so_far = SimpleNamespace(members={str(W0): SimpleNamespace(ring="ring")}), iter(rolled), iter(held)
    formulation = SimpleNamespace(problem=SimpleNamespace(rings=("ring",)), batches=())

    def plan(_, chosen):
        return SimpleNamespace(cost=chosen[0].cost, trust=trust, verdict=FEASIBLE, rings=())

    def kept(made):
        return made, *next(kept_so_far, NOTHING)

    def grown(search, _, __):
        nonlocal nodes
        nodes -= 1
        return replace(search.chosen[0], cost=search.chosen[0].cost + 10) if nodes >= 0 else None

    policy = SimpleNamespace(guide="prefer")
    buyer = SimpleNamespace(of_pools=plan, progress=quiet, is_late=lambda: False, formulation=formulation, policy=policy)
    monkeypatch.setattr(node_pools, "_short", lambda *_: {})
    monkeypatch.setattr(node_pools, "_bereft", lambda _: {})
    monkeypatch.setattr(node_pools, "_rolled_out", lambda plan, _: (plan, *next(answers)))
    monkeypatch.setattr(node_pools._Search, "_led", lambda _, made: made)
    monkeypatch.setattr(node_pools._Search, "_grown", grown)
    weighed = []
    keeper = SimpleNamespace(held=kept, hard=(), progress=quiet, weigh=lambda misses, made: weighed.append((misses, made.cost)))
    found = node_pools._Search(buyer, keeper, None, {0: [PoolCandidate(0, 1, (), ())]}).run()
    assert found.cost == cost
    assert min(weighed, key=lambda each: each[0])[1] == cost, "what is left where time is up is the same"


HELD = [
    ("where guides may be required pods are held on their nodes", "require", [True], [(3, LEFT), (0, {})], 101),
    ("then they get nodes more", "require", [True], [(3, LEFT), (1, LEFT), (0, {})], 111),
    ("where they cannot be held they get nodes at once", "require", [None], [(3, LEFT), (0, {})], 11),
    ("where guides may not be required they are not held", "prefer", [True], [(3, LEFT), (0, {})], 11),
]


@pytest.mark.parametrize(("guide", "can", "rolled", "cost"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_whose_pods_further_rollouts_leave_pending_is_held(monkeypatch, guide, can, rolled, cost):
    """Holding them costs 100, a node more 10; what was not tried yet is held, too."""
    trust, answers, may = SimpleNamespace(members={str(W0): SimpleNamespace(ring="ring")}), iter(rolled), iter(can)
    formulation = SimpleNamespace(problem=SimpleNamespace(rings=("ring", "other")), batches=())

    def plan(_, chosen):
        return SimpleNamespace(cost=chosen[0].cost, trust=trust, verdict=FEASIBLE)

    def held(_, way):
        return replace(way, cost=way.cost + 100, firm=True) if next(may, None) or way.cost > 1 else None

    policy = SimpleNamespace(guide=guide)
    buyer = SimpleNamespace(of_pools=plan, progress=quiet, is_late=lambda: False, formulation=formulation, policy=policy)
    monkeypatch.setattr(node_pools, "_short", lambda *_: {})
    monkeypatch.setattr(node_pools, "_bereft", lambda _: {})
    monkeypatch.setattr(node_pools, "_rolled_out", lambda plan, _: (plan, *next(answers)))
    monkeypatch.setattr(node_pools._Search, "_led", lambda _, made: made)
    monkeypatch.setattr(
        node_pools._Search, "_grown", lambda search, *_: replace(search.chosen[0], cost=search.chosen[0].cost + 10)
    )
    monkeypatch.setattr("planner.solve.node_pools.with_required_hints", held)
    keeper = SimpleNamespace(held=lambda made: (made, *NOTHING), hard=(), progress=quiet, weigh=lambda *_: None)
    ways = {
        0: [PoolCandidate(0, 1, (), ()), PoolCandidate(0, 5, (), ())] if can[0] else [PoolCandidate(0, 1, (), ())],
        1: [PoolCandidate(1, 9, (), ())],
    }
    search = node_pools._Search(buyer, keeper, None, ways)
    assert search.run().cost == cost
    is_held = guide == "require" and bool(can[0])
    assert (search.chosen[0].firm, search.chosen[1].firm) == (is_held, False), "the other ring is as it was"
    assert all(way.firm == is_held for way in search.ways[0])


AT_ONCE = [
    ("one of the usual rollouts", "require", [(ROLLOUT, "")], 101),
    ("one of the usual rollouts, where pods may not be held: there is a node more", "prefer", [(ROLLOUT, "")], 31),
    ("and another", "prefer", [(ROLLOUT, ""), ("", ROLLOUT)], 61),
    ("an order of arrival, where pods may not be held", "prefer", [(ARRIVAL, "")], 5),
    ("one of the usual rollouts, and then another", "require", [(ROLLOUT, ""), (ROLLOUT, "")], 105),
    ("an order of arrival", "require", [(ARRIVAL, "")], 5),
    ("a rollout that one before did not go through", "require", [("", ROLLOUT)], 101),
    ("an order of arrival that one before did not go through", "require", [("", ARRIVAL)], 5),
    ("both", "require", [("", ARRIVAL), (ROLLOUT, "")], 105),
]


@pytest.mark.parametrize(("guide", "stuck", "cost"), [row[1:] for row in AT_ONCE], ids=[row[0] for row in AT_ONCE])
def test_pods_are_held_as_soon_as_a_plan_does_not_go_through(monkeypatch, guide, stuck, cost):
    """Written as what each plan is stuck in: of the usual runs, or of those before; holding costs 100, a node 30, a way 4."""
    search, _ = _searching(monkeypatch, guide, stuck, (1, 5, 9))
    assert search.run().cost == cost


@pytest.mark.parametrize(
    ("stuck", "costs"),
    [
        pytest.param([ROLLOUT] * 5, [1, 101, 105, 109, 139, 150], id="a node more, and no cheaper way after that"),
        pytest.param([ROLLOUT, ARRIVAL, ROLLOUT, ARRIVAL], [1, 101, 105, 109, 113], id="not where they are stuck as pods arrive"),
        pytest.param([ROLLOUT] * 8, [1, 101, 105, 109, 139, 150, 169, 199, 229], id="again after as many"),
    ],
)
def test_a_ring_whose_ways_are_stuck_in_rollouts_again_and_again_gets_a_node_more(monkeypatch, stuck, costs):
    """Holding costs 100, a node 30."""
    monkeypatch.setattr(node_pools, "STUBBORN", 3)
    search, tried = _searching(monkeypatch, "require", [(one, "") for one in stuck], (1, 5, 9, 13, 50))
    assert search.run().cost == costs[-1]
    assert tried == costs


def _searching(monkeypatch, guide, stuck, costs):
    """Return a search whose plans are stuck so, and the list that gets what each of them costs."""
    answers = iter(stuck)
    usual = again = ""
    tried = []
    trust = SimpleNamespace(members={str(W0): SimpleNamespace(ring="ring")})
    formulation = SimpleNamespace(problem=SimpleNamespace(rings=("ring",)), batches=())

    def plan(_, chosen):
        nonlocal usual, again
        usual, again = next(answers, ("", ""))
        tried.append(chosen[0].cost)
        rings = (RingPlan("ring", ("g",), (), any_order=f"stuck in {usual}" if usual else "tried 9 orders"),)
        return SimpleNamespace(cost=chosen[0].cost, trust=trust, verdict=FEASIBLE, rings=rings, unplaced=())

    def tried_again(_):
        return {"ring": {W0}} if again else {}, frozenset({"ring"} if again == ROLLOUT else ())

    policy = SimpleNamespace(guide=guide)
    buyer = SimpleNamespace(of_pools=plan, progress=quiet, is_late=lambda: False, formulation=formulation, policy=policy)
    monkeypatch.setattr(node_pools._Search, "_stuck_again", lambda _, made: tried_again(made))
    monkeypatch.setattr(node_pools, "_short", lambda *_: {})
    monkeypatch.setattr(node_pools, "_bereft", lambda _: {})
    monkeypatch.setattr(node_pools, "_rolled_out", lambda plan, _: (plan, 0, {}))
    monkeypatch.setattr(node_pools._Search, "_led", lambda _, made: made)
    monkeypatch.setattr(
        node_pools._Search, "_grown", lambda search, *_: replace(search.chosen[0], cost=search.chosen[0].cost + 30)
    )
    monkeypatch.setattr(
        "planner.solve.node_pools.with_required_hints", lambda _, way: replace(way, cost=way.cost + 100, firm=True)
    )
    keeper = SimpleNamespace(
        held=lambda made: (made, frozenset({"ring"} if usual else ()), Counter({W0: 1} if usual else {})),
        hard=(),
        progress=quiet,
        weigh=lambda *_: None,
    )
    return node_pools._Search(buyer, keeper, None, {0: [PoolCandidate(0, cost, (), ()) for cost in costs]}), tried


@pytest.mark.parametrize(
    "is_seen_at_once", [False, True], ids=["that take long", "that those before did not go through, five times as many"]
)
def test_once_a_plan_is_kept_only_some_more_are_tried(monkeypatch, is_seen_at_once):
    """All others leave pods pending where those before did; so there is the one that is kept and leaves some in rollouts."""
    short, again = (chain([{}], repeat(LEFT if late else {})) for late in (not is_seen_at_once, is_seen_at_once))
    formulation = SimpleNamespace(problem=SimpleNamespace(rings=("ring",)), batches=())
    tried = []

    def plan(_, chosen):
        tried.append(chosen[0].cost)
        return SimpleNamespace(cost=chosen[0].cost, trust=None, verdict=FEASIBLE)

    policy = SimpleNamespace(guide="require")
    buyer = SimpleNamespace(of_pools=plan, progress=quiet, is_late=lambda: False, formulation=formulation, policy=policy)
    monkeypatch.setattr(node_pools, "MORE", 5)
    monkeypatch.setattr(node_pools._Search, "_stuck_again", lambda *_: (next(again), frozenset()))
    monkeypatch.setattr(node_pools, "_short", lambda *_: next(short))
    monkeypatch.setattr(node_pools, "_bereft", lambda _: {})
    monkeypatch.setattr(node_pools, "_rolled_out", lambda plan, _: (plan, 3, LEFT))
    monkeypatch.setattr(node_pools._Search, "_led", lambda _, made: made)
    monkeypatch.setattr(
        node_pools._Search, "_grown", lambda search, *_: replace(search.chosen[0], cost=search.chosen[0].cost + 10)
    )
    monkeypatch.setattr("planner.solve.node_pools.with_required_hints", lambda _, way: replace(way, firm=True))
    monkeypatch.setattr(node_pools._Search, "_foreseen", lambda _, led: (led, {}))
    keeper = SimpleNamespace(hard=(), progress=quiet, weigh=lambda *_: None)
    assert node_pools._Search(buyer, keeper, None, {0: [PoolCandidate(0, 1, (), ())]}).run().cost == 1
    assert tried == [1, 1, *range(11, 250 if is_seen_at_once else 50, 10)]


@pytest.mark.parametrize("guide", ["prefer", "require"])
def test_what_further_rollouts_left_pending_is_tried_first_where_pods_can_be_held(tmp_path, monkeypatch, guide):
    monkeypatch.setattr("planner.refine.loop.SMALL", 0)
    monkeypatch.setattr("planner.refine.oracle.tie_breaks.rolled", lambda *_: [Run("as they roll out 1", (Pending(W0, 2, ""),))])
    plan = pipeline.plan(write(tmp_path, workloads(1)[:1], SHAPES, everywhere=[], guide=guide), quiet)
    members = FrozenMap({**plan.trust.members, str(W0): Membership("ring", "ring")})
    noted = []
    node_pools._rolled_out(
        replace(plan, trust=replace(plan.trust, members=members)), SimpleNamespace(progress=quiet, note=noted.extend)
    )
    assert [run.order for run in noted] == (["as they roll out 1"] if guide == "require" else [])


@pytest.mark.parametrize(
    ("small", "surge", "misses", "rings"),
    [
        pytest.param(0, True, 2, {"ring": {W0}}, id="of large plans that count rollouts more of those are tried"),
        pytest.param(0, False, 0, {}, id="of those that count none no more are"),
        pytest.param(9, True, 0, {}, id="of small ones many were"),
    ],
)
def test_whom_further_rollouts_leave_pending(tmp_path, monkeypatch, small, surge, misses, rings):
    runs = [Run("as they roll out 1", (Pending(W0, 2, ""),)), Run(simulate.SCALED[0], (Pending(W1, 1, ""),)), Run("a")]
    monkeypatch.setattr("planner.refine.loop.SMALL", small)
    monkeypatch.setattr("planner.refine.oracle.tie_breaks.rolled", lambda *_: runs)
    plan = pipeline.plan(write(tmp_path, workloads(1)[:1], SHAPES, everywhere=[]), quiet)
    members = FrozenMap({str(W0): Membership("ring", "ring"), str(W1): Membership(everywhere=True)})
    small_one = replace(plan.cluster.workloads[0], pods=5)
    plan = replace(
        plan,
        cluster=replace(plan.cluster, workloads=(small_one,)),
        policy=replace(plan.policy, demand=Demand(surge=surge)),
        trust=replace(plan.trust, members=members),
    )
    told, *found = node_pools._rolled_out(plan, SimpleNamespace(progress=quiet))
    assert found == [misses, rings]
    assert [one.subject for one in told.not_modelled[len(plan.not_modelled) :]] == (["further rollouts"] if misses else [])


def test_what_further_rollouts_left_pending_is_said(tmp_path):
    plan = pipeline.plan(write(tmp_path, workloads(1)[:1], SHAPES, everywhere=[]), quiet)
    bad = Run("as they roll out 1", (Pending(W0, 2, ""), Pending(W1, 1, "")))
    runs = [bad, Run(simulate.SCALED[0], (Pending(W1, 1, ""),)), Run("as they roll out 2")]
    more = "3 more in which all workloads roll out at the same time were simulated, 1 of them while autoscalers have fewer pods"
    advice = "; the policy's guide: require may hold pods on nodes of their own"
    assert node_pools._told(plan, runs) == f"{more}: 2 left pods pending, 3 at most{advice}"
    required = replace(plan, policy=replace(plan.policy, guide="require"))
    assert node_pools._told(required, runs) == f"{more}: 2 left pods pending, 3 at most"
    assert node_pools._told(required, [replace(run, pending=()) for run in runs]) == f"{more}: no pod stayed pending"
    assert "autoscalers" not in node_pools._told(plan, [bad])


def test_pools_know_where_nodes_are_whom_they_may_lead_and_what_there_is(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("planner.refine.loop.Keeper.keep", lambda keeper, packing: keeper.otherwise(keeper) or packing)
    monkeypatch.setattr(node_pools, "pooled", lambda buyer, _: seen.append(buyer))
    documents = workloads(1)
    documents[0]["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    packing = pipeline.plan(write(tmp_path, documents, [*SHAPES, *OWNED], everywhere=[]), quiet)
    (buyer,) = seen
    problem, places = buyer.formulation.problem, buyer.stock().places
    assert places.zones == (0, 1, 0, 1, *(offer.name.endswith("z-2") for offer in problem.offers))
    assert places.signs[:4] == ("old",) * 4
    assert set(places.signs[4:]) == {"small", "middle", "large"}
    assert [one.name for c, one in enumerate(problem.classes) if c not in places.led] == ["Deployment/shop/w0 ('data',)"]
    whole = {name: sum(node.allocatable.get(name, 0) for node in packing.cluster.nodes) for name in problem.resources}
    assert dict(zip(problem.resources, places.whole, strict=True)) == whole
    lost = []
    for survive in (Survive(), Survive(nodes=1), Survive(zones=1), Survive(nodes=1, zones=1)):
        buyer.policy = replace(buyer.policy, survive=survive)
        lost.append(buyer.stock().places.lost)
    assert lost == ["", "node", "zone", "zone"]


def test_of_ways_that_cannot_be_had_together_the_one_gives_way_that_loses_least():
    ways = {ring: [PoolCandidate(ring, cost, (), ()) for cost in costs] for ring, costs in enumerate(((10, 15, 16), (10, 13)))}
    search = node_pools._Search(None, None, None, ways)
    found = [(search._make_way(), *(search.chosen[ring].cost for ring in (0, 1))) for _ in range(4)]
    assert found == [(True, 10, 13), (True, 15, 13), (True, 16, 13), (False, 16, 13)]


def _cost(made):
    return next(goal.value for goal in made.goals if goal.name == COST)


@pytest.mark.parametrize(
    ("left", "given"),
    [pytest.param(None, None, id="no limit"), pytest.param(90.0, 45.0, id="a limit"), pytest.param(0.0, 0.0, id="none left")],
)
def test_half_of_the_time_that_is_left_goes_into_the_search(monkeypatch, left, given):
    seen = []
    monkeypatch.setattr("planner.solve.node_pools.pool_candidates", lambda *asked: seen.append(asked[3]) or {})
    buyer = SimpleNamespace(
        policy=SimpleNamespace(guide="prefer"),
        churn=False,
        progress=quiet,
        stock=lambda: None,
        is_late=lambda: False,
        seconds_left=lambda: left,
    )
    assert node_pools.pooled(buyer, None) is None
    assert seen == [given]
