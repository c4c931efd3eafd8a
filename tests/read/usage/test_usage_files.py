"""What files say of use, in each form that is known; and one clear error for what says nothing."""

import json

import pytest

from models.kubernetes.measure import Measure
from planner.errors import BadInput
from planner.read.usage.files import read_usage

PODS = {
    "kind": "PodMetricsList",
    "apiVersion": "metrics.k8s.io/v1beta1",
    "metadata": {},
    "items": [
        {
            "metadata": {"name": "api-7d9f-x2x4z", "namespace": "shop", "labels": {"app": "api"}},
            "timestamp": "2026-11-30T10:00:00Z",
            "window": "15.1s",
            "containers": [{"name": "main", "usage": {"cpu": "429151n", "memory": "408Ki"}}],
        }
    ],
}
NODES = {
    "kind": "NodeMetricsList",
    "apiVersion": "metrics.k8s.io/v1",
    "items": [{"metadata": {"name": "n-1"}, "usage": {"cpu": "1500m", "memory": "2Gi"}}],
}
VPA = {
    "apiVersion": "autoscaling.k8s.io/v1",
    "kind": "VerticalPodAutoscaler",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}},
    "status": {
        "recommendation": {
            "containerRecommendations": [
                {
                    "containerName": "main",
                    "lowerBound": {"cpu": "10m"},
                    "target": {"cpu": "25m", "memory": "262144k"},
                    "uncappedTarget": {"cpu": "25m"},
                }
            ]
        }
    },
}
SCAN = {
    "object": {
        "cluster": None,
        "name": "api",
        "container": "main",
        "pods": [{"name": "api-7d9f-x2x4z", "deleted": False}],
        "hpa": None,
        "namespace": "shop",
        "kind": "Deployment",
        "allocations": {"requests": {"cpu": 0.5, "memory": None}, "limits": {"cpu": None, "memory": None}},
    },
    "recommended": {
        "requests": {"cpu": {"value": 0.012, "severity": "WARNING"}, "memory": {"value": 104857600.0, "severity": "OK"}},
        "limits": {"cpu": {"value": None, "severity": "GOOD"}},
        "info": {"cpu": None},
    },
    "severity": "WARNING",
}
KRR = {"scans": [SCAN], "score": 40, "resources": ["cpu", "memory"], "strategy": {"name": "simple", "settings": {}}}
HEAD = "namespace,kind,name,container,cpu,memory\n"


def used(**amounts: int) -> Measure:
    from models.frozen_map import FrozenMap

    return Measure("shop", "Deployment", "api", "main", FrozenMap(amounts))


def saved(tmp_path, text, ending="json"):
    path = tmp_path / f"usage.{ending}"
    path.write_text(text if isinstance(text, str) else json.dumps(text, indent=1), encoding="utf-8")
    return str(path)


def test_pod_metrics_name_pods_and_their_labels(tmp_path):
    (measure,) = read_usage([saved(tmp_path, PODS)]).containers
    assert (measure.owner, measure.container, dict(measure.labels)) == ("Pod/shop/api-7d9f-x2x4z", "main", {"app": "api"})
    assert dict(measure.amounts) == {"cpu": 1, "memory": 408 << 10}
    assert not measure.is_advice


def test_node_metrics_name_nodes(tmp_path):
    assert [(name, dict(amounts)) for name, amounts in read_usage([saved(tmp_path, NODES)]).nodes] == [
        ("n-1", {"cpu": 1500, "memory": 2 << 30})
    ]


@pytest.mark.parametrize(
    ("text", "ending", "cpu", "memory"),
    [
        pytest.param(VPA, "json", 25, 262144000, id="a VerticalPodAutoscaler's target"),
        pytest.param({"apiVersion": "v1", "kind": "List", "items": [VPA]}, "json", 25, 262144000, id="a List of them"),
        pytest.param(KRR, "json", 12, 100 << 20, id="what krr writes"),
    ],
)
def test_what_is_recommended_is_advice(tmp_path, text, ending, cpu, memory):
    (measure,) = read_usage([saved(tmp_path, text, ending)]).containers
    assert (measure.owner, measure.container, measure.is_advice) == ("Deployment/shop/api", "main", True)
    assert dict(measure.amounts) == {"cpu": cpu, "memory": memory}


def test_the_same_in_yaml(tmp_path):
    text = (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: metrics.k8s.io/v1beta1\n  kind: PodMetrics\n"
        "  metadata: {name: api-0, namespace: shop}\n  containers:\n  - {name: main, usage: {cpu: 5m, memory: 1Mi}}\n"
    )
    (measure,) = read_usage([saved(tmp_path, text, "yaml")]).containers
    assert (measure.name, dict(measure.amounts)) == ("api-0", {"cpu": 5, "memory": 1 << 20})


def test_a_table_has_a_row_for_each_container_and_what_is_left_empty_is_not_known(tmp_path):
    text = HEAD + "shop,Deployment,api,main,250m,128Mi\n\nshop,Deployment,api,side,,64Mi\n"
    main, side = read_usage([saved(tmp_path, text, "csv")]).containers
    assert main == used(cpu=250, memory=128 << 20)
    assert (side.container, dict(side.amounts)) == ("side", {"memory": 64 << 20})


def test_what_krr_does_not_know_is_not_known(tmp_path):
    requests = {"cpu": {"value": "?"}, "memory": {"value": None}}
    (measure,) = read_usage([saved(tmp_path, {"scans": [{**SCAN, "recommended": {"requests": requests}}]})]).containers
    assert dict(measure.amounts) == {}


def test_who_recommends_nothing_yet_is_no_error(tmp_path):
    assert read_usage([saved(tmp_path, {**VPA, "status": {}})]).containers == ()


def changed(tree, path, value):
    """Copy a tree with one value changed, or left out where it is None."""
    copy = json.loads(json.dumps(tree))
    *way, last = path
    inner = copy
    for step in way:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return copy


REC = ("status", "recommendation", "containerRecommendations", 0)


@pytest.mark.parametrize(
    ("text", "ending", "says"),
    [
        pytest.param("", "json", "usage.json: empty", id="an empty file"),
        pytest.param("{", "json", "usage.json:1", id="no JSON"),
        pytest.param({"a": 1}, "json", "usage.json:1", id="a map of something else"),
        pytest.param({"apiVersion": "v1", "kind": "Pod"}, "json", "kind: Pod says nothing of usage", id="another kind"),
        pytest.param(
            changed(PODS, ("items", 0, "containers", 0, "usage", "cpu"), "much"),
            "json",
            "usage.json:20: containers[0].usage.cpu: 'much' is no quantity",
            id="no quantity of a container",
        ),
        pytest.param(
            changed(PODS, ("items", 0, "containers", 0, "usage"), None), "json", "containers[0].usage: is missing", id="no usage"
        ),
        pytest.param(changed(PODS, ("items", 0, "metadata", "name"), None), "json", "metadata.name: is missing", id="no pod"),
        pytest.param(changed(PODS, ("items", 0, "containers"), {}), "json", "containers: must be a list", id="no list"),
        pytest.param(
            changed(NODES, ("items", 0, "usage", "cpu"), "-1"), "json", "usage.cpu: -1 is negative", id="a negative node"
        ),
        pytest.param(
            changed(VPA, ("spec", "targetRef"), None), "json", "spec.targetRef.kind: is missing", id="advice for nobody"
        ),
        pytest.param(changed(VPA, (*REC, "target", "cpu"), "x"), "json", "target.cpu: 'x' is no quantity", id="no advice"),
        pytest.param(
            changed(KRR, ("scans", 0, "object", "kind"), None), "json", "scans[0].object.kind: is missing", id="no kind"
        ),
        pytest.param(
            changed(KRR, ("scans", 0, "recommended", "requests", "cpu", "value"), "lots"),
            "json",
            "usage.json:30: scans[0].recommended.requests.cpu: 'lots' is no quantity",
            id="krr with no quantity",
        ),
        pytest.param(changed(KRR, ("scans",), 3), "json", "usage.json:2: scans: must be a list", id="krr without a list"),
        pytest.param("name,cpu\n", "csv", "usage.csv:1: has no column namespace", id="columns that are missing"),
        pytest.param(HEAD[:-1] + ",disk\n", "csv", "usage.csv:1: has a column that is not known: 'disk'", id="one too many"),
        pytest.param(HEAD + "shop,Deployment,api,main,1\n", "csv", "usage.csv:2: has 5 cells", id="a row that is too short"),
        pytest.param(HEAD + "shop,Deployment,,main,1,1\n", "csv", "usage.csv:2: name: is empty", id="a row of nobody"),
        pytest.param(HEAD + "shop,Deployment,api,main,1,lots\n", "csv", "usage.csv:2: memory: 'lots' is no", id="no quantity"),
        pytest.param(
            HEAD + 2 * "shop,Deployment,api,main,1,1\n", "csv", "usage.csv:3: container main stands in line 2 already", id="twice"
        ),
        pytest.param(HEAD + '"a', "csv", "usage.csv:2: is no CSV", id="a quote without an end"),
    ],
)
def test_what_is_no_usage_is_refused_with_file_line_and_field(tmp_path, text, ending, says):
    with pytest.raises(BadInput) as refused:
        read_usage([saved(tmp_path, text, ending)])
    assert says in str(refused.value)
    assert len(refused.value.faults) <= 2


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_usage([str(tmp_path / "nowhere.json")])


def test_a_table_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "usage.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        read_usage([str(tmp_path / "usage.csv")])
