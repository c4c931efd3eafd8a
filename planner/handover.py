"""The folder of patches, and its README.md: what a reviewer asks of a pull request, in the order in which it is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from planner import MARK, VERSION

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

FILE = "README.md"
MOST = 12
"""So many rings, and so many statements, are listed: the plan has them all."""
_HELD = "Apply nothing else of this folder before that: `{script}` refuses{groups}."
_HELD_GROUPS = ", and `{folder}` has {which}"
_ADMINS = (
    "Before policies are in force, name your admins under `admission.admins` of the policy: nobody but {} changes rings then."
)
_WAIT = (
    "Each folder has a `check.sh`; the one beside this text says which stage a cluster has reached, and what the next one lacks. "
    "Stay in a stage as long as you like; go on from the first and third when nobody is warned of what should work."
)
_GROUP_LABELS = " The label goes into the node groups, too, for nodes that come: `groups/` of this folder has it."
_GROUP_TAINTS = " Then the taint goes into the node groups, before any node is replaced: `{}/groups/` has it."
_LABELS_GO, _TAINTS_GO = ", then the label out of the node groups", ", after the taint is out of the node groups"
_TAINT, _STRANDED = "apply.sh taint", " **Not yet: pods not in the input, like CoreDNS, would find no node.** {} first ({})."
_COMPONENT = (
    "List this folder under `components:` of an overlay, or each folder of `workloads/` in the overlay of its own application."
)


class How(TypedDict, total=False):
    """How patches are written.

    Pools of bought nodes name `node_class` (group, kind, name), and hold exact numbers where they are `static`. With `stages`
    there is a folder for each stage; without them policies are for an `engine`.
    """

    node_class: Sequence[str]
    static: bool
    stages: bool
    engine: str


def write(plan: "IsolationPlan", folder: str, **how: Unpack[How]) -> tuple[str, ...]:
    """Write the folder of patches for Git; return the paths written."""
    from planner.emit import folder as folders
    from planner.emit import patch as patches
    from planner.emit.nodes.karpenter import NodeClass
    from planner.emit.patches.namespace import CARRIED
    from planner.emit.stages.folders import LABELS, WORKLOADS, staged
    from planner.rules.data_on_node import left_behind

    node_class, stages, engine = how.get("node_class"), how.get("stages", False), how.get("engine", "kubernetes")
    given = plan, NodeClass(*node_class) if node_class else patches.AWS, how.get("static", False), left_behind(plan.cluster)
    files = staged(*given) if stages else patches.patches(*given, engine)
    files = dict(sorted({**files, FILE: readme(plan, stages, engine)}.items()))
    patched, bought = (f"{WORKLOADS}/", f"{LABELS}/") if stages else ("", "")
    folders.keep(folder, _below(patched, patches.unneeded(plan)), patches.FROM_THE_BASE, CARRIED)
    folders.keep(folder, _below(bought, patches.unknown(plan)), patches.WITH_SHAPES)
    folders.write(folder, files)
    return tuple(files)


def _below(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}{path}": why for path, why in files.items()}


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
        "First": _first(plan, stages),
        "The risk": _risk(plan),
        "The rings": _rings(plan),
        "What changes": _changes(plan),
        "The steps": () if plan.is_held_back else (*(_stages(plan) if stages else _steps(plan, engine)), *_who_may(plan)),
        "Node groups left out of `groups/`": _left_out(plan),
        "The way back": _stages_back(plan) if stages and not plan.is_held_back else _way_back(plan, engine),
        "By hand": _by_hand(plan),
        "What nothing enforces": _not_enforced(plan, engine),
    }
    for heading, part in parts.items():
        content = list(part)
        lines += ["", f"## {heading}", "", *content] if content else []
    return "\n".join(lines) + "\n"


def _first(plan: "IsolationPlan", stages: bool) -> "Iterator[str]":
    """Say what is to be done before the plan is made again, where node groups are to be made."""
    from planner.emit.groups import FOLDER
    from planner.emit.groups.plan import group_plans
    from planner.emit.nodes import held
    from planner.emit.stages.folders import LABELS
    from planner.view.summary.markdown import text

    if plan.is_held_back:
        below, script = (f"{LABELS}/", "apply.sh") if stages else ("", "nodes/apply.sh")
        marks = "label and taint" if plan.new_groups else "size, label and taint"
        which = f"{'the new groups' if plan.new_groups else 'the groups that grow'} alone, with {marks}"
        groups = _HELD_GROUPS.format(folder=f"{below}{FOLDER}/", which=which) if group_plans(plan) else ""
        yield from _number(map(text, held.steps(plan)))
        yield from ("", _HELD.format(script=f"{below}{script}", groups=groups))


def _risk(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary import grades
    from planner.view.summary.answer import add_ons
    from planner.view.summary.markdown import text

    if plan.is_at_risk:
        yield from (text(grades.why(plan)), "", *(f"- {text(line)}" for line in grades.remedies(plan)))
    yield from (f"- {text(line)}" for line in (add_ons.stranded(plan),) if line)


def _rings(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary import grades
    from planner.view.summary.answer import node_groups
    from planner.view.summary.markdown import text

    nodes, by = {node.name: node for node in plan.cluster.nodes}, plan.policy.nodes.groups.by
    yield from ("| ring | nodes | what they are | how sure it is that all pods find room |", "|---|---:|---|---|")
    for ring in plan.rings[:MOST]:
        kinds = node_groups.described((nodes[name] for name in ring.nodes if name in nodes), by)
        sure = grades.told(plan, ring) or "kube-scheduler was not tried"
        yield f"| {text(ring.name)} | {len(ring.nodes):,} | {text(kinds)} | {text(sure)} |"
    yield from _more(len(plan.rings), "ring")


def _changes(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary.answer import changes
    from planner.view.summary.markdown import text

    for line in changes.lines(plan):
        yield f"  - {text(line[2:])}" if line.startswith("- ") else f"- {text(line)}"


def _stages(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.emit.groups.plan import group_plans
    from planner.emit.policies.unnamed import about_unnamed
    from planner.emit.stages.folders import ABOUT, LABELS, POLICIES, TAINTS

    groups = {LABELS: _GROUP_LABELS, TAINTS: _GROUP_TAINTS.format(LABELS)} if group_plans(plan) else {}
    groups |= {POLICIES: f" {unnamed}."} if (unnamed := about_unnamed(plan)) else {}
    first = {TAINTS: _add_ons(plan)}
    yield from _number(
        f"`sh {folder}/apply.sh`: {about}{first.get(folder, '')}{groups.get(folder, '')}" for folder, about in ABOUT.items()
    )
    yield from ("", _WAIT)


def _stages_back(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.emit.groups.plan import group_plans
    from planner.emit.stages.folders import ABOUT, LABELS, TAINTS

    groups = {LABELS: _LABELS_GO, TAINTS: _TAINTS_GO} if group_plans(plan) else {}
    return _number(f"`sh {folder}/undo.sh`{groups.get(folder, '')}" for folder in reversed(ABOUT))


def _steps(plan: "IsolationPlan", engine: str) -> "Iterator[str]":
    from planner.emit import steps

    to_plan = list(steps.steps(plan, engine))
    first = _add_ons(plan)
    yield from _number(f"{step}.{first}" if first and _TAINT in step else step for step in to_plan)
    yield from ("", _COMPONENT)
    if not any("apply.sh move" in step for step in to_plan):
        yield "A taint moves no pod that runs: drain nodes that still run pods of another ring."


def _add_ons(plan: "IsolationPlan") -> str:
    """Say what comes before nodes get their taint; nothing where add-ons are in the plan, or keep a node."""
    from planner.view.summary.answer import add_ons

    return _STRANDED.format(_capital(add_ons.remedy(plan)), add_ons.GUIDE) if add_ons.is_open(plan) else ""


def _left_out(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.emit.groups.plan import left_out
    from planner.view.summary.markdown import text

    groups = left_out(plan)
    yield from (f"- {text(group.sentence)}" for group in groups[:MOST])
    yield from _more(len(groups), "group")


def _who_may(plan: "IsolationPlan") -> "Iterator[str]":
    """Say that administrators are to be named in the policy before policies refuse them, where it names none."""
    from models.trust import Admission

    admins = plan.policy.admission.admins
    if admins == Admission().admins:
        yield _ADMINS.format(" and ".join(admins))


def _way_back(plan: "IsolationPlan", engine: str) -> "Iterator[str]":
    from planner.emit import steps

    return _number(steps.way_back(plan, engine))


def _number(steps: "Iterable[str]") -> "Iterator[str]":
    return (f"{number}. {_capital(step)}" for number, step in enumerate(steps, 1))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _by_hand(plan: "IsolationPlan") -> "Iterator[str]":
    from planner.view.summary.markdown import text

    yield from (f"- {text(statement.subject)}: {text(statement.message)}" for statement in plan.by_hand[:MOST])
    yield from _more(len(plan.by_hand), "thing")


def _not_enforced(plan: "IsolationPlan", engine: str) -> "Iterator[str]":
    """Say it, with the folder of the policies by its name, and what whoever evaluates them does not see as it is installed."""
    from planner.emit.policies.engine import ENGINES
    from planner.view.summary.answer import disclosed
    from planner.view.summary.markdown import text

    of_engine = ENGINES[engine]
    for line in disclosed.briefly(plan.unenforced):
        yield f"- {text(line).replace(' policy/', f' {of_engine.folder}/')}"
    yield from (f"- {line}" for line in of_engine.unseen)


def _more(number: int, noun: str) -> "Iterator[str]":
    if number > MOST:
        yield from ("", f"And {number - MOST:,} {noun}{'' if number - MOST == 1 else 's'} more, which the plan has.")
