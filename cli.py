"""ringfence on the command line: where a run begins, and how it ends; the commands are in planner/commands."""

from __future__ import annotations

import sys

from planner import VERSION, outlet, signals
from planner.commands.exit_codes import BAD_INPUT, ENDED, EPILOG, NO_ANSWER, YES
from planner.words import some

TYPE_CHECKING = False  # as typing's: type checkers take it for true, and --version need not import typing
if TYPE_CHECKING:
    from typing import Any

    import click


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
        # What nobody takes shows now, while that can still be said.
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
        # In its standalone mode click ends the program itself, with exit codes of its own.
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


def _commands() -> click.Group:
    import click

    from planner.commands import check, explain, graph, patch, plan, review, verify

    class Group(click.Group):
        def invoke(self, ctx: click.Context) -> Any:
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:  # for which click would write an empty line
                raise _Interrupted from None

    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

    @click.group(cls=Group, context_settings=settings, epilog=EPILOG)
    @click.version_option(VERSION, message="ringfence %(version)s")
    def ringfence() -> None:
        """Plan which nodes of a Kubernetes cluster run which workloads, so that no node mixes trust levels."""

    for command in (plan.plan, patch.patch, verify.verify, check.check, explain.explain, graph.graph, review.review):
        ringfence.add_command(command)
    return ringfence


if __name__ == "__main__":
    main()
