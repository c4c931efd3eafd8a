"""The picture of what is within reach: a row for each node, today beside the plan, and nothing in it that a name could break."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from planner.check.output.svg import write
from planner.check.report import Blast, Report
from tests.check.samples import NASTY
from tests.conftest import ROOT

LEVELS = {"restricted": 0, "internal": 1}
BROWNFIELD = ROOT / "samples" / "brownfield" / "expected" / "plan.yaml"


def blast(node, planned=False, rings=("restricted",), nodes=0, through=""):
    return Blast(node, planned, 4, rings, 2, 1, nodes, through)


def drawn(*blasts, levels=LEVELS):
    """Return the texts of a picture, and its colours by row."""
    text = write(Report((), blast=blasts, levels=levels))
    tree = ElementTree.fromstring(text)  # noqa: S314  it is our own
    return ["".join(element.itertext()) for element in tree.iter("{http://www.w3.org/2000/svg}text")], text


def test_a_row_says_today_and_as_planned():
    words, _ = drawn(blast("n1", rings=("internal", "restricted"), nodes=7, through="shop/agent"), blast("n1", planned=True))
    assert [word for word in words if word in ("Today", "As planned", "n1", "7", "ring restricted")] == [
        *("ring restricted", "Today", "As planned", "n1", "7")
    ]
    assert "shop/agent, on 1 node today and 0 nodes as planned" in words
    assert any(
        word.startswith("Today: 1 of 1 node reaches more than one ring, and 1 of 1 node reaches other nodes.") for word in words
    )


def test_each_ring_has_a_place_that_is_filled_where_it_is_within_reach():
    _, text = drawn(blast("n1", rings=("restricted",)), blast("n2", rings=("internal", "restricted")))
    rows = re.findall(r"<g><title>(n\d):.*?</g>", text)
    cells = [re.findall(r'<rect class="(L0|L1|rail)"', row) for row in re.findall(r"<g><title>n\d:.*?</g>", text)]
    assert dict(zip(rows, cells, strict=True)) == {"n1": ["L0", "rail"], "n2": ["L0", "L1"]}


@pytest.mark.parametrize(
    ("blasts", "said"),
    [
        pytest.param((), "Nobody told what runs where", id="nothing is known"),
        pytest.param((blast("n1"),), "Today: none of 1 node reaches more than one ring", id="today alone"),
        pytest.param((blast("n1", planned=True),), "As planned: none of 1 node reaches", id="a plan alone"),
        pytest.param((blast("n1"), blast("n2", planned=True)), "runs nothing", id="nodes of one side each"),
        pytest.param(tuple(blast(f"n{number}") for number in range(70)), "and 10 more, none of them worse", id="many nodes"),
        pytest.param((blast("n1", nodes=2, through=NASTY),), "What leads from one node", id="a hostile account"),
        pytest.param((blast(NASTY),), "node", id="a hostile name"),
    ],
)
def test_a_picture_is_xml_whatever_it_shows(blasts, said):
    words, _ = drawn(*blasts)
    assert any(said in word for word in words), words


def test_without_rings_it_shows_how_many_workloads():
    words, text = drawn(blast("n1", rings=()), levels={})
    assert "workloads within reach" in words
    assert any(word.startswith("Today: none of 1 node reaches other nodes.") for word in words)
    assert 'class="fixed"' in text


def test_a_hundred_rings_keep_to_their_column():
    levels = {f"tenant-{number}": 0 for number in range(100)}
    words, _ = drawn(blast("n1", rings=tuple(levels)), levels=levels)
    assert "and 88 more rings" in words


def test_the_command_draws_it_and_needs_the_blast_radius(ringfence, tmp_path):
    asked = ("check", "--plan", BROWNFIELD, "--fail-on", "never", "-O", f"svg={tmp_path / 'blast.svg'}")
    assert ringfence(*asked).returncode == 2
    assert ringfence(*asked, "--blast-radius").returncode == 0
    assert (tmp_path / "blast.svg").read_text() == ringfence(*asked[:-1], "svg", "--blast-radius").stdout
