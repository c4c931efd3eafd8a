"""The independent reading of the policy: tags, assignments, claims, tenants, patterns, and who trusts whom."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Assignment, Claimant, Group, Match, TrustPolicy
from planner.trust.match import matches as match_trust
from planner.verify.rings.division import trust_each_other
from planner.verify.rings.membership import Belonging, belonging, matches

LEVEL, TENANT = "ringfence.dev/trust-level", "ringfence.dev/tenant"


def made(template: dict[str, str] | None = None, own: dict[str, str] | None = None, kind: str = "Deployment") -> Workload:
    containers = (Container(image="nginx"), Container(image="registry.local:5000/team/app:1"))
    pod = Pod("shop", Labels(template or {}), containers, (Container(image="acme/init"),))
    return Workload(WorkloadId(kind, "shop", "web"), "apps/v1", pod, labels=Labels(own or {}))


MATCHES = [
    ("an empty match is true of all", Match(), True),
    ("the kind", Match("Deployment"), True),
    ("another kind", Match("DaemonSet"), False),
    ("the kind in another API group", Match("Deployment.example.com"), False),
    ("a namespace by its name", Match(namespaces=("pay", "shop")), True),
    ("a namespace by a pattern", Match(namespaces=("sh*",)), True),
    ("other namespaces", Match(namespaces=("pay", "vault-*")), False),
    ("a name by a pattern", Match(names=("db", "w?b")), True),
    ("other names", Match(names=("db",)), False),
    ("an image of one container", Match(any_image=("registry.local:5000/team/*",)), True),
    ("a short image is one of the library", Match(any_image=("docker.io/library/nginx",)), True),
    ("a short image with a folder is one of the default registry", Match(any_image=("docker.io/acme/*",)), True),
    ("init containers count", Match(any_image=("**/init",)), True),
    ("two stars span slashes", Match(any_image=("registry.local:5000/**",)), True),
    ("one star does not", Match(any_image=("registry.local:5000/*",)), False),
    ("a question mark is one letter", Match(any_image=("docker.io/library/ngin?",)), True),
    ("a dot is a dot", Match(any_image=("dockerXio/library/nginx",)), False),
    ("other images", Match(any_image=("quay.io/**",)), False),
    ("all images by one pattern", Match(images=("**",)), True),
    ("all images by several", Match(images=("docker.io/**", "registry.local:5000/**")), True),
    ("the image of a container alone", Match(images=("registry.local:5000/**", "docker.io/acme/*")), False),
    ("all images but that of an init container", Match(images=("registry.local:5000/**", "docker.io/library/*")), False),
    ("all images, and one of them", Match(images=("**",), any_image=("docker.io/acme/*",)), True),
    ("all images, and another", Match(images=("**",), any_image=("quay.io/**",)), False),
    ("labels of the pod template", Match(labels=LabelSelector(Labels({"app": "web"}))), True),
    ("other labels", Match(labels=LabelSelector(Labels({"app": "db"}))), False),
    ("all that is given must be true", Match("Deployment", ("shop",), ("db",)), False),
]


GROUPS = [
    ("the kind alone", Match("Deployment"), True),
    ("kind and group", Match("Deployment.example.com"), True),
    ("another group", Match("Deployment.example.org"), False),
]


@pytest.mark.parametrize(("match", "expected"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS])
def test_a_match_of_a_custom_resource(match: Match, expected: bool) -> None:
    custom = replace(made(), id=WorkloadId("Deployment", "shop", "web", "example.com"))
    assert matches(match, custom) is match_trust(match, custom) is expected


@pytest.mark.parametrize(("match", "expected"), [row[1:] for row in MATCHES], ids=[row[0] for row in MATCHES])
def test_a_match(match: Match, expected: bool) -> None:
    assert matches(match, made({"app": "web"})) is match_trust(match, made({"app": "web"})) is expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param(Match(images=("docker.io/**", "registry.local:5000/**")), False, id="all images but that of a volume"),
        pytest.param(Match(images=("docker.io/**", "registry.local:5000/**", "quay.io/*")), True, id="that of a volume, too"),
        pytest.param(Match(any_image=("quay.io/*",)), True, id="that of a volume alone"),
    ],
)
def test_images_that_no_container_is_started_from_count(match: Match, expected: bool) -> None:
    workload = made()
    workload = replace(workload, template=replace(workload.template, other_images=("quay.io/files:1",)))
    assert matches(match, workload) is match_trust(match, workload) is expected


HUB = "docker.io/**"
REGISTRIES = [
    pytest.param("localhost/app", "localhost/*", True, id="localhost is one"),
    pytest.param("localhost/app", HUB, False, id="localhost is another"),
    pytest.param("index.docker.io/evil/x", HUB, True, id="the old name of the default one"),
    pytest.param("registry-1.docker.io/evil/x", HUB, True, id="the host of the default one"),
    pytest.param("registry.hub.docker.com/evil/x", HUB, True, id="a third name of the default one"),
    pytest.param("docker.io:443/evil/x:1", HUB, True, id="the default one with its port"),
    pytest.param("index.docker.io:443/evil/x", HUB, True, id="an old name with its port"),
    pytest.param("Docker.IO/evil/x", HUB, True, id="the default one in capitals"),
    pytest.param("docker.io:80/evil/x", HUB, False, id="another port is another"),
    pytest.param("docker.io.evil.example/x", HUB, False, id="a host that begins alike is another"),
    pytest.param("EVIL/x", HUB, False, id="what has capitals is a host, and no folder"),
    pytest.param("index.docker.io/nginx:1", "docker.io/library/nginx:*", True, id="a short name with an old host"),
    pytest.param("docker.io/nginx", "docker.io/library/*", True, id="a short name with the host"),
    pytest.param("docker.io/nginx", "docker.io/nginx", True, id="as it is written"),
    pytest.param("index.docker.io/acme/x", "index.docker.io/**", True, id="an old name as it is written"),
    pytest.param("quay.io:443/team/app", "quay.io/team/*", True, id="any with the port of https"),
    pytest.param("quay.io:443/team/app", "quay.io:443/**", True, id="a port as it is written"),
    pytest.param("QUAY.io/team/app", "quay.io/**", True, id="any in capitals"),
    pytest.param("quay.io/team/App", "quay.io/team/app", False, id="capitals elsewhere"),
]


@pytest.mark.parametrize(("image", "pattern", "expected"), REGISTRIES)
def test_a_registry_by_any_of_its_names(image: str, pattern: str, expected: bool) -> None:
    workload = Workload(WorkloadId("Deployment", "shop", "web"), "apps/v1", Pod(containers=(Container(image=image),)))
    for match in (Match(images=(pattern,)), Match(any_image=(pattern,))):
        assert matches(match, workload) is match_trust(match, workload) is expected


POLICY = TrustPolicy(
    "p",
    ("high", "low"),
    claims=(Claimant("high", ("vault", "sh*")),),
    assign=(
        Assignment("low", Match(names=("other",)), "nobody"),
        Assignment("high", Match(namespaces=("shop",)), "wrong-level"),
        Assignment("low", Match(namespaces=("shop",)), "shops"),
    ),
    separate_tenants=("low",),
    everywhere=(Match("DaemonSet", ("kube-system",)), Match(namespaces=("shop",))),
)
HIGH, LOW = Belonging(Group("high")), Group("low", "a")
BELONGINGS = [
    ("the template's tag", made({LEVEL: "high"}), HIGH),
    ("the workload's tag", made(own={LEVEL: "high"}), HIGH),
    ("tags that agree", made({LEVEL: "high"}, {LEVEL: "high"}), HIGH),
    ("no tag: the first rule that matches", made(), replace(HIGH, rule=1)),
    ("a level that nobody claims is believed", made({LEVEL: "low", TENANT: "a"}), Belonging(LOW, believed=True)),
    ("a tenant on the workload", made({LEVEL: "low"}, {TENANT: "a"}), Belonging(LOW, believed=True)),
    (
        "no tenant: that of a matching rule of the level",
        made({LEVEL: "low"}),
        Belonging(Group("low", "shops"), believed=True),
    ),
    (
        "a tag on a CronJob's job template",
        replace(made(), run_labels=Labels({LEVEL: "low", TENANT: "a"})),
        Belonging(LOW, believed=True),
    ),
    ("a DaemonSet that one of the matches means", made(kind="DaemonSet"), Belonging(everywhere=True, rule=1)),
]


@pytest.mark.parametrize(("workload", "expected"), [row[1:] for row in BELONGINGS], ids=[row[0] for row in BELONGINGS])
def test_where_a_workload_belongs(workload: Workload, expected: Belonging) -> None:
    assert belonging(workload, POLICY, Cluster()) == expected


@pytest.mark.parametrize(
    ("workload", "check"),
    [
        pytest.param(made({LEVEL: "low"}, kind="DaemonSet"), "everywhere-tagged", id="a resident with a level on the template"),
        pytest.param(made(own={LEVEL: "high"}, kind="DaemonSet"), "everywhere-tagged", id="the same on the DaemonSet"),
        pytest.param(replace(made(), id=WorkloadId("Deployment", "vaults", "web")), "level-not-claimed", id="a rule lifts it"),
    ],
)
def test_what_the_policy_contradicts(workload: Workload, check: str) -> None:
    policy = replace(POLICY, assign=(Assignment("high"),))
    found = belonging(workload, policy, Cluster())
    assert found.fault is not None
    assert found.fault[0] == check


def test_what_a_level_for_all_lifts_is_claimed_too() -> None:
    elsewhere = replace(made(), id=WorkloadId("Deployment", "other", "web"))
    assert (belonging(elsewhere, replace(POLICY, assign=(), untagged="high"), Cluster()).fault or ("",))[0] == "level-not-claimed"


def test_a_resident_of_every_ring_may_be_in_a_namespace_that_says_a_level() -> None:
    cluster = Cluster(namespaces=FrozenMap({"shop": Labels({LEVEL: "low"})}))
    assert belonging(made(kind="DaemonSet"), POLICY, cluster) == Belonging(everywhere=True, rule=1)


def test_the_namespace_says_what_template_and_workload_do_not() -> None:
    cluster = Cluster(namespaces=FrozenMap({"shop": Labels({LEVEL: "low", TENANT: "a"})}))
    assert belonging(made(), POLICY, cluster) == Belonging(LOW, believed=True)
    assert (belonging(made({TENANT: "b"}), POLICY, cluster).fault or ("",))[0] == "tags-disagree"


SHARES = [
    ("level and level", ("a", "b"), Group("a"), Group("b"), True),
    ("the other way round", ("b", "a"), Group("a"), Group("b"), True),
    ("a level means all its tenants", ("a", "b"), Group("a", "x"), Group("b"), True),
    ("a group by its full name", ("a/x", "b"), Group("a", "x"), Group("b"), True),
    ("another tenant", ("a/x", "b"), Group("a", "y"), Group("b"), False),
    ("a third level", ("a", "b"), Group("a"), Group("c"), False),
    ("any two of three", ("a", "b", "c"), Group("c"), Group("a"), True),
    ("tenants of one level do not share for sharing with others", ("a", "b"), Group("a", "x"), Group("a", "y"), False),
    ("unless the level is named twice", ("a", "a"), Group("a", "x"), Group("a", "y"), True),
]


@pytest.mark.parametrize(("names", "one", "other", "expected"), [row[1:] for row in SHARES], ids=[row[0] for row in SHARES])
def test_who_trusts_whom(names: tuple[str, ...], one: Group, other: Group, expected: bool) -> None:
    policy = TrustPolicy("p", ("a", "b", "c"), may_share=(names,))
    assert trust_each_other(one, other, policy) is expected
    assert not trust_each_other(one, other, TrustPolicy("p", ("a", "b", "c")))
