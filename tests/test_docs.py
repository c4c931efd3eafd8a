"""What the pages tell readers to type exists: commands, options and fields of the policy."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

import cli
from models.serialise import decode
from models.trust import TrustPolicy

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted(ROOT.glob("docs/**/*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(*languages: str) -> list[str]:
    found = (block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8")))
    return [text for language, text in found if language in languages]


def commands() -> list[str]:
    """Return every command of ours that stands in a block of a page."""
    lines = "\n".join(blocks("sh", "console")).replace("\\\n", " ").splitlines()
    parts = (part.strip().removeprefix("$ ") for line in lines for part in re.split(r" \| | && ", line))
    return sorted({part for part in parts if part.startswith("ringfence ")})


@pytest.mark.parametrize("command", commands())
def test_a_command_that_is_shown_has_these_options(command):
    _, name, *arguments = shlex.split(command, comments=True)
    cli._commands().commands[name].make_context(name, arguments)


def test_commands_of_every_kind_are_shown():
    shown = {command.split()[1] for command in commands()}
    assert shown == set(cli._commands().commands)


def test_a_command_with_an_option_that_is_not_there_would_be_noticed():
    with pytest.raises(click.UsageError):
        test_a_command_that_is_shown_has_these_options("ringfence plan . --nodes n --policy p --no-such")


def policies() -> list[dict]:
    """Return every part of a policy that is shown: a spec that is not of another kind, or a field of one."""
    documents = [yaml.safe_load(text) for text in blocks("yaml")]
    specs = [one["spec"] for one in documents if one.get("kind") == "TrustPolicy" or set(one) == {"spec"}]
    return [*specs, *(one for one in documents if set(one) == {"podTemplates"})]


@pytest.mark.parametrize("spec", policies(), ids=lambda spec: ", ".join(spec))
def test_a_policy_that_is_shown_has_these_fields(spec):
    decode(TrustPolicy, {"name": "shown", "levels": [], **spec})
