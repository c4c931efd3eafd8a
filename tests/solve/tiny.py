"""Problems of a few nodes, written in one line each."""

from models.frozen_map import FrozenMap
from models.solver.problem import NodeSlot, PodClass, Problem


def pods(name, count, cpu, on, *, ring=0, priority=0, running=None, daemon=False):
    return PodClass(name, ring, count, (cpu, 1), tuple(on), priority, FrozenMap(running or {}), daemon)


def node(name, cpu, *, rings=(0,), today=-1, most=110):
    return NodeSlot(name, (cpu, most), rings, today)


def problem(classes, nodes, rings=1, **rules):
    names = tuple(f"ring-{at}" for at in range(rings))
    return Problem(("cpu", "pods"), names, tuple(classes), tuple(nodes), **rules)


def goal(outcome, name):
    return next(goal for goal in outcome.goals if goal.name == name)
