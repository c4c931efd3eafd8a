"""Controllers and other objects, sound ones and ways to spoil them in one place, for the API server and us to judge."""

from copy import deepcopy
from typing import Any

Object = dict[str, Any]
Changes = dict[str, Any]
"""Path -> what is to be there; None takes it away."""

_LABELS = {"app": "w"}
_CONTAINERS = [{"name": "c", "image": "x"}]
_ENDING = {"spec": {"containers": _CONTAINERS, "restartPolicy": "Never"}}
_SELECTOR = {"matchLabels": _LABELS}
_TEMPLATED = {"metadata": {"labels": _LABELS}, "spec": {"containers": _CONTAINERS}}
_CONTROLLER = {"selector": _SELECTOR, "template": _TEMPLATED}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
_VOLUME = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/x"}}
_ZONES = {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "Exists"}]}]}}
_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "beside"}


def _made(api_version: str, kind: str, **rest: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "w"}, **rest}


SOUND: dict[str, Object] = {
    "DaemonSet": _made("apps/v1", "DaemonSet", spec=_CONTROLLER),
    "Deployment": _made("apps/v1", "Deployment", spec=_CONTROLLER),
    "ReplicaSet": _made("apps/v1", "ReplicaSet", spec=_CONTROLLER),
    "StatefulSet": _made(
        "apps/v1",
        "StatefulSet",
        spec={**_CONTROLLER, "serviceName": "w", "volumeClaimTemplates": [{"metadata": {"name": "d"}, "spec": _CLAIM}]},
    ),
    "Job": _made("batch/v1", "Job", spec={"template": _ENDING}),
    "CronJob": _made("batch/v1", "CronJob", spec={"schedule": "0 * * * *", "jobTemplate": {"spec": {"template": _ENDING}}}),
    "Namespace": _made("v1", "Namespace"),
    "ReplicationController": _made("v1", "ReplicationController", spec={"selector": _LABELS, "template": _TEMPLATED}),
    "Pod": _made("v1", "Pod", spec={"containers": _CONTAINERS}),
    "HorizontalPodAutoscaler": _made(
        "autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 5, "scaleTargetRef": _TARGET}
    ),
    "LimitRange": _made("v1", "LimitRange", spec={"limits": [{"type": "Container"}]}),
    "PersistentVolume": _made("v1", "PersistentVolume", spec=_VOLUME),
    "PersistentVolumeClaim": _made("v1", "PersistentVolumeClaim", spec=_CLAIM),
    "PodDisruptionBudget": _made("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "selector": _SELECTOR}),
    "PriorityClass": _made("scheduling.k8s.io/v1", "PriorityClass", value=5),
    "RuntimeClass": _made("node.k8s.io/v1", "RuntimeClass", handler="x"),
    "StorageClass": _made("storage.k8s.io/v1", "StorageClass", provisioner="x"),
}

_INDEXED = {"spec.completionMode": "Indexed", "spec.completions": 10}
_RULES, _EXIT = "spec.podFailurePolicy", {"operator": "In", "values": [1]}
_ROLLING, _TEMPLATE, _LIMIT = "spec.updateStrategy.rollingUpdate", "spec.volumeClaimTemplates.0", "spec.limits.0"
_TOPOLOGY = "allowedTopologies"

ODDITIES: dict[str, tuple[str, Changes]] = {
    "an annotation with capitals before the slash": ("Deployment", {"metadata.annotations": {"Example.COM/a": "x y"}}),
    "finalizers": ("Pod", {"metadata.finalizers": ["a.b/c", "orphan"]}),
    "a name of many letters": ("Deployment", {"metadata.name": "a" * 253}),
    "a CronJob of 52 letters": ("CronJob", {"metadata.name": "a" * 52}),
    "pods that are ready just in time": ("Deployment", {"spec.minReadySeconds": 599, "spec.revisionHistoryLimit": 0}),
    "less history than none of a StatefulSet": ("StatefulSet", {"spec.revisionHistoryLimit": -1}),
    "a StatefulSet all at once": ("StatefulSet", {"spec.podManagementPolicy": "Parallel", "spec.serviceName": ""}),
    "a DaemonSet that adds first": ("DaemonSet", {_ROLLING: {"maxSurge": 1, "maxUnavailable": 0}}),
    "a DaemonSet that waits": ("DaemonSet", {"spec.updateStrategy.type": "OnDelete", _ROLLING: {"maxUnavailable": 0}}),
    "an indexed Job of one": ("Job", {"spec.completionMode": "Indexed"}),
    "an indexed Job": ("Job", {**_INDEXED, "spec.backoffLimitPerIndex": 1, "spec.maxFailedIndexes": 10}),
    "a Job that looks at exit codes": ("Job", {_RULES: {"rules": [{"action": "FailJob", "onExitCodes": _EXIT}]}}),
    "a Job of another's": ("Job", {"spec.managedBy": "kueue.x-k8s.io/multikueue"}),
    "a Job that carries its name": ("Job", {"spec.template.metadata.labels": {"job-name": "w"}}),
    "a time zone": ("CronJob", {"spec.timeZone": "America/Argentina/Buenos_Aires"}),
    "universal time": ("CronJob", {"spec.timeZone": "UTC"}),
    "the old name of a zone": ("CronJob", {"spec.timeZone": "GB-Eire"}),
    "runs that do not select": ("CronJob", {"spec.jobTemplate.spec.manualSelector": False}),
    "the highest priority": ("PriorityClass", {"value": 1_000_000_000, "preemptionPolicy": "Never"}),
    "no priority": ("PriorityClass", {"value": None}),
    "a budget in capitals": ("PodDisruptionBudget", {"metadata.name": "UP_x"}),
    "a budget of all": ("PodDisruptionBudget", {"spec.minAvailable": "100%"}),
    "a budget of 0": ("PodDisruptionBudget", {"spec.minAvailable": 0}),
    "limits in order": (
        "LimitRange",
        {f"{_LIMIT}.min": {"cpu": 1}, f"{_LIMIT}.default": {"cpu": 2}, f"{_LIMIT}.max": {"cpu": 2}},
    ),
    "limits of claims": ("LimitRange", {f"{_LIMIT}.type": "PersistentVolumeClaim", f"{_LIMIT}.min": {"storage": "1Gi"}}),
    "a provisioner with capitals": ("StorageClass", {"provisioner": "Example.com/p", "reclaimPolicy": "Retain"}),
    "a claim of the class without a name": ("PersistentVolumeClaim", {"spec.storageClassName": "", "spec.volumeMode": "Block"}),
    "a local volume": (
        "PersistentVolume",
        {"spec.hostPath": None, "spec.local": {"path": "/y"}, "spec.nodeAffinity": _ZONES},
    ),
}
"""What looks wrong, and is taken by each of 1.34 to 1.37."""

SPOILS: dict[str, tuple[str, Changes]] = {
    "a label whose key is none": ("Deployment", {"metadata.labels": {"a b": "x"}}),
    "a label whose value is none": ("PersistentVolume", {"metadata.labels": {"a": "x y"}}),
    **{f"a {kind} in capitals": (kind, {"metadata.name": "UP_x"}) for kind in SOUND if kind != "PodDisruptionBudget"},
    "a name of 254 letters": ("Deployment", {"metadata.name": "a" * 254}),
    "a Namespace with dots": ("Namespace", {"metadata.name": "a.b"}),
    "a StatefulSet with dots in its name": ("StatefulSet", {"metadata.name": "a.b"}),
    "a StatefulSet of 64 letters": ("StatefulSet", {"metadata.name": "a" * 64}),
    "a CronJob of 53 letters": ("CronJob", {"metadata.name": "a" * 53}),
    "a StatefulSet updated in an unknown way": ("StatefulSet", {"spec.updateStrategy": {"type": "Foo"}}),
    "a negative partition": ("StatefulSet", {_ROLLING: {"partition": -1}}),
    "a claim template without access modes": ("StatefulSet", {f"{_TEMPLATE}.spec.accessModes": None}),
    "a claim template with an unknown mode": ("StatefulSet", {f"{_TEMPLATE}.spec.accessModes": ["Foo"]}),
    "a claim template without a size": ("StatefulSet", {f"{_TEMPLATE}.spec.resources": None}),
    "a claim template of an unknown kind": ("StatefulSet", {f"{_TEMPLATE}.spec.volumeMode": "Foo"}),
    "a claim template of nothing": ("StatefulSet", {f"{_TEMPLATE}.spec": {}}),
    "a DaemonSet updated in an unknown way": ("DaemonSet", {"spec.updateStrategy": {"type": "Foo"}}),
    "a DaemonSet that may not move": ("DaemonSet", {_ROLLING: {"maxUnavailable": 0}}),
    "a DaemonSet that moves both ways": ("DaemonSet", {_ROLLING: {"maxSurge": 1, "maxUnavailable": 1}}),
    "a DaemonSet of more than all": ("DaemonSet", {_ROLLING: {"maxSurge": "150%", "maxUnavailable": 0}}),
    "a DaemonSet of a share that is none": ("DaemonSet", {_ROLLING: {"maxUnavailable": "many"}}),
    "an unknown way to complete": ("Job", {"spec.completionMode": "Foo"}),
    "too many at once": ("Job", {**_INDEXED, "spec.parallelism": 200_000}),
    "an indexed Job without indexes": ("Job", {"spec.completionMode": "Indexed", "spec.parallelism": 2}),
    "an indexed run without indexes": ("CronJob", {"spec.jobTemplate.spec.completionMode": "Indexed"}),
    "less than no retries": ("Job", {"spec.backoffLimit": -1}),
    "retries of indexes that it has not": ("Job", {"spec.backoffLimitPerIndex": 1}),
    "an unknown action": ("Job", {_RULES: {"rules": [{"action": "Foo", "onExitCodes": _EXIT}]}}),
    "a selector of one's own": (
        "Job",
        {"spec.selector": {"matchLabels": {"a": "b"}}, "spec.template.metadata.labels": {"a": "b"}},
    ),
    "labels of another Job": ("Job", {"spec.template.metadata.labels": {"batch.kubernetes.io/job-name": "other"}}),
    "no schedule": ("CronJob", {"spec.schedule": None}),
    "runs that select their pods": ("CronJob", {"spec.jobTemplate.spec.selector": {"matchLabels": {"a": "b"}}}),
    "runs that say so": ("CronJob", {"spec.jobTemplate.spec.manualSelector": True}),
    "a run with less than no retries": ("CronJob", {"spec.jobTemplate.spec.backoffLimit": -1}),
    "an autoscaler of fewer than none": ("HorizontalPodAutoscaler", {"spec.minReplicas": -1}),
    "an autoscaler the wrong way round": ("HorizontalPodAutoscaler", {"spec.minReplicas": 9}),
    "a priority of the system": ("PriorityClass", {"value": 1_000_000_001}),
    "a preemption policy that is none": ("PriorityClass", {"preemptionPolicy": "Foo"}),
    "a class of the system": ("PriorityClass", {"metadata.name": "system-mine"}),
    "a budget below nothing": ("PodDisruptionBudget", {"spec.minAvailable": -1}),
    "a budget of words": ("PodDisruptionBudget", {"spec.minAvailable": "few"}),
    "a budget of more than all": ("PodDisruptionBudget", {"spec.minAvailable": "150%"}),
    "a minimum above the maximum": ("LimitRange", {f"{_LIMIT}.min": {"cpu": "2"}, f"{_LIMIT}.max": {"cpu": "1"}}),
    "a default request above the default": (
        "LimitRange",
        {f"{_LIMIT}.default": {"cpu": "1"}, f"{_LIMIT}.defaultRequest": {"cpu": "2"}},
    ),
    "a default above the maximum": ("LimitRange", {f"{_LIMIT}.default": {"cpu": "3"}, f"{_LIMIT}.max": {"cpu": "2"}}),
    "a default below the minimum": ("LimitRange", {f"{_LIMIT}.default": {"cpu": "1"}, f"{_LIMIT}.min": {"cpu": "2"}}),
    "defaults of cards that differ": (
        "LimitRange",
        {f"{_LIMIT}.max": {"a.b/gpu": "2"}, f"{_LIMIT}.defaultRequest": {"a.b/gpu": "1"}},
    ),
    "defaults of whole pods": ("LimitRange", {f"{_LIMIT}.type": "Pod", f"{_LIMIT}.default": {"cpu": "1"}}),
    "a ratio below 1": ("LimitRange", {f"{_LIMIT}.maxLimitRequestRatio": {"cpu": "0.5"}}),
    "a ratio that cannot be": (
        "LimitRange",
        {f"{_LIMIT}.min": {"cpu": "1"}, f"{_LIMIT}.max": {"cpu": "2"}, f"{_LIMIT}.maxLimitRequestRatio": {"cpu": "3"}},
    ),
    "limits of what there is not": ("LimitRange", {f"{_LIMIT}.min": {"foo": "1"}}),
    "limits of an unknown kind": ("LimitRange", {f"{_LIMIT}.type": "Foo"}),
    "limits of claims but no storage": ("LimitRange", {f"{_LIMIT}.type": "PersistentVolumeClaim"}),
    "two entries for one kind": ("LimitRange", {"spec.limits": [{"type": "Container"}, {"type": "Container"}]}),
    "a class without a provisioner": ("StorageClass", {"provisioner": None}),
    "a provisioner that can be none": ("StorageClass", {"provisioner": "a b"}),
    "a topology without values": ("StorageClass", {_TOPOLOGY: [{"matchLabelExpressions": [{"key": "a", "values": []}]}]}),
    "a topology of no label": ("StorageClass", {_TOPOLOGY: [{"matchLabelExpressions": [{"key": "a b", "values": ["c"]}]}]}),
    **{
        f"a {kind} {what}": (kind, changes)
        for kind in ("PersistentVolume", "PersistentVolumeClaim")
        for what, changes in {
            "without access modes": {"spec.accessModes": None},
            "with an unknown mode": {"spec.accessModes": ["Foo"]},
            "of one pod and of others": {"spec.accessModes": ["ReadWriteOncePod", "ReadWriteOnce"]},
            "of an unknown kind": {"spec.volumeMode": "Foo"},
            "of a class that can be none": {"spec.storageClassName": "A_b"},
        }.items()
    },
    "a claim without a size": ("PersistentVolumeClaim", {"spec.resources": None}),
    "a claim of size 0": ("PersistentVolumeClaim", {"spec.resources": {"requests": {"storage": "0"}}}),
    "a volume without capacity": ("PersistentVolume", {"spec.capacity": None}),
    "a volume of size 0": ("PersistentVolume", {"spec.capacity": {"storage": "0"}}),
    "a volume from nowhere": ("PersistentVolume", {"spec.hostPath": None}),
    "a volume from two places": ("PersistentVolume", {"spec.nfs": {"server": "s", "path": "/"}}),
    "a local volume on every node": ("PersistentVolume", {"spec.hostPath": None, "spec.local": {"path": "/y"}}),
    "a volume of nobody knows which driver": (
        "PersistentVolume",
        {"spec.hostPath": None, "spec.csi": {"volumeHandle": "h"}},
    ),
    "a volume without a path": ("PersistentVolume", {"spec.hostPath": {"path": ""}}),
}
"""What is wrong, in an object of which kind, and how to make it so."""


def changed(kind: str, changes: Changes) -> Object:
    """Return the sound object of a kind with the changes."""
    made = deepcopy(SOUND[kind])
    for path, value in changes.items():
        *above, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        place: Any = made
        for step in above:
            place = place[step] if isinstance(step, int) else place.setdefault(step, {})
        if value is None:
            del place[last]
        else:
            place[last] = value
    return made
