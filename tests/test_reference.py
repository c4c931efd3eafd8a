"""The reference that is committed is the one that follows from the code."""

from pathlib import Path

import pytest

from docs.generate import pages

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


@pytest.mark.parametrize(("name", "text"), [pytest.param(name, text, id=name) for name, text in pages().items()])
def test_a_page_of_the_reference_is_what_the_code_says(name, text):
    assert (REFERENCE / name).read_text(encoding="utf-8") == text, "`make reference` writes it anew"
