"""The folders of the stages: what each adds, and scripts that apply it, look at it, and undo it.

After the first, policies warn of what the fourth refuses; nodes evict in the fifth alone, when nobody is left to be evicted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.answer.plan import IsolationPlan
from planner.admission.document import AUDIT
from planner.emit.groups import FOLDER, group_files
from planner.emit.nodes import held, shell
from planner.emit.nodes.karpenter import FILE, NodeClass, pools
from planner.emit.nodes.scripts import LABEL, MOVE, NOTHING_KEPT, TAINT, Commands, Data, commands
from planner.emit.patch import AWS, component
from planner.emit.policies.objects import adding, joining, refusing
from planner.emit.stages import lines

ABOUT = {
    "1-labels": "nodes get the label of their ring; policies warn, and refuse nothing. No pod moves.",
    "2-workloads": "workloads get their ring and roll out; pods that no patch reaches get theirs as they are made.",
    "3-taints": "nothing else is scheduled on the nodes of a ring. No pod that runs moves.",
    "4-policies": "policies refuse whatever would enter a ring from outside.",
    "5-eviction": "no pod that is not a ring's stays on its nodes, however it comes there.",
}
"""The folders, and what each stage does."""
LABELS, WORKLOADS, TAINTS, POLICIES, EVICTION = ABOUT
_PATCH = "Now list this folder under components: of the overlay of your applications, and roll out"
_UNPATCH = "Now take this folder from components: of the overlay of your applications, and roll out"
_NOTHING = 'echo "There is nothing to do: every node has what it needs."'
_GROUP_LABELS = 'echo "The label goes into the node groups, too, for nodes that come: groups/ of this folder has it."'
_GROUP_TAINTS = 'echo "Now write the taint into the node groups, before any node is replaced: {folder}/groups/ has it."'
_REACHED = """\
reached=none
for stage in {stages}; do
    if ! lacks=$(sh "$here/$stage/check.sh" 2>&1); then
        echo "reached: $reached; next: sh $stage/apply.sh"
        echo "$lacks" | head -n 10
        exit 1
    fi
    reached=$stage
done
echo "reached: $reached"
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage adds: files, and the lines of its scripts by the script's name."""

    files: Mapping[str, str]
    apply: list[str]
    check: list[str]
    undo: list[str]
    scripts: Mapping[str, list[str]] = field(default_factory=dict)


def staged(plan: IsolationPlan, node_class: NodeClass = AWS, static: bool = False, data: Data = NOTHING_KEPT) -> dict[str, str]:
    """Return path -> content of every file, sorted by path; the arguments are those of `patches`."""
    patched, origin = component(plan)
    steps, bought, lifting = commands(plan, data), pools(plan, origin, node_class, static), adding(plan, origin)
    groups = group_files(plan, origin, node_class)
    stages = {
        LABELS: _labels(plan, steps, {**refusing(plan, origin, AUDIT), **bought, **groups}),
        WORKLOADS: _workloads(plan, steps, {**patched, **lifting}, bool(lifting)),
        TAINTS: _taints(plan, steps, joining(plan, origin), bool(groups)),
        POLICIES: _policies(plan, refusing(plan, origin)),
        EVICTION: _eviction(plan),
    }
    if plan.is_held_back:
        stages = {folder: replace(stage, apply=held.refusal(plan), scripts={}) for folder, stage in stages.items()}
    files = {
        f"{folder}/{name}": text for folder, stage in stages.items() for name, text in _written(folder, stage, origin).items()
    }
    reached = _REACHED.format(stages=" ".join(stages)).splitlines()
    about = "# Says which stages a cluster has reached, and what the next one lacks.\n"
    return dict(sorted({**files, "check.sh": shell.plain("check.sh", origin, about, reached)}.items()))


def _labels(plan: IsolationPlan, steps: Commands, files: Mapping[str, str]) -> Stage:
    pool = f'"$here/{FILE}"'
    return Stage(
        files,
        [
            *([f"$KUBECTL apply -f {pool}"] if FILE in files else []),
            *([_GROUP_LABELS] if any(path.startswith(f"{FOLDER}/") for path in files) else []),
            *steps.apply[LABEL],
            '$KUBECTL apply -k "$here/policy"',
        ],
        _check((*lines.labels_are_there(plan), *lines.policies_are_bound(plan))),
        [
            '$KUBECTL delete -k "$here/policy" --ignore-not-found',
            *steps.undo[LABEL],
            *([f"$KUBECTL delete -f {pool} --ignore-not-found"] if FILE in files else []),
        ],
    )


def _workloads(plan: IsolationPlan, steps: Commands, files: Mapping[str, str], is_lifting: bool) -> Stage:
    """Patch and roll out; where nodes change over, pods of their new ring wait for that."""
    moves = MOVE in steps.apply
    then, back = (
        f"{text}, then sh {script}" if moves else text for text, script in ((_PATCH, "move.sh"), (_UNPATCH, "move-back.sh"))
    )
    waiting = list(lines.rollouts_end(plan))
    return Stage(
        files,
        [
            *([lines.LIFTING] if is_lifting else []),
            lines.OVERLAY.format(then=f"{then}.", script="apply.sh"),
            *(['sh "$here/move.sh"'] if moves else []),
            *waiting,
        ],
        _check(lines.workloads_have_their_ring(plan)),
        [
            *([lines.NO_LIFTING] if is_lifting else []),
            lines.OVERLAY.format(then=f"{back}.", script="undo.sh"),
            *(['sh "$here/move-back.sh"'] if moves else []),
            *waiting,
        ],
        {"move.sh": steps.apply[MOVE], "move-back.sh": steps.undo[MOVE]} if moves else {},
    )


def _taints(plan: IsolationPlan, steps: Commands, files: Mapping[str, str], grouped: bool) -> Stage:
    apply, undo = (_or_nothing(commands[TAINT]) for commands in (steps.apply, steps.undo))
    told = [_GROUP_TAINTS.format(folder=LABELS)] if grouped else []
    join, leave = ([lines.JOINING], [lines.NO_JOINING]) if files else ([], [])
    return Stage(files, [*apply, *join, *told], _check(lines.taints_are_there(plan)), [*leave, *undo])


def _policies(plan: IsolationPlan, files: Mapping[str, str]) -> Stage:
    apply = ['$KUBECTL apply -k "$here/policy"']
    return Stage(files, apply, _check(lines.policies_are_in_force(plan)), list(lines.policies_warn(plan)))


def _eviction(plan: IsolationPlan) -> Stage:
    apply, undo = list(lines.pods_are_evicted(plan)), list(lines.nobody_is_evicted(plan))
    return Stage({}, apply, _check(lines.no_execute_is_there(plan)), undo)


def _check(looks: Iterable[str]) -> list[str]:
    there = list(looks)
    return [*there, lines.DONE] if there else []


def _or_nothing(commands: list[str]) -> list[str]:
    return commands or [_NOTHING]


def _written(folder: str, stage: Stage, origin: str) -> dict[str, str]:
    """Return the files of a stage with its scripts."""
    number, about = folder[0], ABOUT[folder]
    scripts = {
        "apply.sh": (f"Stage {number} of {len(ABOUT)}: {about}", stage.apply),
        "check.sh": (f"Looks whether a cluster has reached stage {number} of {len(ABOUT)}; names what it lacks.", stage.check),
        "undo.sh": (f"Undoes stage {number} of {len(ABOUT)}; later ones come first.", stage.undo),
        **{
            name: ("Part of this stage, if pods are patched by a pipeline.", commands) for name, commands in stage.scripts.items()
        },
    }
    texts = {name: shell.plain(name, origin, f"# {said}\n", commands) for name, (said, commands) in scripts.items()}
    return {**stage.files, **texts}
