"""What strangers wrote, in a manifest, a plan or a file name, steers neither a terminal nor a CI log, wherever it is shown."""

import ast
import json
import os
import re
from pathlib import Path

import pytest
import yaml

from planner.emit.yaml import dump
from planner.words import visible, visible_json

ROOT = Path(__file__).resolve().parent.parent
NASTY = {
    "a title and a colour of the terminal": "\x1b]0;PWNED\x07\x1b[31mred",
    "C1, which some terminals take for ESC [": "\x9b31mred",
    "a line of its own that GitHub takes for a command": "x\n::error file=a.py,line=1::fake",
    "a command of GitHub after a carriage return": "x\r::set-output name=a::b",
    "a command of GitHub where a table may break the line": "x ::error::fake",
    "a command of GitHub in the middle of a line": "x ##[error]fake",
    "a command of Azure Pipelines": "x ##vso[task.setvariable variable=PATH]/tmp",
    "a command of TeamCity": "##teamcity[buildStatus status='FAILURE']",
    "text from right to left": "user\u202enimda",
    "isolated text from right to left": "a\u2066b\u2069",
    "a blank of no width": "kube\u200bsystem",
    "a byte order mark": "\ufeffkube-system",
    "another end of the line": "a\u2028::error::b",
    "a tag that nobody sees": "a\U000e0041b",
    "an end of input": "a\x1a\x7f",
    "a blank that does not break": "a\xa0b",
}
EVERYTHING = " ".join(NASTY.values())
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
each = pytest.mark.parametrize("nasty", [pytest.param(text, id=name) for name, text in NASTY.items()])


def assert_harmless(raw: bytes) -> None:
    text = raw.decode("utf-8")
    assert {char for char in text if not char.isprintable()} <= {"\n"}
    assert not COMMAND.search(text), COMMAND.search(text)


@each
def test_it_is_shown_on_one_line(nasty):
    shown = visible(nasty)
    assert shown.isprintable()
    assert shown != nasty
    assert_harmless(shown.encode())


@each
def test_json_means_the_same(nasty):
    written = visible_json(json.dumps({nasty: [nasty]}, ensure_ascii=False, indent=2))
    assert json.loads(written) == {nasty: [nasty]}
    assert_harmless(written.encode())


@each
@pytest.mark.parametrize("form", ["{}", "{}\n", "a\n{}\nb\n", 'say "{}"', "\\ {}"])
def test_yaml_means_the_same(nasty, form):
    text = form.format(nasty)
    written = dump({text: [text]})
    assert yaml.load(written, yaml.CSafeLoader) == {text: [text]}
    assert_harmless(written.encode())


@pytest.mark.parametrize("text", ["plain", "a::b", "::1", "arn:aws:s3:::bucket/x", "# ## [x]", "grün × …", "C:\\x1b"])
def test_what_is_harmless_stays_as_it_is(text):
    assert visible(text) == text
    assert json.loads(visible_json(json.dumps(text))) == text


NODE = "{{apiVersion: v1, kind: Node, metadata: {{name: {name}}}, status: {{allocatable: {{cpu: 4, memory: 8Gi, pods: 110}}}}}}"
WORKLOAD = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": "web:1", "resources": {"requests": {"cpu": "100m"}}}]},
        },
    },
}
POLICY = {
    "apiVersion": "ringfence.dev/v1alpha1",
    "kind": "TrustPolicy",
    "metadata": {"name": "t"},
    "spec": {"levels": ["high", "low"], "untagged": "low"},
}


@pytest.fixture(scope="module")
def run(forks):
    """Run the command line and return everything that it says, as bytes."""

    def run(*arguments, cwd):
        done = forks.run(*arguments, cwd=cwd)
        assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
        return done

    return run


def write(folder, workload=WORKLOAD, policy=POLICY, node="n1"):
    (folder / "w.yaml").write_text(yaml.safe_dump(workload, allow_unicode=False))
    (folder / "t.yaml").write_text(yaml.safe_dump(policy, allow_unicode=False))
    (folder / "n.yaml").write_text(NODE.format(name=json.dumps(node)))


def with_value(tree, path, value):
    """Return a document with another value at a path; one that ends with "+" gets a key of that name instead."""
    copy = json.loads(json.dumps(tree))
    *steps, last = path
    place = copy
    for step in steps:
        place = place[step]
    if last == "+":
        place[value] = value
    else:
        place[last] = value
    return copy


TEMPLATE = ("spec", "template")
PLACES = [
    pytest.param(("apiVersion",), id="a version"),
    pytest.param(("kind",), id="a kind"),
    pytest.param(("metadata", "name"), id="a name"),
    pytest.param(("metadata", "namespace"), id="a namespace"),
    pytest.param(("+",), id="a field"),
    pytest.param(("spec", "+"), id="a field of a spec"),
    pytest.param(("spec", "replicas"), id="a number"),
    pytest.param((*TEMPLATE, "metadata", "labels", "+"), id="a label"),
    pytest.param((*TEMPLATE, "metadata", "labels", "ringfence.dev/trust-level"), id="a level"),
    pytest.param((*TEMPLATE, "spec", "nodeName"), id="a node"),
    pytest.param((*TEMPLATE, "spec", "schedulerName"), id="a scheduler"),
    pytest.param((*TEMPLATE, "spec", "nodeSelector"), id="a map that is none"),
    pytest.param((*TEMPLATE, "spec", "priorityClassName"), id="a priority class"),
    pytest.param((*TEMPLATE, "spec", "containers", 0, "name"), id="a container"),
    pytest.param((*TEMPLATE, "spec", "containers", 0, "image"), id="an image"),
    pytest.param((*TEMPLATE, "spec", "containers", 0, "resources", "requests", "cpu"), id="an amount"),
    pytest.param((*TEMPLATE, "spec", "containers", 0, "resources", "requests", "+"), id="a resource"),
]


@pytest.mark.parametrize("path", PLACES)
def test_a_manifest_that_is_refused_or_planned_says_it_harmlessly(tmp_path, run, path):
    write(tmp_path, with_value(WORKLOAD, path, EVERYTHING))
    done = run("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "--packing", "exact", "-o", "-", cwd=tmp_path)
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
    if done.returncode == 2:
        lines = done.stderr.decode().splitlines()
        assert all(line.startswith("error: ") for line in lines), "each message is one line"


OF_A_PLAN = [
    pytest.param(("verify",), id="verify"),
    pytest.param(("explain",), id="explain, all"),
    pytest.param(("explain", "-O", "json"), id="explain as JSON"),
    pytest.param(("explain", "-O", "markdown"), id="explain as Markdown"),
    pytest.param(("explain", "nobody\x1b[31m\n::error::x"), id="explain of a name that nobody has"),
    *(
        pytest.param(("graph", "-o", "-", "--format", kind), id=f"graph as {kind}")
        for kind in ("svg", "html", "mmd", "dot", "graphml")
    ),
    pytest.param(("patch", "-o", "out"), id="patch"),
]


@pytest.fixture(scope="module")
def edited(tmp_path_factory, run):
    """Make a plan, and write what strangers may have made of its names into it."""
    folder = tmp_path_factory.mktemp("edited")
    write(folder)
    run("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "-o", "plan.yaml", cwd=folder)
    plan = yaml.safe_load((folder / "plan.yaml").read_text())
    nasty = {name: f"{name} {EVERYTHING}" for name in ("t", "n1", "low", "web", "shop", "main")}
    (folder / "names.yaml").write_text(dump(renamed(plan, nasty)))
    return folder


def renamed(tree, names):
    if isinstance(tree, dict):
        return {renamed(key, names): renamed(value, names) for key, value in tree.items()}
    if isinstance(tree, list):
        return [renamed(value, names) for value in tree]
    return "/".join(names.get(part, part) for part in tree.split("/")) if isinstance(tree, str) else tree


@pytest.mark.parametrize("command", OF_A_PLAN)
def test_a_plan_with_nasty_names_is_shown_harmlessly(edited, run, command):
    first, *rest = command
    done = run(first, "names.yaml", *rest, cwd=edited)
    assert_harmless(done.stderr)
    if "html" not in command:  # which has a script and styles of our own, with colons
        assert_harmless(done.stdout)
    else:
        assert {char for char in done.stdout.decode() if not char.isprintable()} <= {"\n"}
    for file in (edited / "out").rglob("*"):
        if file.is_file():
            assert_harmless(file.read_bytes())


def summaries(*more):
    return ("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "--packing", "exact", *more)


@pytest.mark.parametrize("output", ["table", "json", "yaml", "markdown"])
def test_a_summary_with_nasty_names_is_harmless(tmp_path, run, output):
    write(tmp_path)
    operators = WORKLOAD | {"apiVersion": "example.com/v1", "kind": f"Fleet {EVERYTHING}"}
    (tmp_path / "w.yaml").write_text(yaml.safe_dump_all([WORKLOAD, operators]))
    done = run(*summaries("-O", output, "-o", "plan.yaml"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"Fleet" in done.stdout
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
    assert_harmless((tmp_path / "plan.yaml").read_bytes())


FILES = {
    "an escape": b"m\x1b[31m.yaml",
    "a line break": b"m\n::error::x.yaml",
    "bytes that are no UTF-8": b"m\xff\xfe.yaml",
    "a command of Azure": b"m##vso[x]y.yaml",
    "a direction": "m\u202elmay.yaml".encode(),
}


@pytest.mark.parametrize("name", [pytest.param(name, id=about) for about, name in FILES.items()])
@pytest.mark.parametrize(
    ("way", "kind"),
    [("named", "Deploymet"), ("in a folder", "Deployment"), ("to write", "Deployment")],
    ids=["named", "found", "made"],
)
def test_the_name_of_a_file_is_shown_harmlessly(tmp_path, run, name, way, kind):
    write(tmp_path, with_value(WORKLOAD, ("kind",), kind))
    (tmp_path / "m").mkdir()
    os.rename(tmp_path / "w.yaml", os.fsencode(tmp_path / "m") + b"/" + name)
    given = os.fsdecode(b"m/" + name) if way == "named" else "m"
    out = os.fsdecode(name) if way == "to write" else "plan.yaml"
    first, _, *rest = summaries("-o", out)
    done = run(first, given, *rest, cwd=tmp_path)
    assert done.returncode == (0 if kind == "Deployment" else 2), done.stderr
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
    assert os.path.exists(tmp_path / out) == (done.returncode == 0)


@pytest.mark.parametrize(
    "arguments", [["plan", "a\x1b[31m\n::error::b"], ["--\x1b[31m"], ["x\n::error::"], ["graph", "p", "-o", "x\n::error::y"]]
)
def test_bad_usage_is_said_harmlessly(tmp_path, run, arguments):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert_harmless(done.stderr)


def test_everything_is_said_through_the_outlet():
    """Nothing but the outlet writes to stdout and stderr."""
    for path in [ROOT / "cli.py", *(ROOT / "planner").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("print", "click.echo", "click.secho"), f"{path.name}:{node.lineno}"
