"""The login program of a kubeconfig (users[].user.exec): asked once, ended when it overstays, and quoted without secrets.

What it is told and answers is an ExecCredential (kubernetes/kubernetes, staging/src/k8s.io/client-go,
pkg/apis/clientauthentication/v1/types.go). It may talk to the user where both stand at a terminal.
"""

import base64
import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from planner.read.live.errors import one_line
from planner.read.live.secrets import Secrets
from planner.read.live.timeout import Deadline
from planner.words import visible

_LONGEST = 1 << 20
"""A credential, and what is said about it, are a few kilobytes."""
# As much as a pipe holds on Linux.
_PIECE = 1 << 16


class LoginFailed(Exception):  # noqa: N818  it is what it says
    """The login program brings no credential; the text says why."""


def log_in(
    user: Mapping[str, Any], cluster: Mapping[str, Any], folder: str | None, deadline: Deadline, secrets: Secrets
) -> dict[str, Any]:
    """Return a user of a kubeconfig with what its login program answers in the program's place.

    Raise LoginFailed, or TimeoutError once no time is left: the program and all that it started are ended then.
    """
    program = user["exec"]
    if not isinstance(program, Mapping) or not program.get("command"):
        raise LoginFailed("the kubeconfig names no command for it")
    status = _status(program, _run(program, cluster, folder, deadline, secrets))
    token, certificate, key = (status.get(name) for name in ("token", "clientCertificateData", "clientKeyData"))
    secrets.add(token, key)
    if not token and not (certificate and key):
        raise LoginFailed("it answers neither a token nor a certificate with its key")
    rest = {name: value for name, value in user.items() if name != "exec"}
    if token:
        rest["token"] = str(token)
    if certificate and key:
        rest["client-certificate-data"] = base64.b64encode(str(certificate).encode()).decode()
        rest["client-key-data"] = base64.b64encode(str(key).encode()).decode()
    return rest


def _status(program: Mapping[str, Any], answer: bytes) -> Mapping[str, Any]:
    try:
        answered = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise LoginFailed(f"failed to decode process output: {type(error).__name__}") from None
    status = answered.get("status") if isinstance(answered, dict) else None
    if not isinstance(status, dict) or answered.get("apiVersion") != program.get("apiVersion"):
        raise LoginFailed(f"it answers no ExecCredential of {program.get('apiVersion')} with a status")
    return status


def _run(
    program: Mapping[str, Any], cluster: Mapping[str, Any], folder: str | None, deadline: Deadline, secrets: Secrets
) -> bytes:
    """Run it; away from a terminal in a session of its own, so that it can be ended with all that it has started."""
    talks = sys.stdin is not None and sys.stdin.isatty() and program.get("interactiveMode") != "Never"
    command = [str(program["command"]), *map(str, program.get("args") or ())]
    try:
        process = subprocess.Popen(  # noqa: S603  the kubeconfig's owner wants it to be run
            command,
            stdin=None if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder or None,
            env=_environment(program, cluster, talks),
            # A program in another session cannot read from our terminal.
            start_new_session=not talks,
        )
    except (OSError, ValueError) as error:
        raise LoginFailed(str(error)) from None
    with process:
        try:
            answer, said = _heard(process, deadline, secrets)
            process.wait(deadline.left)
        # Ctrl-C as well: nobody else would end it.
        except BaseException as error:
            _end(process, whole=not talks)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from None
            raise
    if process.returncode:
        raise LoginFailed(one_line(secrets.strike(f"process returned {process.returncode}. {said.decode(errors='replace')}")))
    return answer


def _environment(program: Mapping[str, Any], cluster: Mapping[str, Any], talks: bool) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": talks}
    if program.get("provideClusterInfo"):
        spec["cluster"] = dict(cluster)
        for extension in cluster.get("extensions") or ():
            if extension["name"] == "client.authentication.k8s.io/exec":
                spec["cluster"]["config"] = extension["extension"]
    told = {"apiVersion": program.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
    own = {str(variable["name"]): str(variable["value"]) for variable in program.get("env") or ()}
    return {**os.environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(told)}


def _heard(process: subprocess.Popen[bytes], deadline: Deadline, secrets: Secrets) -> tuple[bytes, bytes]:
    """Read what it answers and says until it has closed both, or the time is over; a user at a terminal sees what it says."""
    answer, said = bytearray(), bytearray()
    # Both at once: a pipe that nobody reads is full after a while, and the program would wait.
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ, answer)  # type: ignore[arg-type]
        waiting.register(process.stderr, selectors.EVENT_READ, said)  # type: ignore[arg-type]
        shown = 0
        while waiting.get_map():
            if deadline.is_over:
                raise TimeoutError
            for key, _ in waiting.select(deadline.left):
                piece = os.read(key.fd, _PIECE)
                key.data.extend(piece)
                if not piece:
                    waiting.unregister(key.fileobj)
            if max(len(answer), len(said)) > _LONGEST:
                raise LoginFailed(f"it says more than {_LONGEST >> 20} MiB")
            shown = _show(said, shown, secrets)
    return bytes(answer), bytes(said)


def _show(said: bytearray, shown: int, secrets: Secrets) -> int:
    """Pass on whole lines that were not shown yet; return how far it came."""
    end = said.rfind(b"\n") + 1
    if end <= shown or not sys.stderr.isatty():
        return shown
    for line in said[shown : end - 1].decode(errors="replace").split("\n"):
        sys.stderr.write(f"{visible(secrets.strike(line))}\n")
    return end


def _end(process: subprocess.Popen[bytes], whole: bool) -> None:
    """End it with all that it started, where that can be told from what we share a terminal with."""
    if not whole:
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
