"""Published recipes against dedicated nodes' strangers, put into our words for the taint of rings: what they refuse of the table.

Each asks whether a toleration names the key of a taint. A toleration need not name it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.cluster.admission.admitted import PODS
from tests.cluster.admission.asking import ask, before
from tests.cluster.admission.bypasses import BYPASSES, TOLERATIONS
from tests.cluster.admission.in_force import DRY, headers
from tests.cluster.admission.requests import DEVELOPER, TAINT, Naming, Object, namespace, pod, tolerating
from tests.cluster.admission.shop import SPACES
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane

NAMING = Naming()
COMPARES = {"kube-apiserver": ["--feature-gates=TaintTolerationComparisonOperators=true"]}
GUARDED = '!has(object.spec.tolerations) || !object.spec.tolerations.exists(t, {} in ["{}"])'


KEYLESS = (
    "a stranger tolerates everything",
    "a stranger tolerates everything, by an empty key",
    "a stranger tolerates every NoSchedule taint",
    "a stranger tolerates a ring behind another toleration",
    "a stranger names no name, only the beginning of one",
    "a stranger comes by server-side apply",
    "a stranger brings another scheduler",
    "a stranger waits behind a gate",
)
"""They name no key, and tolerate all there are."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What it asks of a pod, how many of all ways around the rings it leaves open, and which of those by a toleration.

    And which pods it refuses that enter no ring.
    """

    expression: str
    left_open: int
    by_toleration: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


RECIPES = {
    # kyverno/policies, other-vpol/restrict-controlplane-scheduling
    "Kyverno's sample restrict-controlplane-scheduling": Recipe(GUARDED.format('t.?key.orValue("")', TAINT), 163, KEYLESS),
    # projectcapsule/capsule#1829, as corrected there
    "Capsule's documentation, corrected": Recipe(
        GUARDED.format("t.key", TAINT), 127, refused=("a pod of no ring tolerates what would evict it",)
    ),
}
NEVER_THERE = {
    # projectcapsule/capsule#1829, as first documented
    "Capsule's documentation": f'!has(object.spec.tolerations) || !exists(object.spec.tolerations, t, t.key in ["{TAINT}"])',
    # NVIDIA/topograph#410, as first proposed
    "topograph's has() of an entry": 'has(request.userInfo.extra["authentication.kubernetes.io/node-name"])',
}


def policy(name: str, expression: str) -> list[Object]:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["pods"]}
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [rule]},
        "validations": [{"expression": expression, "message": f"refused by {name}"}],
    }
    about = {"name": "recipe-" + "".join(filter(str.isalpha, name.lower()))}
    version, kind = "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"
    binding = {"policyName": about["name"], "validationActions": ["Deny"]}
    return [
        {"apiVersion": version, "kind": kind, "metadata": about, "spec": spec},
        {"apiVersion": version, "kind": f"{kind}Binding", "metadata": about, "spec": binding},
    ]


@pytest.fixture(scope="module")
def plane(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a control plane with what the rows change."""
    with start_plane(controllers=False, kwok=False, flags=COMPARES) as started:
        started.create([namespace(name) for name in SPACES])
        started.apply(before(BYPASSES, NAMING))
        yield started


def refuses(plane: ControlPlane, name: str) -> bool:
    return f"refused by {name}" in str(create(plane, pod("default", tolerations=tolerating("restricted"))))


def create(plane: ControlPlane, thing: Object) -> tuple[int, Any]:
    return plane.try_request("POST", plane.client.path(thing, named=False) + DRY, thing, more=headers(DEVELOPER))


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_leaves_open(plane: ControlPlane, name: str) -> None:
    recipe = RECIPES[name]
    written = policy(name, recipe.expression)
    plane.create(written)
    try:
        plane.wait(partial(refuses, plane, name), "the recipe is in force")
        answers = {sentence: ask(plane, sentence, row, NAMING) for sentence, row in BYPASSES.items()}
        harmless = {sentence: ask(plane, sentence, row, NAMING)[0] for sentence, row in PODS.items() if "of no ring" in sentence}
    finally:
        plane.delete(written)
    passed = [sentence for sentence, (code, _) in answers.items() if code < 300]
    assert [sentence for sentence in passed if sentence in TOLERATIONS] == list(recipe.by_toleration)
    assert [sentence for sentence, code in harmless.items() if code >= 300] == list(recipe.refused)
    assert len(passed) == recipe.left_open


@pytest.mark.parametrize("name", NEVER_THERE)
def test_a_recipe_that_does_not_compile_is_never_there(plane: ControlPlane, name: str) -> None:
    thing = policy(name, NEVER_THERE[name])[0]
    code, answer = plane.try_request("POST", plane.client.path(thing, named=False) + DRY, thing)
    assert code == 422
    assert "compilation failed" in answer["message"]
