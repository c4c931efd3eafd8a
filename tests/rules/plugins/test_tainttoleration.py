import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.plugins import tainttoleration

TAINT = Taint("dedicated", "db", "NoSchedule")
EMPTY_VALUE = Taint("dedicated", "", "NoSchedule")

ONE = [
    ("Equal with the same value tolerates", Toleration("dedicated", "Equal", "db", "NoSchedule"), TAINT, True),
    ("no operator means Equal", Toleration("dedicated", "", "db", "NoSchedule"), TAINT, True),
    ("Equal with another value does not tolerate", Toleration("dedicated", "Equal", "web", "NoSchedule"), TAINT, False),
    ("a key without operator and value does not tolerate a valued taint", Toleration("dedicated"), TAINT, False),
    ("a key without operator and value tolerates an empty-valued taint", Toleration("dedicated"), EMPTY_VALUE, True),
    ("Exists tolerates any value", Toleration("dedicated", "Exists"), TAINT, True),
    ("Exists of another key does not tolerate", Toleration("other", "Exists"), TAINT, False),
    ("keys are compared whole", Toleration("dedicate", "Exists"), TAINT, False),
    ("Exists without a key tolerates everything", Toleration("", "Exists"), TAINT, True),
    ("Exists without a key is still held to its effect", Toleration("", "Exists", "", "NoExecute"), TAINT, False),
    ("no effect means every effect", Toleration("dedicated", "Equal", "db"), TAINT, True),
    ("another effect does not tolerate", Toleration("dedicated", "Equal", "db", "NoExecute"), TAINT, False),
    ("NoExecute tolerates NoExecute", Toleration("k", "Exists", "", "NoExecute"), Taint("k", "", "NoExecute"), True),
    ("seconds do not matter for scheduling", Toleration("k", "Exists", "", "NoExecute", 0), Taint("k", "", "NoExecute"), True),
    ("Gt is behind a gate that is off", Toleration("sla", "Gt", "900"), Taint("sla", "950"), False),
    ("Lt is behind a gate that is off", Toleration("sla", "Lt", "900"), Taint("sla", "850"), False),
    ("an unknown operator does not tolerate", Toleration("dedicated", "In", "db"), TAINT, False),
    ("operators are spelled as in the API", Toleration("dedicated", "exists"), TAINT, False),
]


@pytest.mark.parametrize(("toleration", "taint", "expected"), [row[1:] for row in ONE], ids=[row[0] for row in ONE])
def test_one_toleration_and_one_taint(toleration: Toleration, taint: Taint, expected: bool) -> None:
    assert tainttoleration.tolerates(toleration, taint) is expected


EXISTS, EQUAL = Toleration("", "Exists"), Toleration("dedicated", "Equal", "db")
NODES = [
    ("a node without taints takes every pod", (), (), None),
    ("an untolerated NoSchedule taint keeps the pod off", (), (TAINT,), tainttoleration.REASON),
    ("an untolerated NoExecute taint keeps the pod off", (), (Taint("a", "", "NoExecute"),), tainttoleration.REASON),
    ("PreferNoSchedule keeps no pod off", (), (Taint("a", "", "PreferNoSchedule"),), None),
    ("one toleration may match several taints", (EXISTS,), (TAINT, Taint("b", "c", "NoExecute")), None),
    ("several tolerations may share the taints", (EQUAL, Toleration("b", "Exists")), (TAINT, Taint("b", "c")), None),
    ("one taint that is left keeps the pod off", (EQUAL,), (TAINT, Taint("b")), tainttoleration.REASON),
    ("both effects of one key must be tolerated", (Toleration("dedicated", "Exists", "", "NoSchedule"),),
     (TAINT, Taint("dedicated", "db", "NoExecute")), tainttoleration.REASON),
    ("tolerations of taints that are not there do no harm", (EQUAL, Toleration("z", "Exists")), (TAINT,), None),
]  # fmt: skip


@pytest.mark.parametrize(("tolerations", "taints", "expected"), [row[1:] for row in NODES], ids=[row[0] for row in NODES])
def test_a_pod_and_a_node(tolerations: tuple[Toleration, ...], taints: tuple[Taint, ...], expected: str | None) -> None:
    assert tainttoleration.rejects(Pod(tolerations=tolerations), Node("n", taints=taints), Cluster()) == expected


def test_untolerated_names_the_hard_taints_that_are_left_in_order() -> None:
    soft, hard, known = Taint("s", "", "PreferNoSchedule"), Taint("h", "", "NoExecute"), Taint("k")
    assert tainttoleration.untolerated([Toleration("k", "Exists")], [soft, hard, known, TAINT]) == (hard, TAINT)


def test_the_reason_is_in_kube_schedulers_words() -> None:
    assert tainttoleration.REASON == "node(s) had untolerated taint(s)"
