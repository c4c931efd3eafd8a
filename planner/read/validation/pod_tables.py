"""What API servers refuse in the fields of a pod, type by type, as long as one field tells.

Source: pkg/apis/core/validation/validation.go, where 1.34 to 1.37 agree; what the readers of placement refuse is theirs.
"""

import math
from collections.abc import Mapping
from typing import Any

from planner.read.validation.pod_values import (
    Check,
    Wrong,
    absolute,
    address,
    between,
    file_inside,
    file_key,
    for_localhost,
    header,
    inside,
    key,
    label,
    name,
    not_negative,
    one_of,
    pod_field,
    port,
    port_name,
    search,
    straight,
    sysctl,
    text,
    trimmed,
    variable,
)

_COUNT, _ID, _BYTE = between(0), between(0), between(0, 255)
_MODE = between(0, 0o777, "0 to 0777")
_POLICY = one_of("Always", "IfNotPresent", "Never", empty=True)
_READ_ONLY = one_of("Disabled", "IfPossible", "Enabled")
_PER_POD = tuple(f"metadata.{field}" for field in ("name", "namespace", "uid"))
_PLACED = ("spec.nodeName", "spec.host", "spec.serviceAccountName")
_STATUS = tuple(f"status.{field}" for field in ("hostIP", "hostIPs", "podIP", "podIPs"))
_RESOURCES = ("cpu", "memory", "ephemeral-storage", "hugepages-")
_AMOUNTS = tuple(f"{kind}.{resource}" for kind in ("limits", "requests") for resource in _RESOURCES)


def _beside_value(_: Any, beside: Mapping[str, Any]) -> Wrong | None:
    return Wrong("is given beside value", "keep one of the two") if beside.get("value") else None


def _beside_path(value: Any, beside: Mapping[str, Any]) -> Wrong | None:
    if value and beside.get("subPath"):
        return Wrong("is given beside subPath", "keep one of the two")
    return inside(value, beside)


def _read_only(value: Any, beside: Mapping[str, Any]) -> Wrong | None:
    wrong = _READ_ONLY(value, beside)
    if wrong or value == "Disabled":
        return wrong
    return None if beside.get("readOnly") else Wrong("goes with readOnly: true only", "write readOnly: true, or leave it out")


def _privileged(value: Any, beside: Mapping[str, Any]) -> Wrong | None:
    if value is not True or beside.get("allowPrivilegeEscalation") is not False:
        return None
    return Wrong("is false beside privileged: true", "leave one of the two out", "allowPrivilegeEscalation")


def _amount(value: Any, _: Mapping[str, Any]) -> Wrong | None:
    is_known = isinstance(value, str) and any(value == one or (one[-1] == "-" and value.startswith(one)) for one in _AMOUNTS)
    return None if is_known or not value else Wrong(f"{value!r} is no resource of a container", "write one such as limits.memory")


FIELDS: dict[str, dict[str, Check]] = {
    "PodSpec": {
        "activeDeadlineSeconds": between(1),
        "dnsPolicy": one_of("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None", empty=True),
        "hostname": label,
        "nodeName": name,
        "serviceAccountName": name,
        "subdomain": label,
    },
    "PodOS": {"name": one_of("linux", "windows", empty=True)},
    "PodReadinessGate": {"conditionType": key},
    "PodDNSConfig": {"nameservers": address, "searches": search},
    "HostAlias": {"ip": address, "hostnames": name},
    "PodSecurityContext": {
        "fsGroup": _ID,
        "fsGroupChangePolicy": one_of("OnRootMismatch", "Always"),
        "runAsGroup": _ID,
        "runAsUser": _ID,
        "seLinuxChangePolicy": one_of("Recursive", "MountOption"),
        "supplementalGroups": _ID,
        "supplementalGroupsPolicy": one_of("Merge", "Strict"),
    },
    "Sysctl": {"name": sysctl},
    "SeccompProfile": {"type": for_localhost, "localhostProfile": inside},
    "AppArmorProfile": {"type": for_localhost},
    "SecurityContext": {
        "privileged": _privileged,
        "procMount": one_of("Default", "Unmasked"),
        "runAsGroup": _ID,
        "runAsUser": _ID,
    },
    "Container": {
        "args": text,
        "command": text,
        "image": trimmed,
        "imagePullPolicy": _POLICY,
        "terminationMessagePolicy": one_of("File", "FallbackToLogsOnError", empty=True),
    },
    "ContainerPort": {"name": port_name},
    "ContainerResizePolicy": {
        "resourceName": one_of("cpu", "memory", empty=True),
        "restartPolicy": one_of("NotRequired", "RestartContainer", empty=True),
    },
    "EnvVar": {"name": variable, "value": text, "valueFrom": _beside_value},
    "EnvVarSource": {"fieldRef": pod_field(*_PER_POD, *_PLACED, *_STATUS)},
    "EnvFromSource": {"prefix": variable},
    "ConfigMapKeySelector": {"name": name, "key": file_key},
    "SecretKeySelector": {"name": name, "key": file_key},
    "ConfigMapEnvSource": {"name": name},
    "SecretEnvSource": {"name": name},
    "ResourceFieldSelector": {"resource": _amount},
    "Probe": {
        "failureThreshold": _COUNT,
        "initialDelaySeconds": _COUNT,
        "periodSeconds": _COUNT,
        "successThreshold": _COUNT,
        "terminationGracePeriodSeconds": between(1, math.inf),  # type: ignore[arg-type]
        "timeoutSeconds": _COUNT,
    },
    "HTTPGetAction": {"port": port, "scheme": one_of("HTTP", "HTTPS", empty=True)},
    "HTTPHeader": {"name": header},
    "TCPSocketAction": {"port": port},
    "GRPCAction": {"port": between(1, 65535)},
    "VolumeMount": {
        "mountPropagation": one_of("None", "HostToContainer", "Bidirectional"),
        "recursiveReadOnly": _read_only,
        "subPath": inside,
        "subPathExpr": _beside_path,
    },
    "VolumeDevice": {"devicePath": straight},
    "EmptyDirVolumeSource": {"sizeLimit": not_negative},
    "HostPathVolumeSource": {
        "path": straight,
        "type": one_of(
            "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice", empty=True
        ),
    },
    "ConfigMapVolumeSource": {"defaultMode": _MODE},
    "SecretVolumeSource": {"defaultMode": _MODE},
    "DownwardAPIVolumeSource": {"defaultMode": _MODE},
    "ProjectedVolumeSource": {"defaultMode": _MODE},
    "KeyToPath": {"mode": _MODE, "path": file_inside},
    "DownwardAPIVolumeFile": {
        "fieldRef": pod_field(*_PER_POD, "metadata.labels", "metadata.annotations"),
        "mode": _MODE,
        "path": file_inside,
    },
    "ServiceAccountTokenProjection": {"expirationSeconds": between(600, 1 << 32), "path": file_inside},
    "NFSVolumeSource": {"path": absolute},
    "ImageVolumeSource": {"pullPolicy": _POLICY},
    "ISCSIVolumeSource": {"lun": _BYTE},
    "GCEPersistentDiskVolumeSource": {"partition": _BYTE},
    "AWSElasticBlockStoreVolumeSource": {"partition": _BYTE},
    "AzureDiskVolumeSource": {
        "cachingMode": one_of("None", "ReadOnly", "ReadWrite"),
        "kind": one_of("Shared", "Dedicated", "Managed"),
    },
}
"""What is wrong with a field, or with each entry of a list."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "AWSElasticBlockStoreVolumeSource": ("volumeID",),
    "AppArmorProfile": ("type",),
    "AzureDiskVolumeSource": ("diskName", "diskURI"),
    "AzureFileVolumeSource": ("secretName", "shareName"),
    "CSIVolumeSource": ("driver",),
    "CephFSVolumeSource": ("monitors",),
    "CinderVolumeSource": ("volumeID",),
    "ConfigMapEnvSource": ("name",),
    "ConfigMapKeySelector": ("name", "key"),
    "ConfigMapProjection": ("name",),
    "ConfigMapVolumeSource": ("name",),
    "ContainerResizePolicy": ("resourceName", "restartPolicy"),
    "DownwardAPIVolumeFile": ("path",),
    "EnvVar": ("name",),
    "ExecAction": ("command",),
    "FlexVolumeSource": ("driver",),
    "GCEPersistentDiskVolumeSource": ("pdName",),
    "GRPCAction": ("port",),
    "GlusterfsVolumeSource": ("endpoints", "path"),
    "HTTPGetAction": ("port",),
    "HTTPHeader": ("name",),
    "HostAlias": ("ip",),
    "HostPathVolumeSource": ("path",),
    "ISCSIVolumeSource": ("targetPortal", "iqn"),
    "KeyToPath": ("key", "path"),
    "NFSVolumeSource": ("server", "path"),
    "ObjectFieldSelector": ("fieldPath",),
    "PersistentVolumeClaimVolumeSource": ("claimName",),
    "PodDNSConfigOption": ("name",),
    "PodOS": ("name",),
    "PodReadinessGate": ("conditionType",),
    "PortworxVolumeSource": ("volumeID",),
    "RBDVolumeSource": ("monitors", "image"),
    "ResourceFieldSelector": ("resource",),
    "SeccompProfile": ("type",),
    "SecretEnvSource": ("name",),
    "SecretKeySelector": ("name", "key"),
    "SecretProjection": ("name",),
    "SecretVolumeSource": ("secretName",),
    "ServiceAccountTokenProjection": ("path",),
    "Sysctl": ("name",),
    "TCPSocketAction": ("port",),
    "VolumeDevice": ("name", "devicePath"),
    "VolumeMount": ("name", "mountPath"),
    "VsphereVirtualDiskVolumeSource": ("volumePath",),
}
"""What must be there, and not empty."""

_VOLUMES = (
    "emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker persistentVolumeClaim "
    "rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile vsphereVolume photonPersistentDisk portworxVolume "
    "azureDisk storageos projected scaleIO csi ephemeral image"
)
SINGLE: dict[str, tuple[int, tuple[str, ...]]] = {
    "DownwardAPIVolumeFile": (1, ("fieldRef", "resourceFieldRef")),
    "EnvFromSource": (1, ("configMapRef", "secretRef")),
    "EnvVarSource": (1, ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")),
    "LifecycleHandler": (1, ("exec", "httpGet", "tcpSocket", "sleep")),
    "Probe": (1, ("exec", "httpGet", "tcpSocket", "grpc")),
    "Volume": (0, tuple(_VOLUMES.split())),
    "VolumeProjection": (
        0,
        ("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"),
    ),
}
"""What excludes each other, in the order of the API server, which names the later one, and how many there must be at least."""
