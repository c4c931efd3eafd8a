"""Every format of the graph: complete, escaped, the same bytes every time, and refusing clearly."""

import builtins
import html
import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest

import planner.view
from planner.errors import BadInput
from planner.view.graph.formats import FORMATS, graph
from planner.view.graph.mermaid import MOST
from planner.view.graph.png import FONTS
from tests.view import view_plans

PLANS = {
    "a shop": view_plans.shop,
    "no room": view_plans.infeasible_shop,
    "one node": view_plans.lone,
    "long names": view_plans.wordy,
    "hostile names": view_plans.hostile,
    "forty groups": lambda: view_plans.fleet(40, 400, spare=20),
}


@pytest.fixture(params=PLANS, name="plan")
def _plan(request):
    return PLANS[request.param]()


def test_graphml_loads_in_networkx_and_holds_the_whole_plan(plan):
    read = nx.read_graphml(io.BytesIO(graph(plan, "graphml").encode()))
    kinds = nx.get_node_attributes(read, "kind")
    count = {kind: list(kinds.values()).count(kind) for kind in set(kinds.values())}
    assert count["node"] == len(plan.cluster.nodes)
    assert count["ring"] == len(plan.rings)
    assert count["group"] == len(plan.trust.groups)
    assert count["workload"] >= len(plan.cluster.workloads)
    between = {(kinds[a], kinds[b]) for a, b in read.edges}
    assert between <= {("group", "ring"), ("group", "group"), ("ring", "node"), ("workload", "group"), ("workload", "node")}
    assert ("workload", "node") in between


def test_graphml_numbers_are_numbers():
    read = nx.read_graphml(io.BytesIO(graph(view_plans.shop(), "graphml").encode()))
    assert read.nodes["node:node-1"]["cpu requested"] == 2800
    assert read.nodes["node:node-1"]["fill"] == pytest.approx(0.7)
    assert read.edges["workload:Deployment/payments/api", "node:node-1"]["pods"] == 3
    assert read.nodes["workload:DaemonSet/kube-system/node-exporter"]["shared"] is True
    assert read.nodes["ring:restricted"]["pods"] == 9


def outside_quotes(text: str) -> str:
    """Return DOT without its quoted strings."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', "Q", text)


def test_dot_is_balanced_and_every_name_is_quoted(plan):
    text = graph(plan, "dot")
    bare = outside_quotes(text)
    assert '"' not in bare
    assert bare.count("{") == bare.count("}") == 1 + text.count("  subgraph cluster_")
    assert not re.search(r"<|script|alert", bare)
    assert text.count("subgraph cluster_ring_") == len(plan.rings)
    assert len(re.findall(r'"node (?:[^"\\]|\\.)*" \[', text)) == len(plan.cluster.nodes)


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
def test_graphviz_reads_the_dot(plan):
    done = subprocess.run(["dot", "-Kosage", "-Tplain"], input=graph(plan, "dot").encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"graph")


def boxes(text: str) -> set[str]:
    """Return the names of a flowchart's nodes."""
    return set(re.findall(r"^\s+(\w+)(?:\[|\(\[)", text, re.MULTILINE)) - {"subgraph"}


def test_mermaid_stays_under_what_a_forge_draws(plan):
    text = graph(plan, "mmd")
    assert text.splitlines()[1].startswith("flowchart ")
    assert len(boxes(text)) <= MOST + 2 <= 50
    assert len(text) < 50_000
    assert len(re.findall(r"^\s+subgraph ", text, re.MULTILINE)) == len(re.findall(r"^\s+end$", text, re.MULTILINE))


def test_mermaid_labels_hold_no_mark_up_of_their_own(plan):
    labels = re.findall(r'"([^"\n]*)"', graph(plan, "mmd"))
    assert labels
    for label in labels:
        assert re.fullmatch(r"(?:[^<>`\[\]{}|\\;&#]|#\d+;)*", label.replace("<br/>", "")), label


def test_a_name_is_no_directive_to_mermaid():
    text = graph(replace(view_plans.lone(), name='%%{init: {"theme": "dark"}}%%'), "mmd")
    assert "%%{" not in text
    assert text.startswith("%% % %(init")


def test_mermaid_shows_each_ring_of_a_few_and_the_fullest_of_very_many():
    shop = graph(view_plans.shop(), "mmd")
    assert all(f'subgraph r{at}["ring' in shop for at in range(3))
    assert "node-1<br/>cpu 70 %" in shop
    forty = graph(view_plans.fleet(40, 400), "mmd")
    assert len(boxes(forty)) == 39
    plan = view_plans.fleet(60, 400, share=False)
    many = graph(plan, "mmd")
    assert f"{len(plan.rings) - MOST} rings more" in many


def test_png_is_a_picture_with_text():
    pytest.importorskip("resvg_py")
    plan = view_plans.lone()
    data = graph(plan, "png")
    assert isinstance(data, bytes)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20], "big") == 2 * 768
    assert data != graph(replace(plan, name="another"), "png")


def test_png_without_resvg_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **more):
        if name == "resvg_py":
            raise ImportError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInput) as refused:
        graph(view_plans.lone(), "png")
    assert "pip install 'ringfence[png]'" in str(refused.value)


def test_png_draws_every_letter_of_the_picture_with_the_font_that_comes_along(plan):
    """A letter that the font lacks would leave no trace, and a font of the machine would make the bytes differ elsewhere."""
    resvg = pytest.importorskip("resvg_py")
    folder = Path(planner.view.__file__).parent / "font"
    fonts = [str(folder / name) for name in FONTS]

    def drawn(letter: str) -> bytes:
        letter = letter and f'<text x="2" y="15">{letter}</text>'
        text = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" font-family="DejaVu Sans">{letter}</svg>'
        return bytes(
            resvg.svg_to_bytes(svg_string=text, skip_system_fonts=True, font_files=fonts, sans_serif_family="DejaVu Sans")
        )

    text = re.sub(r"<[^>]*>", "", graph(plan, "svg"))
    letters = {letter for letter in html.unescape(text) if not letter.isspace() and letter.isprintable()}
    assert letters
    blank = drawn("")
    assert {letter for letter in letters if drawn(html.escape(letter)) == blank} == set()


def test_png_asks_for_no_font_of_the_machine(monkeypatch):
    resvg = pytest.importorskip("resvg_py")
    real, asked = resvg.svg_to_bytes, []
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **given: (asked.append(given), real(**given))[1])
    graph(view_plans.lone(), "png")
    assert [(one["skip_system_fonts"], len(one["font_files"])) for one in asked] == [(True, 2)]


def test_an_unknown_format_names_those_that_exist():
    with pytest.raises(BadInput) as refused:
        graph(view_plans.lone(), "gif")
    assert "use one of svg, png, html, mmd, dot, graphml" in str(refused.value)


def test_the_hash_seed_changes_no_byte():
    code = (
        "import hashlib; from tests.view import view_plans as v; from planner.view.graph.formats import graph\n"
        "plans = [v.fleet(12, 150, spare=5), v.infeasible_shop(), v.wordy()]\n"
        "for f in ('svg', 'html', 'mmd', 'dot', 'graphml'):\n"
        "    print(f, *[hashlib.sha256(graph(p, f).encode()).hexdigest() for p in plans])"
    )
    seen = set()
    for seed in ("0", "1", "12345"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        seen.add(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)
    assert len(seen) == 1
    assert len(seen.pop().splitlines()) == len(FORMATS) - 1


def test_drawing_imports_nothing_heavy():
    code = (
        "import sys; from tests.view import view_plans as v; from planner.view.graph.formats import graph\n"
        "for f in ('svg', 'html', 'mmd', 'dot', 'graphml'): graph(v.shop(), f)\n"
        "print(*sorted({'networkx', 'numpy', 'rich', 'ortools', 'yaml', 'click', 'resvg_py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
