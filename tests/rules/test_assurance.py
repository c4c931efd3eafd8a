"""What a level requires of its workloads, row by row: what is met, and what is named as unmet."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.confinement import Confinement
from models.kubernetes.pod import Container, Pod
from models.kubernetes.storage import Claim, Volume
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Assurance
from planner.rules import assurance

CONFINED = Confinement("restricted", "gvisor", True, True, True, True, True, True)
DIGEST = "registry.example.com/app@sha256:" + "0" * 64
NOWHERE = Cluster()


def web(confinement: Confinement | None = CONFINED, image: str = DIGEST, **pod: object) -> Workload:
    template = Pod("shop", containers=(Container("c", image=image),), **pod)
    return Workload(WorkloadId("Deployment", "shop", "web"), "apps/v1", template, confinement=confinement)


def bound() -> Cluster:
    """Return a cluster in which a claim is of a folder of its node."""
    claims = FrozenMap({"shop/data": Claim("shop", "data", "pv")})
    return Cluster(claims=claims, volumes=FrozenMap({"pv": Volume("pv", source="hostPath")}))


ROWS = [
    ("a pod that meets it all", web(), {"run_as_non_root": True, "digests": True, "runtime_classes": ("gvisor",)}, NOWHERE, []),
    ("nothing is known of the pod", web(None), {"seccomp": True}, NOWHERE, ["seccomp"]),
    ("nothing is asked of a pod of which nothing is known", web(None), {}, NOWHERE, []),
    ("a standard below the one that is asked", web(Confinement("baseline")), {"pod_security": "restricted"}, NOWHERE,
     ["podSecurity restricted"]),
    ("a standard above the one that is asked", web(), {"pod_security": "baseline"}, NOWHERE, []),
    ("a standard that there is not", web(Confinement("xyz")), {"pod_security": "baseline"}, NOWHERE, ["podSecurity baseline"]),
    ("an image by its tag", web(image="app:1"), {"digests": True}, NOWHERE, ["digests"]),
    ("another RuntimeClass", web(), {"runtime_classes": ("kata",)}, NOWHERE, ["runtimeClasses kata"]),
    ("a folder of its node, by a claim", web(claims=("data",)), {"no_host_path": True}, bound(), ["noHostPath"]),
    ("a claim of another namespace", web(claims=("other",)), {"no_host_path": True}, bound(), []),
    ("several at once, in the order of the policy", web(Confinement()), {"seccomp": True, "app_armor": True, "se_linux": True},
     NOWHERE, ["seccomp", "appArmor", "seLinux"]),
]  # fmt: skip


@pytest.mark.parametrize(("workload", "asked", "cluster", "named"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_not_met_is_named(workload: Workload, asked: dict[str, object], cluster: Cluster, named: list[str]) -> None:
    assert list(assurance.unmet(workload, Assurance("restricted", **asked), cluster)) == named
