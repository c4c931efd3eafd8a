"""Options that several commands have, and the kinds of their values; each stands once."""

from collections.abc import Callable
from functools import partial, reduce
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.accepted import Accepted

STDOUT = "-"
SUMMARIES = ("table", "json", "yaml", "markdown")
_MAX_RESPONSE = "Of a live cluster, a list may be as large, in all its pages; what is larger is refused."

option = partial(click.option, show_envvar=True)


def amount(above: bool = False) -> click.FloatRange:
    """Make the type of an option that is a number of 0 or more, or above 0: neither endless nor none at all."""

    class Amount(click.FloatRange):
        def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
            number = super().convert(value, param, context)
            return number if isfinite(number) else self.fail(f"{value!r} is no number to count with.", param, context)

    return Amount(min=0, min_open=above)


def _size(_: click.Context, param: click.Parameter, value: str) -> int:
    """Read the value of an option that is a number of bytes, written as a Quantity."""
    from planner import option_values

    try:
        return option_values.size(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=param) from None


def live_cluster() -> Callable[[Any], Any]:
    """Make the options that say which live cluster is read, and what that may cost."""
    seconds: dict[str, Any] = {"type": amount(above=True), "metavar": "SECONDS", "default": 60.0}
    options = (
        option("--context", metavar="NAME", help="Read the live cluster of this kubeconfig context."),
        option("--kubeconfig", metavar="FILE", help="Read the live cluster of this kubeconfig."),
        option("--timeout", **seconds, show_default=True, help="For reading a live cluster, in all."),
        option("--max-response", default="512Mi", callback=_size, show_default=True, metavar="SIZE", help=_MAX_RESPONSE),
    )
    return lambda command: reduce(lambda inner, add: add(inner), reversed(options), command)


def accept_pending() -> Callable[[Any], Any]:
    """Make the option that says which risk is taken."""
    words = "Take a plan at risk if no more pods may stay pending than this: 3, or 1% of those placed."
    return option("--accept-pending", default="0", callback=_accepted, show_default=True, metavar="PODS", help=words)


def _accepted(_: click.Context, param: click.Parameter, value: str) -> "Accepted":
    """Read the value of an option that is a number of pods, or a share of them."""
    from planner import option_values

    try:
        return option_values.accepted(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=param) from None
