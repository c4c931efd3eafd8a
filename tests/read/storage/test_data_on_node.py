"""What pods keep on their node is read off their volumes: folders of the node, and those that are made for them."""

import pytest

from models.kubernetes.storage import Volume
from planner.read.schema import pod_schema as wire
from planner.read.workloads.pod_source import SharedSpecs
from tests.read.cluster_reader import cluster_of, container, controller, only


def with_volumes(*volumes, mounts="", initial=""):
    """Write a Deployment with these volumes; `mounts` are those of its container, `initial` those of one that comes before."""
    inner = container().rstrip("}") + f", volumeMounts: [{mounts}]}}"
    first = f", initContainers: [{{name: i, image: x, volumeMounts: [{initial}]}}]" if initial else ""
    text = controller("Deployment")
    start = text.index("containers: [")
    depth, end = 0, start + len("containers: ")
    while True:
        depth += {"[": 1, "]": -1}.get(text[end], 0)
        end += 1
        if not depth:
            break
    return f"{text[:start]}containers: [{inner}]{first}, volumes: [{', '.join(volumes)}]{text[end:]}"


DATA, CACHE = "{name: data, hostPath: {path: /var/lib/geo}}", "{name: cache, emptyDir: {}}"
READ, WRITTEN = "{name: data, mountPath: /a, readOnly: true}", "{name: data, mountPath: /b}"
KEPT = {
    "nothing": ((), "", "", (), ()),
    "a folder of the node that nobody mounts": ((DATA,), "", "", ("/var/lib/geo",), ()),
    "a folder that is written": ((DATA,), WRITTEN, "", ("/var/lib/geo",), ()),
    "no folder that is only read": ((DATA,), READ, "", (), ()),
    "a folder that is read here and written there": ((DATA,), f"{READ}, {WRITTEN}", "", ("/var/lib/geo",), ()),
    "a folder that is written before the pod starts": ((DATA,), READ, WRITTEN, ("/var/lib/geo",), ()),
    "a folder by a longer path": (("{name: data, hostPath: {path: //var/lib/./geo/}}",), "", "", ("/var/lib/geo",), ()),
    "no socket": (("{name: s, hostPath: {path: /opt/a.sock, type: Socket}}",), "", "", (), ()),
    "no device": (("{name: s, hostPath: {path: /opt/disk, type: CharDevice}}",), "", "", (), ()),
    "a disk": (("{name: s, hostPath: {path: /opt/disk, type: BlockDevice}}",), "", "", ("/opt/disk",), ()),
    "nothing that is the machine's own": (
        tuple(
            f"{{name: v{at}, hostPath: {{path: {path}}}}}" for at, path in enumerate(("/etc/localtime", "/proc", "/var/run/a"))
        ),
        "",
        "",
        (),
        (),
    ),
    "a folder whose name only begins like one of these": (("{name: s, hostPath: {path: /etcd}}",), "", "", ("/etcd",), ()),
    "what is made for the pod": ((CACHE, DATA), "", "", ("/var/lib/geo",), ("cache",)),
    "memory too": (("{name: m, emptyDir: {medium: Memory}}",), "", "", (), ("m",)),
    "nothing of ConfigMaps and claims": (
        ("{name: c, configMap: {name: c}}", "{name: p, persistentVolumeClaim: {claimName: p}}"),
        "",
        "",
        (),
        (),
    ),
}


@pytest.mark.parametrize(("volumes", "mounts", "initial", "folders", "made"), KEPT.values(), ids=KEPT)
def test_a_pod_keeps_on_its_node(volumes, mounts, initial, folders, made):
    pod = only(with_volumes(*volumes, mounts=mounts, initial=initial)).template
    assert (pod.host_paths, pod.empty_dirs) == (folders, made)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("hostPath: {path: /a}", ("hostPath", "/a"), id="a folder"),
        pytest.param("local: {path: /b}", ("local", "/b"), id="a local volume"),
        pytest.param("csi: {driver: d, volumeHandle: h}", ("", ""), id="no disk that is elsewhere"),
    ],
)
def test_a_volume_is_on_a_node(source, expected):
    text = f"{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: v}}, spec: {{capacity: {{storage: 1Gi}}, {source}"
    text += ", accessModes: [ReadWriteOnce], nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: "
    text += "[{key: kubernetes.io/hostname, operator: Exists}]}]}}}}"
    volume = cluster_of(text, controller("Deployment")).volumes["v"]
    assert isinstance(volume, Volume)
    assert (volume.source, volume.path) == expected


def test_pods_that_differ_by_the_name_of_their_token_alone_share_one_spec():
    def spec(token):
        mounts = [wire.Mount(token, True), wire.Mount("data")]
        volumes = [wire.Volume(token), wire.Volume("data", host_path=wire.HostPath("/a"))]
        return wire.PodSpec(containers=[wire.Container("main", volume_mounts=mounts)], volumes=volumes)

    shared = SharedSpecs()
    first, alike, _ = shared.spec(spec("kube-api-access-a1b2c"))
    other, also_alike, is_first = shared.spec(spec("kube-api-access-d3e4f"))
    assert (first is other, alike == also_alike, is_first) == (True, True, False)
