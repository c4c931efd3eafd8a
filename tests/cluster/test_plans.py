"""Plans on a whole control plane: everything runs as planned, in any order of arrival, and no node ever holds two levels."""

from random import Random

import pytest

from tests.cluster.life import Rest, made_true
from tests.cluster.scenario import of_sample, of_set
from tests.cluster.stage import Stage
from tests.manifests.test_real_applications import SETS

PLANNED = ("quickstart", "tenants", "may-share")


@pytest.fixture(name="stage")
def _stage(plane, ringfence, kubectl_path, tmp_path):
    return Stage(plane, ringfence, tmp_path, kubectl_path)


def _runs(stage, scenario, order):
    stage.plan("plan", *scenario.arguments())
    with made_true(stage, scenario, "plan", order) as life:
        assert life.rest() == Rest()
        assert life.mixtures() == []
        assert {life.ring(pod) for pod in life.pods.objects.values()} - {None} == {ring["name"] for ring in life.plan["rings"]}


@pytest.mark.parametrize("order", range(2))
@pytest.mark.parametrize("sample", PLANNED)
def test_a_sample_runs_as_planned_and_never_mixes(stage, sample, order):
    _runs(stage, of_sample(sample, stage.folder), Random(f"{sample} {order}"))


@pytest.mark.data
@pytest.mark.parametrize("name", SETS)
def test_real_applications_run_as_planned_and_never_mix(stage, data, name):
    _runs(stage, of_set(name, data, stage.folder), Random(name))
