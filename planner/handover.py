"""The README.md of a folder of patches: what a reviewer asks of a pull request, in the order in which it is asked."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planner import MARK, VERSION

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

FILE = "README.md"
MOST = 12
"""So many rings, and so many statements, are listed: the plan has them all."""
_POOLS = "`kubectl apply -f pools/karpenter.yaml`: nodes are bought, and register with label and taint"
_POOLS_GO = "`kubectl delete -f pools/karpenter.yaml`: bought nodes go with their pools"
_GROUPS = "`groups/`: label and taint into the node groups, so that new nodes have them, before any node is replaced"
_WAIT = (
    "Each folder has a `check.sh`; the one beside this text says which stage a cluster has reached, and what the next one lacks. "
    "Stay in a stage as long as you like; go on from the first and third when nobody is warned of what should work."
)
_COMPONENT = (
    "List this folder under `components:` of an overlay, or each folder of `workloads/` in the overlay of its own application."
)


def readme(plan: "IsolationPlan", stages: bool = False, engine: str = "kubernetes") -> str:
    """Write it: verdict and risk, what changes, the steps, the way back, what is by hand, what nothing enforces."""
    from planner.view.summary import phrases
    from planner.view.summary.markdown import text
    from planner.view.utilisation import load

    lines = ["<!--", f"{MARK} {VERSION} from plan {text(plan.name)}.", "-->", ""]
    lines += [
        f"# Rings of {text(plan.name)}: {text(phrases.headline(plan))}",
        "",
        f"**{text(_capital(phrases.verdict(plan, load(plan))))}**",
    ]
    parts = {
        "The risk": _risk(plan),
        "The rings": _rings(plan),
        "What changes": _changes(plan),
        "The steps": _stages() if stages else _steps(plan, engine),
        "The way back": _stages_back() if stages else _way_back(plan, engine),
        "By hand": _by_hand(plan),
        "What nothing enforces": _not_enforced(plan),
    }
    for heading, part in parts.items():
        content = list(part)
        lines += ["", f"## {heading}", "", *content] if content else []
    return "\n".join(lines) + "\n"


def _risk(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary import grades
    from planner.view.summary.markdown import text

    if plan.is_at_risk:
        yield from (text(grades.why(plan)), "", *(f"- {text(line)}" for line in grades.remedies(plan)))


def _rings(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary import grades
    from planner.view.summary.markdown import text

    yield from ("| ring | nodes | how sure it is that all pods find room |", "|---|---:|---|")
    for ring in plan.rings[:MOST]:
        yield f"| {text(ring.name)} | {len(ring.nodes):,} | {text(grades.told(plan, ring)) or 'kube-scheduler was not tried'} |"
    yield from _more(len(plan.rings), "ring")


def _changes(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary.answer import changes
    from planner.view.summary.markdown import text

    for line in changes.lines(plan):
        yield f"  - {text(line[2:])}" if line.startswith("- ") else f"- {text(line)}"


def _stages() -> "Iterator[str]":
    from planner.emit.stages.folders import ABOUT

    yield from _number(f"`sh {folder}/apply.sh`: {about}" for folder, about in ABOUT.items())
    yield from ("", _WAIT)


def _stages_back() -> "Iterator[str]":
    from planner.emit.stages.folders import ABOUT

    return _number(f"`sh {folder}/undo.sh`" for folder in reversed(ABOUT))


def _steps(plan: "IsolationPlan", engine: str) -> "Iterator[str]":
    from planner.emit.groups.plan import group_plans
    from planner.emit.nodes.scripts import steps
    from planner.emit.policies.engine import ENGINES

    first = [_POOLS] if any(ring.buy for ring in plan.rings) else []
    apply = steps(plan)[0]
    groups = [_GROUPS] if group_plans(plan) else []
    yield from _number([*first, *map(_step, apply), *groups, *ENGINES[engine].steps(plan)])
    yield from ("", _COMPONENT)
    if not any("apply.sh move" in step for step in apply):
        yield "A taint moves no pod that runs: drain nodes that still run pods of another ring."


def _way_back(plan: "IsolationPlan", engine: str) -> "Iterator[str]":
    from planner.emit.nodes.scripts import steps
    from planner.emit.policies.engine import ENGINES

    last = [_POOLS_GO] if any(ring.buy for ring in plan.rings) else []
    return _number([*ENGINES[engine].way_back(plan), *map(_step, steps(plan)[1]), *last])


def _step(words: str) -> str:
    """Write a step of a script with its command as code."""
    command, _, meaning = re.sub(r" {2,}", "\n", words).partition("\n")
    if ".sh " not in command:
        return words
    return f"`nodes/{command}`{f': {meaning}' if meaning else ''}"


def _number(steps: "Iterable[str]") -> "Iterator[str]":
    return (f"{number}. {_capital(step)}" for number, step in enumerate(steps, 1))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _by_hand(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary.markdown import text

    yield from (f"- {text(statement.subject)}: {text(statement.message)}" for statement in plan.by_hand[:MOST])
    yield from _more(len(plan.by_hand), "thing")


def _not_enforced(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary.answer import disclosed
    from planner.view.summary.markdown import text

    return (f"- {text(line)}" for line in disclosed.briefly(plan.unenforced))


def _more(number: int, noun: str) -> "Iterator[str]":
    if number > MOST:
        yield from ("", f"And {number - MOST:,} {noun}{'' if number - MOST == 1 else 's'} more, which the plan has.")
