"""A collection of the API server, followed by list and watch: what is there now, and everything that happened, in order."""

from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Event, Lock, Thread
from time import monotonic, sleep
from typing import Any, Self

import msgspec
import urllib3

from tests.cluster.client import Client, Object, RefusedError

GONE, TOO_MANY = 410, 429
PAUSE = 0.1
TOGETHER = 0.02


class Following:
    """Inside its `with` block, `objects` holds what is there, by namespace and name, and `events` what happened since the start.

    The list that opens it is no event. A watch that drops goes on where it was; if the server has forgotten that point,
    `gaps` counts it, because changes may be missing from `events` (never from `objects`).
    """

    def __init__(self, client: Client, path: str) -> None:
        self.objects: dict[tuple[str, str], Object] = {}
        self.events: list[tuple[str, Object]] = []
        self.gaps = 0
        self._client = client
        self._path = path
        self._changed = Condition()
        self._version = ""
        self._over = Event()
        self._stream: urllib3.BaseHTTPResponse | None = None
        self._stream_lock = Lock()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=f"follow {path}", daemon=True)

    def __enter__(self) -> Self:
        self._list()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._stream_lock:
            self._over.set()
            if self._stream is not None:
                with suppress(OSError):  # it may just have ended by itself
                    self._stream.shutdown()
        self._thread.join()

    def wait(self, question: Callable[[], Any], what: str, seconds: float = 60) -> Any:
        """Ask again after changes until the answer is true, and return it; what is asked about stands still meanwhile."""
        deadline = monotonic() + seconds
        while True:
            with self._changed:
                self.insist()
                if answer := question():
                    return answer
                if not self._changed.wait(max(0, deadline - monotonic())):
                    raise TimeoutError(f"not within {seconds:g} s: {what}")
            # Thousands of changes a second are asked about together.
            sleep(TOGETHER)

    def insist(self) -> None:
        """Raise what ended the watch before the block did."""
        if self._error:
            raise self._error

    def _run(self) -> None:
        """Watch until the block ends; a server that is away for a moment, because it is restarted, is asked again."""
        try:
            while not self._over.is_set():
                try:
                    self._watch()
                except urllib3.exceptions.HTTPError:
                    self._over.wait(PAUSE)
                except RefusedError as error:
                    if not is_passing(error.code):
                        raise
                    self._over.wait(PAUSE)
        except BaseException as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _list(self) -> None:
        answer = self._client.request("GET", self._path)
        self._version = answer["metadata"]["resourceVersion"]
        self._begin(answer["items"])

    def _begin(self, things: list[Object]) -> None:
        """Take up what is there."""
        with self._changed:
            self.objects = {_key(each): each for each in things}
            self._changed.notify_all()

    def _watch(self) -> None:
        joint = "&" if "?" in self._path else "?"
        query = f"watch=1&allowWatchBookmarks=true&resourceVersion={self._version}"
        try:
            with self._client.stream(f"{self._path}{joint}{query}") as (answer, lines):
                if self._opens(answer):
                    for line in lines:
                        self._take(msgspec.json.decode(line))
        except RefusedError as error:
            if error.code != GONE:
                raise
            self.gaps += 1
            self._list()
        finally:
            with self._stream_lock:
                self._stream = None

    def _opens(self, answer: urllib3.BaseHTTPResponse) -> bool:
        """Keep the answer where the end of the block finds it, unless that end has come already."""
        with self._stream_lock:
            self._stream = answer
            return not self._over.is_set()

    def _take(self, event: Any) -> None:
        kind, thing = event["type"], event["object"]
        if kind == "ERROR":
            raise RefusedError("WATCH", self._path, thing.get("code", 500), thing)
        self._version = thing["metadata"]["resourceVersion"]
        if kind != "BOOKMARK":
            self._note(kind, thing)

    def _note(self, kind: str, thing: Object) -> None:
        """Take up what happened."""
        with self._changed:
            self.events.append((kind, thing))
            if kind == "DELETED":
                self.objects.pop(_key(thing), None)
            else:
                self.objects[_key(thing)] = thing
            self._changed.notify_all()


def is_passing(code: int) -> bool:
    """Say whether a server that answers this may answer otherwise a moment later."""
    return code == TOO_MANY or code >= 500


def _key(thing: Object) -> tuple[str, str]:
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]
