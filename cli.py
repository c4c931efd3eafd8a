"""ringfence on the command line: options in, exit code and text out."""

from __future__ import annotations

import os
import sys
from functools import reduce
from time import monotonic

from planner import VERSION, outlet, signals
from planner.words import some, visible

TYPE_CHECKING = False  # as typing's: type checkers take it for true, and --version need not import typing
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Any, NoReturn

    import click
    from rich.status import Status

    from models.answer.finding import Finding
    from models.answer.plan import IsolationPlan
    from planner.accepted import Accepted
    from planner.inputs import Inputs
    from planner.paper import Paper

    Option = Callable[..., Callable[[Any], Any]]

YES, NO, BAD_INPUT, NO_ANSWER = 0, 1, 2, 3
ENDED = 128
"""Shells add the number of the signal that ended a program."""
STDOUT = "-"
_EXIT_CODES = (
    "Exit codes: 0 yes, 1 no, 2 bad usage or bad input, or an answer that cannot be written (stdout closed, disk full), "
    "3 no answer, 128 + N ended by signal N. A reader that leaves early (| head) changes none of them."
)
_MAX_RESPONSE = "Of a live cluster, a list may be as large, in all its pages; what is larger is refused."
SEARCHED = 0.5
"""A search that has a limit takes no less of it once it is cut short: the rest is for trying what was found."""
SHOWN = 200
"""So many faults of the input are shown; of the others there is only said how many there are."""
PIPED = 120
"""So wide are lines where no terminal says how wide it is."""
SUMMARIES = ("table", "json", "yaml", "markdown")
GRAPHS = ("svg", "png", "html", "mmd", "dot", "graphml")
REVIEWS, REVIEW_TABLES = ("html", "md", "json", "csv"), ("charges", "rings", "nodes", "scenarios")


class _Interrupted(BaseException):
    """Ctrl-C, on its way past click."""


def main() -> None:
    """Run the command line; answer --version before anything is imported."""
    outlet.attach()
    try:
        code = _answer(sys.argv[1:])
    except outlet.Undelivered as error:
        but = f", but {some(signals.WRITTEN)} is" if signals.WRITTEN else ""
        outlet.say(f"error: the answer cannot be written: {error.strerror}{but}")
        code = BAD_INPUT
    signals.leave()
    sys.exit(code)


def _answer(arguments: list[str]) -> int:
    """Return the exit code; whatever goes wrong with the program itself is no "no"."""
    if arguments == ["--version"]:
        outlet.answer(f"ringfence {VERSION}\n")
        return YES
    signals.heed()
    try:
        code = _run_command()
        sys.stdout.flush()
    except (KeyboardInterrupt, signals.Terminated) as end:
        signals.leave()
        outlet.drain(1)  # what a reader that waits has not taken yet would keep us here
        said = f"{some(signals.WRITTEN)} is written whole, the rest is not" if signals.WRITTEN else "there is no answer yet"
        outlet.say(f"{str(end) or 'interrupted'}: {said}")
        return ENDED + end.number if isinstance(end, signals.Terminated) else NO_ANSWER
    except outlet.Undelivered:
        raise
    except Exception:
        import traceback

        sys.stderr.write(traceback.format_exc())
        outlet.say("error: ringfence itself is at fault, and has no answer: please report the lines above")
        return NO_ANSWER
    return code


def _run_command() -> int:
    """Run the command that was asked for; commands leave with their exit code."""
    import click

    try:
        return _commands().main(prog_name="ringfence", auto_envvar_prefix="RINGFENCE", standalone_mode=False) or YES
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else YES
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
    except click.UsageError as error:
        if error.ctx is not None:
            usage = f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n\n"
            outlet.answer(usage, err=True)
        outlet.say(f"Error: {error.format_message()}")
    except (click.Abort, _Interrupted):
        raise KeyboardInterrupt from None
    return BAD_INPUT


def _commands() -> Any:
    from functools import partial

    import click

    option = partial(click.option, show_envvar=True)

    class Group(click.Group):
        def invoke(self, ctx: click.Context) -> Any:
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:  # for which click would write an empty line
                raise _Interrupted from None

    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

    @click.group(cls=Group, context_settings=settings, epilog=_EXIT_CODES)
    @click.version_option(VERSION, message="ringfence %(version)s")
    def ringfence() -> None:
        """Plan which nodes of a Kubernetes cluster run which workloads, so that no node mixes trust levels."""

    for add in (_plan_command, _patch_command, _verify_command, _explain_command, _graph_command, _review_command):
        add(ringfence, option)
    return ringfence


def _plan_command(ringfence: click.Group, option: Option) -> None:
    import click

    @ringfence.command(short_help="Divide the nodes and place every workload.")
    @click.argument("workloads", nargs=-1, metavar="WORKLOADS...")
    @option("--nodes", multiple=True, metavar="NODES", help="Inventory, believed: kubectl get nodes -o yaml, NodeShapes to buy.")
    @option("--policy", required=True, metavar="FILE", help="The TrustPolicy.")
    @option("-o", "--out", is_flag=False, flag_value=STDOUT, metavar="FILE", help="Write the plan ('-': stdout).")
    @_live_cluster(option)
    @option("--kubernetes-version", metavar="VERSION", help="Of the cluster, as 1.36; without it that of the newest kubelet.")
    @option(
        "--time-limit",
        type=_amount(above=True),
        metavar="SECONDS",
        help="Search and simulate no longer; reading and writing come on top.",
    )
    @option(
        "--packing",
        type=click.Choice(("kept", "exact")),
        default="kept",
        show_default=True,
        help="'kept': simulate kube-scheduler, lead it and leave it room until it keeps the plan; 'exact': the best packing.",
    )
    @option(
        "--objective",
        type=click.Choice(("cost", "churn")),
        help="Where nodes can be bought: save costs first (the default), or leave running pods where they are first.",
    )
    @option(
        "--gap",
        type=_amount(),
        default=0.0,
        metavar="SHARE",
        help="A packing is good enough if proven to be within this share of its cost of the least: 0.005.",
    )
    @option(
        "--thorough",
        is_flag=True,
        help="Take minutes for the last proof of what separation costs, for repairs, and for more ways to break ties.",
    )
    @option(
        "--tradeoff",
        is_flag=True,
        help="Print what sharing saves instead: for each number of rings the cheapest way to divide the groups.",
    )
    @option("--any-order", is_flag=True, help="Only a plan whose rings are proven for every order in which pods may arrive.")
    @_accept_pending(option)
    @option("--strict", is_flag=True, help="Exit with 1 if anything of the input makes pods that are not planned.")
    @option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the summary.")
    @option("--verbose", is_flag=True, help="Write all of the summary: goals and bounds, every resource, every statement.")
    def plan(**options: Any) -> None:
        """Divide the nodes among the trust rings and place every workload, or say why that is impossible.

        WORKLOADS and NODES are files, folders (searched) or '-' for stdin; YAML or JSON.
        """
        _tradeoff(options) if options["tradeoff"] else _plan(options)


def _amount(above: bool = False) -> click.FloatRange:
    """Make the type of an option that is a number of 0 or more, or above 0: neither endless nor none at all."""
    from math import isfinite

    import click

    class Amount(click.FloatRange):
        def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
            number = super().convert(value, param, context)
            return number if isfinite(number) else self.fail(f"{value!r} is no number to count with.", param, context)

    return Amount(min=0, min_open=above)


def _size(_: click.Context, param: click.Parameter, value: str) -> int:
    """Read the value of an option that is a number of bytes, written as a Quantity."""
    import click

    from planner import pipeline

    try:
        return pipeline.size(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=param) from None


def _live_cluster(option: Option) -> Callable[[Any], Any]:
    """Make the options that say which live cluster is read, and what that may cost."""
    seconds = {"type": _amount(above=True), "metavar": "SECONDS", "default": 60.0}
    options = (
        option("--context", metavar="NAME", help="Read the live cluster of this kubeconfig context."),
        option("--kubeconfig", metavar="FILE", help="Read the live cluster of this kubeconfig."),
        option("--timeout", **seconds, show_default=True, help="For reading a live cluster, in all."),
        option("--max-response", default="512Mi", callback=_size, show_default=True, metavar="SIZE", help=_MAX_RESPONSE),
    )
    return lambda command: reduce(lambda inner, add: add(inner), reversed(options), command)


def _accept_pending(option: Option) -> Callable[[Any], Any]:
    """Make the option that says which risk is taken."""
    words = "Take a plan at risk if no more pods may stay pending than this: 3, or 1% of those placed."
    return option("--accept-pending", default="0", callback=_accepted, show_default=True, metavar="PODS", help=words)


def _accepted(_: click.Context, param: click.Parameter, value: str) -> Accepted:
    """Read the value of an option that is a number of pods, or a share of them."""
    import click

    from planner import pipeline

    try:
        return pipeline.accepted(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=param) from None


def _patch_command(ringfence: click.Group, option: Option) -> None:
    import click

    @ringfence.command(short_help="Write patches and scripts for Git.")
    @click.argument("plan_file", metavar="PLAN")
    @option("-o", "--out", required=True, metavar="DIR", help="The folder to write, for Git.")
    @option(
        "--node-class",
        default="karpenter.k8s.aws/EC2NodeClass/default",
        show_default=True,
        metavar="GROUP/KIND/NAME",
        help="What the NodePools of bought nodes refer to.",
    )
    @option("--static", is_flag=True, help="NodePools of exact numbers (Karpenter's StaticCapacity) instead of limits.")
    @_accept_pending(option)
    def patch(plan_file: str, out: str, node_class: str, static: bool, accept_pending: Accepted) -> None:
        """Write what makes a plan true: kustomize Components for the workloads, scripts and pools for the nodes."""
        _patch(plan_file, out, node_class, static, accept_pending)


def _verify_command(ringfence: click.Group, option: Option) -> None:
    import click

    @ringfence.command(short_help="Check a plan without the solver, and against its inputs.")
    @click.argument("plan_file", metavar="PLAN")
    @option("--against", multiple=True, metavar="WORKLOADS", help="Manifests to read again; needs --nodes too.")
    @option("--nodes", multiple=True, metavar="NODES", help="The inventory to read again.")
    @option("--policy", metavar="FILE", help="The TrustPolicy to read again.")
    @_live_cluster(option)
    @_accept_pending(option)
    def verify(plan_file: str, **options: Any) -> None:
        """Check a plan again, from Kubernetes' rules alone and without the solver.

        With any of the inputs that it was made from, also say what has changed in them since.
        """
        _verify(plan_file, {**options, "workloads": options["against"]})


def _explain_command(ringfence: click.Group, option: Option) -> None:
    import click

    @ringfence.command(short_help="Say why a workload or a node is where it is.")
    @click.argument("plan_file", metavar="PLAN")
    @click.argument("name", required=False, metavar="[KIND/NAMESPACE/NAME | NODE]")
    @option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the answer.")
    def explain(plan_file: str, name: str | None, output: str) -> None:
        """Say why a workload, or a node, is where the plan has it, why not elsewhere, and what would change it.

        Without a name it lists all that can be asked about.
        """
        _explain(plan_file, name or "", output)


def _graph_command(ringfence: click.Group, option: Option) -> None:
    import click

    @ringfence.command(short_help="Draw who shares a node with whom.")
    @click.argument("plan_file", metavar="PLAN")
    @option("-o", "--out", is_flag=False, flag_value=STDOUT, required=True, metavar="FILE", help="Its ending says how.")
    @option(
        "--format",
        "kind",
        envvar="RINGFENCE_GRAPH_FORMAT",
        type=click.Choice(GRAPHS),
        help="Instead of FILE's ending; needed for stdout.",
    )
    def graph(plan_file: str, out: str, kind: str | None) -> None:
        """Draw who shares a node with whom: .svg .png .html .mmd .dot .graphml."""
        _graph(plan_file, out, kind)


def _review_command(ringfence: click.Group, option: Option) -> None:
    import click

    several = {"multiple": True}

    @ringfence.command(short_help="Review the capacity of a plan: room, savings, what isolation costs, what if.")
    @click.argument("plan_file", metavar="PLAN")
    @option("-o", "--out", is_flag=False, flag_value=STDOUT, metavar="FILE", help="Write all of it: .html .md .json .csv.")
    @option("--format", "kind", type=click.Choice(REVIEWS), help="Instead of FILE's ending; needed for stdout.")
    @option("--table", type=click.Choice(REVIEW_TABLES), default="charges", show_default=True, help="Which table .csv has.")
    @option("--grow", **several, metavar="[LEVEL=]20%", help="What if all workloads, or those of a level, had so many more pods?")
    @option("--lose", **several, metavar="KIND=NAME", help="What if a zone, a node or a group were gone: zone=eu-west-1a.")
    @option("--merge", **several, metavar="GROUP,GROUP", help="What if these groups trusted each other?")
    @option("--quick", is_flag=True, help="Count only; ask the solver nothing: no savings, nor what isolation costs.")
    def review(plan_file: str, out: str | None, kind: str | None, table: str, **asked: Any) -> None:
        """Say of a plan whether each ring is big enough, which nodes could go, and what isolation costs and who causes it.

        Each what-if is a full plan of the changed input.
        """
        _capacity(plan_file, out, kind, table, asked)


def _capacity(plan_file: str, out: str | None, kind: str | None, table: str, asked: dict[str, Any]) -> NoReturn:
    import click

    from planner import formats, pipeline

    kind = kind or os.path.splitext(out or "")[1].removeprefix(".")
    if out and kind not in REVIEWS:
        raise click.UsageError(f"{out}: end the file in one of .{', .'.join(REVIEWS)}, or give --format.")
    _spare([plan_file], out, kind)
    paper = _paper(err=out == STDOUT)
    with _bad_input(), _progress() as progress, pipeline.interruptible() as halt:
        try:
            answer = pipeline.review(pipeline.load(plan_file, _stdin()), progress, **asked)
        except ValueError as error:
            raise click.UsageError(f"{error}.") from None
        text = formats.review(answer, kind, paper, table) if out else ""
        if out not in (None, STDOUT):
            pipeline.save(out, text)
    _review(formats.review(answer, "table", paper), "table", paper.colour, err=out == STDOUT)
    if out == STDOUT:
        outlet.document(text)
    elif out:
        outlet.say(f"wrote {out}")
    if halt.asked:
        outlet.say("stopped: what was not answered by then is missing, or not as close as it could be")
    sys.exit(NO_ANSWER if halt.asked else YES if answer.holds else NO)


def _plan(options: dict[str, Any]) -> NoReturn:
    from planner import pipeline

    live, limit, began = bool(options["context"] or options["kubeconfig"]), options["time_limit"], monotonic()
    _check_sources(options, live)
    with _bad_input(), _progress() as progress, pipeline.interruptible() as halt:
        plan = pipeline.plan(
            _inputs(options, live),
            progress,
            limit,
            exact=options["packing"] == "exact",
            any_order=options["any_order"],
            gap=options["gap"],
            objective=options["objective"] or "",
            thorough=options["thorough"],
        )
        took = monotonic() - began
        stopped = halt.asked or (plan.packing == "exact" and options["packing"] != "exact")
        text = pipeline.plan_text(plan) if options["out"] else ""
        if options["out"] not in (None, STDOUT):
            pipeline.save(options["out"], text)
    accepted = options["accept_pending"]
    to_stdout, code = options["out"] == STDOUT, _plan_code(plan, options["strict"], accepted)
    _print_summary(plan, options["output"], options["verbose"], err=to_stdout)
    if to_stdout:
        outlet.document(text)
    elif options["out"]:
        outlet.say(f"wrote {options['out']}{_next_step(plan, options['out'], code)}")
    _say_missed_gap(plan, options["gap"])
    _say_limit(limit, took, "with more time there may be a better plan")
    if stopped:
        outlet.say("stopped: this is the best plan so far, and kube-scheduler was not simulated on it to the end")
    if code != _verdict_code(plan, accepted):
        outlet.say(f"--strict: {pipeline.headline(plan)}: {pipeline.hidden(plan)}")
    sys.exit(NO_ANSWER if stopped else code)


def _next_step(plan: IsolationPlan, path: str, code: int) -> str:
    """Say what to do with a plan that holds, with its risk if it has one."""
    accepting = f" --accept-pending {plan.most_pending}" if plan.is_at_risk else ""
    if code == YES:
        return f"; next: ringfence patch {path} -o DIR{accepting}"
    return f"; who takes the risk: ringfence patch {path} -o DIR{accepting}" if plan.is_at_risk and code == NO_ANSWER else ""


def _plan_code(plan: IsolationPlan, strict: bool, accepted: Accepted) -> int:
    """Return the exit code of a plan; where it is to be `strict`, a yes that leaves pods out is a no."""
    code = _verdict_code(plan, accepted)
    return NO if strict and plan.hidden and code == YES else code


def _say_missed_gap(plan: IsolationPlan, asked: float) -> None:
    """Say that the packing is not as close to its bound as was asked for: what was tried found, or proved, no more."""
    from models.solver.outcome import COST

    goals = plan.packing_goals or plan.goals
    cost = next((goal for goal in goals if goal.name == COST), None)
    if asked and cost is not None and cost.gap > asked and not plan.unplaced:
        outlet.say(f"the packing's cost is within {cost.gap:.2%} of its bound, not within the {asked:.2%} asked for")


def _inputs(options: dict[str, Any], live: bool) -> Inputs:
    from planner.inputs import Inputs

    return Inputs(
        workloads=options["workloads"],
        nodes=options["nodes"],
        policy=options["policy"] or "",
        stdin=_stdin(),
        live=live,
        context=options["context"],
        kubeconfig=options["kubeconfig"],
        timeout=options["timeout"],
        most=options["max_response"],
        kubernetes=_version(options.get("kubernetes_version")),
    )


def _version(given: str | None) -> str:
    import click

    from models.kubernetes import version

    if not given:
        return ""
    parsed = version.parsed(given)
    if not parsed:
        raise click.BadParameter(f"{given!r} is no version of Kubernetes: write it as 1.36.", param_hint="--kubernetes-version")
    said, followed = version.shown(parsed), version.shown(version.known(given))
    if said != followed:
        outlet.say(f"warning: Kubernetes {said} is not known: the rules of {followed} are followed")
    return said


def _say_limit(limit: float | None, took: float, otherwise: str) -> None:
    if limit and took > SEARCHED * limit:
        outlet.say(f"--time-limit {limit:g} may have cut the search short: {otherwise}")


def _tradeoff(options: dict[str, Any]) -> NoReturn:
    import click

    from planner import formats, pipeline

    live, began = bool(options["context"] or options["kubeconfig"]), monotonic()
    _check_sources(options, live)
    for name in ("out", "any_order", "objective", "strict"):
        if options[name]:
            raise click.UsageError(f"Leave out --{name.replace('_', '-')}: --tradeoff prints a curve, and makes no plan.")
    with _bad_input(), _progress() as progress, pipeline.interruptible() as halt:
        curve = pipeline.tradeoff(_inputs(options, live), progress, options["time_limit"], options["gap"])
        stopped, took = halt.asked, monotonic() - began
    paper = _paper()
    _review(formats.tradeoff_text(curve, options["output"], paper), options["output"], paper.colour)
    if any(point.goal is None or point.goal.gap for point in curve.points):
        _say_limit(options["time_limit"], took, "with more time ways that cost less may be found")
    if stopped:
        outlet.say("stopped: these are the best ways so far")
    verdicts = {point.verdict for point in curve.points}
    sys.exit(NO_ANSWER if stopped else YES if "feasible" in verdicts else NO if verdicts == {"infeasible"} else NO_ANSWER)


def _check_sources(options: dict[str, Any], live: bool) -> None:
    import click

    if live and options["workloads"]:
        raise click.UsageError("Give files or a live cluster (--context, --kubeconfig), not both; --nodes may name NodeShapes.")
    if options["any_order"] and options["packing"] == "exact":
        raise click.UsageError("Give --any-order or --packing exact, not both: an exact packing promises no order of arrival.")
    _spare([*options["workloads"], *options["nodes"], options["policy"]], options["out"], "plan")
    if not live and not options["workloads"]:
        raise click.UsageError("Missing WORKLOADS: name manifests, or a live cluster with --context or --kubeconfig.")


def _spare(inputs: list[str], target: str | None, kind: str) -> None:
    """Refuse to write over what is read, by whatever name, and over what is of another kind."""
    import click

    from planner import pipeline

    if not target or target == STDOUT:
        return
    if any(_is_same(path, target) for path in inputs if path != STDOUT):
        raise click.UsageError(f"{target} is an input: name another file to write.")
    with _bad_input():
        pipeline.spare(target, kind)


def _is_same(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):
        return os.path.realpath(path) == os.path.realpath(other)


def _verdict_code(plan: IsolationPlan, accepted: Accepted) -> int:
    """Return the exit code of a verdict; a yes at a greater risk than is accepted is no answer."""
    if not accepted.covers(plan):
        return NO_ANSWER
    return {"feasible": YES, "infeasible": NO}.get(plan.verdict, NO_ANSWER)


def _patch(plan_file: str, folder: str, node_class: str, static: bool, accepted: Accepted) -> None:
    import click

    from planner import pipeline

    if folder == STDOUT:
        raise click.UsageError("patch writes a folder of files: name one with -o DIR; it cannot go to stdout.")
    parts = node_class.split("/")
    if len(parts) != 3 or not all(parts):
        raise click.UsageError(f"{node_class!r} is no node class: write GROUP/KIND/NAME.")
    with _bad_input():
        plan = pipeline.load(plan_file, _stdin())
        _check_before_patch(plan_file, plan, accepted)
        written = pipeline.patch(plan, folder, parts, static)
    if plan.hidden:
        outlet.say(f"{plan.name} is {pipeline.headline(plan)}: {pipeline.hidden(plan)}")
    if plan.is_at_risk:
        outlet.say(f"{plan.name} is at risk: {pipeline.risk(plan)}")
    if plan.packing:
        outlet.say(f"{plan.name} is a packing: whether kube-scheduler finds it was not tried")
    for pool in pipeline.unwritten(plan):
        outlet.say(f"NodePool {pool} is not written, as the plan does not know its NodeShape: keep it as it is")
    guide = os.path.join(folder, "README.md")
    outlet.say(f"{folder}: {len(written)} files; {guide} says what changes, and in which order to apply them")


def _check_before_patch(plan_file: str, plan: IsolationPlan, accepted: Accepted) -> None:
    """End where there is nothing to make true, the risk is not accepted, or the plan is not what it says."""
    from planner import pipeline

    code = _verdict_code(plan, accepted)
    if code != YES:
        why = ": there is nothing to make true, and nothing was written"
        if plan.is_at_risk:
            why = f" at risk: {pipeline.risk(plan)}; nothing was written: --accept-pending {plan.most_pending} takes the risk"
        outlet.say(f"{plan.name} is {plan.verdict}{why}")
        sys.exit(code)
    if findings := pipeline.before_patch(plan):
        for finding in findings:
            outlet.answer(_finding_text(finding), err=True)
        outlet.say(f"nothing was written; all that is wrong: ringfence verify {plan_file}")
        sys.exit(NO)


def _verify(plan_file: str, options: dict[str, Any]) -> NoReturn:
    from planner import pipeline

    live = bool(options["context"] or options["kubeconfig"])
    _check_again(plan_file, options, live)
    with _bad_input(), _progress() as progress:
        progress("checking the plan")
        plan = pipeline.load(plan_file, _stdin())
        of_inputs = pipeline.against(plan, _inputs(options, live), progress)
        of_plan = pipeline.verify(plan, progress)
    findings = (*of_plan, *of_inputs)
    for finding in findings:
        outlet.answer(_finding_text(finding))
    errors, warnings = (sum(finding.severity == kind for finding in findings) for kind in ("error", "warning"))
    holds = "the plan is what it says" if not _is_wrong(of_plan) else "the plan is not what it says"
    holds += ", but not for these inputs" if _is_wrong(of_inputs) else ""
    missed = pipeline.is_missed(plan, of_plan)
    packing = ", which kube-scheduler does not keep" if missed else ""
    counts = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    outlet.answer(visible(f"{plan.name}: {holds}: {pipeline.headline(plan)}{packing}; {counts}") + "\n")
    sys.exit(NO if errors else NO_ANSWER if missed else _verdict_code(plan, options["accept_pending"]))


def _check_again(plan_file: str, options: dict[str, Any], live: bool) -> None:
    import click

    if live and options["workloads"]:
        raise click.UsageError("Give --against or a live cluster (--context, --kubeconfig), not both.")
    if options["workloads"] and not options["nodes"]:
        raise click.UsageError(
            "Give --nodes beside --against: what manifests mean hangs on the nodes and classes that there are."
        )
    if [plan_file, *options["workloads"], *options["nodes"], options["policy"]].count(STDOUT) > 1:
        raise click.UsageError("Name - once: stdin can be read only once.")


def _is_wrong(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding_text(finding: Finding) -> str:
    lines = [f"{finding.severity}: {finding.id}: {finding.subject}: {finding.message}"]
    lines += [f"  why: {finding.why}"] * bool(finding.why) + [f"  fix: {finding.fix}"] * bool(finding.fix)
    return "".join(f"{visible(line)}\n" for line in lines)


def _explain(plan_file: str, name: str, output: str) -> None:
    from planner import formats, pipeline

    paper = _paper()
    with _bad_input():
        text = formats.explain(pipeline.load(plan_file, _stdin()), name, output, paper)
    _review(text, output, paper.colour)


def _graph(plan_file: str, target: str, kind: str | None) -> None:
    import click

    from planner import formats, pipeline

    kind = kind or os.path.splitext(target)[1].removeprefix(".")
    if kind not in GRAPHS:
        raise click.UsageError(f"{target}: end the file in one of .{', .'.join(GRAPHS)}, or give --format.")
    _spare([plan_file], target, kind)
    with _bad_input():
        drawing = formats.graph(pipeline.load(plan_file, _stdin()), kind)
        if target != STDOUT:
            pipeline.save(target, drawing)
    if target == STDOUT:
        outlet.document(drawing)


def _print_summary(plan: IsolationPlan, output: str, is_verbose: bool, err: bool) -> None:
    from planner import formats

    paper = _paper(err)
    _review(formats.summary(plan, output, paper, is_verbose), output, paper.colour, err)


def _review(text: str, output: str, colour: bool, err: bool = False) -> None:
    """Write lines for people as the terminal can show them, and what programs read in UTF-8."""
    if err or output == "table":
        outlet.answer(text, colour, err)
    else:
        outlet.document(text)


def _paper(err: bool = False) -> Paper:
    """Return how wide to write, and whether in colour; what is no terminal cuts no names."""
    import shutil

    from planner.paper import Paper

    stream = sys.stderr if err else sys.stdout
    colour = stream.isatty() and "NO_COLOR" not in os.environ
    if not stream.isatty():
        return Paper(PIPED, may_overhang=True)
    return Paper(shutil.get_terminal_size((PIPED, 40)).columns, colour)


def _stdin() -> Any:
    return sys.stdin.buffer if sys.stdin is not None and not sys.stdin.closed else None


class _bad_input:  # noqa: N801  reads as the statement it is used in
    """Print every fault of the input and leave with 2; nothing was written."""

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Turn bad input into its messages."""
        from planner.errors import ENOUGH_FAULTS, BadInput

        if isinstance(error, BadInput):
            outlet.say(*(f"error: {fault}" for fault in error.faults[:SHOWN]))
            if more := error.more + len(error.faults[SHOWN:]):
                outlet.say(f"… and {'at least ' * (error.more >= ENOUGH_FAULTS)}{more:,} more")
            sys.exit(BAD_INPUT)


class _progress:  # noqa: N801  as above
    """Show what is going on while stderr is a terminal."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def __enter__(self) -> _progress:
        """Begin to show."""
        if sys.stderr.isatty():
            from rich.console import Console

            # It moves the cursor, which no outlet lets pass.
            self._status = Console(file=sys.__stderr__).status("starting")
            self._status.start()
        return self

    def __call__(self, phrase: str) -> None:
        """Say what is going on now."""
        if self._status:
            from rich.text import Text

            self._status.update(Text(f"{visible(phrase)} …"))

    def __exit__(self, *_: object) -> None:
        """Wipe it away."""
        if self._status:
            self._status.stop()


if __name__ == "__main__":
    main()
