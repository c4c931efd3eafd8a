"""Every rule has a name in kube-scheduler, a first sentence, and a test file; the filters are in kube-scheduler's order."""

import ast
from pathlib import Path

import pytest

from planner import rules

ROOM = Path(rules.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(path for path in ROOM.rglob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_file_has_a_test_file(path: Path) -> None:
    test = TESTS / path.relative_to(ROOM).with_name(f"test_{path.stem}.py")
    assert test.exists()
    functions = [node.name for node in ast.walk(ast.parse(test.read_text())) if isinstance(node, ast.FunctionDef)]
    assert any(name.startswith("test_") for name in functions)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_file_begins_with_one_sentence(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0]
    assert first.endswith(".")
    assert first[0].isupper()


PLUGINS = [
    "nodeunschedulable",
    "nodename",
    "tainttoleration",
    "nodeaffinity",
    "nodeports",
    "noderesources",
    "volumerestrictions",
    "nodevolumelimits",
    "volumebinding",
    "volumezone",
    "podtopologyspread",
    "interpodaffinity",
    "dynamicresources",
    "nodedeclaredfeatures",
]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plug_in_names_its_source_in_kubernetes(plugin: str) -> None:
    text = ast.get_docstring(ast.parse((ROOM / "plugins" / f"{plugin}.py").read_text())) or ""
    assert f"pkg/scheduler/framework/plugins/{plugin}/" in text


def test_filters_are_in_the_order_in_which_kube_scheduler_runs_them() -> None:
    assert list(rules.FILTERS) == [
        "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "VolumeBinding", "VolumeZone",
    ]  # fmt: skip


@pytest.mark.parametrize("name", rules.FILTERS)
def test_a_filter_is_the_function_of_the_file_that_bears_its_name(name: str) -> None:
    assert rules.FILTERS[name].__module__ == f"planner.rules.plugins.{name.lower()}"
    assert rules.FILTERS[name].__name__ == "rejects"


def test_rules_import_models_and_the_standard_library_only() -> None:
    for path in (ROOM / "__init__.py", *FILES):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                ours = name.split(".")[0] in ("models", "planner")
                assert not ours or name.startswith(("models.", "planner.rules")), f"{path.name} imports {name}"
                assert name.split(".")[0] not in ("ortools", "yaml", "networkx", "click", "numpy")
