import pytest

from models.kubernetes.labels import Taint, Toleration
from models.kubernetes.pod import Pod
from planner.rules import daemonset
from planner.rules.plugins import tainttoleration

PREFIX = "node.kubernetes.io/"
ROWS = [
    ("not ready, evicting", Taint(PREFIX + "not-ready", "", "NoExecute"), False, True),
    ("not ready, for scheduling", Taint(PREFIX + "not-ready", "", "NoSchedule"), False, False),
    ("unreachable, evicting", Taint(PREFIX + "unreachable", "", "NoExecute"), False, True),
    ("disk pressure", Taint(PREFIX + "disk-pressure"), False, True),
    ("memory pressure", Taint(PREFIX + "memory-pressure"), False, True),
    ("PID pressure", Taint(PREFIX + "pid-pressure"), False, True),
    ("cordoned", Taint(PREFIX + "unschedulable"), False, True),
    ("no network, with a network of its own", Taint(PREFIX + "network-unavailable"), False, False),
    ("no network, with the host's network", Taint(PREFIX + "network-unavailable"), True, True),
    ("a taint of the cluster's own", Taint("ringfence.dev/ring", "a"), False, False),
]


@pytest.mark.parametrize(("taint", "host_network", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_daemon_pod_tolerates(taint: Taint, host_network: bool, expected: bool) -> None:
    pod = daemonset.daemon_pod(Pod(host_network=host_network))
    assert (not tainttoleration.untolerated(pod.tolerations, [taint])) is expected


def test_own_tolerations_stay_and_nothing_is_added_twice() -> None:
    own = Toleration("a", "Exists")
    once = daemonset.daemon_pod(Pod(tolerations=(own,)))
    assert once.tolerations[0] == own
    assert daemonset.daemon_pod(once) == once
