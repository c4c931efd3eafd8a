"""Certificates, tokens and kubeconfigs of one control plane; they are worth nothing elsewhere and live in its folder."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import trustme

ADMIN = "bed-admin"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The files that the programs are started with, and the authority that signs more of them."""

    folder: Path
    url: str
    token: str
    authority: trustme.CA

    @property
    def ca(self) -> Path:
        """The certificate that every client trusts."""
        return self.folder / "ca.pem"

    @property
    def server(self) -> tuple[Path, Path]:
        """Certificate and key that the servers show."""
        return self.folder / "server.pem", self.folder / "server-key.pem"

    @property
    def service_account_key(self) -> Path:
        """The key that signs ServiceAccount tokens."""
        return self.folder / "service-account-key.pem"

    @property
    def tokens(self) -> Path:
        """The list of static tokens: one, of an administrator whom no flow control slows down."""
        return self.folder / "tokens.csv"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.folder / "kubeconfig"

    def kubeconfig_of(self, user: str, group: str | None = None, *, expired: datetime | None = None) -> Path:
        """Write a kubeconfig for another user, known by a client certificate, which may have expired already."""
        # With no name at all the certificate has an empty critical extension, which the API server does not accept.
        pair = self.authority.issue_cert("client.invalid", common_name=user, organization_name=group, not_after=expired)
        name = user.replace(":", "_").replace("/", "_")
        certificate = base64.b64encode(pair.cert_chain_pems[0].bytes()).decode()
        key = base64.b64encode(pair.private_key_pem.bytes()).decode()
        return self.write_kubeconfig(f"kubeconfig-{name}", {"client-certificate-data": certificate, "client-key-data": key})

    def write_kubeconfig(self, name: str, user: dict[str, str], *, url: str | None = None, ca: bytes | None = None) -> Path:
        """Write a kubeconfig with the given way to log in; server and authority may be others, to try what goes wrong."""
        trusted = base64.b64encode(ca or self.ca.read_bytes()).decode()
        content: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "bed", "cluster": {"server": url or self.url, "certificate-authority-data": trusted}}],
            "users": [{"name": "bed", "user": user}],
            "contexts": [{"name": "bed", "context": {"cluster": "bed", "user": "bed"}}],
            "current-context": "bed",
        }
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")
        return file


def issue(folder: Path, url: str) -> Credentials:
    """Make an authority, and everything that the programs of one control plane need from it."""
    folder.mkdir(mode=0o700)
    made = Credentials(folder, url, secrets.token_urlsafe(24), trustme.CA())
    made.authority.cert_pem.write_to_path(made.ca)
    certificate, key = made.server
    pair = made.authority.issue_cert("127.0.0.1", "localhost", "kubernetes.default.svc")
    pair.cert_chain_pems[0].write_to_path(certificate)
    pair.private_key_pem.write_to_path(key)
    made.authority.issue_cert(common_name="service-accounts").private_key_pem.write_to_path(made.service_account_key)
    made.tokens.write_text(f'{made.token},{ADMIN},{ADMIN},"system:masters"\n', encoding="utf-8")
    made.write_kubeconfig(made.kubeconfig.name, {"token": made.token})
    return made
