"""What a review takes for a no: shares that can be, of resources that there are, and pods of standard sizes."""

import re

from models.kubernetes.resources import PODS
from models.standard_pods import STANDARD
from models.trust import Thresholds
from planner.read.documents.field import Spot
from planner.read.values.resource_amounts import check_name

_SHARE = re.compile("(100|[1-9][0-9]?)%")


def check_thresholds(spot: Spot, thresholds: Thresholds) -> None:
    """Note thresholds that no ring could be held against."""
    for name, share in thresholds.max_requested.items():
        here = spot.at("maxRequested").key(name)
        if name != PODS:
            check_name(here, name)
        if not _SHARE.fullmatch(share):
            here.fault(f"{share!r} is no share", "write 85%: a whole number of per cent up to 100%")
    sizes = [name for name, _, _ in STANDARD]
    for name, pods in thresholds.min_free_pods.items():
        here = spot.at("minFreePods").key(name)
        if name not in sizes:
            here.fault(f"no standard pod is called {name!r}", f"write one of {', '.join(sizes)}")
        if pods < 1:
            here.fault(f"{pods} pods always fit", "write 10 for room for ten more, or leave it out")
