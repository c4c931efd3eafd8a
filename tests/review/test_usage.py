"""What pods use stands beside what they request: counted from the plan's document and the files alone."""

import csv
import json
from collections import Counter
from fractions import Fraction
from io import StringIO
from math import ceil

import pytest

from models.answer.review import Review
from models.answer.review_usage import RingUse
from models.frozen_map import FrozenMap
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import Workload, WorkloadId
from planner import formats, pipeline
from planner.errors import BadInput
from planner.paper import PLAIN
from planner.review.asked import questions
from planner.review.report.checks import checks
from planner.review.report.data import schema
from planner.review.usage.owners import Owners
from planner.review.what_if.rightsize import parsed_margin
from planner.review.what_if.scenario import changed_plan
from tests.review.test_numbers import SAMPLES, path_of, reckoned
from tests.review.test_report import faults
from tests.review.test_what_if import told
from tests.shop_that_buys import AGENT, Document, node, quiet, workload, write

HEAD = "namespace,kind,name,container,cpu,memory\n"


def metrics(*pods: tuple[str, str, str], **labels: str) -> Document:
    items = [
        {
            "metadata": {"name": name, "namespace": "shop", "labels": labels},
            "containers": [{"name": "main", "usage": {"cpu": cpu, "memory": memory}}],
        }
        for name, cpu, memory in pods
    ]
    return {"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "items": items}


def saved(tmp_path, text, name="usage.json"):
    (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return str(tmp_path / name)


def made_up(sample: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Make up a use for two of three containers of a sample: a share of what they request, and some more."""
    uses = {}
    for number, (name, work) in enumerate(sorted(reckoned(sample).work.items())):
        for container in work["template"]["containers"]:
            asked = container.get("requests", {})
            if number % 3:
                uses[name, container["name"]] = (asked.get("cpu", 0) * number // 7, asked.get("memory", 0) // number + 12)
    return uses


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_ring_is_the_sum_of_what_its_pods_use(tmp_path, sample):
    counted, uses = reckoned(sample), made_up(sample)
    rows = [f"{counted.work[name]['id']['namespace']},{counted.work[name]['id']['kind']},{counted.work[name]['id']['name']}"
            f",{container},{cpu}m,{memory}\n" for (name, container), (cpu, memory) in uses.items()]  # fmt: skip
    file = saved(tmp_path, HEAD + "".join(rows), "usage.csv")
    review = pipeline.review(pipeline.load(str(path_of(sample))), quiet, quick=True, usage=[file])
    told = {ring.ring: ring for ring in review.usage.rings}
    for ring in set(counted.ring_of.values()):
        pods = Counter[str]()
        for there in counted.ring(ring):
            pods += counted.pods[there]
            pods.update(name for name, on in counted.shared.items() if there in on)
        whole = {n: [uses.get((n, c["name"])) for c in counted.work[n]["template"]["containers"]] for n in pods}
        known = {name: some for name, some in whole.items() if None not in some}
        assert (told[ring].workloads, told[ring].with_use) == (len(pods), len(known))
        for place, name in enumerate(("cpu", "memory")):
            if known:
                assert told[ring].used[name].value == sum(pods[w] * sum(each[place] for each in known[w]) for w in known)
                assert told[ring].used[name].requested == sum(pods[w] * counted.each[w][name] for w in known)
        assert not told[ring].advised
    by_workload = {(row.ring, row.workload): row for row in review.usage.workloads}
    assert len(by_workload) == sum(ring.workloads for ring in review.usage.rings)
    assert sum(row.used["cpu"].value for row in by_workload.values() if row.used) == sum(
        ring.used["cpu"].value for ring in review.usage.rings if ring.used
    )


POLICY = {"levels": ["restricted", "untrusted"]}


def shop(tmp_path, *more: Document, **pod):
    work = [workload("api", "restricted", "1", 3, **pod), workload("plugin", "untrusted", "1", 2), *more]
    return pipeline.plan(write(tmp_path, work, [node(f"n-{n}", "8") for n in range(3)]), quiet, exact=True)


def ring(review: Review, name: str) -> RingUse:
    return next(ring for ring in review.usage.rings if ring.ring == name)


def test_pods_use_what_one_used_on_average(tmp_path):
    file = saved(tmp_path, metrics(("api-6f9-abcde", "100m", "64Mi"), ("api-6f9-bbbbb", "201m", "64Mi")))
    used = ring(pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file]), "restricted").used
    assert (used["cpu"].value, used["cpu"].requested) == (3 * ceil(Fraction(301, 2)), 3000)
    assert (used["memory"].value, used["memory"].requested) == (3 * (64 << 20), 3 * (256 << 20))


def test_daemons_are_counted_on_each_node_of_the_ring(tmp_path):
    file = saved(tmp_path, HEAD + "shop,DaemonSet,agent,main,10m,1Mi\n", "usage.csv")
    review = pipeline.review(shop(tmp_path, AGENT), quiet, quick=True, usage=[file])
    for there in review.usage.rings:
        nodes = next(ring.whole.nodes for ring in review.rings if ring.name == there.ring)
        assert (there.with_use, there.used["cpu"].value, there.used["cpu"].requested) == (1, 10 * nodes, 100 * nodes)


def test_what_nodes_use_is_added_up_by_ring(tmp_path):
    items = [{"metadata": {"name": f"n-{n}"}, "usage": {"cpu": f"{n + 1}", "memory": "1Gi"}} for n in (0, 1, 7)]
    file = saved(tmp_path, {"kind": "NodeMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "items": items})
    plan = shop(tmp_path)
    review = pipeline.review(plan, quiet, quick=True, usage=[file])
    homes = {name: planned.name for planned in plan.rings for name in planned.nodes}
    for there in review.usage.rings:
        mine = [n for n in (0, 1) if homes.get(f"n-{n}") == there.ring]
        assert (there.measured, there.on_nodes.get("cpu", 0)) == (len(mine), 1000 * sum(n + 1 for n in mine))
    assert review.usage.strangers == ("Node/n-7",)


ADVICE = {
    "apiVersion": "autoscaling.k8s.io/v1",
    "kind": "VerticalPodAutoscaler",
    "metadata": {"name": "plugin", "namespace": "shop"},
    "spec": {"targetRef": {"kind": "Deployment", "name": "plugin"}},
    "status": {"recommendation": {"containerRecommendations": [{"containerName": "main", "target": {"cpu": "2"}}]}},
}


@pytest.mark.parametrize("exact", [True, False], ids=["as a packing", "kept"])
def test_right_sized_requests_are_a_full_plan_of_the_changed_input(tmp_path, exact):
    inventory = [node(f"n-{n}", "8") for n in range(3)]
    side = {"name": "side", "image": "s:1", "resources": {"requests": {"cpu": "300m"}}}
    work = [workload("api", "restricted", "1", 3), workload("plugin", "untrusted", "1", 2), workload("web", "restricted", "1", 1)]
    work[0]["spec"]["template"]["spec"]["containers"].append(side)
    plan = pipeline.plan(write(tmp_path, work, inventory), quiet, exact=exact)
    used = metrics(("api-6f9-abcde", "100m", "300Mi"), ("api-6f9-bbbbb", "201m", "64Mi"), ("web-6f9-bbbbb", "1m", "1Mi"))
    files = [saved(tmp_path, used), saved(tmp_path, ADVICE, "vpa.json")]
    asked = questions(plan, rightsize=["20%"], usage=files).changes
    (change,) = asked
    api, plugin, web = (each["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"] for each in work)
    api |= {"cpu": "242m", "memory": str(360 << 20)}
    plugin |= {"cpu": "2"}
    web |= {"cpu": "10m", "memory": "100Mi"}
    (tmp_path / "changed").mkdir()
    made = pipeline.plan(write(tmp_path / "changed", work, inventory), quiet, exact=exact)
    assert told(changed_plan(plan, change, quiet)) == told(made)
    assert change.name == "requests as recommended, or as used and 20 % more"


def test_right_sizing_says_what_it_saves(tmp_path):
    work = [workload("api", "restricted", "3", 3)]
    plan = pipeline.plan(write(tmp_path, work, [node(f"n-{n}") for n in range(3)]), quiet, exact=True)
    file = saved(tmp_path, HEAD + "shop,Deployment,api,main,1,200Mi\n", "usage.csv")
    (case,) = pipeline.review(plan, quiet, quick=True, usage=[file], rightsize=["10%"]).scenarios
    assert (case.change, case.saves) == ("requests as used and 10 % more", "By packing 1 node is needed, 3 nodes before.")


def test_pods_with_requests_of_the_whole_pod_keep_them(tmp_path):
    plan = shop(tmp_path, resources={"requests": {"cpu": "1500m", "memory": "1Gi"}})
    file = saved(tmp_path, HEAD + "shop,Deployment,api,main,10m,1Mi\n", "usage.csv")
    (change,) = questions(plan, rightsize=["0%"], usage=[file]).changes
    before, after = ([w.template for w in p.cluster.workloads] for p in (plan, changed_plan(plan, change, quiet)))
    assert before == after


@pytest.mark.parametrize(
    ("rows", "name", "look"),
    [
        pytest.param("api,main,240m,256Mi", "Little used", "mind", id="less than a quarter"),
        pytest.param("api,main,800m,257Mi", "More used than requested", "mind", id="more memory than requested"),
        pytest.param("api,main,800m,200Mi", "Used well", "good", id="well used"),
    ],
)
def test_what_is_little_or_too_much_used_is_named(tmp_path, rows, name, look):
    file = saved(tmp_path, f"{HEAD}shop,Deployment,{rows}\n", "usage.csv")
    review = pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file])
    (check,) = (check for check in checks(review) if "sed" in check.name and "used" in check.says)
    assert (check.ring, check.name, check.look) == ("restricted", name, look)


def made_of(kind: str, name: str, *labels: str) -> Workload:
    pod = Pod("shop", FrozenMap(dict.fromkeys(labels, "x")), (Container("main"),))
    return Workload(WorkloadId(kind, "shop", name), "v1", pod)


@pytest.mark.parametrize(
    ("pod", "owner"),
    [
        pytest.param("api-6d4b75cb6d-hx2vz", "Deployment/shop/api", id="a Deployment's"),
        pytest.param("api-gateway-6d4b75cb6d-hx2vz", "Deployment/shop/api-gateway", id="of one whose name begins alike"),
        pytest.param("db-0", "StatefulSet/shop/db", id="a StatefulSet's"),
        pytest.param("db-x", None, id="of nobody"),
        pytest.param("agent-hx2vz", "DaemonSet/shop/agent", id="a DaemonSet's"),
        pytest.param("night-29391840-hx2vz", "CronJob/shop/night", id="a CronJob's"),
        pytest.param("once-hx2vz", "Job/shop/once", id="a Job's"),
        pytest.param("once-3-hx2vz", "Job/shop/once", id="an indexed Job's"),
        pytest.param("alone", "Pod/shop/alone", id="a bare pod"),
        pytest.param("alone-2", None, id="not a bare pod"),
        pytest.param("own-thing-7", "Thing/shop/own", id="that of a custom resource"),
        pytest.param("api", None, id="with no ending"),
        pytest.param("x" * 58 + "hx2vz", "Deployment/shop/" + "x" * 60, id="whose name is cut off"),
        pytest.param("twin-hx2vz", None, id="that two could make"),
    ],
)
def test_pods_are_known_by_their_names(pod, owner):
    kinds = ["Deployment/api", "Deployment/api-gateway", "StatefulSet/db", "DaemonSet/agent", "CronJob/night", "Job/once"]
    kinds += ["Pod/alone", "Thing/own", "Deployment/" + "x" * 60, "DaemonSet/twin", "Job/twin"]
    owners = Owners([made_of(*each.split("/")) for each in kinds])
    there = owners.of_pod("shop", pod, FrozenMap(), "main")
    assert (str(there.id) if there else None) == owner
    assert owners.of_pod("shop", pod, FrozenMap(), "other") is None
    assert owners.of_pod("elsewhere", pod, FrozenMap(), "main") is None


def test_labels_tell_apart_what_names_do_not():
    owners = Owners([made_of("DaemonSet", "twin", "daemon"), made_of("Job", "twin", "job")])
    there = owners.of_pod("shop", "twin-hx2vz", FrozenMap({"job": "x", "more": "y"}), "main")
    assert str(there.id) == "Job/shop/twin"


def test_whom_the_plan_does_not_have_is_said(tmp_path):
    file = saved(tmp_path, metrics(("ghost-6f9-abcde", "1", "1Mi")))
    review = pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file])
    assert review.usage.strangers == ("Pod/shop/ghost-6f9-abcde",)
    assert any("ghost" in limit.message for limit in review.limits)


def test_a_container_that_its_workload_does_not_have_is_said(tmp_path):
    rows = "shop,Deployment,api,main,10m,1Mi\nshop,Deployment,api,typo,10m,1Mi\n"
    review = pipeline.review(shop(tmp_path), quiet, quick=True, usage=[saved(tmp_path, HEAD + rows, "usage.csv")])
    assert review.usage.strangers == ("container typo of Deployment/shop/api",)
    said = " ".join(formats.review(review, "table", PLAIN).split())
    assert "1 name in the files fit no workload, container or node of the plan, or several: not counted." in said


def test_files_of_which_nothing_is_in_the_plan_make_no_empty_table(tmp_path):
    file = saved(tmp_path, metrics(("ghost-6f9-abcde", "1", "1Mi")))
    said = formats.review(pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file]), "table", PLAIN)
    after = said.split("What is used")[1].split("The rest")[0].strip()
    assert after.startswith("1 name in the files")
    assert "───" not in after


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param({"rightsize": ["20%"]}, "needs to know what is used", id="without usage"),
        pytest.param({"rightsize": ["20"]}, "is no margin: write 20%", id="a margin without a per cent"),
        pytest.param({"rightsize": ["1001%"]}, "is no margin", id="a margin beyond reason"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path, asked, says):
    with pytest.raises(ValueError, match=says):
        pipeline.review(shop(tmp_path), quiet, quick=True, **asked)
    assert parsed_margin("0%") == 0


def test_usage_of_nobody_in_the_plan_sizes_nothing(tmp_path):
    file = saved(tmp_path, metrics(("ghost-6f9-abcde", "1", "1Mi")))
    with pytest.raises(BadInput, match="no usage is of a workload of the plan"):
        pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file], rightsize=["20%"])


def test_every_format_says_what_is_used(tmp_path):
    file = saved(tmp_path, HEAD + "shop,Deployment,api,main,250m,128Mi\n", "usage.csv")
    advice = saved(tmp_path, ADVICE, "vpa.json")
    review = pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file, advice])
    for kind in ("md", "html", "table"):
        page = " ".join(formats.review(review, kind, PLAIN).split())
        assert "25 %: 0.75 of 3 cores" in page or (kind == "table" and "25 %" in page)
        assert "What is used" in page
    shape = schema()
    assert faults(json.loads(formats.review(review, "json", PLAIN)), shape, shape["$defs"]) == []
    head, *rows = csv.reader(StringIO(formats.review(review, "csv", PLAIN, "usage")))
    told = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
    assert told["Deployment/shop/api"]["used_cpu_milli"] == "750"
    assert told["Deployment/shop/plugin"]["recommended_cpu_milli"] == "4000"
    assert told["Deployment/shop/plugin"]["used_cpu_milli"] == ""
    assert not formats.review(pipeline.review(shop(tmp_path), quiet, quick=True), "csv", PLAIN, "usage").splitlines()[1:]


def test_no_name_in_a_file_is_more_than_a_name(tmp_path):
    evil = "\x1b[31m<script>=1+1"
    file = saved(tmp_path, metrics((evil, "1", "1Mi")))
    review = pipeline.review(shop(tmp_path), quiet, quick=True, usage=[file])
    for kind in ("md", "html", "table", "json"):
        text = formats.review(review, kind, PLAIN)
        assert "\x1b" not in text
        assert "<script>=1" not in text or kind == "json"


def test_many_pods_of_many_workloads_are_known_at_once():
    owners = Owners([made_of("Deployment", f"w-{number}") for number in range(2_000)])
    there = [owners.of_pod("shop", f"w-{number}-6d4b75cb6d-hx2vz", FrozenMap(), "main") for number in range(2_000)]
    assert [each.id.name for each in there] == [f"w-{number}" for number in range(2_000)]
