"""An API server: asks within a budget of time, lists in pages, and says in words what went wrong.

Only the transport of the `kubernetes` client is used: bodies are decoded here, because its typed models refuse valid objects.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from models.source import Source
from planner.errors import BadInput, Fault
from planner.read.live import errors, kubeconfig
from planner.read.live.errors import one_line
from planner.read.live.response_body import TooLarge, beginning, whole
from planner.read.live.timeout import Deadline

PAGE = 500
"""Objects in one answer, as kubectl asks for them: what an API server has ready at once, and what fits into memory."""
MOST = 512 << 20
"""So many bytes a list may have unless more is asked for: those of some 50,000 pods."""
_SMALLEST, _FEW = 64, 10_000
"""So many bytes an object in a long list takes at least, of which its uid alone takes 36; so many may take less."""
_EXCUSE = 1 << 16
"""So much is read of what a server says instead of an answer."""
_ENDED = 410
"""Gone: the list was so long that etcd has compacted the revision at which it began."""
_BEARABLE = (403, 404, _ENDED)
"""Not allowed, not served, or to be begun again: a plan can be made without some kinds."""
_ANY = ("", "List")
"""How a list is called by those who do not say of what it is."""
_PROXY = "check whether a proxy answers in its place, and try again"
_SLOW = "check whether the API server is well and the address right, or raise --timeout"


class Refused(Exception):  # noqa: N818  never leaves the room
    """The API server answers with an error status that a caller may live with, and says why."""

    def __init__(self, status: int, why: str) -> None:
        """Keep both."""
        self.status = status
        self.why = why
        super().__init__(f"{status} {why}")


class _Meta(msgspec.Struct):
    token: str | None = msgspec.field(default=None, name="continue")


class _Page(msgspec.Struct):
    """A page of a list; API servers write `items: null` where there are none, but never leave them out."""

    kind: str = ""
    items: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET
    metadata: _Meta | None = None


def _bounded(size: int) -> type[Any]:
    """Return what a page of so many bytes may be: its items are objects, and no more than API servers can write in it."""
    left = iter(range(size // _SMALLEST + _FEW))

    def count(_: object) -> None:
        if next(left, None) is None:
            raise ValueError(f"more items than {size:,} bytes can hold")

    item: Any = msgspec.defstruct("Item", (), namespace={"__post_init__": count}, gc=False)
    return msgspec.defstruct("Items", [("items", list[item] | None, None)])


class Api:
    """A connection to one API server; `timeout` in seconds bounds everything that is asked, and the login, together."""

    def __init__(self, context: str | None, config: str | None, timeout: float, most: int = MOST) -> None:
        """Read the kubeconfig, or the service account of the pod this runs in; nothing is sent yet.

        No list may be of more than `most` bytes, in all its pages.
        """
        self.name = f"cluster {context}" if context else "the cluster"
        if not timeout > 0:
            raise BadInput([Fault(Source(self.name), "--timeout", "must be more than 0 seconds", "give it more")])
        # Importing takes a second or more where the disk is slow: that is not the cluster's fault.
        import kubernetes  # noqa: F401  so that it is there when the clock runs

        self._deadline, self._most = Deadline(timeout), most
        try:
            connection = kubeconfig.connect(context, config, self._deadline)
        except TimeoutError:
            reason = f"its login program does not end within the {timeout:g} s of --timeout"
            raise BadInput([Fault(Source(config or "kubeconfig"), "", reason, "log in by hand first")]) from None
        self.name, self._client, self._headers, self.secrets = (
            connection.name,
            connection.client,
            connection.headers,
            connection.secrets,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.rest_client.pool_manager.clear()

    def get(
        self, path: str, query: Mapping[str, object], accept: str = "application/json", most: int | None = None
    ) -> bytes | bytearray:
        """Make one request and return the body of at most so many bytes, or raise Refused or BadInput."""
        limit = self._most if most is None else most
        from urllib3.exceptions import HTTPError

        try:
            status, reason, body = self._deadline.spend(lambda: self._ask(path, query, accept, limit))
        except TimeoutError:
            raise self._late(path) from None
        except TooLarge:
            raise self._too_large(path) from None
        except (HTTPError, OSError) as error:
            reason, fix = errors.of_error(error, self.secrets)
            raise self.bad(reason, fix) from None
        except UnicodeDecodeError:
            raise self.bad(f"answers with bytes that are no UTF-8 (GET {path})", _PROXY) from None
        except ValueError:
            # Its text would show them.
            raise self.bad("cannot be asked: HTTP cannot carry the credentials in the kubeconfig", "log in again") from None
        if status == 200:
            return body
        if status in _BEARABLE:
            raise Refused(status, errors.message(body, self.secrets))
        certificate = self._client.configuration.cert_file
        raise self.bad(*errors.of_status(status, reason, body, certificate, self.secrets))

    def _ask(self, path: str, query: Mapping[str, object], accept: str, most: int) -> tuple[int, str, bytes | bytearray]:
        from urllib3 import HTTPHeaderDict
        from urllib3.util.retry import Retry

        headers = HTTPHeaderDict([*self._headers, ("Accept", accept), ("User-Agent", "ringfence")])
        for auth_setting in self._client.configuration.auth_settings().values():
            # Without its scheme (Bearer), as a server may repeat the token alone.
            self.secrets.add(auth_setting["value"].strip().rpartition(" ")[2])
            headers.add(auth_setting["key"], auth_setting["value"].strip())
        answer = self._client.rest_client.pool_manager.request(
            "GET",
            f"{self._client.configuration.host}{path}",
            fields={key: str(value) for key, value in query.items()},
            headers=headers,
            # A little more than is left, so that the budget ends it and not the socket: one cause, one message.
            timeout=self._deadline.left + 1,
            # A redirect leads to a login page or a proxy, and would take the credentials there.
            redirect=False,
            preload_content=False,
            # Only "too many requests" is tried again, after as long as the API server asks for.
            retries=Retry(3, connect=0, read=0, redirect=0, other=0, status_forcelist=[429], raise_on_status=False),
        )
        try:
            body = whole(answer, most) if answer.status == 200 else beginning(answer, _EXCUSE)
        except BaseException:
            # What is left of the body would be taken for the answer to the next request.
            answer.close()
            raise
        answer.release_conn()
        return answer.status, one_line(self.secrets.strike(answer.reason or "")), body

    def items(self, path: str, kind: str = "") -> list[msgspec.Raw]:
        """List everything page by page; a list that expires on the way is asked for again, whole, as kubectl does.

        `kind` is what the items are, empty where their list may have any name, as custom resources' may.
        """
        try:
            return self._items(path, kind, {"limit": PAGE})
        except Refused as refused:
            if refused.status != _ENDED:
                raise
        try:
            return self._items(path, kind, {})
        except Refused as refused:
            if refused.status != _ENDED:
                raise
            raise self.bad("lists expire before they are read to the end (410)", "try again, or ask who runs it") from None

    def _items(self, path: str, kind: str, query: Mapping[str, object]) -> list[msgspec.Raw]:
        items: list[msgspec.Raw] = []
        token, left = "", self._most
        while True:
            body = self.get(path, {**query, "continue": token} if token else query, most=left)
            left -= len(body)
            self.decoded(body, _bounded(len(body)))  # which keeps nothing: what a page holds takes many times its bytes
            page: _Page = self.decoded(body, _Page)
            if page.items is msgspec.UNSET or (kind and page.kind not in (f"{kind}List", *_ANY)):
                raise self.no_list(f"{self._of_kind(page.kind)} (GET {path})")
            items += page.items or ()
            token = (page.metadata.token if page.metadata else None) or ""
            if not token:
                return items

    def decoded(self, body: bytes | bytearray, kind: type[Any]) -> Any:
        """Decode a body, or raise BadInput that says what it is not."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self.no_list(one_line(self.secrets.strike(str(error)))) from None

    def no_list(self, why: str) -> BadInput:
        """Say that what it answers is not what it was asked for."""
        return self.bad(f"answers with something that is no list: {why}", _PROXY)

    def bad(self, reason: str, fix: str) -> BadInput:
        """Say what keeps the cluster from being read."""
        return BadInput([Fault(Source(self.name), "", f"the API server {self._client.configuration.host} {reason}", fix)])

    def _late(self, path: str) -> BadInput:
        reason = f"has not told everything within the {self._deadline.seconds:g} s of --timeout (GET {path})"
        return self.bad(reason, _SLOW)

    def _too_large(self, path: str) -> BadInput:
        reason = f"tells more than the {as_quantity(self._most)} of --max-response, in all pages of a list (GET {path})"
        return self.bad(reason, "check whether the address is right, or raise --max-response for a cluster so large")

    def _of_kind(self, kind: str) -> str:
        return f"an object of kind {one_line(self.secrets.strike(kind))}" if kind else "an object without kind and items"


def as_quantity(size: int) -> str:
    """Write a number of bytes as a Quantity."""
    for power, suffix in ((30, "Gi"), (20, "Mi"), (10, "Ki")):
        if size and size % (1 << power) == 0:
            return f"{size >> power}{suffix}"
    return str(size)
