"""The pods of a StatefulSet: each with the claims that it has already, and those that are made with it."""

from collections import Counter
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Claim, Volume
from models.kubernetes.workload import Workload, WorkloadId
from planner.rules import statefulset

DATA, LOGS, TMP = Claim("", "data", storage_class="fast"), Claim("", "logs"), Claim("", "tmp")
BASE = Pod("shop", claims=("shared",), new_claims=(TMP, DATA, LOGS))
CLUSTER = Cluster(claims=FrozenMap({key: Claim("shop", key) for key in ("shop/data-db-1", "shop/logs-db-1", "shop/data-db-2")}))


def stateful(pods: int, *templates: str) -> Workload:
    return Workload(WorkloadId("StatefulSet", "shop", "db"), "apps/v1", BASE, pods, claim_templates=templates)


def pods(workload: Workload, base: Pod, cluster: Cluster) -> list[Pod]:
    return [pod for pod, count in statefulset.runs(workload, base, cluster) for _ in range(count)]


def test_an_ordinal_has_the_claims_that_are_there_and_makes_the_others() -> None:
    zero, one, two = pods(stateful(3, "data", "logs"), BASE, CLUSTER)
    assert zero is BASE
    assert (one.claims, one.new_claims) == (("shared", "data-db-1", "logs-db-1"), (TMP,))
    assert (two.claims, two.new_claims) == (("shared", "data-db-2"), (TMP, LOGS))


def test_a_volume_that_is_kept_for_a_claim_still_to_be_made_waits_for_its_ordinal() -> None:
    volumes = FrozenMap({"pv": Volume("pv", claim="shop/data-db-1"), "other": Volume("other", claim="pay/data-db-0")})
    zero, one = pods(stateful(2, "data"), BASE, Cluster(volumes=volumes))
    assert zero is BASE
    assert [claim.name for claim in one.new_claims] == ["tmp", "data-db-1", "logs"]


def test_a_set_may_begin_with_another_number_than_none() -> None:
    one, two = pods(replace(stateful(2, "data", "logs"), start_ordinal=1), BASE, CLUSTER)
    assert (one.claims, two.claims) == (("shared", "data-db-1", "logs-db-1"), ("shared", "data-db-2"))


def test_ordinals_without_claims_are_alike() -> None:
    found = statefulset.variants(stateful(5, "data", "logs"), BASE, CLUSTER)
    assert Counter(found.values()) == {1: 2, 3: 1}
    assert found[BASE] == 3


def test_a_template_of_which_nothing_else_is_known_is_claimed_anew() -> None:
    assert [one.new_claims for one in pods(stateful(1, "data"), Pod("shop"), Cluster())] == [(Claim("", "data"),)]


def test_the_pods_of_other_workloads_are_all_alike() -> None:
    assert statefulset.variants(stateful(4), BASE, CLUSTER) == {BASE: 4}


def test_a_set_of_two_thousand_million_pods_is_a_few_runs() -> None:
    """One line of a manifest asks for them: nobody is to write them down one by one."""
    found = list(statefulset.runs(stateful(2**31 - 1, "data", "logs"), BASE, CLUSTER))
    assert [count for _, count in found] == [1, 1, 1, 2**31 - 4]
    assert found[0][0] is found[-1][0] is BASE
    assert sum(statefulset.variants(stateful(2**31 - 1, "data", "logs"), BASE, CLUSTER).values()) == 2**31 - 1


def test_runs_are_the_same_whether_pods_or_claims_are_fewer() -> None:
    other = replace(CLUSTER, claims=FrozenMap({f"shop/data-db-{at}": Claim("shop", f"data-db-{at}") for at in range(3, 40, 3)}))
    few = pods(stateful(12, "data"), BASE, other)
    assert few == pods(stateful(100, "data"), BASE, other)[:12]
