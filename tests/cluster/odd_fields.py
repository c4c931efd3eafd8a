"""Fields of pods with something in them that is none, or that does not go with the rest: what bears on no placement."""

from typing import Any

from tests.cluster.cases import Object

PROBE = {"exec": {"command": ["x"]}}

OF_CONTAINERS: Object = {
    "image": " i",
    "imagePullPolicy": "Sometimes",
    "terminationMessagePolicy": "Never",
    "resizePolicy": [{"resourceName": "gpu", "restartPolicy": "Always"}],
}
OF_PODS: Object = {
    "activeDeadlineSeconds": 0,
    "dnsConfig": {"nameservers": ["localhost"], "searches": ["a b"], "options": [{"value": "1"}]},
    "dnsPolicy": "Cluster",
    "hostAliases": [{"ip": "localhost", "hostnames": ["A_b"]}],
    "hostname": "A_b",
    "nodeName": "A_b",
    "os": {"name": "beos"},
    "readinessGates": [{"conditionType": "a b"}],
    "serviceAccountName": "A_b",
    "subdomain": "a.b",
}
OF_VOLUMES: Object = {
    "awsElasticBlockStore": {"partition": 256},
    "azureDisk": {"cachingMode": "Some", "kind": "Other"},
    "azureFile": {},
    "cephfs": {},
    "cinder": {},
    "configMap": {"defaultMode": 512},
    "csi": {},
    "flexVolume": {},
    "glusterfs": {},
    "hostPath": {},
    "iscsi": {"lun": 256},
    "nfs": {},
    "persistentVolumeClaim": {},
    "portworxVolume": {},
    "rbd": {},
    "secret": {"defaultMode": -1},
    "vsphereVolume": {},
}
_FIELD = {"fieldRef": {"fieldPath": "metadata.name"}}
ODD_VOLUMES: Object = {
    "a volume of two kinds": {"emptyDir": {}, "hostPath": {"path": "/x"}},
    "an empty directory of less than nothing": {"emptyDir": {"sizeLimit": "-1Gi"}},
    "a path of a node that is out of its way": {"hostPath": {"path": "/a/../b"}},
    "a path of a node of an unknown type": {"hostPath": {"path": "/a", "type": "Folder"}},
    "a file of a config map that is none": {"configMap": {"name": "c", "items": [{"key": "", "path": "../x", "mode": 512}]}},
    "a file of a secret without a path": {"secret": {"secretName": "s", "items": [{"key": "k"}]}},
    "a file of the pod that says two things": {
        "downwardAPI": {"items": [{"path": "a", **_FIELD, "resourceFieldRef": {"containerName": "a", "resource": "limits.cpu"}}]}
    },
    "a file of the pod that says nothing": {"downwardAPI": {"items": [{"path": "a"}]}},
    "a file of a field that files cannot have": {
        "downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "status.podIP"}}]}
    },
    "two sources in one": {"projected": {"sources": [{"secret": {"name": "s"}, "configMap": {"name": "c"}}]}},
    "a source without a name": {"projected": {"sources": [{"secret": {}}, {"configMap": {}}]}},
    "a token for a minute": {"projected": {"sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 60}}]}},
    "a share whose path is not from the root": {"nfs": {"server": "s", "path": "a"}},
    "an image that is pulled sometimes": {"image": {"reference": "i", "pullPolicy": "Sometimes"}},
}


def env(**fields: Any) -> tuple[str, list[Object]]:
    return "env", [{"name": "A", **fields}]


def _guard(**fields: Any) -> tuple[str, Object]:
    return "securityContext", fields


ODD_CONTAINERS: dict[str, tuple[str, Any]] = {
    "a variable without a name": ("env", [{"value": "1"}]),
    "a variable whose name is none": ("env", [{"name": "a=b"}]),
    "a variable with two values": env(value="1", valueFrom=_FIELD),
    "a variable from nowhere": env(valueFrom={}),
    "a variable from two places": env(valueFrom={**_FIELD, "secretKeyRef": {"name": "s", "key": "k"}}),
    "a variable of a field that is none": env(valueFrom={"fieldRef": {"fieldPath": "metadata.foo"}}),
    "a variable of all labels": env(valueFrom={"fieldRef": {"fieldPath": "metadata.labels"}}),
    "a variable of a resource that is none": env(valueFrom={"resourceFieldRef": {"resource": "limits.gpu"}}),
    "a variable of a secret without a key": env(valueFrom={"secretKeyRef": {"name": "s"}}),
    "a variable of a config map that has no name": env(valueFrom={"configMapKeyRef": {"key": "k"}}),
    "a variable of a key that is none": env(valueFrom={"configMapKeyRef": {"name": "c", "key": "a/b"}}),
    "variables from nowhere": ("envFrom", [{"prefix": "A"}]),
    "variables of a secret without a name": ("envFrom", [{"secretRef": {}}]),
    "a port whose name is none": ("ports", [{"containerPort": 80, "name": "UPPER"}]),
    "two ports of one name": ("ports", [{"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}]),
    "a probe of nothing": ("livenessProbe", {}),
    "a probe of two things": ("readinessProbe", {**PROBE, "tcpSocket": {"port": 80}}),
    "a probe of no command": ("startupProbe", {"exec": {}}),
    "a probe of port 0": ("livenessProbe", {"httpGet": {"port": 0}}),
    "a probe of a port whose name is none": ("livenessProbe", {"tcpSocket": {"port": "a--b"}}),
    "a probe by an unknown scheme": ("livenessProbe", {"httpGet": {"port": 80, "scheme": "FTP"}}),
    "a probe with a header that is none": ("livenessProbe", {"httpGet": {"port": 80, "httpHeaders": [{"name": "a b"}]}}),
    "a call of port 65536": ("livenessProbe", {"grpc": {"port": 65536}}),
    "a probe before its time": ("livenessProbe", {**PROBE, "initialDelaySeconds": -1, "periodSeconds": -1}),
    "a life that is proven three times": ("livenessProbe", {**PROBE, "successThreshold": 3}),
    "a probe with no time to end": ("livenessProbe", {**PROBE, "terminationGracePeriodSeconds": 0}),
    "readiness that ends something": ("readinessProbe", {**PROBE, "terminationGracePeriodSeconds": 5}),
    "a life that starts with nothing": ("lifecycle", {"postStart": {}}),
    "a sleep that outlasts the pod": ("lifecycle", {"preStop": {"sleep": {"seconds": 31}}}),
    "a privileged container without privileges": _guard(privileged=True, allowPrivilegeEscalation=False),
    "a user below 0": _guard(runAsUser=-1, runAsGroup=-1),
    "an unknown way to mount /proc": _guard(procMount="Some"),
    "an unknown seccomp profile": _guard(seccompProfile={"type": "Some"}),
    "a seccomp profile of the node without a path": _guard(seccompProfile={"type": "Localhost"}),
    "a seccomp profile with a path for nothing": _guard(seccompProfile={"type": "Unconfined", "localhostProfile": "a"}),
    "an AppArmor profile of no type": _guard(appArmorProfile={}),
    "devices that the pod has not": ("resources", {"claims": [{"name": "nope"}]}),
    "a resource that is resized in two ways": (
        "resizePolicy",
        [{"resourceName": "cpu", "restartPolicy": way} for way in ("NotRequired", "RestartContainer")],
    ),
    "a mount of no volume": ("volumeMounts", [{"name": "nope", "mountPath": "/x"}]),
    "a device of no volume": ("volumeDevices", [{"name": "nope", "devicePath": "/dev/x"}]),
}
ODD_PODS: Object = {
    "no name servers where none are given": {"dnsPolicy": "None"},
    "a group below 0": {"securityContext": {"fsGroup": -1, "supplementalGroups": [-1]}},
    "a sysctl that is none": {"securityContext": {"sysctls": [{"name": "a b", "value": "1"}]}},
    "a sysctl twice": {"securityContext": {"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}] * 2}},
    "an unknown way to change groups": {
        "securityContext": {"fsGroupChangePolicy": "Some", "supplementalGroupsPolicy": "Some", "seLinuxChangePolicy": "Some"}
    },
    "a user of Linux on Windows": {"os": {"name": "windows"}, "hostPID": True, "securityContext": {"runAsUser": 1}},
    "options of Windows on Linux": {"os": {"name": "linux"}, "securityContext": {"windowsOptions": {"runAsUserName": "a"}}},
    "processes that are shared with the node and the pod": {"hostPID": True, "shareProcessNamespace": True},
    "processes of the node with users of its own": {"hostUsers": False, "hostPID": True, "hostIPC": True},
    "a container that is for debugging": {"ephemeralContainers": [{"name": "e", "image": "i"}]},
}
ODD_MOUNTS: Object = {
    "a mount out of its way": {"subPath": "../x"},
    "a mount by two paths": {"subPath": "x", "subPathExpr": "y"},
    "a mount that spreads in an unknown way": {"mountPropagation": "Some"},
    "a mount that spreads without privileges": {"mountPropagation": "Bidirectional"},
    "a mount that is read only below, but not itself": {"recursiveReadOnly": "Enabled"},
    "a mount without a place": {"mountPath": ""},
}
