"""A kubeconfig, or the service account of a pod, as a client of the `kubernetes` package; nothing is sent yet."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from models.source import Source
from planner.errors import BadInput, Fault
from planner.read.live.errors import one_line
from planner.read.live.exec_login import LoginFailed, log_in
from planner.read.live.secrets import Secrets
from planner.read.live.timeout import Deadline

_FIX = "check --kubeconfig and --context (kubectl config get-contexts)"


@dataclass(frozen=True, slots=True)
class Connection:
    """A client that is ready to ask, the name by which messages call the cluster, and the headers of every request."""

    name: str
    client: Any
    headers: tuple[tuple[str, str], ...] = ()
    secrets: Secrets = field(default_factory=Secrets)


def connect(context: str | None, kubeconfig: str | None, deadline: Deadline) -> Connection:
    """Read the kubeconfig and run its login program if it has one; raise BadInput where that does not work.

    Without both arguments, and without a kubeconfig where kubectl looks for one, a pod's own service account is used.
    TimeoutError says that the time is over.
    """
    where, secrets = Source(kubeconfig or "kubeconfig"), Secrets()
    try:
        if "KUBERNETES_SERVICE_HOST" in os.environ and not (context or kubeconfig or _has_kubeconfig()):
            return deadline.spend(lambda: _of_pod(secrets))
        chosen = deadline.spend(lambda: _read_merged(context, kubeconfig, secrets))
        _log_in(chosen, deadline, secrets)
        return deadline.spend(lambda: _connection(chosen, secrets))
    except TimeoutError:
        raise
    except LoginFailed as error:
        reason = f"its login program does not work: {one_line(secrets.strike(str(error)))}"
        fix = "run the command under users[].user.exec by hand, and log in again"
    except Exception as error:
        # Whatever the kubeconfig provokes, from KeyError to YAML errors.
        reason = f"cannot be used: {one_line(secrets.strike(str(error))) or type(error).__name__}"
        fix = _FIX
    raise BadInput([Fault(where, "", reason, fix)])


def _of_pod(secrets: Secrets) -> Connection:
    import kubernetes

    client, config = (cast("Any", module) for module in (kubernetes.client, kubernetes.config))
    configuration = client.Configuration()
    config.load_incluster_config(client_configuration=configuration)
    return Connection("the cluster", client.ApiClient(configuration), secrets=secrets)


@dataclass(frozen=True, slots=True)
class _Merged:
    """A kubeconfig as the package has merged it, each user and cluster in a node of its own, and what it will load of it."""

    config: dict[str, Any]
    context: dict[str, Any]
    name: str
    loader: Any


def _read_merged(context: str | None, kubeconfig: str | None, secrets: Secrets) -> _Merged:
    import kubernetes
    from kubernetes.config import kube_config

    config, files = cast("Any", kubernetes.config), cast("Any", kube_config)
    merged = files.KubeConfigMerger(kubeconfig or config.KUBE_CONFIG_DEFAULT_LOCATION).config
    if merged is None:
        raise ValueError("it is empty, or there is none")
    secrets.learn(merged.value)
    # No base path: paths in a kubeconfig start from the file that has them, and several files may be merged.
    loader = files.KubeConfigLoader(config_dict=merged, config_base_path=None, active_context=context)
    current = loader.current_context
    return _Merged(merged.value, current["context"], str(current["name"]), loader)


def _log_in(chosen: _Merged, deadline: Deadline, secrets: Secrets) -> None:
    """Put what the login program answers in its place: the package could neither end it nor keep what it says to itself."""
    for entry in chosen.config["users"]:
        user = entry.value.get("user")
        if entry.value["name"] != chosen.context.get("user") or not isinstance(user, dict) or not user.get("exec"):
            continue
        # client-go, too, leaves the program alone where a token is written.
        if user.get("token") or user.get("tokenFile"):
            continue
        cluster = _entry(chosen.config, "cluster", chosen.context.get("cluster"))
        folder = os.path.abspath(os.path.dirname(entry.path)) if entry.path else None
        entry.value["user"] = log_in(user, cluster, folder, deadline, secrets)
        # The loader has taken the user out of the config before, and would still ask the program.
        chosen.loader.set_active_context(chosen.name)


def _connection(chosen: _Merged, secrets: Secrets) -> Connection:
    import kubernetes
    import urllib3

    client: Any = kubernetes.client
    configuration = client.Configuration()
    with _Overheard() as overheard:
        chosen.loader.load_and_set(configuration)
    if overheard.words:
        raise LoginFailed(overheard.words[0].removeprefix("exec: "))
    if not configuration.verify_ssl:
        # Whoever wrote insecure-skip-tls-verify knows; kubectl does not warn either.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    headers = tuple(_headers(chosen.config, chosen.context))
    return Connection(f"cluster {one_line(chosen.name)}", client.ApiClient(configuration), headers, secrets)


def _headers(config: dict[str, Any], context: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Say what kubectl does with a kubeconfig and the `kubernetes` package does not: act as another, and compress."""
    user, cluster = (_entry(config, kind, context.get(kind)) for kind in ("user", "cluster"))
    if user.get("as"):
        yield "Impersonate-User", str(user["as"])
        if user.get("as-uid"):
            yield "Impersonate-Uid", str(user["as-uid"])
        yield from (("Impersonate-Group", str(group)) for group in user.get("as-groups") or ())
    if not cluster.get("disable-compression"):
        yield "Accept-Encoding", "gzip"


def _entry(config: dict[str, Any], kind: str, name: object) -> dict[str, Any]:
    """Find a user or a cluster; the package keeps each in a node of its own."""
    named = next((entry.value[kind] for entry in config[f"{kind}s"] if entry.value["name"] == name), None)
    return named if isinstance(named, dict) else {}


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
