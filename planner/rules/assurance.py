"""What of a level's requirements a workload does not meet, but for the patterns of its images."""

import re
from collections.abc import Iterator

from models.kubernetes.cluster import Cluster
from models.kubernetes.confinement import Confinement
from models.kubernetes.workload import Workload
from models.trust import Assurance

_STANDARDS = {"": 0, "baseline": 1, "restricted": 2}
_UNKNOWN = Confinement()


def unmet(workload: Workload, asked: Assurance, cluster: Cluster) -> Iterator[str]:
    """Yield what it does not meet, by the field of the policy that asks it; of what is not known nothing is met."""
    known = workload.confinement or _UNKNOWN
    mounts = asked.no_host_path and not (known.no_host_path and not _claims_folder(workload, cluster))
    if _STANDARDS.get(known.standard, 0) < _STANDARDS.get(asked.pod_security, len(_STANDARDS)):
        yield f"podSecurity {asked.pod_security}"
    flags = (
        ("runAsNonRoot", asked.run_as_non_root, known.run_as_non_root),
        ("seccomp", asked.seccomp, known.seccomp),
        ("appArmor", asked.app_armor, known.app_armor),
        ("seLinux", asked.se_linux, known.se_linux),
        ("userNamespaces", asked.user_namespaces, known.user_namespace),
        ("noHostPath", asked.no_host_path, not mounts),
        ("digests", asked.digests, all("@sha256:" in image for image in images(workload))),
    )
    yield from (name for name, is_asked, is_met in flags if is_asked and not is_met)
    if asked.runtime_classes and known.runtime_class not in asked.runtime_classes:
        yield f"runtimeClasses {', '.join(asked.runtime_classes)}"


def images(workload: Workload) -> tuple[str, ...]:
    """Return every image that its pods bring."""
    pod = workload.template
    return (*(container.image for container in (*pod.init_containers, *pod.containers)), *pod.other_images)


def _claims_folder(workload: Workload, cluster: Cluster) -> bool:
    """Say whether any claim of its pods is of a hostPath volume: a folder of the node under another name.

    The volume may name the claim that it is kept for, or the claim its volume.
    """
    space, pod = workload.id.namespace, workload.template
    ordinals = "|".join(re.escape(f"{name}-{workload.id.name}-") for name in workload.claim_templates)
    own = re.compile(rf"(?:{ordinals})\d+") if ordinals else None
    new = {f"{workload.id.name}-{claim.name}" for claim in pod.new_claims} if workload.id.full_kind == "Pod" else set()
    folders = {volume.name for volume in cluster.volumes.values() if volume.source == "hostPath"}
    kept = {volume.claim for volume in cluster.volumes.values() if volume.name in folders}
    kept |= {key for key, claim in cluster.claims.items() if claim.volume in folders}
    names = (name for where, _, name in (key.partition("/") for key in kept) if where == space)
    return any(name in pod.claims or name in new or (own is not None and own.fullmatch(name)) for name in names)
