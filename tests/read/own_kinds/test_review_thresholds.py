"""What a policy may say of how full a ring may be, and what it is told otherwise."""

import pytest

from tests.read.own_kinds.policies import TWO_LEVELS, faults, read

ROWS = [
    ("nothing", "", {}, {}),
    ("nothing, spelled out", "  review: {}\n", {}, {}),
    (
        "shares of resources",
        "  review: {maxRequested: {cpu: 85%, memory: 100%, pods: 1%, nvidia.com/gpu: 90%}}\n",
        {"cpu": "85%", "memory": "100%", "pods": "1%", "nvidia.com/gpu": "90%"},
        {},
    ),
    ("room for pods", "  review: {minFreePods: {medium: 10, extra large: 1}}\n", {}, {"medium": 10, "extra large": 1}),
]


@pytest.mark.parametrize(("text", "shares", "pods"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_rings_may_be_held_against(tmp_path, text, shares, pods) -> None:
    known = read(tmp_path, TWO_LEVELS + text).review
    assert (dict(known.max_requested), dict(known.min_free_pods)) == (shares, pods)


UNKNOWN = "is no resource that a container can ask for"
REFUSED = [
    ("a share without a per cent", "maxRequested: {cpu: '85'}", "maxRequested.cpu", "'85' is no share"),
    ("a number", "maxRequested: {cpu: 85}", "maxRequested.cpu", "must be a string, not 85"),
    ("no share at all", "maxRequested: {cpu: 0%}", "maxRequested.cpu", "'0%' is no share"),
    ("more than all", "maxRequested: {cpu: 101%}", "maxRequested.cpu", "'101%' is no share"),
    ("part of a per cent", "maxRequested: {cpu: 8.5%}", "maxRequested.cpu", "'8.5%' is no share"),
    ("a resource that there is not", "maxRequested: {memroy: 85%}", "maxRequested.memroy", UNKNOWN),
    ("a list", "maxRequested: [cpu]", "maxRequested", "must be a map, not a list"),
    ("a size that there is not", "minFreePods: {tiny: 3}", "minFreePods.tiny", "no standard pod is called 'tiny'"),
    ("no pods", "minFreePods: {small: 0}", "minFreePods.small", "0 pods always fit"),
    ("half a pod", "minFreePods: {small: 1.5}", "minFreePods.small", "must be a whole number, not 1.5"),
    ("another threshold", "maxUsed: {cpu: 85%}", "maxUsed", "unknown field"),
]


@pytest.mark.parametrize(("text", "field", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(tmp_path, text, field, reason) -> None:
    (fault,) = faults(tmp_path, f"{TWO_LEVELS}  review:\n    {text}\n")
    assert (fault.where.line, fault.field, fault.reason) == (7, f"spec.review.{field}", reason)
