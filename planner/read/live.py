"""A running cluster as documents: every kind that bears on placement, listed through the API server."""

from collections.abc import Iterator
from typing import Any

import msgspec

from models.cluster import Statement
from models.source import Source
from models.trust import TrustPolicy
from planner.errors import BadInput, Fault
from planner.read.api import Api, Refused
from planner.read.document import Document
from planner.read.kinds import ROLLOUT

_EVERYWHERE = "_for_all_namespaces"
_KINDS = (
    ("CoreV1Api", "v1", "Node", "list_node"),
    ("CoreV1Api", "v1", "Namespace", "list_namespace"),
    ("CoreV1Api", "v1", "LimitRange", f"list_limit_range{_EVERYWHERE}"),
    ("SchedulingV1Api", "scheduling.k8s.io/v1", "PriorityClass", "list_priority_class"),
    ("NodeV1Api", "node.k8s.io/v1", "RuntimeClass", "list_runtime_class"),
    ("CoreV1Api", "v1", "PersistentVolume", "list_persistent_volume"),
    ("CoreV1Api", "v1", "PersistentVolumeClaim", f"list_persistent_volume_claim{_EVERYWHERE}"),
    ("PolicyV1Api", "policy/v1", "PodDisruptionBudget", f"list_pod_disruption_budget{_EVERYWHERE}"),
    ("AutoscalingV2Api", "autoscaling/v2", "HorizontalPodAutoscaler", f"list_horizontal_pod_autoscaler{_EVERYWHERE}"),
    (
        "AdmissionregistrationV1Api",
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
        "list_mutating_webhook_configuration",
    ),
    ("AppsV1Api", "apps/v1", "Deployment", f"list_deployment{_EVERYWHERE}"),
    ("AppsV1Api", "apps/v1", "StatefulSet", f"list_stateful_set{_EVERYWHERE}"),
    ("AppsV1Api", "apps/v1", "DaemonSet", f"list_daemon_set{_EVERYWHERE}"),
    ("AppsV1Api", "apps/v1", "ReplicaSet", f"list_replica_set{_EVERYWHERE}"),
    ("CoreV1Api", "v1", "ReplicationController", f"list_replication_controller{_EVERYWHERE}"),
    ("BatchV1Api", "batch/v1", "CronJob", f"list_cron_job{_EVERYWHERE}"),
    ("BatchV1Api", "batch/v1", "Job", f"list_job{_EVERYWHERE}"),
    ("CoreV1Api", "v1", "Pod", f"list_pod{_EVERYWHERE}"),
)
_VITAL = ("Node",)


class _Meta(msgspec.Struct):
    name: str | None = None
    namespace: str | None = None


class _Object(msgspec.Struct):
    metadata: _Meta | None = None


class _Resource(msgspec.Struct):
    name: str = ""
    kind: str = ""


class _Resources(msgspec.Struct):
    resources: list[_Resource] | None = None


_OBJECT = msgspec.json.Decoder(_Object)


def _named(item: msgspec.Raw) -> _Meta:
    try:
        return _OBJECT.decode(item).metadata or _Meta()
    except msgspec.DecodeError:
        return _Meta("of an unreadable name")


class Live:
    """Documents of a running cluster; iterate once, afterwards `unread` says which kinds were forbidden.

    Iterating raises BadInput when the API server cannot be read at all.
    """

    def __init__(self, context: str | None, kubeconfig: str | None, policy: TrustPolicy | None, timeout: float) -> None:
        """Connect; kinds that the policy names under podTemplates are listed too."""
        self._api = Api(context, kubeconfig, timeout)
        self._custom = sorted({ROLLOUT, *(policy.pod_templates if policy else ())})
        self.unread: list[Statement] = []

    def __iter__(self) -> Iterator[Document]:
        """List kind by kind, pods last."""
        try:
            yield from self._all()
        finally:
            self._api.close()

    def _all(self) -> Iterator[Document]:
        from kubernetes import client

        for group, api_version, kind, method in _KINDS:
            call = getattr(getattr(client, group)(self._api.client), method)
            yield from self._documents(api_version, kind, self._listed(kind, call))
        custom = client.CustomObjectsApi(self._api.client)
        for name in self._custom:
            api_version, _, kind = name.rpartition("/")
            yield from self._documents(api_version, kind, self._listed_custom(custom, api_version, kind))

    def _documents(self, api_version: str, kind: str, items: list[msgspec.Raw]) -> Iterator[Document]:
        items.reverse()
        while items:
            # A copy lets go of the page around it.
            item = items.pop().copy()
            meta = _named(item)
            name = f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name
            yield Document(Source(f"{self._api.name}: {kind} {name}"), api_version, kind, item)

    def _listed(self, kind: str, call: Any, *arguments: str) -> list[msgspec.Raw]:
        try:
            return self._api.items(call, *arguments)
        except Refused as refused:
            if refused.status == 403:
                self._forbidden(kind)
            return []

    def _forbidden(self, kind: str) -> None:
        where, fix = Source(self._api.name), "ask for a role that may list it in all namespaces"
        if kind in _VITAL:
            raise BadInput([Fault(where, "", f"you may not list objects of kind {kind} (403 Forbidden)", fix)])
        self.unread.append(Statement(kind, f"may not be listed (403 Forbidden): the plan knows of none; {fix}", where))

    def _listed_custom(self, custom: Any, api_version: str, kind: str) -> list[msgspec.Raw]:
        """List a custom kind, if the cluster has it."""
        group, _, version = api_version.rpartition("/")
        try:
            found = msgspec.json.decode(self._api.bytes_of(custom.get_api_resources, group, version), type=_Resources)
        except Refused as refused:
            if refused.status == 403:
                self._forbidden(kind)
            return []
        except msgspec.DecodeError as error:
            raise self._api.bad(f"answers with something that is no list of resources: {error}", "try again") from None
        plural = next((each.name for each in found.resources or () if each.kind == kind and "/" not in each.name), None)
        return self._listed(kind, custom.list_cluster_custom_object, group, version, plural) if plural else []
