"""What the real kube-scheduler makes of a plan: its pods come one after the other in five orders, and some may stay pending."""

import sys
from collections.abc import Iterator
from dataclasses import replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.node import Node
from planner.simulate.scheduler.arrival_orders import arrivals
from tests.benchmarks.manifests import HOST
from tests.cluster.bed import ControlPlane
from tests.cluster.lockstep import Lockstep, spoken_of

ORDERS = ("as applied", "largest first", "smallest first", "by namespace", "random measured")
PATIENCE = 600


def with_plain_names(plan: IsolationPlan) -> IsolationPlan:
    """Return the plan with bought nodes called as the API server lets nodes be called: not SHAPE@ZONE#1, but SHAPE-ZONE-1."""
    nodes = tuple(sorted(map(_renamed, plan.cluster.nodes), key=lambda node: node.name))
    rings = tuple(replace(ring, nodes=tuple(map(plain, ring.nodes))) for ring in plan.rings)
    return replace(plan, cluster=replace(plan.cluster, nodes=nodes), rings=rings)


def plain(name: str) -> str:
    """Return a name without what a Node may not have in its name."""
    return name.replace("@", "-").replace("#", "-")


def _renamed(node: Node) -> Node:
    name = plain(node.name)
    return replace(node, name=name, labels=FrozenMap({**node.labels, HOST: name}))


def pending(plane: ControlPlane, plan: IsolationPlan) -> Iterator[tuple[str, int]]:
    """Yield each order of arrival with the pods that stay pending; the plane has neither controllers nor kwok."""
    step = Lockstep(plane, plan)
    try:
        step.prepare()
        for number, order in enumerate(ORDERS):
            yield order, _arrive(step, order, f"p{number}")
    finally:
        step.clean()


def _arrive(step: Lockstep, order: str, prefix: str) -> int:
    things = [step.thing(at, f"{prefix}-{number:06}") for number, at in enumerate(arrivals(step.cast, order))]
    mine = [(thing["metadata"]["namespace"], thing["metadata"]["name"]) for thing in things]
    try:
        with step.plane.follow("/api/v1/pods") as pods:
            for thing in things:
                step.plane.request("POST", f"/api/v1/namespaces/{thing['metadata']['namespace']}/pods", thing)
            pods.wait(lambda: all(one in pods.objects and spoken_of(pods.objects[one]) for one in mine), order, PATIENCE)
            left = sum(not pods.objects[one]["spec"].get("nodeName") for one in mine)
        print(f"  {order}: {left} of {len(mine)} pending", file=sys.stderr, flush=True)
        return left
    finally:
        step.plane.delete(things)
