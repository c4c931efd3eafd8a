"""Rules by which whoever writes a workload lifts himself are said, and reasons for a level that no patch guards."""

from dataclasses import replace

import pytest

from models.frozen_map import EMPTY, FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import LEVEL_LABEL, TENANT_LABEL, Assignment, Claimant, Match, Membership, Trust, TrustPolicy
from planner.settle.disclosures.general import unenforced

POLICY = TrustPolicy("shop", ("high", "mid", "low"))
TIER = LabelSelector(FrozenMap({"tier": "pay"}))
NOBODY = Trust((), (), FrozenMap())


def said(policy: TrustPolicy, cluster: Cluster | None = None, trust: Trust = NOBODY) -> dict[str, str]:
    """Return what is said of who could break a plan, but for what always is."""
    found = unenforced(cluster or Cluster(), policy, trust, (), ())
    return {one.subject: one.message for one in found if one.subject not in ("every ring", "shared residents")}


def rule(level: str, **match: object) -> TrustPolicy:
    return replace(POLICY, assign=(Assignment("low", Match(namespaces=("x",))), Assignment(level, Match(**match))))  # type: ignore[arg-type]


CLAIMED = (Claimant("mid", ("shop",)),)
LIFTING = [
    pytest.param(rule("mid", labels=TIER), True, id="by labels"),
    pytest.param(rule("mid", names=("pay-*",)), True, id="by names"),
    pytest.param(rule("high", kind="Job"), True, id="by its kind, to the most trusted level"),
    pytest.param(rule("mid"), True, id="by nothing"),
    pytest.param(rule("mid", namespaces=("*",), labels=TIER), True, id="by a pattern that all namespaces fit"),
    pytest.param(rule("mid", namespaces=("pay", "**"), labels=TIER), True, id="by such a pattern beside another"),
    pytest.param(rule("mid", namespaces=("pay-*",), labels=TIER), False, id="in namespaces that are named"),
    pytest.param(rule("low", labels=TIER), False, id="to the least trusted level, which is no lift"),
    pytest.param(replace(rule("mid", labels=TIER), claims=CLAIMED), False, id="to a level that is claimed"),
    pytest.param(
        replace(rule("mid", labels=TIER), claims=(*CLAIMED, Claimant("mid", ("*",)))), True, id="to a level that all may claim"
    ),
    pytest.param(replace(rule("high", labels=TIER), claims=CLAIMED), True, id="to another than the one that is claimed"),
]


@pytest.mark.parametrize(("policy", "is_said"), LIFTING)
def test_a_rule_that_lifts_whoever_asks_is_said(policy: TrustPolicy, is_said: bool) -> None:
    found = said(policy)
    assert ("written by whoever writes a workload" in found.get("assign[1]", "")) is is_said
    assert "assign[0]" not in found


def test_levels_that_workloads_gave_themselves_are_counted_but_for_the_least_trusted() -> None:
    groups = {"a": "high", "b": "mid/blue", "c": "mid/red", "d": "low"}
    members = {name: Membership(group, believed=True) for name, group in groups.items()} | {"e": Membership("high")}
    found = said(POLICY, trust=Trust((), (), FrozenMap(members)))
    rest = "no claim in the policy limits who may carry this level"
    assert found == {
        "level high": f"1 workload gave it to itself: {rest}",
        "level mid": f"2 workloads gave it to themselves: {rest}",
    }


OURS = {TENANT_LABEL: "blue"}
PARTED = replace(POLICY, separate_tenants=("mid",), claims=(Claimant("mid", ("blue", "shop")),))
TENANTS = [
    pytest.param(OURS, {}, "mid/blue", "1 workload says so itself (shop)", id="of the pod template says"),
    pytest.param(OURS, {LEVEL_LABEL: "mid"}, "mid/blue", "says so itself", id="says, and its Namespace says the level only"),
    pytest.param(OURS, OURS, "mid/blue", "", id="says, and its Namespace says the same"),
    pytest.param({}, OURS, "mid/blue", "", id="does not say, but its Namespace"),
    pytest.param({}, {}, "mid/blue", "", id="does not say, but a rule"),
    pytest.param(OURS, {}, "low", "", id="says of a level whose tenants are not kept apart"),
]


@pytest.mark.parametrize(("own", "namespace", "group", "message"), TENANTS)
def test_a_tenant_that_a_workload(own: dict[str, str], namespace: dict[str, str], group: str, message: str) -> None:
    web = Workload(WorkloadId("Deployment", "shop", "web"), "apps/v1", Pod("shop", Labels(own)))
    cluster = Cluster(workloads=(web,), namespaces=FrozenMap({"shop": Labels(namespace)}))
    found = said(PARTED, cluster, Trust((), (), FrozenMap({str(web.id): Membership(group, group)})))
    assert message in found.get(f"tenant {group}", "")
    assert (f"tenant {group}" in found) is bool(message)


@pytest.mark.parametrize("place", ["labels", "run_labels"])
def test_a_tenant_is_taken_beside_the_template_too(place: str) -> None:
    work = [
        Workload(WorkloadId("CronJob", space, name), "batch/v1", Pod(space), **{place: Labels(OURS)})  # type: ignore[arg-type]
        for space, name in (("shop", "a"), ("shop", "b"), ("blue", "c"))
    ]
    trust = Trust((), (), FrozenMap({str(one.id): Membership("mid/blue", "mid.blue") for one in work}))
    assert "3 workloads say so themselves (blue, shop)" in said(PARTED, Cluster(workloads=tuple(work)), trust)["tenant mid/blue"]


@pytest.mark.parametrize(
    ("match", "levels", "is_said"),
    [
        pytest.param(Match(names=("b-*",)), ("mid",), True, id="names no namespaces"),
        pytest.param(Match(namespaces=("*",)), ("mid",), True, id="names all namespaces"),
        pytest.param(Match(namespaces=("blue",)), ("mid",), False, id="names namespaces"),
        pytest.param(Match(names=("b-*",)), (), False, id="is of a level whose tenants are not kept apart"),
    ],
)
def test_a_rule_is_said_to_give_a_tenant_where_it(match: Match, levels: tuple[str, ...], is_said: bool) -> None:
    policy = replace(PARTED, separate_tenants=levels, assign=(Assignment("mid", match, "blue"),))
    assert ("can become tenant blue" in said(policy).get("assign[0]", "")) is is_said


@pytest.mark.parametrize(
    ("policy", "is_said"),
    [
        pytest.param(replace(POLICY, untagged="mid"), True, id="lifts them"),
        pytest.param(replace(POLICY, untagged="low"), False, id="is the least trusted"),
        pytest.param(replace(POLICY, untagged="mid", claims=CLAIMED), False, id="is claimed"),
        pytest.param(POLICY, False, id="is none: they are refused"),
    ],
)
def test_a_level_for_the_untagged_is_said_where_it(policy: TrustPolicy, is_said: bool) -> None:
    assert ("untagged" in said(policy)) is is_said


@pytest.mark.parametrize(
    ("match", "is_said"),
    [
        pytest.param(Match("DaemonSet", names=("fluent-bit",)), True, id="by its name alone"),
        pytest.param(Match("DaemonSet", namespaces=("kube-system",)), False, id="in a namespace"),
    ],
)
def test_an_entry_that_lets_whoever_asks_into_every_ring_is_said(match: Match, is_said: bool) -> None:
    assert ("everywhere[0]" in said(replace(POLICY, everywhere=(match,)))) is is_said


@pytest.mark.parametrize(
    ("policy", "images", "evaded"),
    [
        pytest.param(rule("mid", namespaces=("x",), images=("ours/**",)), True, False, id="images that lift"),
        pytest.param(rule("low", images=("docker.io/**",)), True, False, id="all images, and nothing lifts afterwards"),
        pytest.param(replace(rule("low", images=("docker.io/**",)), untagged="mid"), True, True, id="all of them, and a lift"),
        pytest.param(replace(rule("low", any_image=("docker.io/**",)), untagged="mid"), True, False, id="any, and a lift"),
        pytest.param(rule("low", labels=TIER), False, False, id="no images"),
    ],
)
def test_what_is_not_guarded_of_images_is_said(policy: TrustPolicy, images: bool, evaded: bool) -> None:
    found = said(policy)
    assert ("images" in found) is images
    assert ("anyImage asks for one" in found.get("assign[1]", "")) is evaded


@pytest.mark.parametrize(
    ("own", "namespace", "member", "is_said"),
    [
        pytest.param({}, {LEVEL_LABEL: "mid"}, Membership("mid", "mid"), True, id="it says the level alone"),
        pytest.param({LEVEL_LABEL: "mid"}, {LEVEL_LABEL: "mid"}, Membership("mid", "mid"), False, id="the workload says it, too"),
        pytest.param({}, {}, Membership("mid", "mid", rule=0), False, id="a rule says it"),
        pytest.param({}, {LEVEL_LABEL: "mid"}, Membership(everywhere=True, rule=0), False, id="the workload is of no level"),
    ],
)
def test_a_namespace_whose_label_no_patch_guards_is_said_where(
    own: dict[str, str], namespace: dict[str, str], member: Membership, is_said: bool
) -> None:
    web = Workload(WorkloadId("DaemonSet", "shop", "web"), "apps/v1", Pod("shop", Labels(own)), 0)
    cluster = Cluster(workloads=(web,), namespaces=FrozenMap({"shop": Labels(namespace), "other": EMPTY}))
    found = said(POLICY, cluster, Trust((), (), FrozenMap({str(web.id): member})))
    assert ("say the level of 1 workload (shop)" in found.get("Namespaces", "")) is is_said
