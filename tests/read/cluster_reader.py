"""Reads clusters from YAML text, for the tests of what documents mean."""

import io

import pytest

from planner.errors import BadInput
from planner.read.cluster.build import Intake
from planner.read.documents.document import Loading

NODE = """
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {kubernetes.io/hostname: node-a}}
status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
"""


def cluster_of(*texts, policy=None, nodes=NODE):
    """Read documents as --nodes names them, so that all they say is believed, and a node beside them so that there is one."""
    return _cluster(policy, Loading([], _stream(*texts, nodes), nodes=["-"]))


def cluster_of_manifests(*texts, policy=None, nodes=NODE):
    """Read documents as teams write them, beside what `--nodes` names."""
    return _cluster(policy, Loading([], _stream(nodes), nodes=["-"]), Loading(["-"], _stream(*texts)))


def _stream(*texts):
    return io.BytesIO("\n---\n".join(texts).encode())


def _cluster(policy, *loadings):
    intake = Intake(policy)
    for loading in loadings:
        for document in loading:
            intake.add(document)
        assert not loading.faults
    return intake.cluster([statement for loading in loadings for statement in loading.ignored])


def faults_of(*texts, policy=None, nodes=NODE):
    """Read documents that are not good, and return what is wrong with them as (line, field, reason and fix)."""
    with pytest.raises(BadInput) as caught:
        cluster_of(*texts, policy=policy, nodes=nodes)
    return [(fault.where.line, fault.field, f"{fault.reason}; {fault.fix}") for fault in caught.value.faults]


def only(*texts, **options):
    """Return the only workload."""
    (workload,) = cluster_of(*texts, **options).workloads
    return workload


def deployment(spec="", labels="{app: web}", name="web", namespace="shop", more=""):
    """Write a Deployment whose pod spec is YAML in flow style, without its braces; it selects its pods if `more` does not."""
    selector = "" if "selector:" in more else f"  selector: {{matchLabels: {labels}}}"
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec:\n  {more}\n  template:\n    metadata: {{labels: {labels}}}\n    spec: {{{spec}}}\n{selector}"
    )


def container(inner="", name="c"):
    """Write one container."""
    return f"{{name: {name}, image: 'i:1'{', ' if inner else ''}{inner}}}"


def containers(*inner):
    """Write a list of containers."""
    return f"containers: [{', '.join(container(each, f'c{at}') for at, each in enumerate(inner))}]"


def requests(**amounts):
    """Write requests of a container, `cpu="1"`."""
    return f"resources: {{requests: {{{', '.join(f'{name}: {value}' for name, value in amounts.items())}}}}}"


def limits(**amounts):
    """Write limits of a container."""
    return requests(**amounts).replace("requests", "limits")


SPEC = f"{{containers: [{container()}]}}"
TEMPLATE = f"{{metadata: {{labels: {{app: web}}}}, spec: {SPEC}}}"
SELECTOR = "selector: {matchLabels: {app: web}}"
ENDING = TEMPLATE.replace("containers:", "restartPolicy: Never, containers:")


def thing(kind, name="web", spec="", api_version="apps/v1", owner=None, meta="", rest=""):
    """Write any object; `spec`, `meta` and `rest` are YAML in flow style, `meta` and `rest` begin with a comma."""
    owner_group, owner_kind, owner_name = owner or ("", "", "")
    reference = f", ownerReferences: [{{apiVersion: {owner_group}, kind: {owner_kind}, name: {owner_name}, controller: true}}]"
    return (
        f"{{apiVersion: {api_version}, kind: {kind}, "
        f"metadata: {{name: {name}, namespace: shop{meta}{reference if owner else ''}}}, "
        f"spec: {{{spec}}}{rest}}}"
    )


def controller(kind, name="web", more="", **options):
    """Write an object with replicas and a template; it selects its pods if `more` says nothing of it."""
    selector = "" if "selector:" in more or kind == "ReplicationController" else f", {SELECTOR}"
    return thing(kind, name, f"template: {TEMPLATE}{more}{selector}", **options)


def job(name="web", more="", **options):
    """Write a Job."""
    return thing("Job", name, f"template: {ENDING}{more}", api_version="batch/v1", **options)


def cron_job(more="", inner="", name="web"):
    """Write a CronJob; one whose schedule `more` does not tell runs every minute."""
    more += "" if "schedule:" in more else ", schedule: '* * * * *'"
    return thing("CronJob", name, f"jobTemplate: {{spec: {{template: {ENDING}{inner}}}}}{more}", "batch/v1")


def pod(name, node="", owner=None, phase="Running", meta="", spec=""):
    """Write a Pod: a live one where it has a phase; one that is owned has the labels that owners here select, or its own."""
    live = f", uid: u-{name}" if phase else ""
    status = f", status: {{phase: {phase}}}" if phase else ""
    if owner and "labels:" not in meta:
        meta += f", labels: {{app: web{f', job-name: {owner[2]}' if owner[1] == 'Job' else ''}}}"
    inner = f"containers: [{container()}]{f', nodeName: {node}' if node else ''}{spec}"
    return thing("Pod", name, inner, "v1", owner, f"{live}{meta}", status)


def hpa(most, name="web", kind="Deployment", target="web", api_version=", apiVersion: apps/v1", version="v2"):
    """Write a HorizontalPodAutoscaler."""
    spec = f"maxReplicas: {most}, scaleTargetRef: {{kind: {kind}, name: {target}{api_version}}}"
    return thing("HorizontalPodAutoscaler", name, spec, f"autoscaling/{version}")


def names(cluster):
    """Name every workload."""
    return [str(workload.id) for workload in cluster.workloads]


def said(cluster):
    """Return what is stated, by subject."""
    return {statement.subject: statement.message for statement in cluster.unread}
