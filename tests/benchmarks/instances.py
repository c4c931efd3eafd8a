"""Every instance of buying by its name, and what is asked of it."""

from collections.abc import Callable
from functools import partial

from models.solver.problem import Problem
from tests.benchmarks import four_levels
from tests.benchmarks.buying_instances import SHARED, few_shapes, huge, karpenter, many_shapes, openb, small

INSTANCES: dict[str, Callable[[], Problem]] = {
    "small": small,
    "A": four_levels.made_up,
    "B": four_levels.of_aws,
    "openb": openb,
    "openb-gpuspec": partial(openb, "gpuspec33"),
    "few-shapes": few_shapes,
    "many-shapes": many_shapes,
    "many-shapes-rules": partial(many_shapes, rules=True),
    "karpenter": karpenter,
    "karpenter-whole": partial(karpenter, whole=True),
    "huge": huge,
}
ASKED = {
    "small": 0.0,
    "A": 0.01,
    "B": 0.01,
    "openb": 0.005,
    "openb-gpuspec": 0.005,
    "few-shapes": 0.002,
    "many-shapes": 0.003,
    "many-shapes-rules": 0.02,
    "karpenter": 0.01,
    "karpenter-whole": 0.01,
    "huge": 0.02,
}
"""The gap that is asked for, relative to the cost."""
OF_DATA = {"B": "shapes", "karpenter": "shapes", "karpenter-whole": "shapes", "openb": "traces", "openb-gpuspec": "traces"}
"""Which folder of the public data an instance is made of."""


def missing(name: str) -> str:
    """Say which data an instance lacks; nothing where it can be made."""
    folder = SHARED / OF_DATA[name] if name in OF_DATA else None
    return "" if folder is None or folder.is_dir() else f"the data is not beside the repository (../shared/data/{folder.name})"
