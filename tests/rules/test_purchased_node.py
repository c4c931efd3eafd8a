"""A node that could be bought has what its shape says, its zone, its name, and an instance type."""

import pytest

from models.kubernetes.labels import Labels, Taint
from models.kubernetes.node import NodeShape
from models.kubernetes.resources import Resources
from planner.rules.purchased_node import HOSTNAME, INSTANCE_TYPE, ZONE, examples, numbered

ROOM = Resources({"cpu": 4000, "pods": 10})
SHAPE = NodeShape("small", ROOM, ("a", "b"), 200_000, Labels({"disk": "fast"}), (Taint("spot"),))


def test_there_is_an_example_for_each_zone():
    first, second = examples((SHAPE,))
    assert (first.name, second.name) == ("small@a", "small@b")
    assert first.labels == {"disk": "fast", INSTANCE_TYPE: "small", ZONE: "a", HOSTNAME: "small@a"}
    assert (first.taints, first.allocatable, first.price, first.shape) == (SHAPE.taints, ROOM, 200_000, "small")
    assert not first.unschedulable


def test_a_bought_node_has_a_name_and_a_host_name_of_its_own():
    made = numbered(examples((SHAPE,))[1], 3)
    assert made.name == made.labels[HOSTNAME] == "small@b#3"
    assert made.labels[ZONE] == "b"


@pytest.mark.parametrize(("labels", "kind"), [({}, "small"), ({INSTANCE_TYPE: "Standard_D4s_v5"}, "Standard_D4s_v5")])
def test_the_instance_type_is_the_shapes_name_unless_its_labels_say_another(labels, kind):
    (made,) = examples((NodeShape("small", ROOM, ("a",), 1, Labels(labels)),))
    assert made.labels[INSTANCE_TYPE] == kind
