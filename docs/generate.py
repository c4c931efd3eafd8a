"""Writes the pages of docs/reference that follow from the code: make reference."""

import dataclasses
import inspect
import os
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

import cli
from docs import messages
from models import trust
from models.answer import plan
from models.answer.grade import Grade, Remedy
from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Statement
from models.kubernetes.labels import LabelSelector
from models.kubernetes.workload import WorkloadId
from models.serialise import camel
from models.solver.outcome import Goal
from planner.check.report import SEVERITIES
from planner.check.rule import AVAILABILITY, OUTPUT, SECURITY
from planner.check.story import stories
from planner.check.table import NOT_VISIBLE
from planner.commands import exit_codes
from planner.emit import plan as emitted
from planner.view.summary.answer import disclosed

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
MEANINGS: dict[str, Any] = tomllib.loads((REFERENCE / "meanings.toml").read_text(encoding="utf-8"))
"""What no docstring says: a sentence for each field of the policy, each exit code, each part of a page."""
NOTE = "<!-- Written by `make reference` from the code and meanings.toml: change these. -->\n"
PLAIN = {
    "DisclosureCode": "a code of [disclosures](disclosures.md)",
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "true or false",
    "GradeKind": "text: `proven`, `simulated` or `at risk`",
    "OrderResult": "text: `proven`, `tried N orders` or `stuck in ORDER`",
    "Reason": "text",
}
RISKS = (SECURITY, AVAILABILITY, OUTPUT)
"""What a trap breaks, the worst first."""
WHOLE = (trust.Match,)
"""Parts that are told of as one, wherever they stand."""
FIRST = ("verdict", "goals", "packingGoals", "notModelled", "unenforced")
"""What stands first in a plan, beside what planner.emit lists."""


def pages() -> dict[str, str]:
    """Return the text of every page by its name."""
    parts = {
        "policy": _policy(),
        "plan": _plan(),
        "cli": _commands(),
        "exit-codes": _exit_codes(),
        "disclosures": _disclosures(),
        "findings": _findings(),
        "check": _check(),
    }
    return {f"{name}.md": "\n".join([NOTE, *_head(name), *lines, ""]) for name, lines in parts.items()}


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")


def _head(name: str) -> list[str]:
    page = MEANINGS["pages"][name]
    return [f"# {page['title']}", "", page["text"].strip(), ""]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [list(head), *(list(row) for row in rows)]
    written = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    return [written[0], f"|{'---|' * len(lines[0])}", *written[1:], ""]


# The policy


def _policy() -> list[str]:
    told: dict[str, str] = dict(MEANINGS["policy"])
    rows = [(f"`{name}`", told.pop(name), default) for name, default in _policy_fields(trust.TrustPolicy)]
    if told:
        raise ValueError(f"meanings.toml tells of fields that the policy does not have: {', '.join(told)}")
    return _table(("field", "means", "default"), rows)


def _policy_fields(kind: type, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each field under `spec` with its default; fields of parts and of the items of lists are named by their path."""
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        if field.name in ("name", "where"):
            continue
        path = f"{prefix}{camel(field.name)}"
        part = _part_of(hints[field.name])
        if part is None or (part in WHOLE and part is hints[field.name]) or part is LabelSelector:
            yield path, _default(field)
        elif part is hints[field.name]:
            yield from _policy_fields(part, f"{path}.")
        else:
            yield f"{path}[]", _default(field)
            yield from () if part in WHOLE else _policy_fields(part, f"{path}[].")


def _part_of(hint: Any) -> type | None:
    """Return the dataclass that a field, or an item of a field, is."""
    candidates = [hint, *typing.get_args(hint)]
    return next((one for one in candidates if isinstance(one, type) and dataclasses.is_dataclass(one)), None)


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default is dataclasses.MISSING:
        return "required"
    value = field.default
    if value is None or value in ("", ()) or dataclasses.is_dataclass(value) or not isinstance(value, str | int | bool):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


# The plan


def _plan() -> list[str]:
    kinds = [one for one in vars(plan).values() if isinstance(one, type) and one.__module__ == plan.__name__]
    parts = {one.__name__: one for one in (*kinds, Goal, Grade, Remedy, Statement, WorkloadId) if one is not plan.IsolationPlan}
    hints = typing.get_type_hints(plan.IsolationPlan)
    names = {_place(camel(field.name)): hints[field.name] for field in dataclasses.fields(plan.IsolationPlan)}
    told: dict[str, str] = MEANINGS["plan"]
    if set(told) != set(names):
        raise ValueError(f"meanings.toml: fields of the plan that are in one place only: {sorted(set(told) ^ set(names))}")
    rows = [(f"`{name}`", meaning, _type_text(names[name])) for name, meaning in told.items()]
    lines = ["## The document", "", *_table(("field", "means", "holds"), rows)]
    for name, kind in sorted(parts.items()):
        lines += [f"## {_words(name)}", "", *_part_table(kind)]
    return lines


def _place(name: str) -> str:
    """Return where a field of the plan stands in the document."""
    if name == "name":
        return "metadata.name"
    return name if name in (*emitted.ANSWER, *FIRST) else f"inputs.{name}"


def _part_table(kind: type) -> list[str]:
    hints = typing.get_type_hints(kind)
    doc = MEANINGS["parts"].get(kind.__name__) or inspect.cleandoc(kind.__doc__ or "")
    rows = [(f"`{camel(field.name)}`", _type_text(hints[field.name])) for field in dataclasses.fields(kind)]
    text = re.sub(r"`[a-z]+(_[a-z]+)+`", lambda name: camel(name.group()), doc.strip())
    return [*text.splitlines(), "", *_table(("field", "holds"), rows)]


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _type_text(hint: Any) -> str:
    args = [one for one in typing.get_args(hint) if one not in (type(None), Ellipsis)]
    if isinstance(hint, types.UnionType):
        return " or ".join(_type_text(one) for one in args)
    origin = typing.get_origin(hint)
    if origin is tuple and hint != tuple[()]:
        return f"a list: {', '.join(dict.fromkeys(_type_text(one) for one in args))}"
    if origin is not None and origin.__name__ == "FrozenMap":
        return f"a map to {_type_text(args[0])}"
    return PLAIN.get(hint.__name__, _words(hint.__name__).lower())


# The command line


def _commands() -> list[str]:
    group = cli._commands()
    lines = []
    for name, command in sorted(group.commands.items()):
        context = click.Context(command, info_name=f"ringfence {name}", auto_envvar_prefix=f"RINGFENCE_{name.upper()}")
        text = re.sub(r"\s*\n\s*\n\s*", "\n\n", "\n".join(line.strip() for line in (command.help or "").splitlines()).strip())
        usage = command.get_usage(context).removeprefix("Usage: ")
        lines += [f"## {name}", "", text, "", "```text", re.sub(r"\s+", " ", usage), "```", ""]
        options = [one for one in command.params if isinstance(one, click.Option)]
        lines += _table(("option", "means", "default", "variable"), (_option(one, context) for one in options))
    return lines


def _option(option: click.Option, context: click.Context) -> tuple[str, ...]:
    names = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag else f" `{option.make_metavar(context)}`"
    default = option.default if option.show_default and isinstance(option.default, str | int | float) else ""
    required = "required" if option.required else ""
    variable = option.envvar or f"{context.auto_envvar_prefix}_{(option.name or '').upper()}"
    return names + value, option.help or "", f"`{default}`" if default != "" else required, f"`{variable}`"


def _exit_codes() -> list[str]:
    told: dict[str, str] = MEANINGS["exit-codes"]
    rows = [(f"`{getattr(exit_codes, name)}`", text) for name, text in told.items()]
    table = _table(("code", "means"), [*rows, (f"`{exit_codes.ENDED} + N`", "signal N ended the command")])
    return [*table, *MEANINGS["pages"]["exit-codes"]["after"].strip().splitlines(), ""]


# Disclosures and findings


def _disclosures() -> list[str]:
    told: dict[str, str] = dict(MEANINGS["disclosures"])
    says, rows = messages.disclosures(MEANINGS["listed"]["disclosures"]), []
    for code in DisclosureCode:
        meaning = told.pop(code, "") or disclosed.meaning(code)
        rows.append((f"`{code}`", meaning, messages.alternatives(says.get(code, ()))))
    if told:
        raise ValueError(f"meanings.toml: there are no such disclosures: {', '.join(sorted(told))}")
    return _table(("code", "means", "says"), rows)


def _findings() -> list[str]:
    told, shown = dict[str, str](MEANINGS["findings"]), dict[str, str](MEANINGS["says"])
    rows = []
    for name, check in messages.findings().items():
        says = shown.pop(name, "") or messages.listed(check.messages)
        why = told.pop(name, " ".join(dict.fromkeys(check.reasons)))
        if not says or not why:
            raise ValueError(f"meanings.toml: what the finding {name} says, or why it matters, is not told")
        rows.append((f"`{name}`", ", ".join(sorted(check.severities)), says, why))
    if left := sorted({*told, *shown}):
        raise ValueError(f"meanings.toml: nothing makes these findings: {', '.join(left)}")
    return _table(("finding", "severity", "says", "why it matters"), rows)


def _check() -> list[str]:
    """Tell of every rule, those first that break isolation, and of what no rule can see."""
    rules = sorted(stories().values(), key=lambda rule: (RISKS.index(rule.breaks), SEVERITIES.index(rule.severity), rule.id))
    head = ("finding", "severity", "breaks", "means", "why it matters", "what to do", "source")
    rows = [
        (f"`{rule.id}`", rule.severity, rule.breaks, rule.sentence, rule.why, rule.fix, _linked(rule.source)) for rule in rules
    ]
    hidden = [(trap, shown) for trap, shown in NOT_VISIBLE.items()]
    return [*_table(head, rows), "## What inputs do not show", "", *_table(("trap", "what would show it"), hidden)]


def _linked(source: str) -> str:
    """Write where a rule has it from: a page of the web, or one of these."""
    return (
        f"[source]({source})"
        if source.startswith("https://")
        else f"[docs]({Path(os.path.relpath(source, 'docs/reference')).as_posix()})"
    )


if __name__ == "__main__":
    main()
