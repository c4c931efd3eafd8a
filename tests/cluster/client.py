"""A fast client for one API server: kept connections, many threads, plain dicts, and the server's own words when it says no."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
import urllib3

THREADS = 8
JSON = "application/json"
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
PATIENCE = urllib3.Timeout(connect=5, read=60)
FOREVER = urllib3.Timeout(connect=5, read=None)
# What other objects live in, or are checked against, comes first.
FIRST = (
    frozenset({"Namespace", "CustomResourceDefinition"}),
    frozenset({"ServiceAccount", "LimitRange", "ResourceQuota", "PriorityClass", "RuntimeClass", "StorageClass", "Node"}),
)
SERVERS_OWN = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")

Object = dict[str, Any]


class RefusedError(Exception):
    """The API server said no: `code` and `status` are its answer."""

    def __init__(self, method: str, path: str, code: int, status: Any) -> None:
        self.code = code
        self.status = status
        self.reason = status.get("reason", "") if isinstance(status, dict) else ""
        self.message = status.get("message", "") if isinstance(status, dict) else str(status)
        super().__init__(f"{method} {path}: {code} {self.message}")


class Client:
    """Requests to one API server, from any thread."""

    def __init__(self, url: str, token: str, ca: Path, threads: int = THREADS) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Accept": JSON}
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=2 * threads, ca_certs=str(ca), cert_reqs="CERT_REQUIRED", retries=False, timeout=PATIENCE
        )
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="bed")
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}
        self._lock = Lock()

    def close(self) -> None:
        """End the threads and the connections."""
        self._threads.shutdown(cancel_futures=True)
        self._pool.clear()

    def request(self, method: str, path: str, body: Any = None, content_type: str = JSON) -> Any:
        """Send one request and return the decoded answer; 4xx and 5xx raise RefusedError."""
        code, data = self.try_request(method, path, body, content_type)
        if code >= 400:
            raise RefusedError(method, path, code, data)
        return data

    def try_request(
        self, method: str, path: str, body: Any = None, content_type: str = JSON, more: Iterable[tuple[str, str]] = ()
    ) -> tuple[int, Any]:
        """Send one request, with more headers, and return the code and the decoded answer, whatever they are."""
        data = msgspec.json.encode(body) if body is not None else None
        headers = urllib3.HTTPHeaderDict(self._headers)
        headers.extend([*([("Content-Type", content_type)] if data is not None else []), *more])
        answer = self._pool.request(method, self._url + path, body=data, headers=headers)
        return answer.status, _decoded(answer.data, answer.headers.get("Content-Type", ""))

    @contextmanager
    def stream(self, path: str) -> Iterator[tuple[urllib3.BaseHTTPResponse, Iterator[bytes]]]:
        """Open an answer that comes in pieces, such as a watch: the answer, and an iterator over its lines."""
        answer = self._pool.request("GET", self._url + path, headers=self._headers, preload_content=False, timeout=FOREVER)
        try:
            if answer.status >= 400:
                data = _decoded(answer.data, answer.headers.get("Content-Type", ""))
                raise RefusedError("GET", path, answer.status, data)
            yield answer, _lines(answer)
        finally:
            answer.close()
            answer.release_conn()

    def items(self, path: str) -> list[Object]:
        """Return every item of a collection."""
        found: list[Object] = []
        page = ""
        joint = "&" if "?" in path else "?"
        while True:
            answer = self.request("GET", f"{path}{joint}limit=5000{page}")
            found += answer["items"]
            if not (rest := answer["metadata"].get("continue")):
                return found
            page = f"&continue={rest}"

    def parallel(self, calls: Iterable[Any]) -> list[Any]:
        """Make the calls in parallel threads; return the answers in order, or raise the first error when all are done."""
        futures = [self._threads.submit(call) for call in calls]
        errors = [error for future in futures if (error := future.exception())]
        if errors:
            raise errors[0]
        return [future.result() for future in futures]

    def create(self, objects: Iterable[Object], query: str = "") -> list[Object]:
        """Create the objects in parallel, in no order; it is an error if one exists already."""
        return self.parallel([partial(self._create, each, query) for each in objects])

    def apply(self, objects: Iterable[Object], manager: str = "bed") -> list[Object]:
        """Apply the objects on the server, forced, in parallel; what others live in goes first; a given status is applied too."""
        given = [_own(each) for each in unpacked(objects)]
        return [made for wave in _waves(given) for made in self.parallel([partial(self._apply, each, manager) for each in wave])]

    def delete(self, objects: Iterable[Object], grace: int = 0) -> None:
        """Delete the objects in parallel, whether they exist or not; dependents go in the background."""
        how = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": grace, "propagationPolicy": "Background"}
        self.parallel([partial(self._delete, each, how) for each in objects])

    def path(self, thing: Object, *, named: bool = True) -> str:
        """Return the path of an object, or of the collection that it belongs to."""
        plural, namespaced = self._kind(thing["apiVersion"], thing["kind"])
        metadata = thing["metadata"]
        scope = f"/namespaces/{metadata.get('namespace', 'default')}" if namespaced else ""
        return f"{_root(thing['apiVersion'])}{scope}/{plural}" + (f"/{metadata['name']}" if named else "")

    def _create(self, thing: Object, query: str) -> Object:
        made: Object = self.request("POST", self.path(thing, named=False) + query, thing)
        return made

    def _apply(self, thing: Object, manager: str) -> Object:
        query = f"?fieldManager={manager}&force=true"
        made: Object = self.request("PATCH", self.path(thing) + query, thing, APPLY)
        if thing.get("status"):
            only = {key: thing[key] for key in ("apiVersion", "kind", "status")}
            only["metadata"] = {key: thing["metadata"][key] for key in ("name", "namespace") if key in thing["metadata"]}
            made = self.request("PATCH", f"{self.path(thing)}/status{query}", only, APPLY)
        return made

    def _delete(self, thing: Object, how: Object) -> None:
        path = self.path(thing)
        code, status = self.try_request("DELETE", path, how)
        if code >= 400 and code != 404:
            raise RefusedError("DELETE", path, code, status)

    def _kind(self, version: str, kind: str) -> tuple[str, bool]:
        """Ask the server once per API version how a kind is called in paths, and whether it lives in namespaces."""
        with self._lock:
            if (version, kind) not in self._kinds:
                for each in self.request("GET", _root(version))["resources"]:
                    if "/" not in each["name"]:
                        self._kinds[version, each["kind"]] = (each["name"], each["namespaced"])
            if (version, kind) not in self._kinds:
                raise KeyError(f"the API server knows no {kind} in {version}")
            return self._kinds[version, kind]


def unpacked(documents: Iterable[Object]) -> list[Object]:
    """Return the objects of documents, some of which may be Lists."""
    return [each for document in documents for each in document.get("items", [document])]


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _own(thing: Object) -> Object:
    """Leave out what only the server may say, so that what was once read from a cluster can be applied to another."""
    metadata = {key: value for key, value in thing["metadata"].items() if key not in SERVERS_OWN}
    return {**thing, "metadata": metadata}


def _waves(things: list[Object]) -> Iterator[list[Object]]:
    for kinds in FIRST:
        yield [each for each in things if each["kind"] in kinds]
    early = set().union(*FIRST)
    yield [each for each in things if each["kind"] not in early]


def _decoded(data: bytes, kind: str) -> Any:
    return msgspec.json.decode(data) if kind.startswith(JSON) else data.decode("utf-8", "replace")


def _lines(answer: Any) -> Iterator[bytes]:
    rest = b""
    while piece := answer.read1():
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
