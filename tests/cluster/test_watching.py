"""What is made of the pods that were seen: who had two pods of a StatefulSet away at once, and when a watch goes on."""

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.cluster.client import RefusedError
from tests.cluster.follow import Following
from tests.cluster.rollouts import not_one_by_one

DB = {"kind": "StatefulSet", "metadata": {"name": "db", "namespace": "shop"}, "spec": {}}


def pod(at: int, uid: str, *, ending: bool = False, put_out: bool = False) -> dict[str, Any]:
    reasons = [{"type": "DisruptionTarget", "reason": "PreemptionByScheduler"}] if put_out else []
    conditions = [{"type": "Ready", "status": "True"}, *reasons]
    owner = {"kind": "StatefulSet", "name": "db", "controller": True, "apiVersion": "apps/v1", "uid": "u"}
    metadata = {"name": f"db-{at}", "namespace": "shop", "uid": uid, "ownerReferences": [owner]}
    more = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if ending else {}
    return {"metadata": metadata | more, "spec": {"nodeName": "n"}, "status": {"phase": "Running", "conditions": conditions}}


ENDS, COMES = [("MODIFIED", pod(1, "a", ending=True)), ("DELETED", pod(1, "a", ending=True))], ("MODIFIED", pod(1, "b"))
NEXT = ("MODIFIED", pod(0, "c", ending=True))
SEEN = {
    "the next ends once the last one runs": ([*ENDS, COMES, NEXT], 0),
    "the next ends while the last one is away": ([*ENDS, NEXT], 1),
    "the last one was put out meanwhile": ([*ENDS, COMES, ("MODIFIED", pod(1, "b", ending=True, put_out=True)), NEXT], 0),
    "it was told to end once more": ([*ENDS, COMES, ("MODIFIED", pod(1, "b", ending=True)), NEXT], 1),
    "it is gone though nobody told it to end": ([*ENDS, COMES, ("DELETED", pod(1, "b", ending=True)), NEXT], 1),
}


@pytest.mark.parametrize(("events", "count"), SEEN.values(), ids=SEEN)
def test_two_pods_of_a_stateful_set_are_away_at_once(events, count):
    life = SimpleNamespace(patched=[DB], ring_of={("StatefulSet", "shop", "db"): "a"}, pods=SimpleNamespace(events=events))
    assert len(list(not_one_by_one(life, 0))) == count


class Refusing:
    """An API server whose pods can be listed, and watched once it has refused that with these codes."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)

    def request(self, *_: str) -> Any:
        return {"metadata": {"resourceVersion": "1"}, "items": []}

    @contextmanager
    def stream(self, path: str):
        if self.codes:
            raise RefusedError("GET", path, self.codes.pop(0), {})
        thing = pod(0, "a")
        thing["metadata"]["resourceVersion"] = "2"
        yield SimpleNamespace(shutdown=lambda: None), [msgspec.json.encode({"type": "ADDED", "object": thing})]


def test_a_watch_goes_on_once_the_server_is_no_longer_busy():
    with Following(Refusing(503, 429), "/api/v1/pods") as pods:
        pods.wait(lambda: pods.objects, "the pod is seen")
    pods.insist()


def test_a_watch_that_is_forbidden_says_so():
    with Following(Refusing(403), "/api/v1/pods") as pods, pytest.raises(RefusedError):
        pods.wait(lambda: pods.objects, "the pod is seen")
    with pytest.raises(RefusedError):
        pods.insist()
