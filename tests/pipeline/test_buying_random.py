"""Random small shops that buy: `verify` accepts every plan, certificate included, and nothing costs less than its bound."""

from random import Random

import pytest

from models.answer.finding import ERROR
from models.solver.outcome import COST, FEASIBLE
from planner import pipeline
from tests.shop_that_buys import AGENT, Document, node, quiet, shape, workload, write
from tests.soak import later

LEVELS = ("restricted", "untrusted")
SEEDS = [later(seed) if seed in (1, 2, 3, 5, 8) else seed for seed in range(12)]
"""What takes longest is left to a soak."""


def random_pod(luck: Random, name: str) -> Document:
    """Write at most one rule between pods, and sometimes a selector."""
    selector = {"matchLabels": {"app": name}}
    zone, host = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
    spread = {"maxSkew": 1, "topologyKey": zone, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector}
    apart = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": host, "labelSelector": selector}]}
    near = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": zone, "labelSelector": selector}]}
    rules: list[Document] = [
        {},
        {},
        {"topologySpreadConstraints": [spread]},
        {"affinity": {"podAntiAffinity": apart}},
        {"affinity": {"podAffinity": near}},
        {"nodeSelector": {zone: luck.choice(("z-1", "z-2"))}},
    ]
    return luck.choice(rules)


def random_shop(luck: Random) -> tuple[list[Document], list[Document], Document]:
    """Return workloads, nodes and shapes, and what the policy says."""
    work = [AGENT] if luck.random() < 0.5 else []
    for at in range(luck.randint(2, 5)):
        name = f"w{at}"
        cpu = luck.choice(("250m", "500m", "1", "1500m"))
        work.append(workload(name, luck.choice(LEVELS), cpu, luck.randint(1, 4), **random_pod(luck, name)))
    places = [luck.choice(("z-1", "z-2")) for _ in range(luck.randint(0, 2))]
    nodes = [node(f"own-{at}", zone=zone, price=luck.choice(("", "0.1"))) for at, zone in enumerate(places)]
    few = {"max": 2} if luck.random() < 0.3 else {}
    shapes = [shape("small", "2", 0.11), shape("middle", "4", 0.2, **few), shape("big", "8", 0.37)]
    survive = luck.choice(({}, {}, {"survive": {"nodes": 1}}, {"survive": {"zones": 1}}))
    return work, [*nodes, *luck.sample(shapes, 2)], survive


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_that_buys_holds(tmp_path, seed):
    work, nodes, policy = random_shop(Random(seed))
    made = pipeline.plan(write(tmp_path, work, nodes, **policy), quiet, exact=True, objective=("cost", "churn")[seed % 2])
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []
    goal = next(goal for goal in made.goals if goal.name == COST)
    assert made.verdict != FEASIBLE or goal.value >= goal.bound
    text = pipeline.plan_text(made)
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    assert pipeline.plan_text(pipeline.load(str(tmp_path / "plan.yaml"))) == text
