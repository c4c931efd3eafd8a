"""A ring that is beyond a threshold of the policy is said to be, and a review that has one is a no."""

import pytest

from planner import formats, pipeline
from planner.paper import PLAIN
from planner.review.report.checks import BAD, checks
from tests.shop_that_buys import node, quiet, workload, write

WORK = [workload("api", "restricted", "1", 3), workload("plugin", "untrusted", "1", 1)]
NODES = [node("n-1"), node("n-2")]
"""Of four cores each: 75 % of one ring's cpu is requested, a quarter of the other's."""


def reviewed(tmp_path, **review):
    plan = pipeline.plan(write(tmp_path, WORK, NODES, review=review), quiet, exact=True)
    return pipeline.review(plan, quiet, quick=True)


@pytest.mark.parametrize(
    ("thresholds", "says"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"maxRequested": {"cpu": "75%", "memory": "75%"}}, {}, id="one that is just kept"),
        pytest.param(
            {"maxRequested": {"cpu": "74%", "memory": "75%"}},
            {"restricted": ["75 % of its cpu is requested, more than the 74 % of the policy"]},
            id="more requested",
        ),
        pytest.param({"maxRequested": {"nvidia.com/gpu": "10%"}}, {}, id="of a resource that no ring has"),
        pytest.param({"minFreePods": {"medium": 1}}, {}, id="room that there is"),
        pytest.param(
            {"maxRequested": {"pods": "1%"}, "minFreePods": {"medium": 2, "huge": 1}},
            {
                "restricted": [
                    "5 % of its pods is requested, more than the 1 % of the policy",
                    "it has room for 0 more huge pods, fewer than the 1 of the policy",
                    "it has room for 1 more medium pod, fewer than the 2 of the policy",
                ],
                "untrusted": [
                    "2 % of its pods is requested, more than the 1 % of the policy",
                    "it has room for 0 more huge pods, fewer than the 1 of the policy",
                ],
            },
            id="several",
        ),
    ],
)
def test_what_is_beyond_a_threshold_is_said(tmp_path, thresholds, says):
    review = reviewed(tmp_path, **thresholds)
    assert {ring.name: list(ring.beyond) for ring in review.rings if ring.beyond} == says
    told = [(check.ring, check.says) for check in checks(review) if check.name == "Beyond a threshold" and check.look == BAD]
    assert sorted(told) == sorted((ring, how) for ring, some in says.items() for how in some)


@pytest.mark.parametrize("kind", ["md", "html", "table", "json"])
def test_every_format_says_it(tmp_path, kind):
    text = " ".join(formats.review(reviewed(tmp_path, maxRequested={"cpu": "74%"}), kind, PLAIN).split())
    assert "more than the 74 % of the policy" in text
    assert kind == "json" or "1 of 2 rings is beyond a threshold of the policy: restricted." in text


def test_a_threshold_is_kept_in_the_plan_that_was_written(tmp_path):
    plan = pipeline.plan(write(tmp_path, WORK, NODES, review={"maxRequested": {"cpu": "74%"}}), quiet, exact=True)
    (tmp_path / "plan.yaml").write_text(pipeline.plan_text(plan), encoding="utf-8")
    assert pipeline.load(str(tmp_path / "plan.yaml")).policy.review == plan.policy.review
