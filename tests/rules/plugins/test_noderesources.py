import pytest

from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import Resources
from planner.rules.plugins import noderesources

MI, GI, GPU = 1 << 20, 1 << 30, "nvidia.com/gpu"


def asks(cpu: int | None = None, memory: int | None = None, restartable: bool = False, **more: int) -> Container:
    named = {"cpu": cpu, "memory": memory, **{name.replace("__", "/").replace("_", "."): v for name, v in more.items()}}
    return Container(requests=Resources({k: v for k, v in named.items() if v is not None}), restartable=restartable)


def side(cpu: int) -> Container:
    return asks(cpu, restartable=True)


REQUESTS = [
    ("containers add up; the larger of init steps and containers counts; overhead comes on top",
     Pod(containers=(asks(500, 256 * MI), asks(250, 128 * MI)), init_containers=(asks(1000, 64 * MI), asks(200, GI)),
         overhead=Resources({"cpu": 50, "memory": 32 * MI})), {"cpu": 1050, "memory": 1056 * MI}),
    ("an init step runs beside the sidecars before it",
     Pod(containers=(asks(400),), init_containers=(asks(600), side(300), asks(800), side(200))), {"cpu": 1100}),
    ("the order of init steps and sidecars matters",
     Pod(containers=(asks(400),), init_containers=(asks(800), side(300), asks(600), side(200))), {"cpu": 900}),
    ("pod-level cpu replaces the sum, other resources come from the containers",
     Pod(containers=(asks(300, 200 * MI), asks(None, 100 * MI, nvidia_com__gpu=1)), requests=Resources({"cpu": 1000})),
     {"cpu": 1000, "memory": 300 * MI, GPU: 1}),
    ("pod-level values equal to the sum change nothing",
     Pod(containers=(asks(300, 200 * MI), asks(None, 100 * MI, nvidia_com__gpu=1)),
         requests=Resources({"cpu": 300, "memory": 300 * MI})), {"cpu": 300, "memory": 300 * MI, GPU: 1}),
    ("containers that were defaulted from limits and LimitRange add up",
     Pod(containers=(asks(100, GI), asks(200, 256 * MI))), {"cpu": 300, "memory": 1280 * MI}),
    ("a pod without requests asks for its overhead",
     Pod(containers=(Container(), Container()), overhead=Resources({"cpu": 250, "memory": 120 * MI})),
     {"cpu": 250, "memory": 120 * MI}),
    ("a pod without requests and overhead asks for nothing", Pod(containers=(Container(), Container())), {}),
    ("a name that is nowhere stays absent, an explicit zero stays zero", Pod(containers=(asks(0),)), {"cpu": 0}),
    ("a resource that only an init step asks for counts",
     Pod(containers=(asks(100),), init_containers=(asks(nvidia_com__gpu=1),)),
     {"cpu": 100, GPU: 1}),
    ("sidecars alone count beside the containers",
     Pod(containers=(asks(100),), init_containers=(side(30), side(20))), {"cpu": 150}),
    ("init steps do not add up", Pod(containers=(asks(100),), init_containers=(asks(70), asks(90))), {"cpu": 100}),
    ("pod-level requests replace even where they are larger than what init steps need",
     Pod(containers=(asks(100),), init_containers=(asks(900),), requests=Resources({"cpu": 2000})), {"cpu": 2000}),
    ("pod-level huge pages replace", Pod(containers=(asks(100),), requests=Resources({"hugepages-2Mi": 4 * MI})),
     {"cpu": 100, "hugepages-2Mi": 4 * MI}),
    ("pod-level ephemeral storage and extended resources are not supported",
     Pod(containers=(asks(100),), requests=Resources({"ephemeral-storage": GI, GPU: 3})), {"cpu": 100}),
    ("overhead comes on top of pod-level requests",
     Pod(containers=(asks(100),), requests=Resources({"cpu": 500}), overhead=Resources({"cpu": 7})), {"cpu": 507}),
]  # fmt: skip


@pytest.mark.parametrize(("pod", "expected"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS])
def test_what_a_pod_is_charged(pod: Pod, expected: dict[str, int]) -> None:
    assert noderesources.requests(pod) == expected


FITS = [
    ("what is exactly free fits", {"cpu": 5}, {"cpu": 5, "pods": 1}, ()),
    ("a milli-core too much does not", {"cpu": 6}, {"cpu": 5, "pods": 1}, ("Insufficient cpu",)),
    ("no pod slot left", {"cpu": 5}, {"cpu": 5, "pods": 0}, ("Too many pods",)),
    ("no word of pod slots means none", {}, {"cpu": 5}, ("Too many pods",)),
    ("slots are named first, then cpu, memory and storage, then the others by name",
     {"a.io/x": 2, "memory": 2, "nvidia.com/gpu": 2, "ephemeral-storage": 2, "cpu": 2}, {},
     ("Too many pods", "Insufficient cpu", "Insufficient memory", "Insufficient ephemeral-storage", "Insufficient a.io/x",
      "Insufficient nvidia.com/gpu")),
    ("a pod that asks no cpu fits on a node whose cpu is overcommitted", {"cpu": 0, "memory": 1},
     {"cpu": -50, "memory": 1, "pods": 1}, ()),
    ("an empty pod fits on a node where everything is overcommitted", {}, {"cpu": -1, "memory": -1, "pods": 3}, ()),
    ("cpu that is overcommitted is missing as soon as some is asked", {"cpu": 1}, {"cpu": -50, "pods": 1}, ("Insufficient cpu",)),
    ("an extended resource that the node lacks is missing", {GPU: 1}, {"cpu": 9, "pods": 1}, (f"Insufficient {GPU}",)),
    ("zero of an extended resource is never missing", {GPU: 0}, {"pods": 1}, ()),
    ("a bare unknown name is ignored", {"foo": 7}, {"pods": 1}, ()),
    ("huge pages are compared page size by page size", {"hugepages-2Mi": 4, "hugepages-1Gi": 1},
     {"hugepages-2Mi": 4, "pods": 1}, ("Insufficient hugepages-1Gi",)),
    ("attachable volumes are compared", {"attachable-volumes-x": 1}, {"pods": 1}, ("Insufficient attachable-volumes-x",)),
    ("names of Kubernetes' own domain are compared", {"example.kubernetes.io/x": 1}, {"pods": 1},
     ("Insufficient example.kubernetes.io/x",)),
    ("quota names are no resources", {"requests.example.com/x": 1}, {"pods": 1}, ()),
    ("pods are counted as slots, not as a request", {"pods": 5}, {"pods": 1}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "free", "expected"), [row[1:] for row in FITS], ids=[row[0] for row in FITS])
def test_what_is_missing(request_: dict[str, int], free: dict[str, int], expected: tuple[str, ...]) -> None:
    asked = Resources(request_)
    assert noderesources.insufficient(asked, Resources(free), Resources()) == expected
    assert noderesources.has_room(noderesources.wanted(asked), Resources(free), Resources()) == (not expected)


def test_what_nobody_has_asked_for_yet_is_free_as_far_as_it_is_allocatable() -> None:
    allocatable = Resources({"cpu": 4, GPU: 2, "pods": 1})
    assert noderesources.insufficient(Resources({"cpu": 4, GPU: 2}), Resources({"cpu": 4}), allocatable) == ()
    assert noderesources.insufficient(Resources({GPU: 3}), Resources(), allocatable) == (f"Insufficient {GPU}",)
    for gpus in (2, 3):
        needs = noderesources.wanted(Resources({GPU: gpus}))
        assert noderesources.has_room(needs, Resources({"cpu": 4}), allocatable) == (gpus == 2)


def test_compared_names() -> None:
    names = ["cpu", "memory", "ephemeral-storage", "pods", "hugepages-1Gi", GPU, "storage", "foo", "requests.a.io/b"]
    assert [name for name in names if noderesources.compared(name)] == names[:6]
