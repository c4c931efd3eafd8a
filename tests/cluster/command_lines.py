"""How each program of the control plane is started: the flags, and nothing else."""

import json
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.cluster.build import NAMES
from tests.cluster.credentials import Credentials

STAGES = Path(__file__).with_name("stages.yaml")
SCHEDULER_CONFIG = "scheduler.json"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a test wants of its control plane; the default is the whole of it.

    With `named` scheduler and controllers go by their own names, as in a real cluster, and not by the administrator's.
    """

    controllers: bool = True
    kwok: bool = True
    authorization: str = "AlwaysAllow"
    named: bool = False
    scheduler_config: Mapping[str, Any] = field(default_factory=dict)
    admission_on: Sequence[str] = ()
    admission_off: Sequence[str] = ()
    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def programs(self) -> list[str]:
        """Name the programs that are to run, in the order in which they start."""
        left_out = {"kube-controller-manager": not self.controllers, "kwok": not self.kwok}
        return [name for name in NAMES if not left_out.get(name)]


@dataclass(frozen=True, slots=True)
class Ports:
    """One free loopback port each."""

    etcd: int
    peer: int
    api: int
    controllers: int
    scheduler: int
    kwok: int

    @classmethod
    def free(cls) -> Self:
        """Find free ports; all are held until the last is found, so that they differ."""
        with ExitStack() as stack:
            held = [stack.enter_context(socket.socket()) for _ in cls.__dataclass_fields__]
            for each in held:
                each.bind(("127.0.0.1", 0))
            return cls(*(each.getsockname()[1] for each in held))

    def readiness(self) -> dict[str, str]:
        """Return where each program, by its name, says whether it is ready."""
        return {
            "etcd": f"http://127.0.0.1:{self.etcd}/readyz",
            "kube-apiserver": f"https://127.0.0.1:{self.api}/readyz",
            "kube-controller-manager": f"https://127.0.0.1:{self.controllers}/healthz",
            "kube-scheduler": f"https://127.0.0.1:{self.scheduler}/readyz",
            "kwok": f"http://127.0.0.1:{self.kwok}/healthz",
        }


def command_lines(wish: Wish, ports: Ports, given: Credentials, folder: Path) -> dict[str, list[str]]:
    """Return the arguments of every program, by its name, the test's own ones last, so that they win."""
    controllers = given.kubeconfig_of("system:kube-controller-manager") if wish.named else given.kubeconfig
    made = {
        "etcd": _etcd(ports, folder),
        "kube-apiserver": _api(wish, ports, given),
        "kube-controller-manager": _controllers(wish, ports, given, controllers),
        "kube-scheduler": _scheduler(ports, given, folder),
        "kwok": _kwok(ports, given),
    }
    return {name: made[name] + list(wish.flags.get(name, ())) for name in wish.programs()}


def write_scheduler_config(wish: Wish, given: Credentials, folder: Path) -> None:
    """Write the scheduler's configuration: fast, and whatever the test wants besides."""
    kubeconfig = given.kubeconfig_of("system:kube-scheduler") if wish.named else given.kubeconfig
    whole = {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": {"kubeconfig": str(kubeconfig), "qps": 2000, "burst": 4000},
        **wish.scheduler_config,
    }
    (folder / SCHEDULER_CONFIG).write_text(json.dumps(whole, indent=1), encoding="utf-8")


def _etcd(ports: Ports, folder: Path) -> list[str]:
    client, peer = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.peer}"
    return [
        "--name=bed",
        f"--data-dir={folder / 'etcd'}",
        "--unsafe-no-fsync",
        "--log-level=warn",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=bed={peer}",
    ]


def _api(wish: Wish, ports: Ports, given: Credentials) -> list[str]:
    # TaintNodesByCondition would taint every new node as not ready, and nothing here takes that taint off without kwok.
    # Without controllers nobody makes the ServiceAccounts that its plug-in asks for.
    off = ["TaintNodesByCondition", *([] if wish.controllers else ["ServiceAccount"]), *wish.admission_off]
    certificate, key = given.server
    return [
        f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports.api}",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        f"--client-ca-file={given.ca}",
        f"--token-auth-file={given.tokens}",
        "--anonymous-auth=false",
        f"--authorization-mode={wish.authorization}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={given.service_account_key}",
        f"--service-account-key-file={given.service_account_key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--allow-privileged=true",
        f"--disable-admission-plugins={','.join(off)}",
        *([f"--enable-admission-plugins={','.join(wish.admission_on)}"] if wish.admission_on else []),
    ]


def _controllers(wish: Wish, ports: Ports, given: Credentials, kubeconfig: Path) -> list[str]:
    # Without heartbeats, which are kwok's, the node lifecycle controller would call every node dead after a minute. On a busy
    # machine they are late.
    certificate, key = given.server
    return [
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={given.kubeconfig}",
        f"--authorization-kubeconfig={given.kubeconfig}",
        "--authentication-skip-lookup=true",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports.controllers}",
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        "--leader-elect=false",
        "--kube-api-qps=2000",
        "--kube-api-burst=4000",
        "--use-service-account-credentials=true",
        "--allocate-node-cidrs=false",
        "--node-monitor-grace-period=5m",
        f"--service-account-private-key-file={given.service_account_key}",
        f"--root-ca-file={given.ca}",
        f"--controllers=*{'' if wish.kwok else ',-node-lifecycle-controller'}",
    ]


def _scheduler(ports: Ports, given: Credentials, folder: Path) -> list[str]:
    certificate, key = given.server
    return [
        f"--config={folder / SCHEDULER_CONFIG}",
        f"--authentication-kubeconfig={given.kubeconfig}",
        f"--authorization-kubeconfig={given.kubeconfig}",
        "--authentication-skip-lookup=true",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports.scheduler}",
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        "--leader-elect=false",
    ]


def _kwok(ports: Ports, given: Credentials) -> list[str]:
    return [
        f"--kubeconfig={given.kubeconfig}",
        f"--config={STAGES}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        f"--server-address=127.0.0.1:{ports.kwok}",
    ]
