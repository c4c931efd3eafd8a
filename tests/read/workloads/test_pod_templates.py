"""Several pod templates in one object: each that a path leads to is a workload of its own, every other one is named."""

import pytest

from models.field_path import follows, path_of, steps_of
from models.frozen_map import FrozenMap
from models.trust import TrustPolicy
from tests.read.cluster_reader import TEMPLATE, cluster_of, faults_of, hpa, names, only, pod, said, thing

RAY = "ray.io/v1"
HEAD, WORKERS = "spec.headGroupSpec.template", "spec.workerGroupSpecs[*].template"


def policy(*paths: str, kind: str = f"{RAY}/RayCluster") -> TrustPolicy:
    return TrustPolicy("p", ("a",), pod_templates=FrozenMap({kind: paths[0] if len(paths) == 1 else paths}))


def ray(workers: str = f"[{{replicas: 5, template: {TEMPLATE}}}]", more: str = "") -> str:
    return thing("RayCluster", "ray", f"headGroupSpec: {{template: {TEMPLATE}}}, workerGroupSpecs: {workers}{more}", RAY)


IN_IT = f"{{template: {TEMPLATE}}}"
BOTH = policy(HEAD, WORKERS)
OBJECT = "RayCluster.ray.io/shop/ray"


def planned(text: str, of: TrustPolicy) -> dict[str, tuple[int, str, str]]:
    """Return of every workload how many pods it has, why, and where its pod spec is."""
    return {str(one.id): (one.pods, one.counted, one.spec_path) for one in cluster_of(text, policy=of).workloads}


def test_every_template_is_a_workload_with_a_name_and_a_count_of_its_own():
    groups = f"[{{replicas: 5, template: {TEMPLATE}}}, {{replicas: 0, template: {TEMPLATE}}}, {{template: {TEMPLATE}}}]"
    uncounted = "spec.replicas is not given: counted as 1"
    assert planned(ray(groups), BOTH) == {
        f"{OBJECT}:{HEAD}": (1, uncounted, f"{HEAD}.spec"),
        **{
            f"{OBJECT}:spec.workerGroupSpecs[{at}].template": (pods, why, f"spec.workerGroupSpecs[{at}].template.spec")
            for at, (pods, why) in enumerate(
                [(5, "spec.workerGroupSpecs[0].replicas: 5"), (0, "spec.workerGroupSpecs[1].replicas: 0"), (1, uncounted)]
            )
        },
    }
    assert said(cluster_of(ray(groups), policy=BOTH)) == {}


JOBS = policy("spec.replicaSpecs.*.template", kind="kubeflow.org/v1/PyTorchJob")


def test_a_star_stands_for_every_key_of_a_map_too():
    specs = f"Master: {{replicas: 1, template: {TEMPLATE}}}, a.b/c: {{replicas: 3, template: {TEMPLATE}}}"
    found = planned(thing("PyTorchJob", "job", f"replicaSpecs: {{{specs}}}", "kubeflow.org/v1"), JOBS)
    assert {name.partition(":")[2]: pods for name, (pods, _, _) in found.items()} == {
        "spec.replicaSpecs.Master.template": 1,
        "spec.replicaSpecs[a.b/c].template": 3,
    }


def test_a_single_path_needs_no_longer_name():
    assert list(planned(ray("[]"), policy(HEAD))) == [OBJECT]


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        pytest.param(f"replicas: 4, pods: {{template: {TEMPLATE}}}", (4, ""), id="those of the spec"),
        pytest.param(
            f"replicas: 4, pods: {{replicas: 2, template: {TEMPLATE}}}", (2, "spec.pods.replicas: 2"), id="those that are nearer"
        ),
        pytest.param(
            f"pods: {{replicas: 2.0, template: {TEMPLATE}}}", (2, "spec.pods.replicas: 2"), id="a whole number as a float"
        ),
        pytest.param(
            f"pods: {{replicas: null, template: {TEMPLATE}}}", (1, "spec.replicas is not given: counted as 1"), id="null for none"
        ),
    ],
)
def test_the_nearest_replicas_count(spec, count):
    found = only(thing("Fleet", "f", spec, "a.b/v1"), policy=policy("spec.pods.template", kind="a.b/v1/Fleet"))
    assert (found.pods, found.counted) == count


@pytest.mark.parametrize(
    ("workers", "field", "reason"),
    [
        pytest.param(
            f"[{{replicas: -1, template: {TEMPLATE}}}]", "spec.workerGroupSpecs[0].replicas", "-1 is negative", id="too few"
        ),
        pytest.param(
            f"[{{replicas: many, template: {TEMPLATE}}}]", "spec.workerGroupSpecs[0].replicas", "must be a whole", id="no number"
        ),
        pytest.param("[{template: 5}]", "spec.workerGroupSpecs[0].template", "there is no pod template here", id="no map"),
        pytest.param(
            "[{template: {spec: {containers: []}}}]",
            "spec.workerGroupSpecs[0].template.spec.containers",
            "at least one",
            id="empty",
        ),
    ],
)
def test_what_is_wrong_with_one_template_is_said_of_it(workers, field, reason):
    ((_, path, text),) = faults_of(ray(workers), policy=BOTH)
    assert path == field
    assert reason in text


def test_an_object_to_whose_templates_no_path_leads_is_a_fault():
    text = thing("RayCluster", "ray", "headGroup: {}", RAY)
    assert [field for _, field, _ in faults_of(text, policy=BOTH)] == [HEAD, WORKERS]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(ray("[]"), [f"{OBJECT}:{HEAD}"], id="no group of workers"),
        pytest.param(thing("RayCluster", "ray", f"headGroupSpec: {IN_IT}", RAY), [f"{OBJECT}:{HEAD}"], id="no list of them"),
        pytest.param(thing("RayCluster", "ray", "workerGroupSpecs: []", RAY), [], id="an empty list, and no head"),
    ],
)
def test_not_every_object_has_all_that_its_kind_may_have(text, found):
    web = thing("Deployment", "web", f"template: {TEMPLATE}, selector: {{matchLabels: {{app: web}}}}")
    assert names(cluster_of(text, web, policy=BOTH)) == ["Deployment/shop/web", *found]


HIDDEN = [
    pytest.param(ray(), policy(HEAD), ["spec.workerGroupSpecs[0].template.spec"], id="a list that no path leads through"),
    pytest.param(ray(), policy(WORKERS), ["spec.headGroupSpec.template.spec"], id="a template beside it"),
    pytest.param(
        ray(more=f", extra: [{{deep: {{sidecar: {TEMPLATE}}}}}]"),
        BOTH,
        ["spec.extra[0].deep.sidecar.spec"],
        id="one that nobody has thought of",
    ),
    pytest.param(
        ray(f"[{{a: {TEMPLATE}, b: {TEMPLATE}, c: {TEMPLATE}, d: {TEMPLATE}}}]"),
        policy(HEAD),
        ["spec.workerGroupSpecs[0].a.spec", "and 1 more"],
        id="several",
    ),
    pytest.param(
        thing("Rollout", "ray", f"template: {TEMPLATE}, other: {TEMPLATE}", "argoproj.io/v1alpha1"),
        policy(HEAD),
        ["spec.other.spec"],
        id="inside a kind that is known by itself",
    ),
    pytest.param(
        thing(
            "PyTorchJob",
            "ray",
            f"replicaSpecs: {{'a]b': {{template: {TEMPLATE}}}, c: {{template: {TEMPLATE}}}}}",
            "kubeflow.org/v1",
        ),
        JOBS,
        ["a]b"],
        id="under a key that no path can name",
    ),
    pytest.param(
        thing("PyTorchJob", spec=f"replicaSpecs: {{a.b: {{c.d: {IN_IT}}}, 'a.b][c.d': {IN_IT}}}", api_version="kubeflow.org/v1"),
        policy("spec.replicaSpecs.*.*.template", kind="kubeflow.org/v1/PyTorchJob"),
        ["spec.replicaSpecs[a.b][c.d].template.spec"],
        id="under a key that is written like the path of another",
    ),
]


@pytest.mark.parametrize(("text", "of", "paths"), HIDDEN)
def test_every_other_pod_template_inside_is_named(text, of, paths):
    ((_, message),) = said(cluster_of(text, policy=of)).items()
    assert message.startswith("hides pods: no path under podTemplates in the policy leads to ")
    assert all(path in message for path in paths)


def test_nobody_but_a_rollout_borrows_the_template_of_a_deployment():
    lent = thing("Deployment", "web", f"template: {TEMPLATE}, selector: {{matchLabels: {{app: web}}}}")
    borrowing = ray(more=", workloadRef: {kind: Deployment, name: web}")
    assert f"{OBJECT}:{HEAD}" in names(cluster_of(lent, borrowing, policy=BOTH))


def test_what_a_rollout_has_beside_the_template_that_it_borrows_is_named():
    lent = thing("Deployment", "web", f"template: {TEMPLATE}, selector: {{matchLabels: {{app: web}}}}")
    roll = thing("Rollout", "roll", f"workloadRef: {{kind: Deployment, name: web}}, template: {TEMPLATE}", "argoproj.io/v1alpha1")
    found = [each.message for each in cluster_of(lent, roll).unread if each.subject == "Rollout.argoproj.io/shop/roll"]
    assert len(found) == 2
    assert "spec.template.spec" in found[0] + found[1]


def test_a_pod_runs_for_the_template_that_it_is_like():
    worker = TEMPLATE.replace("app: web", "app: worker").replace("name: c", "name: w")
    owned = pod("ray-w", "node-a", (RAY, "RayCluster", "ray"), meta=", labels: {app: worker, ray: x}").replace(
        "name: c,", "name: w,"
    )
    found = cluster_of(ray(f"[{{replicas: 1, template: {worker}}}]"), owned, policy=BOTH).workloads
    assert {one.id.template: dict(one.running) for one in found} == {
        HEAD: {},
        "spec.workerGroupSpecs[0].template": {"node-a": 1},
    }


def test_an_autoscaler_of_one_with_several_templates_is_not_counted_and_named():
    scaler = hpa(9, kind="RayCluster", target="ray", api_version=f", apiVersion: {RAY}")
    cluster = cluster_of(ray(), scaler, policy=BOTH)
    assert [one.pods for one in cluster.workloads] == [1, 5]
    assert "several pod templates" in said(cluster)["HorizontalPodAutoscaler/shop/web"]


def test_a_tag_among_the_annotations_of_any_template_is_refused():
    tagged = TEMPLATE.replace("metadata: {", "metadata: {annotations: {ringfence.dev/trust-level: a}, ")
    ((_, field, text),) = faults_of(ray(f"[{{template: {tagged}}}]"), policy=BOTH)
    assert field == "spec.workerGroupSpecs[0].template.metadata.annotations[ringfence.dev/trust-level]"
    assert "is read among labels only" in text


def test_images_of_ephemeral_containers_and_volumes_are_kept():
    spec = ", volumes: [{name: v, image: {reference: 'files:1'}}, {name: e, emptyDir: {}}]"
    spec += ", ephemeralContainers: [{name: d, image: sh}]"
    assert only(pod("web", "node-a", spec=spec)).template.other_images == ("sh", "files:1")
    assert only(pod("web", "node-a")).template.other_images == ()


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        pytest.param("spec.template", "spec.template", True, id="the same"),
        pytest.param("spec.groups[3].template", "spec.groups[*].template", True, id="an item"),
        pytest.param("spec.groups[a.b/c].template", "spec.groups.*.template", True, id="a key"),
        pytest.param("spec.groups[3].template.spec", "spec.groups[*].template", False, id="something below"),
        pytest.param("spec.groups.template", "spec.groups[*].template", False, id="something above"),
        pytest.param("spec.other[3].template", "spec.groups[*].template", False, id="something beside"),
    ],
)
def test_a_path_follows_a_pattern(path, pattern, expected):
    assert follows(path, pattern) is expected
    assert path_of(steps_of(path)) == path
