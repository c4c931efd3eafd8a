"""Rules find whom they mean by labels: the same as by asking everybody."""

from random import Random

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Requirement
from models.kubernetes.pod import Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.indexed_problem import Batch
from planner.formulate.labelled import Labelled
from planner.rules.plugins import interpodaffinity, podtopologyspread

KEYS, VALUES = ("app", "tier", "team"), ("a", "b", "c")
CLUSTER = Cluster(namespaces=FrozenMap({"one": Labels({"team": "a"}), "two": Labels({"team": "b"})}))


def labels(rng):
    return {key: rng.choice(VALUES) for key in KEYS if rng.random() < 0.6}


def selector(rng):
    if rng.random() < 0.1:
        return None
    operators = ("In", "NotIn", "Exists", "DoesNotExist", "Gt")
    asked = [(rng.choice(KEYS), rng.choice(operators)) for _ in range(rng.randint(0, 2))]
    expressions = tuple(
        Requirement(key, operator, tuple(rng.choices(VALUES, k=2)) if operator in ("In", "NotIn") else ())
        for key, operator in asked
    )
    return LabelSelector(Labels(labels(rng) if rng.random() < 0.5 else {}), expressions)


def term(rng):
    return PodAffinityTerm(
        "zone",
        selector(rng),
        namespaces=tuple(rng.sample(("one", "two"), rng.randint(0, 2))),
        namespace_selector=selector(rng) if rng.random() < 0.3 else None,
    )


def batches(rng):
    pods = [Pod(rng.choice(("one", "two")), Labels(labels(rng))) for _ in range(12)]
    return [
        Batch(Workload(WorkloadId("Deployment", pod.namespace, f"w{at}"), "apps/v1", pod), pod, "low", 1)
        for at, pod in enumerate(pods)
    ]


def test_whom_terms_and_constraints_mean():
    rng = Random(7)
    for _ in range(300):
        found = batches(rng)
        labelled, owner = Labelled(CLUSTER, found), Pod(rng.choice(("one", "two")))
        terms = tuple(term(rng) for _ in range(rng.randint(1, 2)))
        meant = [at for at, one in enumerate(found) if interpodaffinity.selects_all(terms, owner, one.pod, CLUSTER)]
        assert list(labelled.selected(owner, terms)) == meant, terms
        spread = TopologySpreadConstraint(1, "zone", "DoNotSchedule", selector(rng))
        meant = [at for at, one in enumerate(found) if podtopologyspread.counts(spread, owner, one.pod)]
        assert list(labelled.counting(owner, spread)) == meant, spread


def workloads(count, monkeypatch):
    """Return so many pods, each with its own name as a label, how they are told apart, and a list of what is asked of them."""
    pods = [Pod("one", Labels({"app": f"w{at}"})) for at in range(count)]
    found = [
        Batch(Workload(WorkloadId("Deployment", "one", f"w{at}"), "apps/v1", pod), pod, "low", 1) for at, pod in enumerate(pods)
    ]
    asked = []
    real = interpodaffinity.selects
    monkeypatch.setattr(interpodaffinity, "selects", lambda *given: asked.append(given) or real(*given))
    return pods, Labelled(CLUSTER, found), asked


def test_of_a_thousand_workloads_that_mean_themselves_each_is_asked_once(monkeypatch):
    pods, labelled, asked = workloads(1000, monkeypatch)
    for at, pod in enumerate(pods):
        own = PodAffinityTerm("host", LabelSelector(Labels({"app": f"w{at}"})))
        assert labelled.selected(pod, (own,)) == (at,)
    assert len(asked) == 1000


def test_terms_that_mean_the_same_are_asked_once(monkeypatch):
    pods, labelled, asked = workloads(100, monkeypatch)
    everybody = PodAffinityTerm("host", LabelSelector(match_expressions=(Requirement("app", "Exists"),)))
    assert len({id(labelled.selected(pod, (everybody,))) for pod in pods}) == 1
    assert len(asked) == 100
