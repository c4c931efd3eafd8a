"""Where kube-scheduler does not keep a packing, nodes may be kept that are chosen together with what each workload prefers."""

from collections import Counter
from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest

from models.answer.finding import ERROR
from models.frozen_map import FrozenMap
from models.solver.outcome import COST
from models.solver.problem import Offer, PodClass, Problem
from models.trust import Survive
from planner import pipeline
from planner.formulate import formulate
from planner.refine.moves.node_pools import Pools
from planner.refine.purchase import Buyer
from planner.refine.tuning import Tuning
from planner.solve import SearchContext
from planner.solve.node_pools import NodeFacts, PoolCandidate, inventory_of
from planner.solve.runtime import workers
from planner.solve.tuning.pools import POOLS, LocalSearchTuning, PoolTuning
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.soak import soak_after

SHORT = PoolTuning(steps=500, turns=(False,), turns_of_pools=(False, True), local_search=LocalSearchTuning(work_per_pod=120_000))
"""A search that takes no longer than a test may."""
MANY, NEAR = Tuning(small=0, pool_search=SHORT), Tuning(small=0, pool_near=2, pool_search=SHORT)
"""However small a plan is, it is not compared with one that has room: no small one is, and none that costs less than twice."""
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


def planned(folder, seed, tuning, **policy):
    return pipeline.plan(write(folder, workloads(seed), SHAPES, everywhere=[], **policy), quiet, tuning=tuning)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch):
    monkeypatch.setattr(workers, "processors", lambda: 1)


@pytest.mark.parametrize(("seed", "guide"), soak_after(0, [(3, "require"), (1, "prefer"), (1, "require"), (3, "prefer")]))
def test_a_plan_of_pools_is_kept_and_costs_no_less_than_is_proven(tmp_path, seed, guide):
    made = planned(tmp_path, seed, MANY, guide=guide)
    assert made.is_kept
    assert made.guides
    assert not any(one.required for one in made.guides)
    assert not any(one.any_order.is_stuck for one in made.rings)
    assert _cost(made) >= next(goal.bound for goal in made.goals if goal.name == COST)
    assert [one for one in pipeline.verify(made, tuning=MANY) if one.severity == ERROR] == []


@pytest.mark.parametrize("seed", soak_after(1, [0, 3, 5]))
def test_nodes_of_one_shape_are_parted_into_pools_and_workloads_led_to_theirs(tmp_path, seed):
    only = [shape("only", "8", 0.39)]
    made = pipeline.plan(write(tmp_path, workloads(seed), only, everywhere=[]), quiet, tuning=NEAR)
    assert made.is_kept
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
    assert [one for one in pipeline.verify(made, tuning=MANY) if one.severity == ERROR] == []
    pipeline.save(str(tmp_path / "plan.yaml"), pipeline.plan_text(made))
    assert pipeline.load(str(tmp_path / "plan.yaml")) == made


@pytest.mark.soak
@pytest.mark.parametrize(
    ("seed", "same"),
    [
        pytest.param(3, True, id="the same nodes in pools are no evener"),
        pytest.param(0, False, id="of more nodes nothing is known"),
    ],
)
def test_what_is_proven_of_evenness_stays_where_the_same_nodes_are_bought(tmp_path, seed, same):
    given = write(tmp_path, workloads(seed), [shape("only", "8", 0.39)], everywhere=[])
    packed, made = pipeline.plan(given, quiet, exact=True), pipeline.plan(given, quiet, tuning=MANY)
    bought = [{ring.name: sum(buy.count for buy in ring.buy) for ring in one.rings} for one in (packed, made)]
    assert (bought[0] == bought[1]) is same
    assert any(buy.pool for ring in made.rings for buy in ring.buy)
    proven = [next(goal.bound for goal in one.goals if goal.sense == "max") for one in (packed, made)]
    assert proven[1] == (proven[0] if same else 1000)


@pytest.mark.soak
def test_the_cheaper_one_is_taken_of_a_plan_of_pools_and_one_with_room(tmp_path):
    """Small plans are compared, and so are those that are not near their packing; without rounds no pools are tried."""
    few = Tuning(more_orders=0, ties=0, pool_search=SHORT)
    many = replace(few, small=0)
    ways = few, many, replace(many, pool_near=0), replace(many, pool_rounds=0, pool_near=0)
    both, pools, far, roomy = ([planned(tmp_path, seed, way, guide="require") for seed in range(3)] for way in ways)
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


@pytest.mark.soak
@pytest.mark.parametrize(
    ("seed", "given", "nodes", "policy"),
    [
        pytest.param(1, _spread, SHAPES, {}, id="pods are spread over zones"),
        pytest.param(1, list, [*SHAPES, *OWNED], {}, id="some nodes are there"),
        pytest.param(12, _few, SHAPES, {"survive": {"nodes": 1}}, id="a node may be lost"),
    ],
)
def test_pools_are_kept_whatever_else_is_asked_for(tmp_path, seed, given, nodes, policy):
    """No spare room is looked for."""
    given = write(tmp_path, given(workloads(seed)), nodes, everywhere=[], **policy)
    made = pipeline.plan(given, quiet, tuning=replace(NEAR, attempts=1))
    assert made.is_kept
    assert made.guides
    assert [one for one in pipeline.verify(made, tuning=MANY) if one.severity == ERROR] == []


def test_a_way_grows_for_those_who_find_room_on_its_nodes_alone():
    classes = tuple(PodClass(name, 0, 1, (cpu,), (), offers=(0,)) for name, cpu in (("here", 1), ("everywhere", 2)))
    problem = Problem(("cpu",), ("ring",), classes, (), offers=(Offer("a", (4,), (0,), 1, 0),), most=(9,))
    stock = inventory_of(problem, NodeFacts((0,), ("",), (), frozenset({0, 1}), (1,)))
    here = next(t for t, members in enumerate(stock.market.members) if members == (0,))
    daemon = SimpleNamespace(workload=SimpleNamespace(id="everywhere"))
    buyer = SimpleNamespace(formulation=SimpleNamespace(problem=problem, batches=((), (daemon,))))
    assert Pools(buyer, stock, None).grow(PoolCandidate(0, 1, ((0, 1),), ((here, (0,)),)), {"everywhere"}) is None


def buyer_of(packing):
    """Return who has bought for the same inputs."""
    cluster = replace(packing.cluster, nodes=tuple(node for node in packing.cluster.nodes if not node.shape))
    formulation = formulate(cluster, packing.policy, packing.trust)
    buyer = Buyer(formulation, cluster, packing.policy, packing.trust, SearchContext())
    buyer.first()
    return buyer


def test_who_may_not_be_held_still_prefers_its_pool(tmp_path):
    """A required guide would change how its pods are spread."""
    documents = workloads(1)[:4]
    spread = {"maxSkew": 9, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
    documents[0]["spec"]["template"]["spec"]["topologySpreadConstraints"] = [spread]
    made = pipeline.plan(write(tmp_path, documents, SHAPES, everywhere=[], guide="require"), quiet, exact=True)
    buyer = buyer_of(made)
    pools = Pools(buyer, buyer.stock(), None)
    ring = replace(made.rings[0], nodes=("a", "b"))
    some = made.cluster.nodes[0]
    nodes = tuple(
        replace(some, name=name, labels=FrozenMap({**some.labels, POOL: f"pool-{at}"})) for at, name in enumerate("ab", 1)
    )
    made = replace(made, rings=(ring,), cluster=replace(made.cluster, nodes=nodes))
    r, market = buyer.formulation.problem.rings.index(ring.name), pools.stock.market
    homes = tuple((t, (1,)) for t, of in enumerate(market.ring_of) if of == r)
    offers = [market.kinds[j].offers[0] for j in range(len(market.kinds)) if market.kinds[j].offers][:2]
    way = PoolCandidate(r, 1, tuple((offer, 1) for offer in offers), homes, firm=True, pools=(1, 2))
    said = {guide.workload.name: guide.required for guide in pools.hints_of(made, ring, way)}
    assert said == {"w0": False, "w2": True}


def test_pools_know_where_nodes_are_whom_they_may_lead_and_what_there_is(tmp_path):
    documents = workloads(1)
    documents[0]["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    packing = pipeline.plan(write(tmp_path, documents, [*SHAPES, *OWNED], everywhere=[]), quiet, exact=True)
    buyer = buyer_of(packing)
    problem, places = buyer.formulation.problem, buyer.stock().places
    assert places.zones == (0, 1, 0, 1, *(offer.name.endswith("z-2") for offer in problem.offers))
    assert places.signs[:4] == ("old",) * 4
    assert set(places.signs[4:]) == {"small", "middle", "large"}
    assert [one.name for c, one in enumerate(problem.classes) if c not in places.led] == ["Deployment/shop/w0 ('data',)"]
    whole = {name: sum(node.allocatable.get(name, 0) for node in packing.cluster.nodes) for name in problem.resources}
    assert dict(zip(problem.resources, places.whole, strict=True)) == whole
    lost = []
    for survive in (Survive(), Survive(nodes=1), Survive(zones=1), Survive(nodes=1, zones=1)):
        other = replace(buyer, policy=replace(buyer.policy, survive=survive))
        lost.append(other.stock().places.lost)
    assert lost == ["", "node", "zone", "zone"]


def _cost(made):
    return next(goal.value for goal in made.goals if goal.name == COST)


@pytest.mark.parametrize(
    ("left", "given"),
    [pytest.param(None, None, id="no limit"), pytest.param(90.0, 45.0, id="a limit"), pytest.param(0.0, 0.0, id="none left")],
)
def test_half_of_the_time_that_is_left_goes_into_the_search(monkeypatch, left, given):
    seen = []
    monkeypatch.setattr("planner.solve.node_pools.pool_candidates", lambda *asked: seen.append(asked[3:]) or {})
    buyer = SimpleNamespace(
        policy=SimpleNamespace(guide="prefer"),
        is_late=lambda: False,
        seconds_left=lambda: left,
        cost_of_rings=lambda: {0: 7, 1: 9},
    )
    assert Pools(buyer, None, None).ways([1]) == {}
    assert seen == [(given, POOLS, {1: 9})], "until one costs no more than what the packing has bought for the ring"
    assert Pools(buyer, None, None).ways([]) == {}
    assert seen[1:] == [(given, POOLS, {0: 7, 1: 9})]
