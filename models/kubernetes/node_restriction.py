"""What the NodeRestriction admission plugin lets a kubelet write on its own node.

Source: plugin/pkg/admission/noderestriction/admission.go, staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go.
"""

from models.trust import KUBELET_PROOF

_OWN = ("kubernetes.io", "k8s.io")
_KUBELETS = ("kubelet.kubernetes.io", "node.kubernetes.io")
KUBELETS_OWN = frozenset(
    (
        *("kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch"),
        *("topology.kubernetes.io/zone", "topology.kubernetes.io/region", "node.kubernetes.io/instance-type"),
        *("beta.kubernetes.io/instance-type", "failure-domain.beta.kubernetes.io/zone"),
        "failure-domain.beta.kubernetes.io/region",
    )
)
"""Labels that kubelets say of their nodes, and say again as they start."""


def kubelet_may_write(key: str) -> bool:
    """Say whether a kubelet may write this label on its own node."""
    if is_kubelet_proof(key):
        return False
    return key in KUBELETS_OWN or _is_within(key, _KUBELETS) or not _is_within(key, _OWN)


def is_kubelet_proof(key: str) -> bool:
    """Say whether the label's prefix is kept from kubelets."""
    return _is_within(key, (KUBELET_PROOF.rstrip("/"),))


def _is_within(key: str, domains: tuple[str, ...]) -> bool:
    domain = key.rpartition("/")[0]
    return any(domain == wide or domain.endswith(f".{wide}") for wide in domains)
