"""Scripts that give owned nodes their ring, and take it back: every command is one that a person would type."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from shlex import quote
from typing import NamedTuple

from models.answer.plan import IsolationPlan
from models.kubernetes.workload import WorkloadId
from models.source import NOWHERE
from models.trust import PolicyNodes
from planner.emit.name import in_comment
from planner.emit.nodes import by_group, held, shell
from planner.emit.nodes.membership import NO_SCHEDULE, Change, changes
from planner.errors import BadInput, Fault

# Names of nodes stand in the scripts without quotes.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")

LABEL, MOVE, TAINT = "label", "move", "taint"
_APPLY, _UNDO = (
    "# Gives nodes their ring. The policies of policy/ come after the last step.",
    "# Gives nodes back what they had before apply.sh. Where the policies of policy/ are in force, take them back first.",
)
_STRANDS_NOTHING, _MIXES_NOTHING = "The order that strands no pod:", "The order in which no level comes to another:"
_PATCHES, _ROLLOUTS = "patches", "rollouts"
_APPLY_STEPS = {
    LABEL: "apply.sh label    pods of a ring find its nodes",
    _PATCHES: "the workload patches",
    MOVE: "apply.sh move     nodes of another ring change over, emptied of its pods",
    _ROLLOUTS: "wait until every rollout is complete",
    TAINT: "apply.sh taint    nothing else is scheduled on them",
}
_UNDO_STEPS = {
    TAINT: "undo.sh taint",
    _PATCHES: "the workloads without the patches",
    MOVE: "undo.sh move      nodes that changed their ring change back, emptied of its pods",
    _ROLLOUTS: "wait until every rollout is complete",
    LABEL: "undo.sh label",
}
_STAYING = "Neither moves a pod that runs: drain nodes that run pods of another ring."
_MOVING = """\
# Only move makes pods go that run, one node after the other, by kubectl drain, which waits for their budgets. Where a ring has
# no room beside the node that it loses, its pods wait until another has changed over. DRAIN adds options, as drain asks for them:
# DRAIN="--delete-emptydir-data" sh {script} move. Stopped half-way it goes on when it runs again; let it end before you plan
# again, as a node that it has cordoned counts as out.
"""
_APPLIED = "apply pools/karpenter.yaml before the patches; they register with label and taint."
_UNDONE = "they go with their pools."
NOTHING_TO_DO = "every node already has what it needs"
NOTHING_OWNED = "there is nothing to do: all nodes are bought, and register with what they need"
Writer = Callable[[Change, PolicyNodes], Iterator[str]]
Data = Mapping[str, Sequence[str]]
"""By node, whose pods leave what behind there when they go."""
NOTHING_KEPT: Data = {}


class Daemon(NamedTuple):
    """A DaemonSet, its ring, and the one that its pods select today, if any."""

    id: WorkloadId
    ring: str
    selected: str


@dataclass(frozen=True, slots=True)
class Commands:
    """What is done to nodes and undone, step by step, in this order."""

    apply: dict[str, list[str]]
    undo: dict[str, list[str]]


def commands(plan: IsolationPlan, data: Data = NOTHING_KEPT) -> Commands:
    """Return the commands that give nodes their ring; `data` is what nodes keep of pods that leave.

    There are none where node groups are still to be made.
    """
    if plan.is_held_back:
        return Commands({LABEL: [], TAINT: []}, {TAINT: [], LABEL: []})
    changed, keys = changes(plan), plan.policy.nodes
    _refuse_odd_names(changed)
    moving = _emptiest_first(plan, (change for change in changed if change.moves))
    there, back = (_commands(moving, keys, partial(move, plan)) for move in (partial(_move, data), _move_back))
    groups, alone = by_group.part(plan, changed)
    step = partial(_step, groups, alone, keys)
    apply = {LABEL: step(by_group.label, _label), MOVE: there, TAINT: step(by_group.taint, _taint)}
    undo = {TAINT: step(by_group.taint_back, _taint_back), MOVE: back, LABEL: step(by_group.label_back, _label_back)}
    if not moving:
        del apply[MOVE], undo[MOVE]
    return Commands(apply, undo)


def scripts(plan: IsolationPlan, origin: str, data: Data = NOTHING_KEPT) -> dict[str, str]:
    """Return path -> content of apply.sh and undo.sh; `origin` says by which version and from what, `data` what nodes keep."""
    if plan.is_held_back:
        return held.scripts(plan, origin)
    steps, bought = commands(plan, data), sum(bool(node.shape) for node in plan.cluster.nodes)
    idle = NOTHING_OWNED if plan.cluster.nodes and bought == len(plan.cluster.nodes) else NOTHING_TO_DO
    applied = _order(_APPLY, _APPLY_STEPS, steps.apply, "apply.sh") + _left_out(bought, _APPLIED)
    undone = _order(_UNDO, _UNDO_STEPS, steps.undo, "undo.sh") + _left_out(bought, _UNDONE)
    return {
        "nodes/apply.sh": shell.script("apply.sh", origin, applied, steps.apply, idle),
        "nodes/undo.sh": shell.script("undo.sh", origin, undone, steps.undo, idle),
    }


def _step(
    groups: Sequence[by_group.GroupChange], alone: Sequence[Change], keys: PolicyNodes, write: by_group.Write, of: Writer
) -> list[str]:
    """Return what a step does to whole groups, and then to nodes that stand alone."""
    return [*by_group.commands(groups, keys, write), *_commands(alone, keys, of)]


def steps(plan: IsolationPlan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the steps that make a plan true, and those that take it back, in their order."""
    moves = any(change.moves for change in changes(plan))
    return tuple(_in_order(_APPLY_STEPS, moves)), tuple(_in_order(_UNDO_STEPS, moves))


def _in_order(texts: Mapping[str, str], moves: bool) -> list[str]:
    """Return the texts of the steps; where no node changes over, the rollouts are part of the patches."""
    if moves:
        return list(texts.values())
    patched = {**texts, _PATCHES: f"{texts[_PATCHES]}, until every rollout is complete"}
    return [text for step, text in patched.items() if step not in (MOVE, _ROLLOUTS)]


def _emptiest_first(plan: IsolationPlan, moving: Iterable[Change]) -> list[Change]:
    """Sort nodes by how many pods run on them today: where these can go there may be room once an idle node is of their ring."""
    running: Counter[str] = Counter()
    for workload in plan.cluster.workloads:
        running.update({} if workload.is_daemon else dict(workload.running))
    return sorted(moving, key=lambda change: running[change.node])


def _order(head: str, texts: Mapping[str, str], steps: Collection[str], script: str) -> str:
    """Say in which order steps and patches go."""
    moves = MOVE in steps
    texts = texts if moves else {**texts, _PATCHES: f"{texts[_PATCHES]}, until every rollout is complete"}
    kept = (*steps, _PATCHES, *((_ROLLOUTS,) if moves else ()))
    lines = [(step, text) for step, text in texts.items() if step in kept]
    numbers = [str(number) for number, (step, _) in enumerate(lines, 1) if step in steps]
    order = "".join(f"#   {number}  {text}\n" for number, (_, text) in enumerate(lines, 1))
    which = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    about = f"{head}\n# {_MIXES_NOTHING if moves else _STRANDS_NOTHING}\n{order}# Without a step it does {which}."
    staying = f" {_STAYING}" if script == "apply.sh" and not moves else ""
    return f"{about}{staying}\n{_MOVING.format(script=script) if moves else ''}"


def _left_out(bought: int, why: str) -> str:
    if not bought:
        return ""
    return f"# Bought nodes ({bought}) are not touched here: {why}\n"


def _refuse_odd_names(changed: Iterable[Change]) -> None:
    odd = [change.node for change in changed if not _NAME.fullmatch(change.node)]
    if odd:
        raise BadInput(Fault(NOWHERE, f"node {name!r}", "is no name of a node", "correct the plan") for name in odd)


def _commands(changed: Iterable[Change], keys: PolicyNodes, of: Writer) -> list[str]:
    lines: list[str] = []
    for ring, members in groupby(changed, key=lambda change: change.ring):
        inner = [line for member in members for line in of(member, keys)]
        lines += [f"# {'ring ' + in_comment(ring) if ring else 'no ring'}", *inner] if inner else []
    return lines


def _label(change: Change, keys: PolicyNodes) -> Iterator[str]:
    if change.labels_differ:
        yield _set_label(change.node, keys.label_key, change.ring or None)


def _label_back(change: Change, keys: PolicyNodes) -> Iterator[str]:
    if change.labels_differ:
        yield _set_label(change.node, keys.label_key, change.label)


def _set_label(node: str, key: str, value: str | None) -> str:
    if value is None:
        return f"$KUBECTL label node {node} {quote(f'{key}-')}"
    return f"$KUBECTL label node {node} {quote(f'{key}={value}')} --overwrite"


def _taint(change: Change, keys: PolicyNodes) -> Iterator[str]:
    if change.missing:
        yield set_taint(change.node, keys.taint_key, change.ring, NO_SCHEDULE)
    yield from (remove_taint(change.node, keys.taint_key, effect) for effect, _ in change.stale)


def _taint_back(change: Change, keys: PolicyNodes) -> Iterator[str]:
    before = dict(change.taints)
    if change.missing and NO_SCHEDULE in before:
        yield set_taint(change.node, keys.taint_key, before[NO_SCHEDULE], NO_SCHEDULE)
    elif change.missing:
        yield remove_taint(change.node, keys.taint_key, NO_SCHEDULE)
    yield from (set_taint(change.node, keys.taint_key, value, effect) for effect, value in change.stale)


def _move(data: Data, plan: IsolationPlan, change: Change, keys: PolicyNodes) -> Iterator[str]:
    for who in data.get(change.node, ()) if change.leaves else ():
        yield f"# {change.node} keeps data that its pods do not find elsewhere: {in_comment(who)}"
    gone = [daemon for daemon in _daemons(plan) if daemon.ring != change.ring and daemon.selected in change.leaves]
    label = [_set_label(change.node, keys.label_key, change.ring)] if change.ring else []
    yield from _emptied(change, keys, change.ring, change.ring, gone, [*_taint(change, keys), *label])


def _move_back(plan: IsolationPlan, change: Change, keys: PolicyNodes) -> Iterator[str]:
    before = " ".join(value for _, value in change.taints)
    gone = [daemon for daemon in _daemons(plan) if daemon.ring == change.ring]
    label = [_set_label(change.node, keys.label_key, change.label)] if change.label is not None else []
    yield from _emptied(change, keys, change.label or "", before, gone, [*_taint_back(change, keys), *label])


def _emptied(
    change: Change, keys: PolicyNodes, label: str, taints: str, gone: Iterable[Daemon], commands: Iterable[str]
) -> Iterator[str]:
    """Yield the commands that give a node another ring; it is emptied first if pods would stay, unless it has that ring already.

    Meanwhile it is of no ring: neither pods of the one, whatever they tolerate, nor of the other come, DaemonSets' neither.
    """
    if not change.leaves:
        yield from commands
        return
    # In kubectl's jsonpath a dot goes one field down, unless it is escaped.
    path = keys.label_key.replace(".", "\\.")
    yield f"if ! has {change.node} {quote(path)} {quote(label)} {quote(keys.taint_key)} {quote(taints)}; then"
    yield f"    $KUBECTL cordon {change.node}"
    yield f"    {_set_label(change.node, keys.label_key, None)}"
    # Without that option drain refuses a node with DaemonSets' pods, which it could not move anyhow.
    yield f"    $KUBECTL drain {change.node} --ignore-daemonsets ${{DRAIN:-}}"
    yield from (f"    gone {change.node} {quote(daemon.id.namespace)} {quote(daemon.id.name)}" for daemon in gone)
    yield from (f"    {line}" for line in commands)
    yield "fi"
    # Also where it has its ring already: a run that was stopped may have left it cordoned.
    if not change.cordoned:
        yield f"$KUBECTL uncordon {change.node}"


def _daemons(plan: IsolationPlan) -> Iterator[Daemon]:
    """Yield the DaemonSets of single rings; their pods leave a node with its label once they select one."""
    for workload in plan.cluster.workloads:
        member = plan.trust.members.get(str(workload.id))
        if workload.is_daemon and member and member.ring:
            selected = workload.template.node_selector.get(plan.policy.nodes.label_key, "")
            yield Daemon(workload.id, member.ring, selected)


def set_taint(node: str, key: str, value: str, effect: str) -> str:
    """Write the command that gives a node a taint."""
    return f"$KUBECTL taint node {node} {quote(f'{key}={value}:{effect}' if value else f'{key}:{effect}')} --overwrite"


def remove_taint(node: str, key: str, effect: str) -> str:
    """Write the command that takes it away, if it is there."""
    return f"untaint {node} {quote(key)} {quote(effect)}"
