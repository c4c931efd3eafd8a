"""What comes for a while beside the replicas: pods that a rollout adds, runs of a CronJob that overlap, autoscaled pods."""

import pytest

from models.trust import Demand, TrustPolicy
from tests.read.cluster_reader import (
    SELECTOR,
    cluster_of,
    container,
    controller,
    cron_job,
    faults_of,
    hpa,
    only,
    said,
    thing,
)

ARGO = "argoproj.io/v1alpha1"


def policy(**demand):
    return TrustPolicy("p", ("a",), demand=Demand(**demand))


def rolling(inner=""):
    return f", strategy: {{rollingUpdate: {{{inner}}}}}"


def web(replicas, more="", spec=""):
    template = f"{{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{container()}]{spec}}}}}"
    return thing("Deployment", spec=f"replicas: {replicas}, template: {template}, {SELECTOR}{more}")


def apart(labels="{app: web}", keys="", where=""):
    term = f"{{topologyKey: kubernetes.io/hostname, labelSelector: {{matchLabels: {labels}}}{keys}{where}}}"
    return f", affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}"


def spread(way, labels="{app: web}"):
    inner = f"maxSkew: 1, topologyKey: zone, whenUnsatisfiable: {way}, labelSelector: {{matchLabels: {labels}}}"
    return f", topologySpreadConstraints: [{{{inner}}}]"


HASH = ", matchLabelKeys: [pod-template-hash]"

SURGES = {
    "a quarter more, rounded up": (web(10), 3, "10 replicas and 3 more during a rollout (maxSurge 25%)"),
    "one more for a single pod": (web(1), 1, "1 replica and 1 more during a rollout (maxSurge 25%)"),
    "nothing where nothing runs": (web(0), 0, ""),
    "a share that is written": (web(3, rolling("maxSurge: 34%")), 2, "3 replicas and 2 more during a rollout (maxSurge 34%)"),
    "a number that is written": (web(3, rolling("maxSurge: 2")), 2, "3 replicas and 2 more during a rollout (maxSurge 2)"),
    "never more than there are to replace": (
        web(2, rolling("maxSurge: 9")),
        2,
        "2 replicas and 2 more during a rollout (maxSurge 9)",
    ),
    "also not by a share": (web(2, rolling("maxSurge: 300%")), 2, "2 replicas and 2 more during a rollout (maxSurge 300%)"),
    "none where none is allowed": (web(4, rolling("maxSurge: 0")), 0, ""),
    "none where old pods end first": (web(4, ", strategy: {type: Recreate}"), 0, ""),
    "an empty strategy is the default": (web(4, ", strategy: {}"), 1, "4 replicas and 1 more during a rollout (maxSurge 25%)"),
    "none for a StatefulSet": (controller("StatefulSet", more=", replicas: 4, podManagementPolicy: Parallel"), 0, ""),
    "none for a ReplicaSet": (controller("ReplicaSet", more=", replicas: 4"), 0, ""),
    "none for a ReplicationController": (controller("ReplicationController", more=", replicas: 4", api_version="v1"), 0, ""),
    "a Rollout's canary, a quarter more": (
        controller("Rollout", more=", replicas: 5", api_version=ARGO),
        2,
        "5 replicas and 2 more during a rollout (maxSurge 25%)",
    ),
    "a canary's own surge": (
        controller("Rollout", more=", replicas: 5, strategy: {canary: {maxSurge: 1}}", api_version=ARGO),
        1,
        "5 replicas and 1 more during a rollout (maxSurge 1)",
    ),
    "a canary whose traffic is routed keeps every old pod": (
        controller(
            "Rollout", more=", replicas: 5, strategy: {canary: {maxSurge: 1, trafficRouting: {nginx: {}}}}", api_version=ARGO
        ),
        5,
        "5 replicas and 5 more during a rollout (canary with trafficRouting)",
    ),
    "blue and green stand side by side": (
        controller("Rollout", more=", replicas: 5, strategy: {blueGreen: {activeService: a}}", api_version=ARGO),
        5,
        "5 replicas and 5 more during a rollout (blueGreen)",
    ),
}


@pytest.mark.parametrize(("text", "surge", "counted"), SURGES.values(), ids=SURGES)
def test_what_a_rollout_adds(text, surge, counted):
    workload = only(text)
    assert (workload.surge, workload.counted) == (surge, counted)
    assert workload.pods == workload.steady + surge
    without = only(text, policy=policy(surge=False))
    assert (without.pods, without.surge, without.counted) == (workload.steady, 0, "")


AWAY = {
    "a quarter, rounded down": (web(10), 2),
    "none where one comes first": (web(3), 0),
    "one where none comes first": (web(3, rolling("maxSurge: 0")), 1),
    "a share that is written": (web(10, rolling("maxUnavailable: 50%")), 5),
    "a number that is written": (web(10, rolling("maxSurge: 0, maxUnavailable: 4")), 4),
    "the same where what comes first is not counted": (web(10, spec=apart()), 2),
    "all where old pods end first": (web(4, ", strategy: {type: Recreate}"), 4),
    "none of those that stay until all new ones run": (
        controller("Rollout", more=", replicas: 5, strategy: {blueGreen: {}}", api_version=ARGO),
        0,
    ),
    "a Rollout's": (controller("Rollout", more=", replicas: 8", api_version=ARGO), 2),
    "one of a StatefulSet": (controller("StatefulSet", more=", replicas: 4"), 1),
    "one of a ReplicaSet": (controller("ReplicaSet", more=", replicas: 4"), 1),
}


@pytest.mark.parametrize(("text", "away"), AWAY.values(), ids=AWAY)
def test_how_many_may_be_away_during_a_rollout(text, away):
    workload = only(text)
    assert (workload.away, workload.ends_first) == (away, "Recreate" in text)


def test_of_what_an_autoscaler_allows_a_share_may_be_away():
    assert only(web(4), hpa(12)).away == 3


def test_where_what_comes_first_is_not_counted_one_pod_may_be_away():
    assert only(web(3), policy=policy(surge=False)).away == 1


WHOLE = {
    "blue and green": (controller("Rollout", more=", replicas: 5, strategy: {blueGreen: {}}", api_version=ARGO), True),
    "a canary": (controller("Rollout", more=", replicas: 5, strategy: {canary: {maxSurge: 5}}", api_version=ARGO), False),
    "a Deployment that adds as many": (web(4, rolling("maxSurge: 100%, maxUnavailable: 0")), False),
}


@pytest.mark.parametrize(("text", "whole"), WHOLE.values(), ids=WHOLE)
def test_where_all_new_pods_run_before_an_old_one_ends(text, whole):
    assert only(text).whole == whole
    assert not only(text, policy=policy(surge=False)).whole


def test_the_borrower_of_a_template_says_how_it_is_rolled_out():
    reference = "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}"
    roll = thing("Rollout", "roll", f"replicas: 8, strategy: {{canary: {{maxSurge: 1, maxUnavailable: 0}}}}, {reference}", ARGO)
    workload = only(roll, web(0, ", strategy: {type: Recreate}"))
    assert (workload.pods, workload.surge, workload.away, workload.ends_first) == (9, 1, 0, False)


def test_a_borrowed_template_is_counted_by_the_strategy_of_the_borrower():
    reference = "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}"
    text = thing("Rollout", "roll", f"replicas: 2, strategy: {{blueGreen: {{}}}}, {reference}", ARGO)
    workload = only(text, web(0))
    assert (workload.pods, workload.surge) == (4, 2)
    assert workload.counted == "Rollout shop/roll: 2 replicas, and 2 more during a rollout (blueGreen)"


APART, SPREAD, PORT = (
    "its required anti-affinity keeps them apart",
    "they are spread (DoNotSchedule)",
    "they take ports of their node",
)

BESIDE = {
    "where an old pod may end first none need be beside the old": (web(4, spec=apart()), 0, f"as {APART}: not counted"),
    "a spread": (web(4, spec=spread("DoNotSchedule")), 0, f"as {SPREAD}: not counted"),
    "a port of the node": (
        web(4).replace("{name: c, ", "{name: c, ports: [{containerPort: 80, hostPort: 80}], "),
        0,
        f"as {PORT}: not counted",
    ),
    "where none may end first one must fit": (web(3, spec=apart()), 1, "3 replicas and 1 more during a rollout (maxSurge 25%)"),
    "and one is enough": (
        web(4, rolling("maxSurge: 3, maxUnavailable: 0"), apart()),
        1,
        f"4 replicas, and 1 more during a rollout, the first of 3 (maxSurge 3): the others may wait, as {APART}",
    ),
    "the same for a share below one pod": (web(3, rolling("maxSurge: 100%, maxUnavailable: 30%"), apart()), 1, "the first of 3"),
    "anti-affinity to others does not limit": (web(4, spec=apart("{app: db}")), 1, "4 replicas and 1 more during a rollout"),
    "nor in another namespace": (web(4, spec=apart(where=", namespaces: [other]")), 1, "4 replicas and 1 more during a rollout"),
    "but in its own by name": (web(4, spec=apart(where=", namespaces: [shop]")), 0, "not counted"),
    "a spread that is a wish does not limit": (web(4, spec=spread("ScheduleAnyway")), 1, "4 replicas and 1 more"),
    "nor a spread over others": (web(4, spec=spread("DoNotSchedule", "{app: db}")), 1, "4 replicas and 1 more"),
}


@pytest.mark.parametrize(("text", "surge", "counted"), BESIDE.values(), ids=BESIDE)
def test_pods_that_cannot_all_stand_side_by_side(text, surge, counted):
    workload = only(text)
    assert workload.surge == surge
    assert counted in workload.counted


def test_blue_and_green_must_both_fit_whatever_keeps_them_apart():
    text = controller("Rollout", more=", replicas: 4, strategy: {blueGreen: {}}", api_version=ARGO)
    inner = text.replace("}]}}", f"}}]{apart()}}}}}", 1)
    assert only(inner).template.pod_anti_affinity
    assert only(inner).surge == 4


def test_what_tells_old_pods_from_new_ones_is_not_modelled():
    cluster = cluster_of(web(3, spec=apart(keys=HASH)))
    (workload,) = cluster.workloads
    assert (workload.pods, workload.surge) == (3, 0)
    assert {each.subject for each in cluster.unread} == {"Deployment/shop/web"}
    assert cluster.unread[0].message.startswith("1 more during a rollout (maxSurge 25%): not counted")
    assert cluster.unread[1].message.startswith("required terms of podAntiAffinity select by pod-template-hash: ")
    assert said(cluster_of(web(3, spec=apart()))) == {}


def test_a_second_pod_of_a_daemon_set_on_a_node_is_said_to_be_left_out():
    surging = ", updateStrategy: {rollingUpdate: {maxSurge: 10%, maxUnavailable: 0}}"
    cluster = cluster_of(controller("DaemonSet", more=surging))
    assert (cluster.workloads[0].pods, cluster.workloads[0].surge) == (0, 0)
    assert said(cluster)["DaemonSet/shop/web"].startswith(
        "maxSurge 10%: during a rollout so many nodes at once hold a second pod"
    )
    assert "maxSurge" not in str(said(cluster_of(controller("DaemonSet", more=", updateStrategy: {type: OnDelete}"))))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        pytest.param(rolling("maxSurge: -1"), "rollingUpdate.maxSurge", id="a negative number"),
        pytest.param(rolling("maxSurge: '1'"), "rollingUpdate.maxSurge", id="a number in quotes"),
        pytest.param(rolling("maxUnavailable: 10.5%"), "rollingUpdate.maxUnavailable", id="a share that is not whole"),
        pytest.param(rolling("maxUnavailable: 101%"), "rollingUpdate.maxUnavailable", id="more than all"),
        pytest.param(rolling("maxSurge: 0, maxUnavailable: 0%"), "rollingUpdate.maxUnavailable", id="nothing at all"),
        pytest.param(", strategy: {type: Blue}", "type", id="an unknown type"),
        pytest.param(", strategy: {type: Recreate, rollingUpdate: {}}", "rollingUpdate", id="both ways at once"),
        pytest.param(", strategy: {rollingUpdate: {maxSurge: [1]}}", "rollingUpdate.maxSurge", id="a list"),
    ],
)
def test_strategies_that_cannot_be(more, field):
    assert [path for _, path, _ in faults_of(web(4, more))] == [f"spec.strategy.{field}"]


def test_a_strategy_of_a_rollout_that_cannot_be():
    text = controller("Rollout", more=", replicas: 4, strategy: {canary: {maxSurge: many}}", api_version=ARGO)
    assert [path for _, path, _ in faults_of(text)] == ["spec.strategy.canary.maxSurge"]


NOW = {
    "what runs now": (3, hpa(9), 3, "HorizontalPodAutoscaler shop/web: 3 now, maxReplicas 9"),
    "no less than the least": (1, hpa(9).replace("maxReplicas", "minReplicas: 2, maxReplicas"), 2, "2 now, maxReplicas 9"),
    "no more than the most": (5, hpa(4), 4, "4 now, maxReplicas 4"),
    "nothing where it is scaled to nothing": (0, hpa(9), 0, "0 now, maxReplicas 9"),
}


@pytest.mark.parametrize(("replicas", "scaler", "pods", "counted"), NOW.values(), ids=NOW)
def test_autoscaled_pods_as_they_run_now(replicas, scaler, pods, counted):
    workload = only(web(replicas), scaler, policy=policy(hpa="now", surge=False))
    assert workload.pods == pods
    assert workload.counted.endswith(counted)


def test_a_rollout_at_the_most_that_an_autoscaler_allows():
    workload = only(web(3), hpa(10))
    assert (workload.pods, workload.surge) == (13, 3)
    assert workload.counted == "HorizontalPodAutoscaler shop/web: maxReplicas 10, and 3 more during a rollout (maxSurge 25%)"


HPA_OF_TWO = hpa(9).replace("maxReplicas", "minReplicas: 2, maxReplicas")
AT_FIRST = {
    "what is written": (web(3), (), 3),
    "the fewest that the autoscaler keeps, of which one is the default": (web(3), (hpa(3),), 1),
    "however many it keeps just now": (web(7), (HPA_OF_TWO,), 2),
    "and however few are written": (web(1), (HPA_OF_TWO,), 2),
    "of several what the first keeps": (
        web(3),
        (hpa(4).replace("maxReplicas", "minReplicas: 3, maxReplicas"), hpa(10, "other")),
        1,
    ),
    "nothing where it is scaled to nothing": (web(0), (hpa(4),), 0),
    "no run of a CronJob": (cron_job(", schedule: '0 * * * *'"), (), 0),
}


@pytest.mark.parametrize(("text", "scalers", "first"), AT_FIRST.values(), ids=AT_FIRST)
def test_pods_that_are_there_at_first(text, scalers, first):
    workload = only(text, *scalers)
    assert workload.first == first
    assert workload.pods >= first


def runs(schedule="'*/5 * * * *'", deadline="", more="", inner=""):
    return cron_job(f", schedule: {schedule}{more}", f"{f', activeDeadlineSeconds: {deadline}' if deadline else ''}{inner}")


ALLOWED = "may overlap (concurrencyPolicy Allow,"
RUNS = {
    "two where nothing ends a run": (runs(), 2, f"2 runs {ALLOWED} nothing ends a run)"),
    "of a run's pods": (runs(inner=", parallelism: 3"), 6, f"2 runs of 3 pods each {ALLOWED} nothing ends a run)"),
    "as many as start before one must end": (
        runs(deadline=660),
        3,
        f"3 runs {ALLOWED} a run ends after 660 s, and the next starts 300 s after it at the earliest)",
    ),
    "one that ends when the next starts": (runs(deadline=300), 1, "one run"),
    "one second more, and they overlap": (runs(deadline=301), 2, f"2 runs {ALLOWED} a run ends after 301 s"),
    "one at the least": (runs(deadline=1), 1, "one run"),
    "the shortest time between two runs counts": (runs("'0,50 * * * *'", 900), 2, "the next starts 600 s after it"),
    "a day that is not every day": (runs("'0 0 * * 1'", 604800), 1, "one run"),
    "a zone may have summer time": (runs(deadline=301, more=", timeZone: Europe/Berlin"), 2, "but for a change of summer time"),
    "one where they may not overlap": (runs(more=", concurrencyPolicy: Forbid"), 1, "one run"),
    "one where the next replaces it": (runs(more=", concurrencyPolicy: Replace"), 1, "one run"),
    "one where there is never a second": (runs("'0 0 31 2 *'"), 1, "one run"),
    "none where it is suspended": (runs(more=", suspend: true"), 0, "suspended"),
    "none where the job is suspended": (runs(inner=", suspend: true"), 0, "suspended"),
}


@pytest.mark.parametrize(("text", "pods", "counted"), RUNS.values(), ids=RUNS)
def test_runs_that_may_overlap(text, pods, counted):
    workload = only(text)
    assert (workload.pods, workload.surge) == (pods, 0)
    assert counted in workload.counted


def test_more_runs_than_two_may_overlap_where_nothing_ends_them_and_that_is_said():
    assert said(cluster_of(runs()))["CronJob/shop/web"].endswith("no activeDeadlineSeconds: more than 2 runs may overlap")
    assert said(cluster_of(runs(deadline=900))) == {}
    assert said(cluster_of(runs(more=", suspend: true"))) == {}


def test_a_single_run_where_the_policy_says_so():
    cluster = cluster_of(runs(inner=", parallelism: 3"), policy=policy(cron_jobs="one"))
    assert (cluster.workloads[0].pods, cluster.workloads[0].counted) == (3, "parallelism")
    assert said(cluster) == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param(runs("'* * * *'"), "spec.schedule", id="four fields"),
        pytest.param(runs("'0 0 * * 7'"), "spec.schedule", id="a Sunday that is 7"),
        pytest.param(runs(more=", concurrencyPolicy: Never"), "spec.concurrencyPolicy", id="an unknown policy"),
        pytest.param(runs(deadline=-1), "spec.jobTemplate.spec.activeDeadlineSeconds", id="a negative deadline"),
    ],
)
def test_cron_jobs_that_cannot_be(text, field):
    assert [path for _, path, _ in faults_of(text)] == [field]
