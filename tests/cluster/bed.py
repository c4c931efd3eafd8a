"""A whole control plane on this machine, for as long as a `with` block lasts.

    with ControlPlane.start(programs, folder) as plane:
        plane.apply(nodes + workloads)
        plane.wait(plane.nodes_are_ready, "the nodes are ready")

Five real programs on free loopback ports, with their own certificates; nothing is shared with anything else on the machine.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self, TypeVar

from tests.cluster.client import Client, Object, unpacked
from tests.cluster.command_lines import Ports, Wish, command_lines, write_scheduler_config
from tests.cluster.credentials import Credentials, issue
from tests.cluster.follow import Following
from tests.cluster.program import NotReadyError, Program, answers
from tests.cluster.undertaker import Undertaker

READY_SECONDS = 120
ATTEMPTS = 3
PAUSE = 0.05
NOT_READY = "node.kubernetes.io/not-ready"
"""The taint of new nodes: admission gives it, and a controller takes it away a moment after they have reported Ready."""
TAKEN = "address already in use"
STORAGE_CLASS: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "kwok-volume", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "kwok.x-k8s.io/volume",
}
Answer = TypeVar("Answer")


class ControlPlane:
    """etcd, API server, scheduler, controllers and fake kubelets, and a client to talk to them."""

    def __init__(self, wish: Wish, folder: Path, credentials: Credentials, programs: Mapping[str, Program]) -> None:
        self.wish = wish
        self.folder = folder
        self.credentials = credentials
        self.url = credentials.url
        self.kubeconfig = credentials.kubeconfig
        self.token = credentials.token
        self.ca = credentials.ca
        self.programs = programs
        self._away: set[str] = set()
        self.client = client = Client(credentials.url, credentials.token, credentials.ca)
        self._running = ExitStack()
        self._undertaker: Undertaker | None = None
        self.request = client.request
        self.try_request = client.try_request
        self.items = client.items
        self.create = client.create
        self.delete = client.delete

    @classmethod
    @contextmanager
    def start(cls, programs: Path, folder: Path, **wishes: Any) -> Iterator[Self]:
        """Start the programs of one folder with another for their data, wait until all are ready, and end them after the block.

        The wishes are the fields of `Wish`: controllers, kwok, authorization, named, scheduler_config,
        admission_on, admission_off, flags.
        The folder is left with its logs; `keep_only_logs` throws the rest away.
        """
        plane = cls._come_up(programs, folder, Wish(**wishes))
        try:
            yield plane
        finally:
            plane.stop()

    @classmethod
    def _come_up(cls, programs: Path, folder: Path, wish: Wish) -> Self:
        """Try again with other ports if somebody took one between our finding it free and our using it."""
        for _ in range(ATTEMPTS - 1):
            try:
                return cls._attempt(programs, folder, wish)
            except NotReadyError as error:
                if TAKEN not in str(error):
                    raise
                shutil.rmtree(folder)
        return cls._attempt(programs, folder, wish)

    @classmethod
    def _attempt(cls, programs: Path, folder: Path, wish: Wish) -> Self:
        ports = Ports.free()
        logs = folder / "logs"
        logs.mkdir(parents=True)
        given = issue(folder / "credentials", f"https://127.0.0.1:{ports.api}")
        write_scheduler_config(wish, given, folder)
        ready = {name: answers(url, given.token, given.ca) for name, url in ports.readiness().items()}
        arguments = command_lines(wish, ports, given, folder)
        made = {
            name: Program(name, [programs / name, *arguments[name]], logs / f"{name}.log", ready[name])
            for name in wish.programs()
        }
        with ExitStack() as stack:
            plane = cls(wish, folder, given, made)
            stack.callback(plane.stop)
            plane._begin()
            stack.pop_all()
        return plane

    def _begin(self) -> None:
        """Start what everything waits for, then the rest."""
        first = [self.programs[name] for name in ("etcd", "kube-apiserver")]
        for group in (first, [each for each in self.programs.values() if each not in first]):
            for program in group:
                program.start()
            for program in group:
                program.until_ready(READY_SECONDS)
        spaces = [f"/api/v1/namespaces/{name}" for name in ("default", "kube-system")]
        self.wait(lambda: all(self.try_request("GET", space)[0] == 200 for space in spaces), "the first namespaces exist")
        self._wait_for_service_accounts(["default"])
        if self.wish.kwok:
            self._undertaker = self._running.enter_context(Undertaker(self.client))

    @property
    def version(self) -> str:
        """The version that the API server reports, without its v."""
        return str(self.request("GET", "/version")["gitVersion"]).removeprefix("v")

    def stop(self) -> None:
        """End every program, those first that depend on others."""
        with ExitStack() as stack:
            for program in self.programs.values():
                stack.callback(program.stop)
            stack.callback(self.client.close)
            stack.callback(self._running.close)

    def restart(self, name: str) -> None:
        """End one program and start it again, with the same ports and data."""
        with self.without(name):
            pass

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """End one program for the time of the block, in which nobody misses it; then start it again, as in `restart`."""
        program = self.programs[name]
        self._away.add(name)
        program.stop()
        try:
            yield
        finally:
            program.start()
            program.until_ready(READY_SECONDS)
            self._away.discard(name)

    def apply(self, objects: Sequence[Object], manager: str = "bed") -> list[Object]:
        """Apply the objects in parallel (see Client.apply), and wait for the accounts that pods of new namespaces need."""
        things = unpacked(objects)
        spaces = self.client.apply([each for each in things if each["kind"] == "Namespace"], manager)
        self._wait_for_service_accounts([each["metadata"]["name"] for each in spaces])
        return spaces + self.client.apply([each for each in things if each["kind"] != "Namespace"], manager)

    def create_namespaces(self, names: Sequence[str], labels: Mapping[str, str] | None = None) -> None:
        """Create namespaces in which pods can be created at once."""
        metadata = [{"name": name, "labels": dict(labels or {})} for name in names]
        self.create([{"apiVersion": "v1", "kind": "Namespace", "metadata": each} for each in metadata])
        self._wait_for_service_accounts(names)

    def provide_storage(self) -> None:
        """Make claims that name no class, or kwok-volume, get a volume; without kwok nobody does that."""
        self.apply([STORAGE_CLASS])

    def _wait_for_service_accounts(self, spaces: Sequence[str]) -> None:
        """Wait for what the controllers make in every namespace, and admission insists on."""
        left = set(spaces) if self.wish.controllers else set()

        def none_is_left() -> bool:
            paths = {name: f"/api/v1/namespaces/{name}/serviceaccounts/default" for name in left}
            left.difference_update([name for name, path in paths.items() if self.try_request("GET", path)[0] == 200])
            return not left

        self.wait(none_is_left, "every namespace has its default ServiceAccount")

    def wait(self, question: Callable[[], Answer], what: str, seconds: float = 60) -> Answer:
        """Ask until the answer is true, and return it; say what was waited for when it does not come, or which program died."""
        deadline = monotonic() + seconds
        while not (answer := question()):
            for name in self.programs.keys() - self._away:
                self.programs[name].insist()
            if self._undertaker:
                self._undertaker.insist()
            if monotonic() > deadline:
                raise TimeoutError(f"not within {seconds:g} s: {what}; the logs are in {self.folder / 'logs'}")
            sleep(PAUSE)
        return answer

    def follow(self, path: str) -> Following:
        """Follow a collection by list and watch: `with plane.follow("/api/v1/pods") as pods: pods.wait(…)`."""
        return Following(self.client, path)

    def until_still(self, followed: Following, looks: int) -> None:
        """Wait until nothing has happened in a collection for so many looks."""
        seen, quiet = 0, 0

        def is_still() -> bool:
            nonlocal seen, quiet
            seen, quiet = len(followed.events), quiet + 1 if seen == len(followed.events) else 0
            return quiet > looks

        self.wait(is_still, "nothing happens any more")

    def nodes_are_ready(self) -> bool:
        """Say whether every node reports Ready, has lost the taint it was born with, and there is at least one."""
        nodes = self.items("/api/v1/nodes")
        return bool(nodes) and all(_condition(node, "Ready") == "True" and not _is_tainted(node, NOT_READY) for node in nodes)

    def kubeconfig_of(self, user: str, group: str | None = None, *, expired: datetime | None = None) -> Path:
        """Write a kubeconfig for another user, who logs in with a client certificate, to try permissions with."""
        return self.credentials.kubeconfig_of(user, group, expired=expired)


def keep_only_logs(folder: Path) -> Path:
    """Throw away what a stopped control plane left in its folder, but for the logs, and return where they are."""
    with suppress(FileNotFoundError):
        for each in folder.iterdir():
            if each.name != "logs":
                shutil.rmtree(each) if each.is_dir() else each.unlink()
    return folder / "logs"


def _is_tainted(node: Object, key: str) -> bool:
    return any(taint["key"] == key for taint in node["spec"].get("taints", ()))


def _condition(thing: Object, kind: str) -> str:
    found = [each["status"] for each in thing.get("status", {}).get("conditions", []) if each["type"] == kind]
    return found[0] if found else "Unknown"
