"""What was read, with a digest of each: by it a later reader knows whether a plan was made from the same."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from models.answer.plan import Input
from models.kubernetes.cluster import Cluster, placeless
from models.serialise import encode
from planner.read.documents.document import Digest

WORKLOADS, NODES, POLICY, CLUSTER = "workloads", "nodes", "policy", "cluster"


def of_files(digests: Iterable[Digest]) -> list[Input]:
    """Return what was read of files, by the role in which it was."""
    return [Input(NODES if digest.is_inventory else WORKLOADS, digest.name, digest.digest) for digest in digests]


def of_policy(digests: Iterable[Digest]) -> list[Input]:
    """Return what a policy was read from."""
    return [Input(POLICY, digest.name, digest.digest) for digest in digests]


def of_cluster(name: str, cluster: Cluster) -> Input:
    """Return a live cluster, with the digest of all that was understood of it: of the rest much changes by the second."""
    content = msgspec.json.encode(encode(placeless(cluster)), order="deterministic")
    return Input(CLUSTER, name, f"sha256:{sha256(content).hexdigest()}")
