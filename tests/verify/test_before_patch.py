"""What is cheap to see is seen before anything is patched: members, rings, their nodes, and what is bought."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.trust import Membership
from planner.verify import before_patch
from tests.verify.breaks import both, place
from tests.verify.conftest import MEMBERS, SHARED_RING

API = "Deployment/pay/api"


def member(**fields):
    members = FrozenMap({**MEMBERS, API: replace(MEMBERS[API], **fields)})
    return lambda plan: replace(plan, trust=replace(plan.trust, members=members))


def ring(at, **fields):
    def change(plan):
        rings = tuple(replace(one, **fields) if number == at else one for number, one in enumerate(plan.rings))
        return replace(plan, rings=rings)

    return change


def test_a_plan_that_holds_may_be_patched(plan):
    assert before_patch(plan) == ()


BROKEN = [
    pytest.param(member(ring=SHARED_RING), "membership-ring", id="a workload in another ring"),
    pytest.param(member(group="internal", ring=SHARED_RING), "membership-group", id="a workload in another group"),
    pytest.param(member(everywhere=True), "membership-everywhere", id="a workload that is let in everywhere"),
    pytest.param(ring(1, nodes=("a1", "a2", "b1", "m1")), "node-excluded", id="a node that the policy excludes"),
    pytest.param(ring(1, nodes=("a1", "a2", "b1", "c1")), "node-twice", id="a node in two rings"),
    pytest.param(ring(1, groups=("internal", "restricted")), "ring-mixes", id="a ring of groups that do not trust each other"),
    pytest.param(ring(1, name="no/label"), "ring-name", id="a ring whose name no node can carry"),
]


@pytest.mark.parametrize(("change", "check"), BROKEN)
def test_what_would_be_patched_wrongly_is_an_error(plan, change, check):
    assert check in {one.code for one in before_patch(change(plan))}


def test_who_is_placed_where_is_left_to_verify(plan):
    assert before_patch(both(place(API, {"c1": 2}), place("Deployment/shop/web", {"a1": 2}))(plan)) == ()


def test_a_member_that_is_nobody_is_an_error(plan):
    members = FrozenMap({**MEMBERS, "Deployment/pay/gone": Membership("restricted", "restricted")})
    broken = replace(plan, trust=replace(plan.trust, members=members))
    assert [one.code for one in before_patch(broken)] == ["membership-unknown"]
