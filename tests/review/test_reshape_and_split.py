"""Other machines, and groups that cease to share: each is the plan that ringfence makes of the input changed by hand."""

import pytest

from models.kubernetes.cluster import placeless
from planner import pipeline
from planner.errors import BadInput
from planner.review.report import outcomes
from planner.review.tuning import REVIEWING
from planner.review.what_if.reshape import parsed_reshape
from planner.review.what_if.scenario import changed_plan, scenario
from planner.review.what_if.sharing import parsed_split
from tests.review.test_what_if import told
from tests.shop_that_buys import Document, node, quiet, shape, workload, write

TYPE, ARCH, DISK = "node.kubernetes.io/instance-type", "kubernetes.io/arch", "shop.example/disk"


def typed(name: str, kind: str, cpu: str, arch: str = "amd64", price: str = "", **labels: str) -> Document:
    there = node(name, cpu, price=price)
    there["metadata"]["labels"] |= {TYPE: kind, **({ARCH: arch} if arch else {}), **labels}
    return there


def both(tmp_path, work, inventory, changed, change, **policy):
    """Plan the inputs, then what a change makes of them and what they are when they are changed by hand."""
    plan = pipeline.plan(write(tmp_path, work, inventory), quiet, **policy)
    (tmp_path / "changed").mkdir()
    made = pipeline.plan(write(tmp_path / "changed", work, changed), quiet, **policy)
    return plan, changed_plan(plan, change, quiet), made


WORK = [workload("api", "restricted", "1", 3), workload("plugin", "untrusted", "1", 2)]


@pytest.mark.parametrize("exact", [True, False], ids=["as a packing", "kept"])
@pytest.mark.parametrize(
    ("inventory", "changed"),
    [
        pytest.param(
            [typed("n-1", "small", "2"), typed("n-2", "small", "2"), typed("n-3", "big", "8")],
            [typed("n-1", "big", "8"), typed("n-2", "big", "8"), typed("n-3", "big", "8")],
            id="as a node that runs",
        ),
        pytest.param(
            [typed("n-1", "small", "2"), typed("n-2", "small", "4"), typed("n-3", "big", "8", "arm64"), typed("n-4", "big", "7")],
            [typed("n-1", "big", "7"), typed("n-2", "big", "7"), typed("n-3", "big", "8", "arm64"), typed("n-4", "big", "7")],
            id="as the smallest of those that run",
        ),
        pytest.param(
            [typed("n-1", "small", "2", **{DISK: "fast"}), typed("n-2", "small", "4"), shape("big", "8", 0.5)],
            [
                typed("n-1", "big", "8", "", "0.5", **{DISK: "fast"}),
                typed("n-2", "big", "8", "", "0.5"),
                shape("big", "8", 0.5),
            ],
            id="as an offer, which does not say for which processors, and what other labels say stays",
        ),
    ],
)
def test_other_machines_are_a_full_plan_of_the_changed_nodes(tmp_path, inventory, changed, exact):
    plan, asked, made = both(tmp_path, WORK, inventory, changed, parsed_reshape("small=big"), exact=exact)
    assert told(asked) == told(made)
    assert placeless(asked.cluster).nodes == placeless(made.cluster).nodes
    assert scenario("x", plan, asked, REVIEWING) == scenario("x", plan, made, REVIEWING)


@pytest.mark.parametrize("known", [True, False], ids=["offered beside it", "not offered"])
def test_what_is_bought_is_bought_of_the_other_type(tmp_path, known):
    big = shape("big", "8", 0.5) if known else typed("n-1", "big", "8", price="0.5")
    small = shape("small", "4", 0.2, labels={TYPE: "small"})
    changed = [big] if known else [shape("small", "8", 0.5, labels={TYPE: "big", ARCH: "amd64"}), big]
    _, asked, made = both(tmp_path, WORK, [small, big], changed, parsed_reshape("small=big"), exact=True)
    assert told(asked) == told(made)
    assert {bought.shape for ring in asked.rings for bought in ring.buy} == {"big" if known else "small"}


@pytest.mark.parametrize(
    ("option", "policy", "changed"),
    [
        pytest.param("b,c", [["a", "b", "c"]], [["a", "b"], ["a", "c"]], id="two of three are kept apart"),
        pytest.param("a", [["a", "b", "c"]], [["b", "c"]], id="one shares with nobody"),
        pytest.param("a,b,c", [["a", "b", "c"]], [], id="all are kept apart"),
        pytest.param("a, b", [["a", "b"], ["b", "c"]], [["b", "c"]], id="what else is shared stays"),
    ],
)
def test_groups_that_cease_to_share_are_a_full_plan_of_the_changed_policy(tmp_path, option, policy, changed):
    work = [workload(level, level, "1", 1) for level in "abc"]
    inventory, levels = [node(f"n-{n}") for n in range(3)], ["a", "b", "c"]
    plan = pipeline.plan(write(tmp_path, work, inventory, levels=levels, mayShare=policy), quiet, exact=True)
    (tmp_path / "changed").mkdir()
    inputs = write(tmp_path / "changed", work, inventory, levels=levels, mayShare=changed)
    asked, made = changed_plan(plan, parsed_split(option), quiet), pipeline.plan(inputs, quiet, exact=True)
    assert told(asked) == told(made)
    assert asked.trust == made.trust


def test_tenants_that_cease_to_share_are_a_full_plan_of_the_changed_policy(tmp_path):
    work = [workload(name, "untrusted", "1", 1) for name in ("red", "blue")]
    for each in work:
        each["spec"]["template"]["metadata"]["labels"]["ringfence.dev/tenant"] = each["metadata"]["name"]
    inventory = [node("n-1"), node("n-2")]
    plan = pipeline.plan(write(tmp_path, work, inventory), quiet, exact=True)
    (tmp_path / "changed").mkdir()
    inputs = write(tmp_path / "changed", work, inventory, separateTenants=["untrusted"])
    asked, made = changed_plan(plan, parsed_split("tenants=untrusted"), quiet), pipeline.plan(inputs, quiet, exact=True)
    assert told(asked) == told(made)
    assert [ring.name for ring in asked.rings] == ["untrusted.blue", "untrusted.red"]


def test_what_it_costs_is_said_beside(tmp_path):
    work = [workload("api", "restricted", "2", 1), workload("plugin", "untrusted", "2", 1)]
    inventory = [typed("n-1", "small", "4"), typed("n-2", "small", "4"), typed("n-3", "big", "8")]
    share = {"mayShare": [["restricted", "untrusted"]]}
    plan = pipeline.plan(write(tmp_path, work, inventory, **share), quiet, exact=True)
    asked = {"split": ["restricted,untrusted"], "reshape": ["big=small"]}
    apart, smaller = pipeline.review(plan, quiet, quick=True, **asked).scenarios
    assert apart.change == "restricted and untrusted may not share"
    assert outcomes.help_or_saving(apart) == "By packing 2 nodes are needed, 1 node before."
    assert smaller.change == "small in place of big"
    assert outcomes.help_or_saving(smaller) == "Nothing is saved: by packing 1 node is needed, as before."


@pytest.mark.parametrize(
    ("parse", "text", "says"),
    [
        pytest.param(parsed_reshape, "small", "write m5.2xlarge=m6g.4xlarge", id="one type"),
        pytest.param(parsed_reshape, "small=", "names no two instance types", id="no new type"),
        pytest.param(parsed_reshape, "small=small", "names no two instance types", id="the same type"),
        pytest.param(parsed_split, ",", "names no trust group", id="no group"),
        pytest.param(parsed_split, "tenants=", "names no trust group", id="tenants of nobody"),
    ],
)
def test_what_is_no_change_is_refused(parse, text, says):
    with pytest.raises(ValueError, match=says):
        parse(text)


RED = {"assign": [{"level": "untrusted", "tenant": "red", "match": {"names": ["plugin"]}}]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(parsed_reshape("small=huge"), "no node and no NodeShape of the plan is of type 'huge'", id="no such shape"),
        pytest.param(parsed_reshape("tiny=big"), "is of type 'tiny'; name two of big, small", id="no such nodes"),
        pytest.param(parsed_reshape("small=big"), "big has no price, and small has", id="costs that cannot be compared"),
        pytest.param(parsed_split("nobody"), "no level or trust group is called 'nobody'", id="no such group"),
        pytest.param(parsed_split("restricted,untrusted"), "may not share already", id="groups that do not share"),
        pytest.param(parsed_split("restricted"), "restricted shares with nobody already", id="a group that is alone"),
        pytest.param(parsed_split("tenants=nobody"), "no level is called 'nobody'", id="tenants of no level"),
        pytest.param(parsed_split("tenants=untrusted"), "already; leave it out", id="tenants that are kept apart"),
    ],
)
def test_what_the_plan_does_not_have_is_bad_input(tmp_path, change, says):
    inventory = [typed("n-1", "small", "4", price="0.2"), typed("n-2", "small", "4"), typed("n-3", "big", "8")]
    plan = pipeline.plan(write(tmp_path, WORK, inventory, separateTenants=["untrusted"], **RED), quiet, exact=True)
    with pytest.raises(BadInput, match=says):
        changed_plan(plan, change, quiet)
