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
_LIFT = "`kubectl apply -k mutating-policy`, from Kubernetes 1.36: pods that no patch reaches get their ring, too"
_LIFT_NO_MORE = "`kubectl delete -k mutating-policy`, if it was applied"
_SHUT = "`kubectl apply -k policy`, by who runs the cluster: admission policies shut the rings, at last"
_OPEN = "`kubectl delete -k policy`: the rings are open again"
_COMPONENT = (
    "List this folder under `components:` of an overlay, or each folder of `workloads/` in the overlay of its own application."
)


def readme(plan: "IsolationPlan") -> str:
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
        "The steps": _steps(plan),
        "The way back": _way_back(plan),
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


def _steps(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.emit.groups.plan import group_plans
    from planner.emit.nodes.scripts import steps

    first = [_POOLS] if any(ring.buy for ring in plan.rings) else []
    apply = steps(plan)[0]
    groups = [_GROUPS] if group_plans(plan) else []
    yield from _number([*first, *map(_step, apply), *groups, *_lifting(plan, _LIFT), _SHUT])
    yield from ("", _COMPONENT)
    if not any("apply.sh move" in step for step in apply):
        yield "A taint moves no pod that runs: drain nodes that still run pods of another ring."


def _way_back(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.emit.nodes.scripts import steps

    last = [_POOLS_GO] if any(ring.buy for ring in plan.rings) else []
    return _number([_OPEN, *_lifting(plan, _LIFT_NO_MORE), *map(_step, steps(plan)[1]), *last])


def _lifting(plan: "IsolationPlan", step: str) -> list[str]:
    from planner.admission.policies import mutating_policies

    return [step] if mutating_policies(plan.policy, plan.trust, plan.cluster) else []


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
