"""A kubeconfig, or the service account of a pod, as a client of the `kubernetes` package; nothing is sent yet."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from models.source import Source
from planner.errors import BadInput, Fault
from planner.read.outage import one_line

_FIX = "check --kubeconfig and --context (kubectl config get-contexts)"


@dataclass(frozen=True, slots=True)
class Connection:
    """A client that is ready to ask, the name by which messages call the cluster, and the headers of every request."""

    name: str
    client: Any
    headers: tuple[tuple[str, str], ...] = ()


def connect(context: str | None, kubeconfig: str | None) -> Connection:
    """Read the kubeconfig and run its login program if it has one; raise BadInput where that does not work.

    Without both arguments, and without a kubeconfig where kubectl looks for one, a pod's own service account is used.
    """
    where = Source(kubeconfig or "kubeconfig")
    try:
        with _Overheard() as overheard:
            found = _connect(context, kubeconfig)
    except Exception as error:
        # Whatever the kubeconfig provokes, from KeyError to YAML errors.
        reason = one_line(str(error)) or type(error).__name__
        raise BadInput([Fault(where, "", f"cannot be used: {reason}", _FIX)]) from None
    if overheard.words:
        reason = f"its login program does not work: {one_line(overheard.words[0].removeprefix('exec: '))}"
        raise BadInput([Fault(where, "", reason, "run the command under users[].user.exec by hand, and log in again")])
    return found


def _connect(context: str | None, kubeconfig: str | None) -> Connection:
    import kubernetes
    import urllib3
    from kubernetes.config import kube_config

    client, config, files = (cast("Any", each) for each in (kubernetes.client, kubernetes.config, kube_config))
    configuration = client.Configuration()
    if "KUBERNETES_SERVICE_HOST" in os.environ and not (context or kubeconfig or _has_kubeconfig()):
        config.load_incluster_config(client_configuration=configuration)
        return Connection("the cluster", client.ApiClient(configuration))
    merged = files.KubeConfigMerger(kubeconfig or config.KUBE_CONFIG_DEFAULT_LOCATION).config
    if merged is None:
        raise ValueError("it is empty, or there is none")
    loader = files.KubeConfigLoader(config_dict=merged, config_base_path=None, active_context=context)
    loader.load_and_set(configuration)
    if not configuration.verify_ssl:
        # Whoever wrote insecure-skip-tls-verify knows; kubectl does not warn either.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    chosen = loader.current_context
    name = f"cluster {one_line(str(chosen['name']))}"
    return Connection(name, client.ApiClient(configuration), tuple(_headers(merged.value, chosen["context"])))


def _headers(config: dict[str, Any], context: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Say what kubectl does with a kubeconfig and the `kubernetes` package does not: act as another, and compress."""
    user, cluster = (_entry(config, kind, context.get(kind)) for kind in ("user", "cluster"))
    if user.get("as"):
        yield "Impersonate-User", str(user["as"])
        if user.get("as-uid"):
            yield "Impersonate-Uid", str(user["as-uid"])
        yield from (("Impersonate-Group", str(each)) for each in user.get("as-groups") or ())
    if not cluster.get("disable-compression"):
        yield "Accept-Encoding", "gzip"


def _entry(config: dict[str, Any], kind: str, name: object) -> dict[str, Any]:
    """Find a user or a cluster; the package keeps each in a node of its own."""
    found = next((each.value[kind] for each in config[f"{kind}s"] if each.value["name"] == name), None)
    return found if isinstance(found, dict) else {}


def _has_kubeconfig() -> bool:
    paths = os.environ.get("KUBECONFIG", "").split(os.pathsep)
    return any(path and os.path.exists(path) for path in (*paths, os.path.expanduser("~/.kube/config")))


class _Overheard(logging.Handler):
    """Hears what the `kubernetes` package only logs: that a login program failed, which it then ignores."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was said."""
        self.words.append(record.getMessage())

    def __enter__(self) -> "_Overheard":
        """Listen."""
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no longer."""
        logging.getLogger().removeHandler(self)
