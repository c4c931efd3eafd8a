"""A plan says which pods it counted beside the replicas, and which it did not; what it counts, a rollout needs."""

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.trust import Demand
from planner import pipeline
from planner.settle.disclosures.uncounted_pods import uncounted
from planner.wording.disclosures import all_said

SAID = {
    "by default only that pods which end keep their room": (Demand(), ["rollouts"]),
    "pods of a rollout left out": (Demand(surge=False), ["rollouts"]),
    "autoscalers left out": (Demand(hpa="now"), ["rollouts", "autoscalers"]),
    "overlapping runs left out": (Demand(cron_jobs="one"), ["rollouts", "CronJobs"]),
}


@pytest.mark.parametrize(("demand", "subjects"), SAID.values(), ids=SAID)
def test_what_is_not_counted_is_said(demand, subjects):
    said = {statement.subject: statement.message for statement in all_said(uncounted(demand))}
    assert list(said) == subjects
    assert ("are not counted, as the policy says (demand.surge)" in said["rollouts"]) is not demand.surge
    assert "being deleted keep their room until they are gone, which is not counted" in said["rollouts"]


NODES = "\n---\n".join(
    f"{{apiVersion: v1, kind: Node, metadata: {{name: n{at}, labels: {{kubernetes.io/hostname: n{at}}}}}, "
    'status: {allocatable: {cpu: "2", memory: 8Gi, pods: "110"}}}'
    for at in range(3)
)
POLICY = (
    "apiVersion: ringfence.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: p}\nspec: {levels: [a], untagged: a, demand: %s}\n"
)
APART = (
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}, "
)


def web(replicas, cpu="1", placed="", strategy="{}"):
    containers = f"containers: [{{name: c, image: 'i:1', resources: {{requests: {{cpu: {cpu}}}}}}}]"
    return (
        f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web, namespace: shop}}, spec: {{replicas: {replicas}, "
        f"strategy: {strategy}, selector: {{matchLabels: {{app: web}}}}, "
        f"template: {{metadata: {{labels: {{app: web}}}}, spec: {{{placed}{containers}}}}}}}}}"
    )


def running(count):
    for at in range(count):
        yield (
            f"{{apiVersion: v1, kind: Pod, metadata: {{name: web-x-{at}, namespace: shop, uid: u{at}, labels: "
            "{app: web, pod-template-hash: x}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-x, "
            f"controller: true}}]}}, spec: {{nodeName: n{at % 3}, containers: [{{name: c, image: 'i:1', resources: {{requests: "
            "{cpu: 1}}}]}, status: {phase: Running}}"
        )


def plan(folder, *texts, demand="{}"):
    runs = [text for text in texts if "kind: Pod" in text]
    work = "\n---\n".join(text for text in texts if text not in runs)
    told = f"{{apiVersion: v1, kind: List, items: [{', '.join(runs)}]}}"
    for name, text in (("work", work), ("nodes", NODES), ("runs", told), ("trust", POLICY % demand)):
        (folder / f"{name}.yaml").write_text(text)
    work, nodes, there, trust = (str(folder / f"{name}.yaml") for name in ("work", "nodes", "runs", "trust"))
    made = pipeline.plan(pipeline.Inputs((work,), (nodes, there), trust), lambda _: None)
    assert [finding.code for finding in pipeline.verify(made) if finding.severity == "error"] == []
    return made


ROOM = {
    "six pods of one core fill three nodes of two": (web(4, strategy="{rollingUpdate: {maxSurge: 2}}"), FEASIBLE, 6),
    "a seventh has no place": (web(5, strategy="{rollingUpdate: {maxSurge: 2}}"), INFEASIBLE, 6),
    "three apart on three nodes cannot roll out": (web(3, placed=APART), INFEASIBLE, 3),
    "but can where one may end first": (web(3, placed=APART, strategy="{rollingUpdate: {maxUnavailable: 1}}"), FEASIBLE, 3),
    "two apart on three nodes can": (web(2, placed=APART), FEASIBLE, 3),
}


@pytest.mark.parametrize(("text", "verdict", "placed"), ROOM.values(), ids=ROOM)
def test_a_plan_has_room_for_a_rollout(tmp_path, text, verdict, placed):
    made = plan(tmp_path, text)
    assert (made.verdict, sum(placement.pods for placement in made.placements)) == (verdict, placed)
    assert plan(tmp_path, text, demand="{surge: false}").verdict == FEASIBLE


def test_the_plan_says_what_was_counted_and_reads_it_again(tmp_path):
    made = plan(tmp_path, web(4))
    assert [placement.counted for placement in made.placements] == ["4 replicas and 1 more during a rollout (maxSurge 25%)"]
    path = tmp_path / "plan.yaml"
    path.write_text(pipeline.plan_text(made))
    assert pipeline.load(str(path)) == made
    assert "\n    counted: " not in pipeline.plan_text(plan(tmp_path, web(4), demand="{surge: false}"))


def test_a_pod_that_comes_for_a_rollout_only_is_no_move(tmp_path):
    made = plan(tmp_path, web(4), *running(4))
    assert {goal.name: goal.value for goal in made.goals}["moves"] == 0
    assert made.placements[0].pods == 5
