"""`ringfence verify`: check a plan without the solver, and against its inputs."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

import click

from planner import outlet
from planner.commands.exit_codes import NO, NO_ANSWER, verdict_code
from planner.commands.options import STDOUT, accept_pending, live_cluster, option
from planner.commands.sources import inputs_of, is_live, stdin
from planner.commands.terminal import bad_input, progress_shown
from planner.words import visible

if TYPE_CHECKING:
    from models.answer.finding import Finding


@click.command(short_help="Check a plan without the solver, and against its inputs.")
@click.argument("plan_file", metavar="PLAN")
@option("--against", multiple=True, metavar="WORKLOADS", help="Manifests to read again; needs --nodes too.")
@option("--nodes", multiple=True, metavar="NODES", help="The inventory to read again.")
@option("--policy", metavar="FILE", help="The TrustPolicy to read again.")
@live_cluster()
@accept_pending()
def verify(plan_file: str, **options: Any) -> None:
    """Check a plan again, from Kubernetes' rules alone and without the solver.

    With any of the inputs that it was made from, also say what has changed in them since.
    """
    _verify(plan_file, {**options, "workloads": options["against"]})


def _verify(plan_file: str, options: dict[str, Any]) -> NoReturn:
    from planner import formats, pipeline

    _check_again(plan_file, options)
    with bad_input(), progress_shown() as progress:
        progress("checking the plan")
        plan = pipeline.load(plan_file, stdin())
        of_inputs = pipeline.against(plan, inputs_of(options), progress)
        of_plan = pipeline.verify(plan, progress)
    findings = (*of_plan, *of_inputs)
    for finding in findings:
        outlet.answer(formats.finding_text(finding))
    errors, warnings = (sum(finding.severity == kind for finding in findings) for kind in ("error", "warning"))
    holds = "the plan is what it says" if not _is_wrong(of_plan) else "the plan is not what it says"
    holds += ", but not for these inputs" if _is_wrong(of_inputs) else ""
    missed = pipeline.is_missed(plan, of_plan)
    packing = ", which kube-scheduler does not keep" if missed else ""
    counts = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    outlet.answer(visible(f"{plan.name}: {holds}: {formats.headline(plan)}{packing}; {counts}") + "\n")
    sys.exit(NO if errors else NO_ANSWER if missed else verdict_code(plan, options["accept_pending"]))


def _check_again(plan_file: str, options: dict[str, Any]) -> None:
    if is_live(options) and options["workloads"]:
        raise click.UsageError("Give --against or a live cluster (--context, --kubeconfig), not both.")
    if options["workloads"] and not options["nodes"]:
        raise click.UsageError(
            "Give --nodes beside --against: what manifests mean hangs on the nodes and classes that there are."
        )
    if [plan_file, *options["workloads"], *options["nodes"], options["policy"]].count(STDOUT) > 1:
        raise click.UsageError("Name - once: stdin can be read only once.")


def _is_wrong(findings: "Iterable[Finding]") -> bool:
    return any(finding.severity == "error" for finding in findings)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
