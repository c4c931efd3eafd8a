"""Where a plan says that things were read, against the same files read again: who looks there must find them.

Files that are others may have moved everything; that they are others is said. The folders above a file are not compared, as they
differ from machine to machine.
"""

from collections.abc import Iterable, Iterator

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.plan import Input, IsolationPlan
from models.kubernetes.cluster import Cluster
from models.source import Source


def check(plan: IsolationPlan, again: Cluster, digests: Iterable[Input]) -> Iterator[Finding]:
    """Yield an error for what the plan says to stand elsewhere, if all workloads and nodes are of files of the same bytes."""
    if _files(plan.digests) != _files(digests):
        return
    now = _places(again)
    for name, place in _places(plan.cluster).items():
        if name in now and _relative(now[name]) != _relative(place):
            yield Finding.of(FindingCode.AGAINST_FILE, ERROR, name, now[name], case="place", said=place, true=now[name])


def _files(digests: Iterable[Input]) -> list[tuple[str, str, str]]:
    return sorted((digest.role, _last(digest.name), digest.digest) for digest in digests if digest.role != "policy")


def _places(cluster: Cluster) -> dict[str, Source]:
    """Return where each thing of a cluster was read, by its name."""
    return {
        **{str(workload.id): workload.where for workload in cluster.workloads},
        **{f"node {node.name}": node.where for node in cluster.nodes if not node.shape},
        **{f"NodeShape {shape.name}": shape.where for shape in cluster.shapes},
        **{
            f"static pod {resident.pod.namespace}/{resident.name} on {resident.node}": resident.where
            for resident in cluster.residents
        },
    }


def _relative(where: Source) -> tuple[str, int]:
    return _last(where.file), where.line


def _last(path: str) -> str:
    return path.rpartition("/")[2]
