"""Who may approve certificates that the API server takes for somebody."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import promotion, promotions
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_CERTIFICATES = "certificates.k8s.io"
_SIGNERS = frozenset(f"kubernetes.io/{name}" for name in ("kube-apiserver-client", "kube-apiserver-client-kubelet", "*"))
_APPROVES = ("update", "patch")


def _question(estate: Estate) -> Iterator[Sighting]:
    requests = "certificatesigningrequests/approval"
    approving = {grant.subject for grant in estate.access.allowing(_APPROVES, _CERTIFICATES, requests) if not grant.namespace}
    for grant in promotions(estate, (("approve", _CERTIFICATES, "signers"),), _SIGNERS):
        if grant.subject in approving:
            yield promotion(grant, "approve certificates of clients of the API server", estate)


RULE = Rule(
    id="may-approve-clients",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may approve certificates by which he is a node, or anybody",
    why="A certificate of a kubelet reads the secrets and makes the tokens of all pods of its node; one of a client is any user.",
    how="Request a certificate as system:node:trusted-1, approve it, and read what the pods of that node may.",
    fix="limit approve on signers by resourceNames to those that make no clients, as kubernetes.io/kubelet-serving",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing",
    question=_question,
)
