"""When time is up before kube-scheduler was simulated, what is there is a packing, and is called one."""

from dataclasses import replace

import pytest

from planner import pipeline
from planner.pipeline import ending
from planner.pipeline.promise import Keeper
from planner.solve.sat import Clock
from tests.shop_that_buys import quiet, shape, workload, write


@pytest.mark.parametrize(
    ("seconds", "packing"),
    [
        pytest.param(None, "", id="without a limit the plan is what kube-scheduler keeps"),
        pytest.param(0.0, "exact", id="once time is up a packing is all that is known"),
    ],
)
def test_a_limit_ends_the_simulation(tmp_path, seconds, packing):
    inputs = write(tmp_path, [workload("web", "restricted", "300m", 3)], [shape("small", "4", 0.2)], everywhere=[])
    plan = replace(pipeline.plan(inputs, quiet, exact=True), packing="")
    keeper = Keeper(lambda _: None, ending.until_asked(quiet, Clock(seconds)))
    assert ending.kept(keeper, plan).packing == packing
