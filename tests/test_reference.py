"""The reference that is committed is the one that follows from the code."""

from pathlib import Path

import pytest

from docs.generate import MEANINGS, pages

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


@pytest.fixture(scope="module")
def written():
    return pages()


@pytest.mark.parametrize("name", sorted(MEANINGS["pages"]))
def test_a_page_of_the_reference_is_what_the_code_says(name, written):
    committed = (REFERENCE / f"{name}.md").read_text(encoding="utf-8")
    assert committed == written[f"{name}.md"], "`make reference` writes it anew"
