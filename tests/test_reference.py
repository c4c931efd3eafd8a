"""The reference that is committed is the one that follows from the code."""

from pathlib import Path

import pytest

from docs.generate import MEANINGS, pages
from docs.messages import alternatives

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


@pytest.fixture(scope="module")
def written():
    return pages()


@pytest.mark.parametrize("name", sorted(MEANINGS["pages"]))
def test_a_page_of_the_reference_is_what_the_code_says(name, written):
    committed = (REFERENCE / f"{name}.md").read_text(encoding="utf-8")
    assert committed == written[f"{name}.md"], "`make reference` writes it anew"


CASES = {
    "one case": (["no node has it"], "no node has it"),
    "the same twice": (["no node has it", "no node has it"], "no node has it"),
    "what all begin with": (
        ["the plan leaves them there: a", "the plan leaves them there: b"],
        "the plan leaves them there: [a] or [b]",
    ),
    "what all end with": (
        ["1 pod has it: look at its label", "… pods have it: look at its label"],
        "[1 pod has] or [… pods have] it: look at its label",
    ),
    "one that goes on": (
        ["nobody knows what is there", "nobody knows what is there or why", "nobody knows what is there or why at all"],
        "nobody knows what is there [nothing more] or [or why] or [the same at all]",
    ),
    "little in common": (["no node has it", "no pod asks"], "no node has it<br>or: no pod asks"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_several_cases_say_alike_is_written_once(case):
    texts, said = CASES[case]
    assert alternatives(texts) == said
