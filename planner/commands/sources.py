"""What a command reads: files or a live cluster, and what it must not write over."""

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from planner import outlet
from planner.commands.options import STDOUT
from planner.commands.terminal import bad_input

if TYPE_CHECKING:
    from planner.inputs import Inputs


def is_live(options: dict[str, Any]) -> bool:
    """Say whether a live cluster is to be read."""
    return bool(options["context"] or options["kubeconfig"])


def inputs_of(options: dict[str, Any]) -> "Inputs":
    """Return what is to be read."""
    from planner.inputs import Inputs

    return Inputs(
        workloads=options["workloads"],
        nodes=options["nodes"],
        policy=options["policy"] or "",
        stdin=stdin(),
        live=is_live(options),
        context=options["context"],
        kubeconfig=options["kubeconfig"],
        timeout=options["timeout"],
        most=options["max_response"],
        kubernetes=_version(options.get("kubernetes_version")),
    )


def _version(given: str | None) -> str:
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


def check_sources(options: dict[str, Any]) -> None:
    """Refuse options that contradict each other, and a plan over one of its inputs."""
    live = is_live(options)
    if live and options["workloads"]:
        raise click.UsageError(
            "Give files or a live cluster (--context, --kubeconfig), not both; --nodes may name NodeShapes, NodeGroups."
        )
    if options["any_order"] and options["packing"] == "exact":
        raise click.UsageError("Give --any-order or --packing exact, not both: an exact packing promises no order of arrival.")
    spare([*options["workloads"], *options["nodes"], options["policy"]], options["out"], "plan")
    if not live and not options["workloads"]:
        raise click.UsageError("Missing WORKLOADS: name manifests, or a live cluster with --context or --kubeconfig.")


def spare(inputs: list[str], target: str | None, kind: str) -> None:
    """Refuse to write over what is read, by whatever name, and over what is of another kind."""
    from planner import pipeline

    refuse_input(inputs, target)
    if target and target != STDOUT:
        with bad_input():
            pipeline.spare(target, kind)


def refuse_input(inputs: list[str], target: str | None) -> None:
    """Refuse to write over what is read, by whatever name."""
    if target and target != STDOUT and any(_is_same(path, target) for path in inputs if path != STDOUT):
        raise click.UsageError(f"{target} is an input: name another file to write.")


def _is_same(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):
        return os.path.realpath(path) == os.path.realpath(other)


def stdin() -> Any:
    """Return what stdin holds; None where it is closed."""
    return sys.stdin.buffer if sys.stdin is not None and not sys.stdin.closed else None
