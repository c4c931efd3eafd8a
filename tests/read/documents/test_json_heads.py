"""JSON that says of itself what no object can be: a fault, whatever the number, and no traceback."""

import pytest

from planner import read
from planner.errors import BadInput

PLACES = {
    "the kind": '{"kind": %s}',
    "the apiVersion": '{"apiVersion": %s, "kind": "Pod"}',
    "the kind of an item": '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": %s}]}',
    "an item": '{"apiVersion": "v1", "kind": "List", "items": [%s]}',
    "the kind after the items": '{"items": [{"metadata": {}}], "kind": %s}',
    "a field of nobody's": '{"metadata": {"name": %s}}',
    "a name": '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": %s}}',
    "all there is": "%s",
}
VALUES = ["1e999", "-1e999", "-0", "1" * 400, "NaN", "Infinity", '"\\ud800"', '["Pod"]', '{"a": 1e999}', "true", "null", '""']


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_what_is_no_text_says_nothing(write, name, place, value):
    with pytest.raises(BadInput) as bad:
        read.read_cluster([write(place % value, name)], [], None)
    assert all(str(one).encode() for one in bad.value.faults)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"kind": 1e999}', "missing: not a Kubernetes object", id="a kind beyond all numbers"),
        pytest.param('{"apiVersion": "v1", "kind": ["Pod"]}', "missing: not a Kubernetes object", id="a kind that is a list"),
        pytest.param('{"a": 1e999}', "missing: not a Kubernetes object", id="no kind, and a number beyond all bounds"),
    ],
)
def test_it_is_said_what_is_missing(write, text, reason):
    with pytest.raises(BadInput) as bad:
        read.read_cluster([write(text, "a.json")], [], None)
    assert reason in bad.value.faults[0].reason
