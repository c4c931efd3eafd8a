"""ringfence on the command line: options in, exit code and text out."""

from __future__ import annotations

import os
import sys
from time import monotonic

from planner import VERSION

TYPE_CHECKING = False  # as typing's: type checkers take it for true, and --version need not import typing
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any, NoReturn

    import click
    from rich.status import Status

    from models.finding import Finding
    from models.plan import IsolationPlan
    from planner.pipeline import Inputs

    Option = Callable[..., Callable[[Any], Any]]

YES, NO, BAD_INPUT, NO_ANSWER = 0, 1, 2, 3
STDOUT = "-"
SEARCHED = 0.5
"""A search that has a limit takes no less of it once it is cut short: the rest is for trying what was found."""
SHOWN = 200
"""So many faults of the input are shown; of the others there is only said how many there are."""
SUMMARIES = ("table", "json", "yaml", "markdown")
GRAPHS = ("svg", "png", "html", "mmd", "dot", "graphml")


def main() -> None:
    """Run the command line; answer --version before anything is imported."""
    if sys.argv[1:] == ["--version"]:
        print(f"ringfence {VERSION}")
        return
    try:
        _commands()(prog_name="ringfence", auto_envvar_prefix="RINGFENCE")
    except KeyboardInterrupt:
        _interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(NO)
    except OSError as error:
        print(f"error: the answer cannot be written: {error.strerror or error}", file=sys.stderr)
        _abandon_stdout()
        sys.exit(BAD_INPUT)


def _interrupted() -> NoReturn:
    print("interrupted: there is no answer yet", file=sys.stderr)
    sys.exit(NO_ANSWER)


def _abandon_stdout() -> None:
    """Keep Python from trying again, at exit, to write what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _commands() -> Any:
    from functools import partial

    import click

    option = partial(click.option, show_envvar=True)

    class Group(click.Group):
        def invoke(self, ctx: click.Context) -> Any:
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:  # which click would call a no
                _interrupted()

    @click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
    @click.version_option(VERSION, message="ringfence %(version)s")
    def ringfence() -> None:
        """Plan which nodes of a Kubernetes cluster run which workloads, so that no node mixes trust levels."""

    _plan_command(ringfence, option)
    _commands_on_a_plan(ringfence, option)
    return ringfence


def _plan_command(ringfence: click.Group, option: Option) -> None:
    import click

    seconds = {"type": _amount(above=True), "metavar": "SECONDS"}

    @ringfence.command(short_help="Divide the nodes and place every workload.")
    @click.argument("workloads", nargs=-1, metavar="WORKLOADS...")
    @option("--nodes", multiple=True, metavar="NODES", help="Inventory: kubectl get nodes -o yaml, and NodeShapes to buy.")
    @option("--policy", required=True, metavar="FILE", help="The TrustPolicy.")
    @option("-o", "--out", is_flag=False, flag_value=STDOUT, metavar="FILE", help="Write the plan ('-': stdout).")
    @option("--context", metavar="NAME", help="Read the live cluster of this kubeconfig context.")
    @option("--kubeconfig", metavar="FILE", help="Read the live cluster of this kubeconfig.")
    @option("--kubernetes-version", metavar="VERSION", help="Of the cluster, as 1.36; without it that of the newest kubelet.")
    @option("--timeout", **seconds, default=60.0, show_default=True, help="For reading a live cluster, in all.")
    @option("--time-limit", **seconds, help="Search and simulate no longer; reading and the review come on top.")
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
        "--tradeoff",
        is_flag=True,
        help="Print what sharing saves instead: for each number of rings the cheapest way to divide the groups.",
    )
    @option("--any-order", is_flag=True, help="Only a plan whose rings are proven for every order in which pods may arrive.")
    @option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the summary.")
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


def _commands_on_a_plan(ringfence: click.Group, option: Option) -> None:
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
    def patch(plan_file: str, out: str, node_class: str, static: bool) -> None:
        """Write what makes a plan true: kustomize Components for the workloads, scripts and pools for the nodes."""
        _patch(plan_file, out, node_class, static)

    @ringfence.command(short_help="Check a plan without the solver.")
    @click.argument("plan_file", metavar="PLAN")
    def verify(plan_file: str) -> None:
        """Check a plan again, from Kubernetes' rules alone and without the solver."""
        _verify(plan_file)

    @ringfence.command(short_help="Say why a workload or a node is where it is.")
    @click.argument("plan_file", metavar="PLAN")
    @click.argument("name", required=False, metavar="[KIND/NAMESPACE/NAME | NODE]")
    @option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the answer.")
    def explain(plan_file: str, name: str | None, output: str) -> None:
        """Say why a workload, or a node, is where the plan has it, why not elsewhere, and what would change it.

        Without a name it lists all that can be asked about.
        """
        _explain(plan_file, name or "", output)

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


def _plan(options: dict[str, Any]) -> NoReturn:
    from planner import pipeline

    live, limit, began = bool(options["context"] or options["kubeconfig"]), options["time_limit"], monotonic()
    _check_sources(options, live)
    with _bad_input(), _progress() as progress, pipeline.interruptible() as halt:
        made = pipeline.plan(
            _inputs(options, live),
            progress,
            limit,
            exact=options["packing"] == "exact",
            any_order=options["any_order"],
            gap=options["gap"],
            objective=options["objective"] or "",
        )
        took = monotonic() - began
        stopped = halt.asked or (made.packing == "exact" and options["packing"] != "exact")
        text = pipeline.plan_text(made) if options["out"] else ""
        if options["out"] not in (None, STDOUT):
            pipeline.save(options["out"], text)
    to_stdout = options["out"] == STDOUT
    _print_summary(made, options["output"], err=to_stdout)
    if to_stdout:
        _write(text)
    elif options["out"]:
        next_step = f"; next: ringfence patch {options['out']} -o DIR" if _verdict_code(made) == YES else ""
        print(f"wrote {options['out']}{next_step}", file=sys.stderr)
    _say_missed_gap(made, options["gap"])
    _say_limit(limit, took, "with more time there may be a better plan")
    if stopped:
        print("stopped: this is the best plan so far, and kube-scheduler was not simulated on it to the end", file=sys.stderr)
    sys.exit(NO_ANSWER if stopped else _verdict_code(made))


def _say_missed_gap(made: IsolationPlan, asked: float) -> None:
    """Say that the packing is not as close to its bound as was asked for: what was tried found, or proved, no more."""
    from models.outcome import COST

    goals = made.packing_goals or made.goals
    cost = next((goal for goal in goals if goal.name == COST), None)
    if asked and cost is not None and cost.gap > asked and not made.unplaced:
        print(f"the packing's cost is within {cost.gap:.2%} of its bound, not within the {asked:.2%} asked for", file=sys.stderr)


def _inputs(options: dict[str, Any], live: bool) -> Inputs:
    from planner import pipeline

    return pipeline.Inputs(
        workloads=options["workloads"],
        nodes=options["nodes"],
        policy=options["policy"],
        stdin=_stdin(),
        live=live,
        context=options["context"],
        kubeconfig=options["kubeconfig"],
        timeout=options["timeout"],
        kubernetes=_version(options["kubernetes_version"]),
    )


def _version(given: str | None) -> str:
    import click

    from models import version

    if not given:
        return ""
    found = version.parsed(given)
    if not found:
        raise click.BadParameter(f"{given!r} is no version of Kubernetes: write it as 1.36.", param_hint="--kubernetes-version")
    said, followed = version.shown(found), version.shown(version.known(given))
    if said != followed:
        print(f"warning: Kubernetes {said} is not known: the rules of {followed} are followed", file=sys.stderr)
    return said


def _say_limit(limit: float | None, took: float, otherwise: str) -> None:
    if limit and took > SEARCHED * limit:
        print(f"--time-limit {limit:g} may have cut the search short: {otherwise}", file=sys.stderr)


def _tradeoff(options: dict[str, Any]) -> NoReturn:
    import click

    from planner import pipeline

    live, began = bool(options["context"] or options["kubeconfig"]), monotonic()
    _check_sources(options, live)
    for name in ("out", "any_order", "objective"):
        if options[name]:
            raise click.UsageError(f"Leave out --{name.replace('_', '-')}: --tradeoff prints a curve, and makes no plan.")
    with _bad_input(), _progress() as progress, pipeline.interruptible() as halt:
        curve = pipeline.tradeoff(_inputs(options, live), progress, options["time_limit"], options["gap"])
        stopped, took = halt.asked, monotonic() - began
    width, colour = _page()
    click.echo(pipeline.tradeoff_text(curve, options["output"], width, colour), nl=False, color=colour)
    if any(point.goal is None or point.goal.gap for point in curve.points):
        _say_limit(options["time_limit"], took, "with more time ways that cost less may be found")
    if stopped:
        print("stopped: these are the best ways so far", file=sys.stderr)
    verdicts = {point.verdict for point in curve.points}
    sys.exit(NO_ANSWER if stopped else YES if "feasible" in verdicts else NO if verdicts == {"infeasible"} else NO_ANSWER)


def _check_sources(options: dict[str, Any], live: bool) -> None:
    import click

    if live and options["workloads"]:
        raise click.UsageError("Give files or a live cluster (--context, --kubeconfig), not both; --nodes may name NodeShapes.")
    if options["any_order"] and options["packing"] == "exact":
        raise click.UsageError("Give --any-order or --packing exact, not both: an exact packing promises no order of arrival.")
    _spare([*options["workloads"], *options["nodes"], options["policy"]], options["out"])
    if not live and not options["workloads"]:
        raise click.UsageError("Missing WORKLOADS: name manifests, or a live cluster with --context or --kubeconfig.")


def _spare(inputs: list[str], target: str | None) -> None:
    """Refuse to write over what is read."""
    import click

    if target and any(os.path.realpath(one) == os.path.realpath(target) for one in inputs if one != STDOUT):
        raise click.UsageError(f"{target} is an input: name another file to write.")


def _verdict_code(made: IsolationPlan) -> int:
    return {"feasible": YES, "infeasible": NO}.get(made.verdict, NO_ANSWER)


def _patch(plan_file: str, folder: str, node_class: str, static: bool) -> None:
    import click

    from planner import pipeline

    if folder == STDOUT:
        raise click.UsageError("patch writes a folder of files: name one with -o DIR; it cannot go to stdout.")
    parts = node_class.split("/")
    if len(parts) != 3 or not all(parts):
        raise click.UsageError(f"{node_class!r} is no node class: write GROUP/KIND/NAME.")
    with _bad_input():
        made = pipeline.load(plan_file, _stdin())
        if _verdict_code(made) != YES:
            click.echo(f"{made.name} is {made.verdict}: there is nothing to make true, and nothing was written", err=True)
            sys.exit(_verdict_code(made))
        written = pipeline.patch(made, folder, parts, static)
    if made.packing:
        click.echo(f"{made.name} is a packing: whether kube-scheduler finds it was not tried", err=True)
    for pool in pipeline.unwritten(made):
        click.echo(f"NodePool {pool} is not written, as the plan does not know its NodeShape: keep it as it is", err=True)
    order = os.path.join(folder, "nodes", "apply.sh")
    click.echo(f"{folder}: {len(written)} files; {order} says in which order to apply them", err=True)


def _verify(plan_file: str) -> NoReturn:
    import click

    from planner import pipeline

    with _bad_input(), _progress() as progress:
        progress("checking the plan")
        made = pipeline.load(plan_file, _stdin())
        findings = pipeline.verify(made, progress)
    for finding in findings:
        click.echo(_finding_text(finding))
    errors, warnings = (sum(finding.severity == kind for finding in findings) for kind in ("error", "warning"))
    holds = "the plan is what it says" if not errors else "the plan is not what it says"
    missed = pipeline.is_missed(made, findings)
    packing = " as a packing, which kube-scheduler does not keep" if missed else ""
    click.echo(f"{made.name}: {holds}: {made.verdict}{packing}; {_count(errors, 'error')}, {_count(warnings, 'warning')}")
    sys.exit(NO if errors else NO_ANSWER if missed else _verdict_code(made))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding_text(finding: Finding) -> str:
    lines = [f"{finding.severity}: {finding.id}: {finding.subject}: {finding.message}"]
    lines += [f"  why: {finding.why}"] * bool(finding.why) + [f"  fix: {finding.fix}"] * bool(finding.fix)
    return "\n".join(lines)


def _explain(plan_file: str, name: str, output: str) -> None:
    import click

    from planner import pipeline

    width, colour = _page()
    with _bad_input():
        text = pipeline.explain(pipeline.load(plan_file, _stdin()), name, output, width, colour)
    click.echo(text, nl=False, color=colour)


def _graph(plan_file: str, target: str, kind: str | None) -> None:
    import click

    from planner import pipeline

    kind = kind or os.path.splitext(target)[1].removeprefix(".")
    if kind not in GRAPHS:
        raise click.UsageError(f"{target}: end the file in one of .{', .'.join(GRAPHS)}, or give --format.")
    _spare([plan_file], target)
    with _bad_input():
        drawing = pipeline.graph(pipeline.load(plan_file, _stdin()), kind)
        if target != STDOUT:
            pipeline.save(target, drawing)
    if target == STDOUT:
        _write(drawing)


def _print_summary(made: IsolationPlan, output: str, err: bool) -> None:
    import click

    from planner import pipeline

    width, colour = _page(err)
    click.echo(pipeline.summary(made, output, width, colour), nl=False, err=err, color=colour)


def _page(err: bool = False) -> tuple[int, bool]:
    """Return how wide to write, and whether in colour."""
    import shutil

    stream = sys.stderr if err else sys.stdout
    colour = stream.isatty() and "NO_COLOR" not in os.environ
    return shutil.get_terminal_size((120, 40)).columns if stream.isatty() else 120, colour


def _write(content: str | bytes) -> None:
    import click

    click.echo(content, nl=False)


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
            print(*(f"error: {fault}" for fault in error.faults[:SHOWN]), sep="\n", file=sys.stderr)
            if more := error.more + len(error.faults[SHOWN:]):
                print(f"… and {'at least ' * (error.more >= ENOUGH_FAULTS)}{more:,} more", file=sys.stderr)
            sys.exit(BAD_INPUT)


class _progress:  # noqa: N801  as above
    """Show what is going on while stderr is a terminal."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def __enter__(self) -> _progress:
        """Begin to show."""
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("starting")
            self._status.start()
        return self

    def __call__(self, phrase: str) -> None:
        """Say what is going on now."""
        if self._status:
            self._status.update(f"{phrase} …")

    def __exit__(self, *_: object) -> None:
        """Wipe it away."""
        if self._status:
            self._status.stop()


if __name__ == "__main__":
    main()
