"""Patterns of images, held against a table and against the plain translation that comes back to every star."""

import re
from random import Random

import pytest

from planner.rules.image_pattern import expression

FITS = [
    ("docker.io/**", "docker.io/acme/plugin:1", True),
    ("docker.io/*", "docker.io/acme/plugin:1", False),
    ("docker.io/*/*", "docker.io/acme/plugin:1", True),
    ("**/plugin:*", "docker.io/acme/plugin:1", True),
    ("**/plug?n:*", "docker.io/acme/plugin:1", True),
    ("docker.io/acme/plugin", "docker.io/acme/plugin:1", False),
    ("a**b*c", "ab/bc", True),
    ("a**b*c", "abxb/c", False),
    ("d.cker.io/**", "docker.io/x", False),
    ("", "", True),
]


@pytest.mark.parametrize(("pattern", "image", "fits"), FITS)
def test_a_pattern_fits_or_not(pattern, image, fits):
    assert bool(expression(pattern).fullmatch(image)) is fits


def plainly(pattern):
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(part) or re.escape(part) for part in re.split(r"(\*\*|\*|\?)", pattern)))


def test_it_fits_what_the_plain_translation_fits():
    luck, fitting = Random(1), 0
    for _ in range(5000):
        pattern = "".join(luck.choice(("a", "b", "/", "*", "**", "?")) for _ in range(luck.randint(1, 8)))
        image = "".join(luck.choice("ab/") for _ in range(luck.randint(0, 9)))
        found = bool(expression(pattern).fullmatch(image))
        assert found == bool(plainly(pattern).fullmatch(image)), (pattern, image)
        fitting += found
    assert fitting > 400


@pytest.mark.parametrize("pattern", ["**a" * 20 + "b", "*a" * 20 + "b", "**a*" * 10 + "/b", "?*" * 20 + "b"])
def test_no_number_of_stars_makes_it_endless(pattern):
    """Each of these would outlast the universe by the plain translation."""
    assert not expression(pattern).fullmatch("a" * 3000)
