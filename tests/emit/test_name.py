import re

import pytest

from planner.emit.name import exactly, file_name, in_comment

FILE_NAMES = [
    ("a name of Kubernetes", "deployment-web.1", "deployment-web.1"),
    ("a parent folder", "..", "-"),
    ("a path", "../etc/passwd", "etc-passwd-"),
    ("upper case", "Web", "web-"),
    ("nothing", "", "-"),
    ("a long name", "x" * 300, "x" * 200 + "-"),
]


@pytest.mark.parametrize(("text", "start"), [row[1:] for row in FILE_NAMES], ids=[row[0] for row in FILE_NAMES])
def test_a_file_name(text, start):
    found = file_name(text)
    assert found.startswith(start) if found != text else found == start
    assert re.fullmatch(r"[a-z0-9.-]{1,210}", found)
    assert found not in (".", "..")


def test_texts_that_look_alike_get_different_names():
    assert len({file_name(text) for text in ("web", "Web", "wEb", "w/eb", "w\neb", "w" * 300, "w" * 301)}) == 7


COMMENTS = [
    ("web", "web"),
    ("a\nb: c", "a b: c"),
    ("a\r\n\tb", "a b"),
    ("a\x1b[31mb", "a [31mb"),
    ("a\u2028b\x85c\ud800", "a b c"),
]


@pytest.mark.parametrize(("text", "line"), COMMENTS)
def test_a_comment_stays_on_its_line(text, line):
    assert in_comment(text) == line


@pytest.mark.parametrize("text", ["web", "web.1", "a-b", r"\.+*?()|[]{}^$"])
def test_an_expression_that_matches_nothing_else(text):
    assert re.fullmatch(exactly(text), text)
    assert not re.fullmatch(exactly(text), text + "x")
    assert not re.fullmatch(exactly(text), text.replace(".", "x")) or "." not in text


def test_a_harmless_name_is_its_own_expression():
    assert exactly("my-web") == "my-web"
