"""The whole tool on one screen: which room works when. Heavy rooms are imported when they are needed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from planner.inputs import Inputs, read_inputs
from planner.refine.tuning import THOROUGH, TUNING, Tuning
from planner.review.tuning import REVIEWING, ReviewTuning

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Unpack

    from models.answer.finding import Finding
    from models.answer.plan import Input, IsolationPlan
    from models.answer.review import Review
    from models.answer.tradeoff import Tradeoff
    from planner.check.report import Report
    from planner.check.request import Request
    from planner.handover import How
    from planner.review.asked import Asked
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


def patch(plan: "IsolationPlan", folder: str, **how: "Unpack[How]") -> tuple[str, ...]:
    """Write the folder of patches for Git, with a README.md that says what they do; return the paths written."""
    from planner.handover import write

    return write(plan, folder, **how)


def review(plan: "IsolationPlan", progress: Progress, tuning: ReviewTuning = REVIEWING, **asked: "Unpack[Asked]") -> "Review":
    """Review the capacity of a plan, beside full plans of what would change it; ValueError says what is no change."""
    from planner.review import review as answer
    from planner.review.asked import questions

    asked_of = questions(plan, **asked)
    _begin()
    return answer(plan, asked_of, progress, tuning)


def unwritten(plan: "IsolationPlan") -> tuple[str, ...]:
    """Return the NodePools that made nodes of the input but cannot be written again, as nothing tells their shape."""
    from planner.emit.patch import unwritten as pools

    return pools(plan)


def verify(plan: "IsolationPlan", progress: Progress = lambda _: None, tuning: Tuning = TUNING) -> "tuple[Finding, ...]":
    """Check a plan again from the rules alone; where it holds, make anew what it says, and foresee what kube-scheduler does."""
    from planner.audit.findings import findings

    return tuple(findings(plan, progress, tuning))


def is_missed(plan: "IsolationPlan", findings: "Sequence[Finding]") -> bool:
    """Say whether it is a packing of all pods that kube-scheduler does not keep, by what `verify` found."""
    from planner.audit.findings import is_missed as missed

    return missed(plan, findings)


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


def spare(path: str, kind: str = "plan") -> None:
    """Refuse to write a plan, or a picture of this kind, over anything else."""
    from planner.emit import target

    target.spare(path, kind)


def save(path: str, content: str | bytes) -> None:
    """Write one file whole or not at all."""
    from planner.emit import folder as folders

    folders.write_file(path, content)
