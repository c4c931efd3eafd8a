"""An API server: connects with the `kubernetes` client, lists in pages, and says in words what went wrong.

Only the transport of that client is used: bodies are decoded here, because its typed models refuse valid objects.
"""

import os
import re
from collections.abc import Callable
from typing import Any, cast

import msgspec

from models.source import Source
from planner.errors import BadInput, Fault

PAGE = 500
_ENDED = 410
_LOGIN = "log in again, or choose another --context or --kubeconfig"
_ADDRESS = "check the address in the kubeconfig, the network and the VPN"
_REASONS = (
    ("certificate has expired", "the certificate has expired", "renew the certificate"),
    ("certificate verify failed", "its certificate is not trusted", "check certificate-authority in the kubeconfig"),
    ("SSLError", "TLS does not work", "check the certificates in the kubeconfig"),
    ("Connection refused", "refuses the connection", _ADDRESS),
    ("timed out", "does not answer in time", f"{_ADDRESS}, or raise the timeout"),
    ("NameResolutionError", "its name cannot be resolved", _ADDRESS),
    ("Network is unreachable", "cannot be reached", _ADDRESS),
    ("No route to host", "cannot be reached", _ADDRESS),
)
List = Callable[..., Any]


class Refused(Exception):  # noqa: N818  never leaves the room
    """The API server answers with an error status that a caller may live with."""

    def __init__(self, status: int) -> None:
        """Keep the status."""
        self.status = status
        super().__init__(str(status))


class _Meta(msgspec.Struct):
    token: str | None = msgspec.field(default=None, name="continue")


class _Page(msgspec.Struct):
    items: list[msgspec.Raw] | None = None
    metadata: _Meta | None = None


class Api:
    """A connection to one API server; `timeout` in seconds bounds each request."""

    def __init__(self, context: str | None, kubeconfig: str | None, timeout: float) -> None:
        """Read the kubeconfig, or the service account of the pod this runs in; nothing is sent yet."""
        self.name = f"cluster {context}" if context else "the cluster"
        self._timeout = timeout
        self.client = self._connect(context, kubeconfig)

    def _connect(self, context: str | None, kubeconfig: str | None) -> Any:
        import kubernetes
        from urllib3.util.retry import Retry

        client, config = cast("Any", kubernetes.client), cast("Any", kubernetes.config)
        configuration = client.Configuration()
        # Only "too many requests" is tried again, after as long as the API server asks for.
        configuration.retries = Retry(3, connect=0, read=0, redirect=0, status_forcelist=[429], raise_on_status=False)
        try:
            if "KUBERNETES_SERVICE_HOST" in os.environ and not (context or kubeconfig or _has_kubeconfig()):
                config.load_incluster_config(client_configuration=configuration)
                return client.ApiClient(configuration)
            return config.new_client_from_config(kubeconfig, context, persist_config=False, client_configuration=configuration)
        except Exception as error:
            # Whatever the kubeconfig provokes, from KeyError to YAML errors.
            reason = " ".join(str(error).split()) or type(error).__name__
            where = Source(kubeconfig or "kubeconfig")
            fix = "check --kubeconfig and --context (kubectl config get-contexts)"
            raise BadInput([Fault(where, "", f"cannot be used: {reason}", fix)]) from None

    def close(self) -> None:
        """Close the connections."""
        self.client.rest_client.pool_manager.clear()

    def bytes_of(self, call: List, *arguments: str, **options: Any) -> bytes:
        """Make one request and return the body, or raise Refused or BadInput."""
        from kubernetes.client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        try:
            answer = call(*arguments, **options, _preload_content=False, _request_timeout=self._timeout)
            body: bytes = answer.data
        except ApiException as error:
            if error.status in (403, 404, _ENDED):
                raise Refused(error.status) from None
            raise self._failed(error) from None
        except (HTTPError, OSError) as error:
            raise self._failed(error) from None
        return body

    def items(self, call: List, *arguments: str) -> list[msgspec.Raw]:
        """List everything page by page; a list that expires on the way is started again once."""
        try:
            return self._items(call, arguments)
        except Refused as refused:
            if refused.status != _ENDED:
                raise
        try:
            return self._items(call, arguments)
        except Refused as refused:
            if refused.status != _ENDED:
                raise
            raise self.bad("lists expire before they are read to the end (410)", "try again, or raise the timeout") from None

    def _items(self, call: List, arguments: tuple[str, ...]) -> list[msgspec.Raw]:
        found: list[msgspec.Raw] = []
        token = ""
        while True:
            body = self.bytes_of(call, *arguments, limit=PAGE, **({"_continue": token} if token else {}))
            try:
                page = msgspec.json.decode(body, type=_Page)
            except msgspec.DecodeError as error:
                fix = "check whether a proxy answers in its place, and try again"
                raise self.bad(f"answers with something that is no list: {error}", fix) from None
            found += page.items or ()
            token = (page.metadata.token if page.metadata else None) or ""
            if not token:
                return found

    def bad(self, reason: str, fix: str) -> BadInput:
        """Say what keeps the cluster from being read."""
        return BadInput([Fault(Source(self.name), "", f"the API server {reason}", fix)])

    def _failed(self, error: Any) -> BadInput:
        status = getattr(error, "status", 0)
        if status == 401:
            return self.bad("does not know who you are (401 Unauthorized)", _LOGIN)
        if status:
            return self.bad(f"answers with {status} {error.reason}", "try again later, or ask who runs it")
        text = f"{type(error).__name__} {error}"
        for pattern, reason, fix in _REASONS:
            if pattern in text:
                return self.bad(reason if not reason.startswith("its") else f"cannot be trusted or found: {reason}", fix)
        if re.search("IncompleteRead|Connection aborted|ProtocolError|ConnectionReset|RemoteDisconnected", text):
            return self.bad("breaks off in the middle of an answer", "try again")
        return self.bad(f"cannot be reached: {' '.join(text.split())[:200]}", _ADDRESS)


def _has_kubeconfig() -> bool:
    paths = os.environ.get("KUBECONFIG", "").split(os.pathsep)
    return any(path and os.path.exists(path) for path in (*paths, os.path.expanduser("~/.kube/config")))
