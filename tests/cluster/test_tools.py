"""Programs beside the control plane: each is built once per content of its go.mod, and found where it is."""

import os
from pathlib import Path

import pytest

from tests.cluster import tools
from tests.cluster.build import CannotBuildError
from tests.cluster.tools import TOOLS, Tool

GO = """#!/bin/sh
case "$1" in
env) echo go1.30.0 ;;
list) echo "$HOME" ;;
build) for each; do test "$last" = -o && echo "$@" >"$each"; last=$each; done; exit {code} ;;
esac
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Return a tool of its own, which a Go that only notes its arguments builds."""
    module = tmp_path / "saw"
    module.mkdir()
    (module / "go.mod").write_text("module saw\n\ngo 1.26.0\n\nrequire example.test/saw v1.2.3\n")
    (module / "go.sum").write_text("")
    monkeypatch.setattr(tools, "HERE", tmp_path)
    monkeypatch.setattr(tools, "ROOT", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "beside.yaml").write_text("")
    put_go(tmp_path, 0)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("SAW", raising=False)
    return Tool("saw", "example.test/saw", "cmd/saw", "*.yaml")


def put_go(folder: Path, code: int) -> None:
    file = folder / "bin" / "go"
    file.parent.mkdir(exist_ok=True)
    file.write_text(GO.format(code=code))
    file.chmod(0o755)


def test_it_is_built_from_its_package_with_what_belongs_beside_it(tool: Tool) -> None:
    assert not tool.is_built()
    tool.make()
    assert tool.is_built()
    assert "example.test/saw/cmd/saw" in tool.program.read_text()
    assert (tool.folder.name, (tool.folder / "beside.yaml").exists()) == ("saw-1.2.3", True)


def test_another_go_sum_asks_for_another_program(tool: Tool) -> None:
    tool.make()
    (tool.module.module / "go.sum").write_text("another\n")
    assert not tool.is_built()


def test_what_go_could_not_build_is_not_there(tool: Tool, tmp_path: Path) -> None:
    put_go(tmp_path, 1)
    with pytest.raises(CannotBuildError, match="Go could not build saw"):
        tool.make()
    assert not tool.is_built()


def test_a_variable_says_where_it_is_then_what_was_built_then_path(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tool.find() == ""
    on_path = tmp_path / "bin" / "saw"
    on_path.write_text("")
    on_path.chmod(0o755)
    assert tool.find() == str(on_path)
    tool.make()
    assert tool.find() == str(tool.program)
    monkeypatch.setenv("SAW", f"{os.sep}mine")
    assert tool.find() == f"{os.sep}mine"


def test_every_tool_has_a_module_that_pins_it() -> None:
    for name, tool in TOOLS.items():
        assert tool.name == name
        assert tool.module.version(tool.requires)
