"""A workload that says another level since the plan was made fails the build: real builds, before and after the change."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector, Requirement
from models.solver.outcome import FEASIBLE
from models.trust import Assignment, Match, PolicyLabels, TrustPolicy
from planner.emit.patch import patches
from planner.trust import trust
from tests.emit.emit_plans import LABEL, TAINT, Document, lay_out, manifest
from tests.read.cluster_reader import cluster_of, cluster_of_manifests

pytestmark = pytest.mark.kubectl

LEVEL, TENANT = "ringfence.dev/trust-level", "ringfence.dev/tenant"
POLICY = TrustPolicy("shop", ("restricted", "internal", "untrusted"))
BY_RULE = replace(POLICY, assign=(Assignment("internal"),))
TEMPLATE, JOB = ("spec", "template", "metadata"), ("spec", "jobTemplate", "metadata")
OWN = ("metadata",)
Change = Callable[[Document], None]


def tagged(place: tuple[str, ...], kind: str = "Deployment") -> Document:
    """Write a workload with a level at one place."""
    document = manifest(kind)
    put(place, {LEVEL: "internal"})(document)
    return document


def put(place: tuple[str, ...], labels: dict[str, str | None]) -> Change:
    """Add labels at a place, with all the maps that it takes; None takes one away."""

    def change(document: Document) -> None:
        for step in (*place, "labels"):
            document = document.setdefault(step, {})
        document.update({key: value for key, value in labels.items() if value is not None})
        for key, value in labels.items():
            if value is None:
                del document[key]

    return change


def labelled(document: Document) -> Document:
    """Give a workload a label that is no tag."""
    put(OWN, {"team": "a"})(document)
    return document


def plan_of(policy: TrustPolicy, *documents: Document) -> IsolationPlan:
    """Plan documents as far as patches need it: read them, and give each its ring."""
    told = [one for one in documents if one["kind"] == "Namespace"]
    manifests = [json.dumps(one) for one in documents if one not in told]
    cluster = cluster_of_manifests(*manifests, nodes="\n---\n".join(map(json.dumps, [*told, *json_nodes()])), policy=policy)
    return IsolationPlan("shop", FEASIBLE, policy, cluster, trust(policy, cluster))


def json_nodes() -> list[Document]:
    return [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": 1, "pods": 9}}}]


@pytest.fixture
def outcome(kubectl, tmp_path):
    """Build a base with the patches that were made of a plan of it, after a change; return what kubectl says against it."""

    def run(policy: TrustPolicy, before: Document, change: Change, *beside: Document) -> str:
        made = patches(plan_of(policy, before, *beside))
        after = copy.deepcopy(before)
        change(after)
        done = kubectl("kustomize", lay_out(tmp_path, [after], made))
        return done.stderr if done.returncode else ""

    return run


def untouched(document: Document) -> None:
    """Change nothing."""


def bare(kind: str = "Deployment", **template: Any) -> Document:
    """Write a workload of which a rule says the level, with this for the metadata of its template, or none."""
    document = manifest(kind)
    document["spec"]["template"].pop("metadata", None)
    if template:
        document["spec"]["template"] |= template
    if kind == "Deployment":
        document["spec"]["selector"] = {"matchLabels": {"app": "web"}}
        document["spec"]["template"] |= {"metadata": {"labels": {"app": "web"}}}
    return document


SAME = [
    pytest.param(POLICY, tagged(TEMPLATE), id="a tag on the template"),
    pytest.param(POLICY, tagged(OWN), id="a tag on the Deployment"),
    pytest.param(POLICY, tagged(JOB, "CronJob"), id="a tag on the job template of a CronJob"),
    pytest.param(POLICY, tagged(OWN, "Pod"), id="a tag on a bare Pod"),
    pytest.param(BY_RULE, bare(), id="no labels but those of the template"),
    pytest.param(BY_RULE, bare("Job"), id="a template without metadata"),
    pytest.param(BY_RULE, bare("Job", metadata=None), id="a template whose metadata is null"),
    pytest.param(BY_RULE, bare("Job", metadata={}), id="a template with empty metadata"),
    pytest.param(BY_RULE, bare("Job", metadata={"creationTimestamp": None}), id="a template as kubectl create writes it"),
    pytest.param(BY_RULE, bare("Job", metadata={"labels": {}}), id="a template with empty labels"),
    pytest.param(BY_RULE, bare("Job", metadata={"labels": None}), id="a template whose labels are null"),
    pytest.param(BY_RULE, {**bare(), "metadata": {"name": "web", "namespace": "shop", "labels": {}}}, id="empty labels"),
    pytest.param(BY_RULE, manifest("CronJob"), id="a CronJob without any metadata inside"),
    pytest.param(BY_RULE, manifest("Pod"), id="a bare Pod without labels"),
]


@pytest.mark.parametrize(("policy", "document"), SAME)
def test_what_is_as_it_was_builds(outcome, policy, document):
    assert outcome(policy, document, untouched) == ""


def stored(kind: str, own: Document, template: Document, **job: Document) -> Document:
    """Write a workload as an API server tells it, with these labels of its own and of its template."""
    document = bare(kind, metadata={"creationTimestamp": None, "labels": template} if template else {"creationTimestamp": None})
    if kind == "CronJob":
        document["spec"]["jobTemplate"]["metadata"] = {"creationTimestamp": None}
    document["metadata"] |= {"uid": "u", "labels": own}
    return document


TAG = {LEVEL: "internal"}
BY_THE_JOB = {"job-name": "web", "batch.kubernetes.io/job-name": "web", "controller-uid": "u"}


@pytest.mark.parametrize(
    ("policy", "told", "written"),
    [
        pytest.param(
            POLICY, stored("Job", TAG, TAG), bare("Job", metadata={"labels": TAG}), id="a Job has its template's labels"
        ),
        pytest.param(BY_RULE, stored("Job", BY_THE_JOB, BY_THE_JOB), bare("Job"), id="a Job's name is put into its template"),
        pytest.param(BY_RULE, stored("Deployment", {"by": "argo"}, {"app": "web"}), bare(), id="a label that somebody adds"),
    ],
)
def test_what_a_cluster_adds_is_asked_of_no_manifest(kubectl, tmp_path, policy, told, written):
    cluster = cluster_of(json.dumps(told), policy=policy, nodes=json.dumps(json_nodes()[0]))
    made = IsolationPlan("shop", FEASIBLE, policy, cluster, trust(policy, cluster))
    done = kubectl("kustomize", lay_out(tmp_path, [written], patches(made)))
    assert done.returncode == 0, done.stderr


CHANGED = [
    pytest.param(POLICY, tagged(TEMPLATE), put(TEMPLATE, {LEVEL: "untrusted"}), id="another level on the template"),
    pytest.param(POLICY, tagged(TEMPLATE), put(TEMPLATE, {LEVEL: None}), id="the tag of the template taken away"),
    pytest.param(POLICY, labelled(tagged(TEMPLATE)), put(OWN, {LEVEL: "untrusted"}), id="another one on the Deployment"),
    pytest.param(POLICY, tagged(OWN), put(OWN, {LEVEL: "untrusted"}), id="another level on the Deployment"),
    pytest.param(POLICY, tagged(OWN), put(OWN, {LEVEL: None}), id="the tag of the Deployment taken away"),
    pytest.param(POLICY, tagged(OWN), put(TEMPLATE, {LEVEL: "untrusted"}), id="another level on its template"),
    pytest.param(POLICY, tagged(JOB, "CronJob"), put(JOB, {LEVEL: "untrusted"}), id="another level on the job template"),
    pytest.param(POLICY, tagged(OWN, "Pod"), put(OWN, {LEVEL: "untrusted"}), id="another level on a bare Pod"),
    pytest.param(BY_RULE, bare(), put(TEMPLATE, {LEVEL: "untrusted"}), id="a tag beside other labels of the template"),
    pytest.param(BY_RULE, bare(), put(OWN, {LEVEL: "untrusted"}), id="a tag where the Deployment had no labels"),
    pytest.param(BY_RULE, bare("Job"), put(TEMPLATE, {LEVEL: "untrusted"}), id="a tag where the template had no metadata"),
    pytest.param(BY_RULE, bare("Job", metadata={}), put(TEMPLATE, {LEVEL: "untrusted"}), id="a tag where there were no labels"),
    pytest.param(
        BY_RULE, bare("Job", metadata={"labels": {}}), put(TEMPLATE, {LEVEL: "untrusted"}), id="a tag where labels were empty"
    ),
    pytest.param(BY_RULE, manifest("CronJob"), put(JOB, {LEVEL: "untrusted"}), id="a tag where the job template had no metadata"),
    pytest.param(BY_RULE, manifest("Pod"), put(OWN, {LEVEL: "untrusted"}), id="a tag on a bare Pod that had no labels"),
]


@pytest.mark.parametrize(("policy", "document", "change"), CHANGED)
def test_what_was_tagged_anew_does_not_build(outcome, policy, document, change):
    assert "test" in outcome(policy, document, change)


def test_a_first_label_that_is_no_tag_may_come_where_the_template_says_the_level(outcome):
    assert outcome(POLICY, tagged(TEMPLATE), put(OWN, {"team": "a"})) == ""
    assert outcome(BY_RULE, labelled(bare()), put(OWN, {"team": "b", "app": "web"})) == ""


def test_a_level_of_the_namespace_is_guarded_by_the_absence_of_tags(outcome):
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {LEVEL: "internal"}}}
    assert outcome(POLICY, bare(), untouched, space) == ""
    assert "test" in outcome(POLICY, bare(), put(TEMPLATE, {LEVEL: "untrusted"}), space)


def test_keys_with_tildes_and_slashes_are_found(outcome):
    policy = replace(POLICY, labels=PolicyLabels("a.b/c_d", TENANT))
    document = manifest()
    put(TEMPLATE, {"a.b/c_d": "internal"})(document)
    assert outcome(policy, document, untouched) == ""
    assert "a.b~1c_d" in outcome(policy, document, put(TEMPLATE, {"a.b/c_d": "untrusted"}))


@pytest.mark.parametrize(
    ("policy", "fails"),
    [
        pytest.param(replace(POLICY, separate_tenants=("internal",)), True, id="tenants that are kept apart"),
        pytest.param(POLICY, False, id="tenants that are not"),
    ],
)
def test_a_tenant_is_guarded_where_it_matters(outcome, policy, fails):
    document = labelled(tagged(TEMPLATE))
    put(TEMPLATE, {TENANT: "blue"})(document)
    assert outcome(policy, document, untouched) == ""
    assert bool(outcome(policy, document, put(TEMPLATE, {TENANT: "red"}))) is fails
    assert bool(outcome(policy, document, put(OWN, {TENANT: "red"}))) is fails


BY_LABEL = LabelSelector(FrozenMap({"tier": "pay"}), (Requirement("team", "Exists"),))
BY_LABELS = replace(
    POLICY,
    assign=(
        Assignment("restricted", Match(labels=BY_LABEL)),
        Assignment("internal", Match(labels=LabelSelector(FrozenMap({"app": "web"})))),
        Assignment("untrusted", Match(labels=LabelSelector(FrozenMap({"late": "yes"})))),
    ),
)


@pytest.mark.parametrize(
    ("labels", "fails"),
    [
        pytest.param({"app": "other"}, True, id="the label by which it was assigned says otherwise"),
        pytest.param({"tier": "pay"}, True, id="a label that a rule before asks for"),
        pytest.param({"team": "a"}, True, id="one of which such a rule only asks whether it is there"),
        pytest.param({"late": "yes"}, False, id="a label of a rule after it, which the first match hides"),
        pytest.param({"any": "thing"}, False, id="a label that no rule looks at"),
    ],
)
def test_labels_that_rules_look_at_are_guarded(outcome, labels, fails):
    assert outcome(BY_LABELS, manifest(), untouched) == ""
    assert bool(outcome(BY_LABELS, manifest(), put(TEMPLATE, labels))) is fails


def test_of_what_no_rule_matches_the_labels_of_all_are_guarded(outcome):
    policy = replace(BY_LABELS, assign=(BY_LABELS.assign[0], BY_LABELS.assign[2]), untagged="internal")
    assert outcome(policy, manifest(), untouched) == ""
    assert outcome(policy, manifest(), put(TEMPLATE, {"late": "yes"}))


def test_the_rule_that_says_the_tenant_is_guarded_beside_a_tag(outcome):
    rule = Assignment("internal", Match(labels=LabelSelector(FrozenMap({"app": "web"}))), "blue")
    policy = replace(POLICY, separate_tenants=("internal",), assign=(rule,))
    assert outcome(policy, tagged(TEMPLATE), untouched) == ""
    assert outcome(policy, tagged(TEMPLATE), put(TEMPLATE, {"app": "other"}))


def test_a_label_that_the_api_server_writes_into_a_job_is_in_no_manifest(outcome):
    rule = Assignment("internal", Match(labels=LabelSelector(FrozenMap({"job-name": "web"}))))
    assert outcome(replace(POLICY, assign=(rule,)), bare("Job", metadata={"labels": {"app": "web"}}), untouched) == ""


def spec(**fields: Any) -> Change:
    """Change the pod spec of a Deployment."""
    return lambda document: document["spec"]["template"]["spec"].update(fields)


def images(*names: str) -> list[Document]:
    return [{"name": f"c{at}", "image": name} for at, name in enumerate(names)]


OURS = Match(images=("ours/**", "docker.io/library/web:*"))
IMAGES = [
    pytest.param({"containers": images("evil:1")}, True, id="another image"),
    pytest.param({"containers": images("web:1", "evil:1")}, True, id="one more container"),
    pytest.param({"initContainers": images("evil:1")}, True, id="an init container where there was none"),
    pytest.param({"containers": [{**images("web:1")[0], "args": ["x"]}]}, False, id="another argument"),
]


@pytest.mark.parametrize("empty", [pytest.param({}, id="absent"), pytest.param({"initContainers": []}, id="an empty list")])
@pytest.mark.parametrize(("fields", "fails"), IMAGES)
def test_the_images_that_lift_a_workload_are_guarded(outcome, fields, fails, empty):
    policy, document = replace(POLICY, assign=(Assignment("internal", OURS),)), manifest(**empty)
    assert outcome(policy, document, untouched) == ""
    assert bool(outcome(policy, document, spec(**fields))) is fails


def test_the_containers_are_as_they_were_after_they_were_counted(kubectl, tmp_path):
    policy, document = replace(POLICY, assign=(Assignment("internal", OURS),)), manifest(initContainers=images("web:2"))
    done = kubectl("kustomize", lay_out(tmp_path, [document], patches(plan_of(policy, document))), "-o", tmp_path / "out.yaml")
    assert done.returncode == 0
    text = (tmp_path / "out.yaml").read_text()
    assert "ringfence-guard" not in text
    assert text.count("image: web:") == 2


@pytest.mark.parametrize(
    "assign",
    [
        pytest.param((Assignment("untrusted", OURS),), id="the least trusted level"),
        pytest.param((Assignment("internal", Match(namespaces=("shop",))), Assignment("internal", OURS)), id="by its namespace"),
    ],
)
def test_an_image_that_lifts_nobody_may_change_with_every_release(outcome, assign):
    assert outcome(replace(POLICY, assign=assign), manifest(), spec(containers=images("web:2"))) == ""


@pytest.mark.parametrize(
    ("match", "change", "fails"),
    [
        pytest.param(Match(), put(TEMPLATE, {LEVEL: "untrusted"}), True, id="a level on its template"),
        pytest.param(Match(), put(OWN, {LEVEL: "untrusted"}), True, id="a level on the DaemonSet"),
        pytest.param(Match(), put(TEMPLATE, {"app": "x"}), False, id="another label"),
        pytest.param(
            Match(labels=LabelSelector(FrozenMap({"app": "web"}))),
            put(TEMPLATE, {"app": "x"}),
            True,
            id="the label it is let in by",
        ),
        pytest.param(OURS, spec(containers=images("evil:1")), True, id="the image it is let in by"),
    ],
)
def test_a_resident_of_every_ring_is_guarded_too(outcome, match, change, fails):
    policy = replace(POLICY, everywhere=(Match("DaemonSet", names=("other",)), match))
    assert outcome(policy, manifest("DaemonSet"), untouched) == ""
    assert bool(outcome(policy, manifest("DaemonSet"), change)) is fails


def take_away(field: str) -> Change:
    """Take away a field of a pod spec."""
    return lambda document: document["spec"]["template"]["spec"].pop(field)


CARRIED = [
    pytest.param(untouched, False, id="nothing changes"),
    pytest.param(put(TEMPLATE, {LEVEL: "untrusted"}), True, id="it is tagged anew"),
    pytest.param(put(TEMPLATE, {LEVEL: None}), True, id="its tag is gone"),
    pytest.param(take_away("nodeSelector"), True, id="its selector is gone"),
    pytest.param(take_away("tolerations"), True, id="its toleration is gone"),
    pytest.param(put(OWN, {"team": "a"}), False, id="it has a first label that is no tag"),
]


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet"])
@pytest.mark.parametrize(("change", "fails"), CARRIED)
def test_what_carries_its_ring_already_is_guarded_as_well(outcome, kind, change, fails):
    document = manifest(kind, nodeSelector={LABEL: "internal"}, tolerations=[{"key": TAINT, "value": "internal"}])
    put(TEMPLATE, {LEVEL: "internal"})(document)
    assert bool(outcome(POLICY, document, change)) is fails


@pytest.mark.parametrize(("change", "fails"), [(untouched, False), (put(TEMPLATE, {"app": "other"}), True)])
def test_a_resident_that_tolerates_every_taint_already_is_guarded_as_well(outcome, change, fails):
    policy = replace(POLICY, everywhere=(Match("DaemonSet", labels=LabelSelector(FrozenMap({"app": "web"}))),))
    document = manifest("DaemonSet", tolerations=[{"operator": "Exists"}])
    assert bool(outcome(policy, document, change)) is fails


def test_a_rule_that_a_plan_invents_is_no_traceback():
    plan = plan_of(BY_RULE, bare())
    for number in (7, -1):
        member = replace(plan.trust.members["Deployment/shop/web"], rule=number)
        odd = replace(plan, trust=replace(plan.trust, members=FrozenMap({"Deployment/shop/web": member})))
        assert "workloads/shop/deployment-web.yaml" in patches(odd)
