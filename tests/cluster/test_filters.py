"""Our rules and kube-scheduler give the same verdict on random cases, and for a "no" the same message with every count."""

import os
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.cluster.bed import ControlPlane
from tests.cluster.case_claims import CLAIM as VOLUME_CLAIM
from tests.cluster.case_claims import VOLUME, tell_uids
from tests.cluster.case_devices import CLAIM, HOLDER, claim_for
from tests.cluster.cases import Case, case
from tests.cluster.client import MERGE
from tests.cluster.judging import DEFAULT, FOREIGN, Verdict, answered, differences, judge
from tests.cluster.stage import say

CASES = int(os.environ.get("RINGFENCE_CASES", "1100"))
"""Of so many 1,000 are left once the API server has refused some; a soak has 52,000."""
FIRST = int(os.environ.get("RINGFENCE_FIRST_CASE", "0"))
BATCH = 50
MOST_REFUSED = 0.06
LATE_SECONDS = 15


@pytest.fixture(scope="module")
def judged() -> list[int]:
    """Return how many cases of each batch kube-scheduler was asked about."""
    return []


@pytest.mark.parametrize("start", range(FIRST, FIRST + CASES, BATCH))
def test_the_rules_give_the_verdict_of_kube_scheduler(
    scheduler_only: ControlPlane, start: int, tmp_path: Path, judged: list[int]
):
    cases = [case(seed) for seed in range(start, start + BATCH)]
    try:
        _prepare(scheduler_only, cases)
        ours = judge(cases, tmp_path)
        asked = [one for one in cases if one.pod]
        different = differences(ours, _scheduled(scheduler_only, asked, ours))
        assert different == [], "\n".join(different)
        judged.append(len(asked))
    finally:
        _clean(scheduler_only, cases)


def test_the_api_server_refuses_few_of_the_cases(judged: list[int], request: pytest.FixtureRequest):
    say(request.config, f"cases that kube-scheduler was asked about: {sum(judged)} of {BATCH * len(judged)}")
    assert sum(judged) >= (1 - MOST_REFUSED) * BATCH * len(judged)


def _prepare(plane: ControlPlane, cases: list[Case]) -> None:
    """Create everything but the pods to be judged; drop the pods that the API server refuses."""
    plane.create([each for case in cases for each in case.namespaces])
    objects = _objects(plane, cases)
    _create(plane, objects)
    _set_status(plane, [each for each in objects if each["kind"] in (VOLUME, VOLUME_CLAIM)])
    plane.delete([each for each in objects if "deletionTimestamp" in each["metadata"]])
    plane.create([each for case in cases for each in case.nodes])
    residents = [(one, each) for one in cases for each in one.residents]
    for one in cases:
        one.residents = []
    for (one, each), there in zip(residents, _are_created(plane, [each for _, each in residents]), strict=True):
        one.residents += [each] * there
    for one, sound in zip(cases, _are_created(plane, [one.pod for one in cases], "?dryRun=All"), strict=True):
        one.pod = one.pod if sound else {}
    there = {(each["metadata"]["namespace"], each["metadata"]["name"]) for one in cases for each in one.residents}
    held = [each for each in objects if each["kind"] == "ResourceClaim"]
    _set_status(plane, [each for each in held if (each["metadata"]["namespace"], each["metadata"]["labels"][HOLDER]) in there])


def _objects(plane: ControlPlane, cases: list[Case]) -> list[dict]:
    """Return what is there beside nodes and pods; what cases share is there once."""
    return list({plane.client.path(each): each for one in cases for each in one.objects}.values())


def _create(plane: ControlPlane, objects: list[dict]) -> None:
    """Create claims first: volumes may tell which claim of a name they are kept for."""
    claims = [each for each in objects if each["kind"] == VOLUME_CLAIM]
    for each, made in zip(claims, plane.create(claims), strict=True):
        each["metadata"]["uid"] = made["metadata"]["uid"]
    tell_uids(objects, claims)
    plane.create([each for each in objects if each["kind"] != VOLUME_CLAIM])


def _set_status(plane: ControlPlane, objects: list[dict]) -> None:
    """Write what the API server leaves out when an object is created."""
    given = [(f"{plane.client.path(each)}/status", {"status": each["status"]}) for each in objects if "status" in each]
    plane.client.parallel([partial(plane.request, "PATCH", path, status, MERGE) for path, status in given])


def _are_created(plane: ControlPlane, pods: list[dict], query: str = "") -> list[bool]:
    return plane.client.parallel([partial(_is_created, plane, pod, query) for pod in pods])


def _is_created(plane: ControlPlane, pod: dict, query: str = "") -> bool:
    """Create a pod, unless the API server refuses it as invalid."""
    code, answer = plane.try_request("POST", f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods{query}", pod)
    if code not in (201, 403, 422):
        pytest.fail(f"{code}: {answer}")
    return code == 201


def _scheduled(plane: ControlPlane, cases: list[Case], ours: dict[str, Verdict]) -> dict[str, Verdict]:
    """Create the pods and wait until kube-scheduler has spoken of each.

    What was created a moment ago it may learn of late: a verdict that is not ours is heard again for a while.
    """
    with plane.follow("/api/v1/pods") as pods:
        plane.create([one.pod for one in cases])
        plane.client.parallel([partial(_claim, plane, one) for one in cases if one.pod["spec"].get("resourceClaims")])
        keys = {one.name: (one.name, "incoming") for one in cases}
        foreign = {one.name for one in cases if one.pod["spec"].get("schedulerName", DEFAULT) != DEFAULT}

        def spoken() -> dict[str, Verdict] | None:
            found = {name: answered(pods.objects[key]) for name, key in keys.items() if key in pods.objects}
            said = {name: verdict or FOREIGN for name, verdict in found.items() if verdict or name in foreign}
            return said if len(said) == len(keys) else None

        found = plane.wait(spoken, "every pod has a verdict")
        with suppress(TimeoutError):
            plane.wait(lambda: not differences(ours, spoken() or found), "late news have come", LATE_SECONDS)
        return spoken() or found


def _claim(plane: ControlPlane, one: Case) -> None:
    """Do what the controller of claims does: make the pod's claim, and tell the pod."""
    path = plane.client.path(one.pod)
    template = next(each for each in one.objects if each["metadata"]["name"] == "card")
    claim = claim_for(plane.request("GET", path), template)
    plane.request("POST", plane.client.path(claim, named=False), claim)
    names = [{"name": "card", "resourceClaimName": CLAIM}]
    plane.request("PATCH", f"{path}/status", {"status": {"resourceClaimStatuses": names}}, MERGE)
    one.objects.append({**template, "kind": "ResourceClaim", "metadata": {**template["metadata"], "name": CLAIM}})


def _let_go(plane: ControlPlane, claims: list[dict]) -> None:
    """Take off what keeps claims that are allocated from being deleted: whoever would do it does not run here."""
    for each in claims:
        plane.try_request("PATCH", plane.client.path(each), {"metadata": {"finalizers": None}}, MERGE)


def _clean(plane: ControlPlane, cases: list[Case]) -> None:
    plane.delete([each for one in cases for each in (one.pod, *one.residents) if each])
    _let_go(plane, [each for one in cases for each in one.objects if each["kind"] == "ResourceClaim"])
    plane.delete([*(each for one in cases for each in one.nodes), *_objects(plane, cases)])
    plane.delete([each for one in cases for each in one.namespaces])
