"""What keeps an API server from being read, in words: one reason, and what to do about it."""

import base64
import re
from pathlib import Path

import msgspec

from planner.read.live.secrets import Secrets

NONE = Secrets()
Outage = tuple[str, str]
"""Why, and what to do."""

_ADDRESS = "check the address in the kubeconfig, the network and the VPN"
_CERTIFICATES = "check the certificates in the kubeconfig"
_LOGIN = "log in again, or choose another --context or --kubeconfig"
_RENEW = "renew the client certificate in the kubeconfig"
_AUTHORITY = "check certificate-authority in the kubeconfig"
# The first that matches counts: what is special stands before what would match as well (SSLError, ProtocolError).
_PATTERNS = (
    ("alert certificate expired", "does not accept the client certificate: it has expired", _RENEW),
    (
        "alert (unknown ca|bad certificate|certificate (unknown|required)|handshake failure)",
        "does not accept the client certificate, or misses one",
        _CERTIFICATES,
    ),
    ("certificate has expired", "cannot be trusted: its certificate has expired", "ask who runs it to renew the certificate"),
    ("certificate is not yet valid", "cannot be trusted: its certificate is not valid yet", "check the clock of this machine"),
    (
        "Hostname mismatch|IP address mismatch|doesn't match",
        "cannot be trusted: its certificate is for another address",
        "check the address and tls-server-name in the kubeconfig",
    ),
    ("certificate verify failed", "cannot be trusted: its certificate is not signed by the authority that we know", _AUTHORITY),
    ("wrong version number|record layer failure|http request", "does not speak TLS at this address", _ADDRESS),
    (
        "IncompleteRead|InvalidChunkLength|Connection aborted|Connection broken|ProtocolError|reset by peer|Disconnected"
        "|EOF occurred|UNEXPECTED_EOF|unexpected eof",
        "breaks off in the middle of an answer",
        "try again",
    ),
    ("SSLError|SSL:", "cannot be talked to: TLS does not work", _CERTIFICATES),
    ("ProxyError", "cannot be reached through the proxy", "check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY"),
    ("timed out", "does not answer", _ADDRESS),
    ("Connection refused", "refuses the connection", _ADDRESS),
    ("NameResolutionError|Name or service not known", "cannot be found: its name cannot be resolved", _ADDRESS),
    ("Network is unreachable|No route to host|Host is down", "cannot be reached", _ADDRESS),
)
# Two times in a row stand only in the validity of a certificate: UTCTime before 2050, GeneralizedTime later.
_VALIDITY = re.compile(rb"0[\x1e\x20\x22](?:\x17\x0d\d{12}Z|\x18\x0f\d{14}Z)(?:\x17\x0d(\d{12})Z|\x18\x0f(\d{14})Z)")


class _Status(msgspec.Struct):
    message: str = ""


def of_error(error: BaseException, secrets: Secrets = NONE) -> Outage:
    """Say what an error of the transport means."""
    text = f"{type(error).__name__} {error}"
    for pattern, reason, fix in _PATTERNS:
        if re.search(pattern, text, re.IGNORECASE):
            return reason, fix
    return f"cannot be reached: {one_line(secrets.strike(text))}", _ADDRESS


def of_status(
    status: int, reason: str, body: bytes | bytearray, client_certificate: str | None, secrets: Secrets = NONE
) -> Outage:
    """Say what an answer means that is none: 401, 500 and the like."""
    if status == 401:
        until = _valid_until(client_certificate)
        hint = f": the client certificate in the kubeconfig is valid until {until}" if until else ""
        return f"does not know who you are (401 Unauthorized){hint}", _LOGIN
    if 300 <= status < 400:
        return f"sends elsewhere ({status} {reason}): a login page or a proxy answers in its place", _ADDRESS
    said = message(body, secrets)
    return f"answers {status} {reason}" + (f": {said}" if said else ""), "try again later, or ask who runs it"


def message(body: bytes | bytearray, secrets: Secrets = NONE) -> str:
    """Return what a Status says, or the text of the body, on one line; secrets are struck before it is cut."""
    try:
        said = msgspec.json.decode(body, type=_Status).message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = body.decode(errors="replace")
    return one_line(secrets.strike(said))


def one_line(text: str) -> str:
    """Cut a text from elsewhere to what fits into a message."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= 300 else f"{plain[:300]} …"


def _valid_until(client_certificate: str | None) -> str:
    """Read from a certificate in PEM until when it is valid; empty where that cannot be told."""
    if not client_certificate:
        return ""
    try:
        text = Path(client_certificate).read_text(encoding="ascii")
        first = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END", text, re.DOTALL)
        validity = _VALIDITY.search(base64.b64decode(first[1])) if first else None
    except (OSError, ValueError):
        return ""
    if validity is None:
        return ""
    # RFC 5280: two digits of a year below 50 are of this century.
    digits = (validity[2] or ((b"20" if validity[1] < b"50" else b"19") + validity[1])).decode()
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {digits[8:10]}:{digits[10:12]} UTC"
