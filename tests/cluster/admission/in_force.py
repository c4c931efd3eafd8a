"""Puts policies in force on a control plane for the time of a block, and says when they are."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from tests.cluster.admission.bypasses import BOUND
from tests.cluster.admission.requests import (
    DEVELOPER,
    EVERYTHING,
    LABEL,
    LEVEL,
    TAINT,
    Object,
    Who,
    namespace,
    node,
    owner,
    pod,
)
from tests.cluster.bed import ControlPlane

FORBIDDEN = 403
OTHER_LEVEL = "example.com/level"
"""The label of the level in the sample that has one of its own."""
NAMED = "ValidatingAdmissionPolicy 'ringfence-{}'"
PROBES: dict[str, Object] = {
    "pods": pod("default", tolerations=EVERYTHING),
    "templates": owner("Deployment", "default", tolerations=EVERYTHING),
    "cronjobs": owner("CronJob", "default", tolerations=EVERYTHING),
    "namespaces": {**namespace("row"), "metadata": {"name": "row", "labels": dict.fromkeys((LEVEL, OTHER_LEVEL), "nobodys")}},
    "bindings": BOUND,
    "nodes": node("a-ring-of-nobody", **{TAINT: "a-ring-of-nobody"}),
}
"""What each policy refuses, whatever the plan."""
DRY = "?dryRun=All"


@contextmanager
def in_force(plane: ControlPlane, documents: list[Object]) -> Iterator[None]:
    """Create policies and bindings, wait until each refuses something, and take them away in the end."""
    plane.create(documents)
    try:
        plane.wait(partial(_all_refuse, plane), "the policies are in force")
        yield
    finally:
        plane.delete(documents)


@contextmanager
def adding(plane: ControlPlane, documents: list[Object], probe: Object) -> Iterator[None]:
    """Create policies that give rings, wait until a pod gets one, and take them away in the end."""
    plane.create(documents)
    try:
        plane.wait(partial(_is_lifted, plane, probe), "pods get their ring")
        yield
    finally:
        plane.delete(documents)


def _is_lifted(plane: ControlPlane, probe: Object) -> bool:
    code, answer = plane.try_request("POST", plane.client.path(probe, named=False) + DRY, probe, more=headers(DEVELOPER))
    return code < FORBIDDEN and LABEL in answer["spec"].get("nodeSelector", {})


def _all_refuse(plane: ControlPlane) -> bool:
    return all(_refuses(plane, name, thing) for name, thing in PROBES.items())


def _refuses(plane: ControlPlane, name: str, thing: Object) -> bool:
    path = plane.client.path(thing, named=False) + DRY
    code, answer = plane.try_request("POST", path, thing, more=headers(DEVELOPER))
    return code == FORBIDDEN and NAMED.format(name) in answer["message"]


def headers(who: Who) -> Iterable[tuple[str, str]]:
    """Return what makes a request another user's, if an administrator sends it."""
    return [("Impersonate-User", who.name), *(("Impersonate-Group", group) for group in who.groups)]
