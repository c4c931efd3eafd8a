"""Lets pods go that their fake kubelet has ended, each by its uid.

A kubelet deletes the pod that it has ended and no other; kwok deletes by name, and where it is late that is the next pod of the
name. So here kwok only writes on a pod that it has ended (stages.yaml), and this deletes it.
"""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import urllib3

from tests.cluster.client import Client, Object
from tests.cluster.follow import Following, is_passing

ENDED = "bed.ringfence.dev/ended"
THREADS = 4
TRIES, PAUSE = 50, 0.1
"""A server that is away for a moment, because it is restarted, is asked again."""


class Undertaker(Following):
    """Deletes, inside its `with` block, every pod that is said to have ended; it keeps neither objects nor events."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, "/api/v1/pods")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="undertaker")

    def __exit__(self, *_: object) -> None:
        super().__exit__(*_)
        self._threads.shutdown(cancel_futures=True)

    def _begin(self, things: list[Object]) -> None:
        for each in things:
            self._note("ADDED", each)

    def _note(self, kind: str, thing: Object) -> None:
        metadata = thing["metadata"]
        # one that a finalizer keeps has no grace left once it is deleted
        if kind != "DELETED" and ENDED in metadata.get("annotations", {}) and metadata.get("deletionGracePeriodSeconds") != 0:
            self._threads.submit(self.bury, metadata["namespace"], metadata["name"], metadata["uid"])

    def bury(self, namespace: str, name: str, uid: str) -> None:
        """Delete the pod of this name, if it is the one of this uid and still there."""
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        how = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0, "preconditions": {"uid": uid}}
        for _ in range(TRIES):
            try:
                code, _ = self._client.try_request("DELETE", path, how)
            except urllib3.exceptions.HTTPError:
                code = 503
            if not is_passing(code):
                return
            sleep(PAUSE)
