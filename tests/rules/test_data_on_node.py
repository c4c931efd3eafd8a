"""What a workload's pods keep on their nodes, and whether it would be left behind."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Claim, Volume
from models.kubernetes.workload import Workload, WorkloadId
from planner.rules.data_on_node import Kept, keeps, kept, left_behind


def work(kind="Deployment", running=("a",), templates=(), **pod):
    runs = FrozenMap(dict.fromkeys(running, 1))
    return Workload(WorkloadId(kind, "geo", "db"), "apps/v1", Pod("geo", **pod), 2, claim_templates=templates, running=runs)


def cluster(**claims):
    """Return a cluster in which claims are bound to volumes of a source each, "" for one that is elsewhere."""
    names = {name.replace("_", "-"): source for name, source in claims.items()}
    bound = {f"geo/{name}": Claim("geo", name, f"pv-{name}", bound=True) for name in names}
    there = {f"pv-{name}": Volume(f"pv-{name}", source=source, path="/d" if source else "") for name, source in names.items()}
    return Cluster(claims=FrozenMap(bound), volumes=FrozenMap(there))


FOLDER = {"host_paths": ("/var/cache",)}
ROWS = {
    "nothing": (work(), cluster(), Kept(), False),
    "a folder of the node": (work(**FOLDER), cluster(), Kept(("hostPath /var/cache",)), True),
    "a folder where none of its pods runs": (work(running=(), **FOLDER), cluster(), Kept(("hostPath /var/cache",)), False),
    "what goes with the pod wherever it comes again": (work(empty_dirs=("tmp",)), cluster(), Kept((), ("emptyDir tmp",)), False),
    "nothing that a daemon, which does not move, would leave": (work("DaemonSet", **FOLDER), cluster(), Kept(), False),
    "a claim's volume on the node": (work(claims=("c",)), cluster(c="hostPath"), Kept(("volume pv-c (hostPath /d)",)), True),
    "a local volume": (work(claims=("c",)), cluster(c="local"), Kept(("volume pv-c (local /d)",)), True),
    "no volume that is elsewhere": (work(claims=("c",)), cluster(c=""), Kept(), False),
    "no claim that is not known": (work(claims=("c",)), cluster(), Kept(), False),
    "the volumes of each pod of a StatefulSet": (
        work("StatefulSet", templates=("data",)),
        cluster(data_db_0="", data_db_1="local"),
        Kept(("volume pv-data-db-1 (local /d)",)),
        True,
    ),
}


def test_a_statefulset_of_any_size_is_asked_for_the_claims_that_are_there():
    endless = replace(work("StatefulSet", templates=("data",)), pods=2**31 - 1)
    there = cluster(data_db_0="", data_db_7="local", other_claim="local", data_web_1="local")
    assert kept(endless, there) == Kept(("volume pv-data-db-7 (local /d)",))


@pytest.mark.parametrize(("workload", "there", "expected", "stays"), ROWS.values(), ids=ROWS)
def test_pods_keep_on_their_nodes(workload, there, expected, stays):
    assert kept(workload, there) == expected
    assert keeps(workload, there) is stays


def test_what_nodes_keep_is_said_of_those_on_which_the_pods_run():
    folder, both = work(**FOLDER), work("StatefulSet", ("b", "a"), claims=("c",), **FOLDER)
    others = work(empty_dirs=("tmp",)), work("DaemonSet", **FOLDER), work(running=(), **FOLDER)
    there = replace(cluster(c="local"), workloads=(both, folder, *others))
    mine = "StatefulSet/geo/db (hostPath /var/cache, volume pv-c (local /d))"
    assert left_behind(there) == {"a": ("Deployment/geo/db (hostPath /var/cache)", mine), "b": (mine,)}
