"""Runs the command line in a process of its own for each call, without what starting Python and importing all of it takes.

`python -m tests.forks SOCKET` has imported everything, and forks for each call that comes: `Forks` starts it, and calls.
"""

import atexit
import importlib
import json
import os
import pkgutil
import socket
import socketserver
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Self

import cli
import planner

ROOT = Path(__file__).resolve().parent.parent
STREAMS = 3
LONGEST = 1 << 20
"""So many bytes a call has at most."""


def import_all() -> None:
    """Import every module of the planner."""
    for module in pkgutil.walk_packages(planner.__path__, "planner."):
        importlib.import_module(module.name)


class _Call(socketserver.BaseRequestHandler):
    """One call, in a process that was forked for it: streams, folder and environment come with the arguments."""

    def handle(self) -> None:
        """Become the command, and tell its exit code."""
        text, streams, *_ = socket.recv_fds(self.request, LONGEST, STREAMS, socket.MSG_WAITALL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        call = json.loads(text)
        os.chdir(call["cwd"])
        os.environ.clear()
        os.environ.update(call["environment"])
        sys.argv = call["arguments"]
        sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  it lives as long as the process
        code = _exit_code()
        atexit._run_exitfuncs()  # a process that was forked ends without: files of libraries would be left
        self.request.sendall(str(code).encode())


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Ends with the process that started it."""

    parent = os.getppid()

    def service_actions(self) -> None:
        """Look after the children, and whether anybody is left to call."""
        super().service_actions()
        if os.getppid() != self.parent:
            os._exit(0)


class Forks:
    """The way to call the command line; several threads may."""

    def __init__(self, begin: Callable[[], object] | None = None, **environment: str) -> None:
        """Start it; what it begins with, limits for instance, holds for every call."""
        self._folder = TemporaryDirectory(prefix="ringfence-forks-")
        self._address = f"{self._folder.name}/socket"
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", self._address],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=begin,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline(), "the server has ended"

    def run(self, *arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
        """Run a command without a terminal, and return all it wrote."""
        words = [str(ROOT / "cli.py"), *map(str, arguments)]
        call = {"arguments": words, "cwd": str(cwd), "environment": dict(os.environ)}
        with (
            open(os.devnull, "rb") as given,
            TemporaryFile() as out,
            TemporaryFile() as err,
            socket.socket(socket.AF_UNIX) as line,
        ):
            line.connect(self._address)
            socket.send_fds(line, [json.dumps(call).encode()], [stream.fileno() for stream in (given, out, err)])
            line.shutdown(socket.SHUT_WR)
            code = line.makefile().read()
            said = [_read(stream) for stream in (out, err)]
        assert code, f"the command died: {said}"
        return subprocess.CompletedProcess(words, int(code), *said)

    def __enter__(self) -> Self:
        """Use it until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self._server.kill()
        self._server.communicate()
        self._folder.cleanup()


def _read(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read()


def main(address: str) -> None:
    """Import everything that commands import; who calls before that waits."""
    with _Server(address, _Call) as server:
        print("ready", flush=True)
        import_all()
        server.serve_forever(poll_interval=0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
