"""The whole tool on one screen: which room works when. Heavy rooms are imported when they are needed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from models.outcome import FEASIBLE, INFEASIBLE
from planner.errors import BadInput, Fault

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from models.cluster import Cluster
    from models.finding import Finding
    from models.formulation import Formulation
    from models.outcome import Outcome
    from models.plan import Input, IsolationPlan
    from models.tradeoff import Tradeoff
    from models.trust import Trust, TrustPolicy
    from planner.settle import Extras
    from planner.solve import Limits
    from planner.solve.halt import Halt
    from planner.solve.sat import Clock
    from planner.steer.reserves import Wanted

Progress = Callable[[str], None]
CHURN = "churn"
LEAD_WORK = 1.0
"""The solver's budget where nodes and workloads are divided already, and only a placement is wanted."""
ROOM_WORK = 5.0
"""The solver's budget where it plans again with more room: less than for the packing, as it may be asked several times."""
MOST_SIMULATED = 5_000_000
"""Up to so many pods kube-scheduler is simulated when a plan is verified."""
PACKING, COUNTING = 2 / 3, 1 / 8
"""So much of the time goes into the packing, where there is a limit, and of what is left then into each count of nodes."""
WRITING = 0.00015
"""Seconds of a limit for each node and each workload that go into writing the plan: a fifth of a second for 600 and 600."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where to read: manifests and inventory as files, or a live cluster (and files of NodeShapes), and the policy.

    `kubernetes` is the version of the cluster; empty means that of its newest kubelet. `most` is how many bytes a list of a
    live cluster may have.
    """

    workloads: tuple[str, ...]
    nodes: tuple[str, ...]
    policy: str
    stdin: BinaryIO | None = None
    live: bool = False
    context: str | None = None
    kubeconfig: str | None = None
    timeout: float = 60.0
    kubernetes: str = ""
    most: int | None = None


def plan(
    inputs: Inputs,
    progress: Progress,
    seconds: float | None = None,
    exact: bool = False,
    any_order: bool = False,
    gap: float = 0.0,
    objective: str = "",
) -> "IsolationPlan":
    """Read, find the rings, solve and settle; unless an exact packing is wanted, see that kube-scheduler keeps the plan.

    Pods that nothing patches stay where they run, unless that allows no plan. With `any_order` the plan is feasible only if every
    ring is proven for every order of arrival. Where nodes can be bought, or owned ones have a price, `objective` says whether
    running pods stay before costs are saved ("churn"), or after ("cost").
    """
    from planner.solve.sat import Clock

    progress("reading manifests")
    digests: list[Input] = []
    policy, cluster = _read(inputs, digests)
    _begin()
    seconds = _without_writing(seconds, cluster)
    clock, wishes = Clock(seconds), _Wishes(seconds, exact, any_order, gap, objective)
    made = _planned(cluster, policy, progress, clock, wishes)
    return replace(made, digests=tuple(sorted(digests)))


def _without_writing(seconds: float | None, cluster: "Cluster") -> float | None:
    """Return the seconds of a limit in which a plan is sought; half of it at least."""
    if seconds is None:
        return None
    return max(seconds / 2, seconds - WRITING * (len(cluster.nodes) + len(cluster.workloads)))


def _planned(cluster: "Cluster", policy: "TrustPolicy", progress: Progress, clock: "Clock", wishes: "_Wishes") -> "IsolationPlan":
    """Plan with the pods that nothing patches where they run; where that allows no plan, without that."""
    from planner.formulate.residents import stay_put

    made = _chosen(cluster, policy, progress, wishes)
    if made.verdict == FEASIBLE or not stay_put(cluster, made.trust) or clock.over():
        return made
    progress("planning without the pods that nothing patches staying where they run")
    freed = _chosen(replace(cluster, may_move_by_hand=True), policy, progress, replace(wishes, seconds=clock.left()))
    return freed if made.verdict == INFEASIBLE or freed.verdict == FEASIBLE else made


def _chosen(cluster: "Cluster", policy: "TrustPolicy", progress: Progress, wishes: "_Wishes") -> "IsolationPlan":
    """Find the rings, and plan for them."""
    from planner.pipeline import grouping

    how = wishes.seconds, wishes.gap, wishes.objective
    trusted, choice, left = grouping.chosen(cluster, policy, progress, *how)
    return grouping.said(_in_rings(cluster, policy, trusted, progress, replace(wishes, seconds=left)), choice)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What is asked of a plan, as `plan` has it; `seconds` are those that are left."""

    seconds: float | None
    exact: bool
    any_order: bool
    gap: float
    objective: str


@dataclass(frozen=True, slots=True)
class _Case:
    """Rings that have been chosen, what they ask of the solver, and how much time there is."""

    formulation: "Formulation"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trusted: "Trust"
    progress: Progress
    wishes: _Wishes
    clock: "Clock"


def _in_rings(
    cluster: "Cluster", policy: "TrustPolicy", trusted: "Trust", progress: Progress, wishes: _Wishes
) -> "IsolationPlan":
    """Plan for rings that have been chosen."""
    from planner.formulate import formulate
    from planner.pipeline import buying
    from planner.solve.sat import Clock

    progress("writing the problem down")
    clock = Clock(wishes.seconds)
    case = _Case(formulate(cluster, policy, trusted), cluster, policy, trusted, progress, wishes, clock)
    return _with_prices(case) if buying.is_wanted(cluster) else _free_of_charge(case)


def _with_prices(case: _Case) -> "IsolationPlan":
    """Plan where there is something to buy or to save; where owned nodes could do, they are planned as if they were free, too."""
    from planner.pipeline import buying, ending, pooling, promise
    from planner.solve import Limits

    policy, trusted, progress, wishes, clock = case.policy, case.trusted, case.progress, case.wishes, case.clock
    limits, churn = Limits(seconds=wishes.seconds), wishes.objective == CHURN
    buyer = buying.Buyer(case.formulation, case.cluster, policy, trusted, progress, limits, wishes.gap, churn)
    packing = buyer.first()
    if wishes.exact or packing.verdict != FEASIBLE:
        return promise.exact(packing) if wishes.exact else packing
    go_on = ending.until_asked(progress, clock)
    made = ending.kept(promise.Keeper(buyer.more, go_on, wishes.any_order, partial(pooling.pooled, buyer)), packing, clock.left())
    if not buying.is_needless(made, packing) or clock.over():
        return made
    free = buying.free_of_charge(case.cluster)
    alone = _in_rings(free, policy, trusted, progress, replace(wishes, seconds=clock.left()))
    return pooling.cheaper(buying.with_prices(alone, packing, churn), made)


def _free_of_charge(case: _Case) -> "IsolationPlan":
    """Plan on the nodes that there are."""
    from planner import steer
    from planner.pipeline import ending, extras, nudging, promise, quartering
    from planner.settle import Extras
    from planner.solve import Limits, rated, solve

    formulation, progress, wishes, clock = case.formulation, case.progress, case.wishes, case.clock
    limits, brief = Limits(seconds=wishes.seconds), Limits(work=ROOM_WORK, conflict=0.0)
    outcome, said = solve(formulation.problem, _within(limits, clock, PACKING), progress), Extras()
    if outcome.verdict == FEASIBLE:
        progress("counting what separation costs")
        said = Extras(separation=extras.separation(formulation, _within(limits, clock, COUNTING)))
    elif outcome.verdict == INFEASIBLE:
        progress("looking for the cheapest repair")
        said = Extras(repairs=extras.repairs(formulation, outcome, _within(limits, clock)))
    settled = partial(_settled, case, said)
    packing = settled(outcome)
    if wishes.exact:
        return promise.exact(packing)
    if packing.verdict != FEASIBLE:
        return packing

    def again(wanted: "Wanted") -> "IsolationPlan | None":
        more = steer.reserved(formulation, steer.anywhere(wanted))
        found = steer.bare(formulation.problem, solve(more, _within(brief, clock), progress))
        rating = found and rated(formulation.problem, found, outcome.goals)
        return settled(rating) if rating else None

    owned = quartering.Owned(formulation, outcome, partial(_within, Limits(work=LEAD_WORK), clock), settled)
    divided, nudged = partial(quartering.quartered, owned), partial(nudging.nudged, owned)
    keeper = promise.Keeper(again, ending.until_asked(progress, clock), wishes.any_order, divided=divided, nudged=nudged)
    return ending.kept(keeper, packing, clock.left())


def _settled(case: _Case, extras: "Extras", outcome: "Outcome") -> "IsolationPlan":
    """Write the plan that the outcome stands for; where there is no time for all that is said of a plan, with what is at hand."""
    from planner.pipeline import ending
    from planner.settle import settle

    write = partial(settle, case.formulation, outcome, case.cluster, case.policy, case.trusted)
    return ending.settled(write, extras, case.clock.left())


def tradeoff(inputs: Inputs, progress: Progress, seconds: float | None = None, gap: float = 0.0) -> "Tradeoff":
    """Return what sharing saves: for each number of rings the cheapest way to divide the groups."""
    from planner.pipeline.curve import curve

    progress("reading manifests")
    policy, cluster = _read(inputs, [])
    _begin()
    return curve(replace(cluster, may_move_by_hand=True), policy, progress, seconds, gap)


def _begin() -> None:
    """Let Ctrl-C end the search from here on, and not the program."""
    from planner.solve.halt import HALT

    HALT.has_begun = True


def interruptible() -> "AbstractContextManager[Halt]":
    """Let Ctrl-C end the search of the block instead of the program; `asked` says whether it did."""
    from planner.solve.halt import on_interrupt

    return on_interrupt()


def _read(inputs: Inputs, digests: "list[Input]") -> "tuple[TrustPolicy, Cluster]":
    """Read the policy and the cluster, and note what was read; when both are faulty, say so of both."""
    from planner import read
    from planner.trust import unknown_levels

    faults: list[Fault] = []
    policy, more = None, 0
    try:
        policy = read.read_policy(inputs.policy, inputs.stdin, digests)
    except BadInput as error:
        faults, more = [*error.faults], error.more
    try:
        if inputs.live:
            where = inputs.context, inputs.kubeconfig, policy, inputs.timeout, inputs.nodes
            cluster = read.read_live(*where, inputs.stdin, inputs.kubernetes, digests, inputs.most)
        else:
            cluster = read.read_cluster(inputs.workloads, inputs.nodes, policy, inputs.stdin, inputs.kubernetes, digests)
    except BadInput as error:
        also = unknown_levels(policy, error.rest) if policy and error.rest else ()
        raise BadInput([*faults, *error.faults, *also], more=more + error.more) from None
    if policy is None:
        raise BadInput(faults, more=more)
    return policy, cluster


def _within(limits: "Limits", clock: "Clock", share: float = 1.0) -> "Limits":
    """Return the limits with this share of the seconds that are left, where there is an end."""
    left = clock.left()
    return limits if left is None else replace(limits, seconds=share * left)


def plan_text(made: "IsolationPlan") -> str:
    """Write a plan as YAML."""
    from planner.emit import plan as document
    from planner.emit import yaml

    return yaml.dump(document.document(made))


def load(path: str, stdin: BinaryIO | None = None) -> "IsolationPlan":
    """Read a plan that `plan` wrote."""
    from planner import read

    return read.read_plan(path, stdin)


def before_patch(made: "IsolationPlan") -> "tuple[Finding, ...]":
    """Return what is wrong with what patches are written from, as far as that is cheap to see."""
    from planner.pipeline.written import written
    from planner.verify import before_patch as check

    return (*check(made), *written(made))


def patch(made: "IsolationPlan", folder: str, node_class: Sequence[str] = (), static: bool = False) -> tuple[str, ...]:
    """Write the folder of patches for Git; return the paths written.

    Pools of bought nodes name `node_class` (group, kind, name), and hold exact numbers where they are `static`.
    """
    from planner.emit import folder as folders
    from planner.emit import patch as patches
    from planner.emit.karpenter import NodeClass

    files = patches.patches(made, NodeClass(*node_class) if node_class else patches.AWS, static)
    folders.keep(folder, patches.unneeded(made), patches.FROM_THE_BASE)
    folders.keep(folder, patches.unknown(made), patches.WITH_SHAPES)
    folders.write(folder, files)
    return tuple(files)


def unwritten(made: "IsolationPlan") -> tuple[str, ...]:
    """Return the NodePools that made nodes of the input but cannot be written again, as nothing tells their shape."""
    from planner.emit.patch import unwritten as pools

    return pools(made)


def verify(made: "IsolationPlan", progress: Progress = lambda _: None) -> "tuple[Finding, ...]":
    """Check a plan again from the rules alone; where it holds, make anew what it says, and foresee what kube-scheduler does."""
    return tuple(findings(made, progress))


def findings(made: "IsolationPlan", progress: Progress = lambda _: None) -> "Iterator[Finding]":
    """Yield what `verify` returns, what is found at once before what takes a while."""
    from models.finding import ERROR
    from planner.pipeline.unsaid import unsaid
    from planner.pipeline.written import written
    from planner.verify import verify as check

    found = (*check(made), *written(made))
    yield from found
    if not any(one.severity == ERROR for one in found):
        yield from unsaid(made)
        yield from _remade(made)
        yield from _foreseen(made, progress)


def headline(made: "IsolationPlan") -> str:
    """Return the verdict of a plan, and how many objects make pods that it says nothing of."""
    from planner.view.sentence import headline as words

    return words(made)


def hidden(made: "IsolationPlan") -> str:
    """Name the objects that make pods which are not planned, the first few of them."""
    from planner.view.words import clean, listed

    return clean(listed(made.hidden, 5))


def _too_many(made: "IsolationPlan") -> "tuple[Finding, ...]":
    """Say that there are more pods than can be played through, which take memory each."""
    from models.finding import WARNING, Finding

    pods = sum(workload.pods for workload in made.cluster.workloads)
    if pods <= MOST_SIMULATED:
        return ()
    message = f"kube-scheduler was not simulated: {pods:,} pods are more than the {MOST_SIMULATED:,} that are played through"
    return (Finding("not-simulated", WARNING, made.name, message, "What the plan says of orders and losses was not checked."),)


def against(made: "IsolationPlan", inputs: Inputs, progress: Progress = lambda _: None) -> "tuple[Finding, ...]":
    """Read again what is named of the inputs of a plan, and say what differs."""
    from planner.pipeline.against import against as compare

    if not (inputs.workloads or inputs.nodes or inputs.policy or inputs.live):
        return ()
    progress("reading the inputs again")
    return compare(made, inputs)


def is_missed(made: "IsolationPlan", findings: "Sequence[Finding]") -> bool:
    """Say whether it is a packing of all pods that kube-scheduler does not keep, by what `verify` found."""
    from planner.foresee.findings import is_stuck

    return bool(made.packing) and made.verdict == FEASIBLE and any(map(is_stuck, findings))


def _remade(made: "IsolationPlan") -> "Iterator[Finding]":
    """Hold a plan against its own inputs, written down anew; whatever they do not allow is an error."""
    from models.finding import ERROR, Finding
    from planner.pipeline.again import again
    from planner.pipeline.remade import FIX, WHY, differences, remade

    try:
        anew = remade(made)
        yield from differences(anew)
        yield from _unproven(made)
        yield from again(anew)
    except BadInput as error:
        yield from (Finding("inputs-refused", ERROR, fault.field, fault.reason, WHY, FIX, fault.where) for fault in error.faults)


def _unproven(made: "IsolationPlan") -> "tuple[Finding, ...]":
    """Say why the cost's bound is not proven; the problem that its certificate speaks of is written down anew."""
    from planner.formulate import formulate
    from planner.trust import arranged, trust
    from planner.verify.buying import unproven
    from planner.verify.certificate_losses import flaws, lower_bound

    if made.certificate is None:
        return ()
    cluster = replace(made.cluster, nodes=tuple(node for node in made.cluster.nodes if not node.shape))
    trusted = arranged(trust(made.policy, cluster), [ring.groups for ring in made.rings])
    problem = formulate(cluster, made.policy, trusted).problem
    wrong = tuple(flaws(problem, made.certificate))
    return tuple(unproven(made, wrong, 0 if wrong else lower_bound(problem, made.certificate)))


def _foreseen(made: "IsolationPlan", progress: Progress) -> "Iterator[Finding]":
    from planner import foresee
    from planner.pipeline import claims, promise, reasons, survival

    if too_many := _too_many(made):
        yield from too_many
        return
    forecast = foresee.foresee(made, promise.orders(made), progress=progress)
    yield from claims.claims(made, forecast)
    yield from reasons.reasons(made, forecast)
    yield from survival.claims(made)
    yield from foresee.findings(made, forecast)


def explain(made: "IsolationPlan", name: str, kind: str, width: int, colour: bool) -> str:
    """Say why the workload or the node of this name is where it is, or list all there are: as `summary` is written."""
    from planner.pipeline.explaining import explained
    from planner.view import summary as view

    found = explained(made, name) if name else None
    if kind == "markdown":
        return view.explanation_markdown(made, found)
    return view.explanation(made, found, width, colour) if kind == "table" else _dumped(view.explanation_data(made, found), kind)


def graph(made: "IsolationPlan", kind: str) -> str | bytes:
    """Draw a plan in one of the formats of GRAPHS."""
    from planner.view import graph as drawing

    return drawing.graph(made, kind)


def size(text: str) -> int:
    """Return how many bytes a Quantity ("512Mi") means, or raise ValueError that says why it is none."""
    from planner.read import quantity

    found = quantity.parse(text) // quantity.NANO
    if found <= 0:
        raise ValueError(f"{text!r} is no size: write 512Mi")
    return found


def spare(path: str, kind: str = "plan") -> None:
    """Refuse to write a plan, or a picture of this kind, over anything else."""
    from planner.emit import target

    target.spare(path, kind)


def save(path: str, content: str | bytes) -> None:
    """Write one file whole or not at all."""
    from planner.emit import folder as folders

    folders.write_file(path, content)


def summary(made: "IsolationPlan", kind: str, width: int, colour: bool) -> str:
    """Write the first capacity review: a table, Markdown, JSON or YAML."""
    from planner.view import summary as view

    if kind == "markdown":
        return view.summary_markdown(made)
    return view.summary(made, width, colour) if kind == "table" else _dumped(view.summary_data(made), kind)


def tradeoff_text(curve: "Tradeoff", kind: str, width: int, colour: bool) -> str:
    """Write the curve of cost against sharing: a table, Markdown, JSON or YAML."""
    from planner.view import summary as view

    if kind == "markdown":
        return view.tradeoff_markdown(curve)
    return view.tradeoff(curve, width, colour) if kind == "table" else _dumped(view.tradeoff_data(curve), kind)


def _dumped(data: dict[str, Any], kind: str) -> str:
    from planner.emit import yaml

    if kind == "yaml":
        return yaml.dump(data)
    import json

    from planner.words import visible_json

    return visible_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"


GRAPHS: Sequence[str] = ("svg", "png", "html", "mmd", "dot", "graphml")
