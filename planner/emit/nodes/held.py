"""Where node groups are still to be made, or to grow, nodes get no ring yet.

A label on a whole group would reach nodes of another ring, or some that the plan does not know; and pods that are patched would
have no place before all nodes of their ring are there.
"""

from collections.abc import Iterator
from shlex import quote

from models.answer.plan import IsolationPlan
from planner import MARK
from planner.emit.name import in_comment

_AGAIN = "export the nodes and plan again: the steps that give nodes and workloads their ring come with that plan"
_ABOUT = "# Changes nothing: node groups are to be made or to grow first, and then comes a new plan. README.md says how.\n"


def steps(plan: IsolationPlan) -> Iterator[str]:
    """Yield what is to be done before the plan is made again, in its order; nothing where no group is to be made, or to grow."""
    for new in plan.new_groups:
        yield f"make node group {new.name} for ring {new.ring}, with {_nodes(new.nodes)} like those of {new.group}"
    for new in plan.new_groups:
        yield f"drain and remove {_nodes(new.nodes)} of {new.group}"
    for growth in plan.growth:
        label = f"{plan.policy.nodes.label_key}={growth.ring}"
        sizes = f"from {growth.before:,} to {growth.after:,} nodes"
        yield f"let node group {growth.group} grow {sizes}; those that come have label {label}"
    if plan.is_held_back:
        yield _AGAIN


def _nodes(names: tuple[str, ...]) -> str:
    return f"{len(names):,} node{'' if len(names) == 1 else 's'}"


def refusal(plan: IsolationPlan) -> list[str]:
    """Return the lines of shell that say what comes first, and stop."""
    said = ["Before nodes get a ring:", *(f"{number}. {step}" for number, step in enumerate(steps(plan), 1))]
    return [*(f"echo {quote(in_comment(line))} >&2" for line in said), "exit 1"]


def scripts(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return path -> content of an apply.sh that refuses, and an undo.sh that has nothing to take back."""
    lines = {"apply.sh": refusal(plan), "undo.sh": ['echo "undo.sh: there is nothing to do."']}
    head = f"#!/bin/sh\n{MARK} {origin}.\n{_ABOUT}"
    return {f"nodes/{name}": "\n".join((head, *mine, "")) for name, mine in lines.items()}
