"""Scripts that give owned nodes their ring, and take it back: every command is one that a person would type."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from shlex import quote

from models.plan import IsolationPlan
from models.source import NOWHERE
from models.trust import PolicyNodes
from planner import MARK
from planner.emit.membership import NO_SCHEDULE, Change, changes
from planner.emit.name import in_comment
from planner.errors import BadInput, Fault

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")

_APPLY = """\
# Gives nodes their ring. The order that strands no pod:
#   1  apply.sh label    pods of a ring find its nodes
#   2  the workload patches, until every rollout is complete
#   3  apply.sh taint    nothing else is scheduled on them
# Without a step it does 1 and 3. Neither moves a pod that runs: drain nodes that run pods of another ring.
"""
_UNDO = """\
# Gives nodes back what they had before apply.sh. The order that strands no pod:
#   1  undo.sh taint
#   2  the workloads without the patches, until every rollout is complete
#   3  undo.sh label
# Without a step it does 1 and 3.
"""
_APPLIED = "apply pools/karpenter.yaml before 2; they register with label and taint."
_UNDONE = "they go with their pools."
NOTHING_TO_DO = "every node already has what it needs"
NOTHING_OWNED = "there is nothing to do: all nodes are bought, and register with what they need"
_CONTEXT = """\
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh {script}
# shellcheck disable=SC2086
set -eu
KUBECTL=${{KUBECTL:-kubectl}}
"""
# kubectl fails on a taint that is not there; a script that stopped half-way must be able to run again.
_UNTAINT = """
untaint() { # NODE KEY EFFECT
    effects=$($KUBECTL get node "$1" -o "jsonpath={.spec.taints[?(@.key==\\"$2\\")].effect}")
    case " $effects " in *" $3 "*) $KUBECTL taint node "$1" "$2:$3-" ;; esac
}
"""
Commands = Callable[[Change, PolicyNodes], Iterator[str]]


def scripts(plan: IsolationPlan, made: str) -> dict[str, str]:
    """Return path -> content of apply.sh and undo.sh; `made` says by which version and from what."""
    found, keys, bought = changes(plan), plan.policy.nodes, sum(bool(node.shape) for node in plan.cluster.nodes)
    _refuse_odd_names(found)
    idle = NOTHING_OWNED if plan.cluster.nodes and bought == len(plan.cluster.nodes) else NOTHING_TO_DO
    apply = (("label", _commands(found, keys, _label)), ("taint", _commands(found, keys, _taint)))
    undo = (("taint", _commands(found, keys, _taint_back)), ("label", _commands(found, keys, _label_back)))
    return {
        "nodes/apply.sh": _script("apply.sh", made, _APPLY + _left_out(bought, _APPLIED), apply, idle),
        "nodes/undo.sh": _script("undo.sh", made, _UNDO + _left_out(bought, _UNDONE), undo, idle),
    }


def _left_out(bought: int, why: str) -> str:
    if not bought:
        return ""
    return f"# Bought nodes ({bought}) are not touched here: {why}\n"


def _refuse_odd_names(found: Iterable[Change]) -> None:
    odd = [one.node for one in found if not _NAME.fullmatch(one.node)]
    if odd:
        raise BadInput(Fault(NOWHERE, f"node {name!r}", "is no name of a node", "correct the plan") for name in odd)


def _script(name: str, made: str, about: str, steps: tuple[tuple[str, list[str]], ...], idle: str) -> str:
    head = f"#!/bin/sh\n{MARK} {made}.\n{about}{_CONTEXT.format(script=name)}"
    lines = [line for _, commands in steps for line in commands]
    if not lines:
        return f'{head}\necho "{name}: {idle}."\n'
    untaint = _UNTAINT if any(line.startswith("untaint ") for line in lines) else ""
    functions = "".join(_function(step, commands) for step, commands in steps)
    return head + untaint + functions + _choice(name, [step for step, _ in steps])


def _function(step: str, commands: list[str]) -> str:
    body = commands or [f'echo "No {step} to change."']
    return f"\n{step}() {{\n" + "".join(f"    {line}\n" for line in body) + "}\n"


def _choice(name: str, steps: list[str]) -> str:
    first, second = steps
    return f"""
case "${{1:-both}}" in
{first}) {first} ;;
{second}) {second} ;;
both)
    {first}
    {second}
    ;;
*)
    echo "usage: {name} [{first}|{second}]" >&2
    exit 2
    ;;
esac
"""


def _commands(found: tuple[Change, ...], keys: PolicyNodes, of: Commands) -> list[str]:
    lines: list[str] = []
    for ring, members in groupby(found, key=lambda one: one.ring):
        inner = [line for one in members for line in of(one, keys)]
        lines += [f"# {'ring ' + in_comment(ring) if ring else 'no ring'}", *inner] if inner else []
    return lines


def _label(one: Change, keys: PolicyNodes) -> Iterator[str]:
    if one.labels_differ:
        yield _set_label(one.node, keys.label_key, one.ring or None)


def _label_back(one: Change, keys: PolicyNodes) -> Iterator[str]:
    if one.labels_differ:
        yield _set_label(one.node, keys.label_key, one.label)


def _set_label(node: str, key: str, value: str | None) -> str:
    if value is None:
        return f"$KUBECTL label node {node} {quote(f'{key}-')}"
    return f"$KUBECTL label node {node} {quote(f'{key}={value}')} --overwrite"


def _taint(one: Change, keys: PolicyNodes) -> Iterator[str]:
    if one.missing:
        yield _set_taint(one.node, keys.taint_key, one.ring, NO_SCHEDULE)
    yield from (_remove_taint(one.node, keys.taint_key, effect) for effect, _ in one.stale)


def _taint_back(one: Change, keys: PolicyNodes) -> Iterator[str]:
    before = dict(one.taints)
    if one.missing and NO_SCHEDULE in before:
        yield _set_taint(one.node, keys.taint_key, before[NO_SCHEDULE], NO_SCHEDULE)
    elif one.missing:
        yield _remove_taint(one.node, keys.taint_key, NO_SCHEDULE)
    yield from (_set_taint(one.node, keys.taint_key, value, effect) for effect, value in one.stale)


def _set_taint(node: str, key: str, value: str, effect: str) -> str:
    return f"$KUBECTL taint node {node} {quote(f'{key}={value}:{effect}' if value else f'{key}:{effect}')} --overwrite"


def _remove_taint(node: str, key: str, effect: str) -> str:
    return f"untaint {node} {quote(key)} {quote(effect)}"
