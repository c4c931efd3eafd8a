"""The whole tool on one screen: which room works when. Heavy rooms are imported when they are needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from planner.inputs import Inputs, read_inputs
from planner.refine.tuning import THOROUGH, TUNING, Tuning

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from models.answer.finding import Finding
    from models.answer.plan import Input, IsolationPlan
    from models.answer.review import Review
    from models.answer.tradeoff import Tradeoff
    from planner.accepted import Accepted
    from planner.check.report import Report
    from planner.check.request import Request
    from planner.review.what_if.changes import Change
    from planner.solve.runtime.interrupt import Halt

Progress = Callable[[str], None]


def plan(
    inputs: Inputs,
    progress: Progress,
    seconds: float | None = None,
    exact: bool = False,
    any_order: bool = False,
    gap: float = 0.0,
    objective: str = "",
    thorough: bool = False,
    tuning: Tuning | None = None,
) -> "IsolationPlan":
    """Read, find the rings, solve and settle; unless an exact packing is wanted, see that kube-scheduler keeps the plan.

    Pods that nothing patches stay where they run, unless that allows no plan. With `any_order` the plan is feasible only if every
    ring is proven for every order of arrival. Where nodes can be bought, or owned ones have a price, `objective` says whether
    running pods stay before costs are saved ("churn"), or after ("cost").
    Who is `thorough` has time for the last proof of what separation costs, and of repairs.
    """
    from planner.planning import Wishes, make_plan, without_writing
    from planner.solve import Deadline, SearchContext

    progress("reading manifests")
    digests: list[Input] = []
    policy, cluster = read_inputs(inputs, digests)
    _begin()
    steering = tuning or (THOROUGH if thorough else TUNING)
    context = SearchContext(deadline=Deadline(without_writing(seconds, cluster, steering)), progress=progress, gap=gap)
    wishes = Wishes(exact, any_order, objective, steering, thorough)
    answer = make_plan(cluster, policy, context, wishes)
    return replace(answer, digests=tuple(sorted(digests)))


def tradeoff(inputs: Inputs, progress: Progress, seconds: float | None = None, gap: float = 0.0) -> "Tradeoff":
    """Return what sharing saves: for each number of rings the cheapest way to divide the groups."""
    from planner.group.tradeoff import curve
    from planner.solve import Deadline, SearchContext

    progress("reading manifests")
    policy, cluster = read_inputs(inputs, [])
    _begin()
    context = SearchContext(deadline=Deadline(seconds), progress=progress, gap=gap)
    return curve(replace(cluster, may_move_by_hand=True), policy, context)


def _begin() -> None:
    """Let Ctrl-C end the search from here on, and not the program."""
    from planner.solve.runtime.interrupt import HALT

    HALT.has_begun = True


def interruptible() -> "AbstractContextManager[Halt]":
    """Let Ctrl-C end the search of the block instead of the program; `asked` says whether it did."""
    from planner.solve.runtime.interrupt import on_interrupt

    return on_interrupt()


def plan_text(plan: "IsolationPlan") -> str:
    """Write a plan as YAML."""
    from planner.emit import plan as document
    from planner.emit import yaml

    return yaml.dump(document.document(plan))


def load(path: str, stdin: BinaryIO | None = None) -> "IsolationPlan":
    """Read a plan that `plan` wrote."""
    from planner import read

    return read.read_plan(path, stdin)


def before_patch(plan: "IsolationPlan") -> "tuple[Finding, ...]":
    """Return what is wrong with what patches are written from, as far as that is cheap to see."""
    from planner.audit.patch_inputs import patch_input_findings
    from planner.verify import before_patch as check

    return (*check(plan), *patch_input_findings(plan))


def patch(
    plan: "IsolationPlan",
    folder: str,
    node_class: Sequence[str] = (),
    static: bool = False,
    stages: bool = False,
    engine: str = "kubernetes",
) -> tuple[str, ...]:
    """Write the folder of patches for Git, with a README.md that says what they do; return the paths written.

    Pools of bought nodes name `node_class` (group, kind, name), and hold exact numbers where they are `static`. With `stages`
    there is a folder for each stage; without them policies are for an `engine`.
    """
    from planner.emit import folder as folders
    from planner.emit import patch as patches
    from planner.emit.nodes.karpenter import NodeClass
    from planner.emit.patches.namespace import CARRIED
    from planner.emit.stages.folders import LABELS, WORKLOADS, staged
    from planner.handover import FILE, readme
    from planner.rules.data_on_node import left_behind

    given = plan, NodeClass(*node_class) if node_class else patches.AWS, static, left_behind(plan.cluster)
    files = staged(*given) if stages else patches.patches(*given, engine)
    files = dict(sorted({**files, FILE: readme(plan, stages, engine)}.items()))
    patched, bought = (f"{WORKLOADS}/", f"{LABELS}/") if stages else ("", "")
    folders.keep(folder, _below(patched, patches.unneeded(plan)), patches.FROM_THE_BASE, CARRIED)
    folders.keep(folder, _below(bought, patches.unknown(plan)), patches.WITH_SHAPES)
    folders.write(folder, files)
    return tuple(files)


def _below(folder: str, files: Mapping[str, str]) -> dict[str, str]:
    return {f"{folder}{path}": why for path, why in files.items()}


def review(
    plan: "IsolationPlan",
    progress: Progress,
    grow: Sequence[str] = (),
    lose: Sequence[str] = (),
    merge: Sequence[str] = (),
    onboard: Sequence[str] = (),
    quick: bool = False,
    before: "Sequence[tuple[str, IsolationPlan]]" = (),
    name: str = "",
) -> "Review":
    """Review the capacity of a plan, beside full plans of what would change it; ValueError says what is no change.

    Plans `before` it are called by their names, and it by its own, where it is said what has changed.

    Who wants it `quick` is told what can be counted, and nothing that the solver has to be asked.
    """
    from planner.review import Questions
    from planner.review import review as answer
    from planner.review.what_if.changes import parsed_grow, parsed_lose, parsed_merge
    from planner.review.what_if.onboard import read_tenant

    asked: list[Change] = [parsed_grow(text) for text in grow]
    asked += [parsed_lose(text) for text in lose]
    asked += [parsed_merge(text) for text in merge]
    asked += [read_tenant(file, plan) for file in onboard]
    _begin()
    return answer(plan, Questions(tuple(asked), quick, tuple(before), name), progress)


def unwritten(plan: "IsolationPlan") -> tuple[str, ...]:
    """Return the NodePools that made nodes of the input but cannot be written again, as nothing tells their shape."""
    from planner.emit.patch import unwritten as pools

    return pools(plan)


def verify(plan: "IsolationPlan", progress: Progress = lambda _: None, tuning: Tuning = TUNING) -> "tuple[Finding, ...]":
    """Check a plan again from the rules alone; where it holds, make anew what it says, and foresee what kube-scheduler does."""
    from planner.audit.findings import findings

    return tuple(findings(plan, progress, tuning))


def accepted(text: str) -> "Accepted":
    """Return how many pods may stay pending, as a user writes it (3, 1%); ValueError that says why it is none."""
    from planner.accepted import Accepted

    return Accepted.parse(text)


def risk(plan: "IsolationPlan") -> str:
    """Say how many pods may stay pending, whose and when; empty where none may, as far as is known."""
    from planner.view.summary.grades import risk as words
    from planner.view.utilisation import load

    return words(plan, sum(ring.pods for ring in load(plan).rings))


def is_missed(plan: "IsolationPlan", findings: "Sequence[Finding]") -> bool:
    """Say whether it is a packing of all pods that kube-scheduler does not keep, by what `verify` found."""
    from planner.audit.findings import is_missed as missed

    return missed(plan, findings)


def headline(plan: "IsolationPlan") -> str:
    """Return the verdict of a plan, and how many objects make pods that it says nothing of."""
    from planner.view.summary.phrases import headline as words

    return words(plan)


def hidden(plan: "IsolationPlan") -> str:
    """Name the objects that make pods which are not planned, the first few of them."""
    from planner.view.format import clean, listed

    return clean(listed(plan.hidden, 5))


def against(plan: "IsolationPlan", inputs: Inputs, progress: Progress = lambda _: None) -> "tuple[Finding, ...]":
    """Read again what is named of the inputs of a plan, and say what differs."""
    from planner.audit.changed_inputs import against as compare

    if not (inputs.workloads or inputs.nodes or inputs.policy or inputs.live):
        return ()
    progress("reading the inputs again")
    return compare(plan, inputs)


def check(request: "Request", progress: Progress = lambda _: None) -> "Report":
    """Find what lets pods of one trust level reach the nodes of another, in manifests, a plan or a live cluster."""
    from planner.check import check as find

    return find(request, progress)


def story(finding: str) -> str:
    """Tell what a finding of `check` is, does and needs; ValueError that says which there are."""
    from planner.check.story import story as tell

    return tell(finding)


def save_fixes(report: "Report", folder: str) -> int:
    """Write the Component that mends what a machine can mend, and return how many findings that are."""
    from planner.check.fixes import component
    from planner.emit import folder as folders

    folders.write(folder, {"kustomization.yaml": component(report.fixes)})
    return len(report.fixes)


def is_date(text: str) -> bool:
    """Say whether it is a date as 2027-01-31."""
    from planner.check.baseline import is_date as is_one

    return is_one(text)


def size(text: str) -> int:
    """Return how many bytes a Quantity ("512Mi") means, or raise ValueError that says why it is none."""
    from planner.read.values import quantity

    amount = quantity.parse(text) // quantity.NANO
    if amount <= 0:
        raise ValueError(f"{text!r} is no size: write 512Mi")
    return amount


def spare(path: str, kind: str = "plan") -> None:
    """Refuse to write a plan, or a picture of this kind, over anything else."""
    from planner.emit import target

    target.spare(path, kind)


def save(path: str, content: str | bytes) -> None:
    """Write one file whole or not at all."""
    from planner.emit import folder as folders

    folders.write_file(path, content)
