"""Reads the inputs of a plan again and says what differs."""

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.errors import BadInput, Fault

if TYPE_CHECKING:
    from models.answer.finding import Finding
    from models.answer.plan import Input, IsolationPlan
    from models.kubernetes.cluster import Cluster
    from models.trust import TrustPolicy
    from planner.inputs import Inputs


def against(plan: "IsolationPlan", inputs: "Inputs") -> "tuple[Finding, ...]":
    """Return what is another of the inputs that are named: only the policy, only the nodes, or the whole cluster.

    What is read is read as it was for the plan: by its version of Kubernetes, and its policy where no other is given.
    """
    from planner.verify import against as compare
    from planner.verify import read_places

    digests: list[Input] = []
    policy, cluster = _read(replace(inputs, kubernetes=plan.cluster.kubernetes), plan, digests)
    differences = list(compare.policy(plan, policy)) if policy else []
    if cluster and (inputs.workloads or inputs.live):
        differences += (*compare.cluster(plan, cluster), *read_places.check(plan, cluster, digests))
    elif cluster:
        differences += compare.nodes(plan, cluster, alone=True)
    return (*differences, *compare.files(plan, digests))


def _read(inputs: "Inputs", plan: "IsolationPlan", digests: "list[Input]") -> "tuple[TrustPolicy | None, Cluster | None]":
    """Read what is named; when several parts are faulty, say so of all."""
    from planner import read
    from planner.inputs import fitted
    from planner.trust.growing_groups import with_growth_for_rings
    from planner.trust.left_alone import without_left_alone

    faults: list[Fault] = []
    known, document, policy, cluster = plan.policy, None, None, None
    try:
        document = read.policy_document(inputs.policy, inputs.stdin, digests) if inputs.policy else None
        policy = read.policy_of(document) if document else None
    except BadInput as error:
        faults += error.faults
    try:
        if inputs.live:
            where = inputs.context, inputs.kubeconfig, policy or known, inputs.timeout, inputs.nodes
            cluster = read.read_live(*where, inputs.stdin, inputs.kubernetes, digests)
        elif inputs.workloads or inputs.nodes:
            files, whole = (inputs.workloads, inputs.nodes), bool(inputs.workloads)
            cluster = read.read_cluster(*files, policy or known, inputs.stdin, inputs.kubernetes, digests, whole)
    except BadInput as error:
        faults += error.faults
    if faults:
        raise BadInput(faults)
    policy = fitted(policy, document, cluster or plan.cluster) if policy and document else None
    rules = policy or known
    return policy, without_left_alone(rules, with_growth_for_rings(rules, cluster)) if cluster else None
