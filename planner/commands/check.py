"""`ringfence check`: findings of every rule, in as many formats as are asked for."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from planner import outlet
from planner.commands.exit_codes import NO, YES
from planner.commands.options import STDOUT, live_cluster, option
from planner.commands.sources import inputs_of, is_live, refuse_input
from planner.commands.terminal import bad_input, paper_of, progress_shown, review

if TYPE_CHECKING:
    from planner.check.report import Report

FORMATS = ("table", "json", "sarif", "junit", "github", "gitlab", "markdown", "openreports", "policyreport", "svg")
LIMITS = ("error", "warning", "info", "never")
_OUTPUT = f"{', '.join(FORMATS)}: how to write findings, to stdout or to a file. Give it as often as you need."


def _date(_: click.Context, param: click.Parameter, value: str | None) -> str:
    from planner import option_values

    if value and not option_values.is_date(value):
        raise click.BadParameter(f"{value!r} is no date: write it as 2027-01-31.", param=param)
    return value or ""


def _outputs(_: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read FORMAT and FORMAT=FILE; without a file, or with -, it goes to stdout, where only one has room."""
    pairs = [(kind, file or STDOUT) for kind, _, file in (value.partition("=") for value in values)]
    files = [file for _, file in pairs]
    for kind, file in pairs:
        if kind not in FORMATS:
            raise click.BadParameter(f"{kind!r} is no format: choose from {', '.join(FORMATS)}.", param=param)
        if files.count(file) > 1:
            name = "stdout" if file == STDOUT else file
            raise click.BadParameter(f"Two formats go to {name}: give all but one a file of its own.", param=param)
    return tuple(pairs)


@click.command(short_help="Find what lets pods into rings that are not theirs.")
@click.argument("workloads", nargs=-1, metavar="[WORKLOADS]...")
@option("--nodes", multiple=True, metavar="NODES", help="Inventory, believed: kubectl get nodes -o yaml.")
@option("--policy", metavar="FILE", help="The TrustPolicy: with it levels, claims and rings are checked, too.")
@option("--plan", "plan_file", metavar="PLAN", help="Check what a plan leaves open; it brings nodes and policy.")
@live_cluster()
@option("--baseline", metavar="FILE", help="Findings that are accepted: only others fail.")
@option("--write-baseline", metavar="FILE", help="Write a baseline that accepts all that is found now.")
@option("--today", metavar="DATE", callback=_date, help="Entries of the baseline that end before it hold no more: 2027-01-31.")
@option("--ignore-annotations", is_flag=True, help="Believe no annotation that accepts a finding of its own object.")
@option("--fix", metavar="DIR", help="Write patches for what a machine can mend: a kustomize Component.")
@option("--blast-radius", is_flag=True, help="Say of each node what is within reach of a container that breaks out there.")
@option("--fail-on", type=click.Choice(LIMITS), default="error", show_default=True, help="Exit with 1 for these and worse.")
@option("-O", "--output", "outputs", multiple=True, callback=_outputs, metavar="FORMAT[=FILE]", help=_OUTPUT)
def check(**options: Any) -> None:
    """Find what lets pods of one trust level reach the nodes of another, in manifests, a plan or a live cluster.

    WORKLOADS are files, folders (searched) or '-' for stdin; YAML or JSON. `ringfence explain --finding ID` tells more.
    """
    from planner import pipeline
    from planner.check.request import Request

    _check_sources(options)
    with bad_input(), progress_shown() as progress:
        request = Request(
            inputs_of(options),
            plan=options["plan_file"] or "",
            baseline=options["baseline"] or "",
            today=options["today"],
            heeds_annotations=not options["ignore_annotations"],
            wants_blast=options["blast_radius"],
        )
        report = pipeline.check(request, progress)
    _write(report, options)


def _check_sources(options: dict[str, Any]) -> None:
    """Refuse what cannot be read together, and to write over what is read."""
    live = is_live(options)
    if live and options["workloads"]:
        raise click.UsageError("Give files or a live cluster (--context, --kubeconfig), not both.")
    if options["plan_file"] and options["policy"]:
        raise click.UsageError("Give --plan or --policy, not both: a plan has the policy that it was made by.")
    if not live and not any(options[name] for name in ("workloads", "nodes", "plan_file")):
        raise click.UsageError("Missing WORKLOADS: name manifests, a plan with --plan, or a live cluster with --context.")
    if any(kind == "svg" for kind, _ in options["outputs"]) and not options["blast_radius"]:
        raise click.UsageError("svg is the picture of what is within reach: give --blast-radius, too.")
    named = (options[name] for name in ("policy", "plan_file", "baseline"))
    read = [*options["workloads"], *options["nodes"], *filter(None, named)]
    if read.count(STDOUT) > 1:
        raise click.UsageError("Name - once: stdin can be read only once.")
    for file in (options["write_baseline"], *(file for _, file in options["outputs"])):
        refuse_input(read, file)


def _write(report: "Report", options: dict[str, Any]) -> NoReturn:
    """Write every format to where it goes, and leave with the exit code."""
    from planner import formats, pipeline

    paper = paper_of()
    texts = [(kind, file, formats.findings(report, kind, paper)) for kind, file in options["outputs"] or (("table", STDOUT),)]
    if options["write_baseline"]:
        texts.append(("baseline", options["write_baseline"], formats.baseline(report)))
    with bad_input():
        for _, file, text in texts:
            if file != STDOUT:
                pipeline.save(file, text)
        mended = pipeline.save_fixes(report, options["fix"]) if options["fix"] else 0
    for kind, file, text in texts:
        if file == STDOUT:
            review(text, kind, paper.colour)
    names = ", ".join(os.path.normpath(file) for _, file, _text in texts if file != STDOUT)
    if names:
        outlet.say(f"wrote {names}")
    if options["fix"]:
        outlet.say(f"wrote {options['fix']}: patches that mend {mended} of {len(report.findings)} findings")
    sys.exit(NO if report.fails(options["fail_on"]) else YES)
