import pytest

from models.kubernetes.pod import Container, HostPort, Pod
from planner.rules.plugins import nodeports

ANY = "0.0.0.0"  # noqa: S104
CONFLICTS = [
    ("the same port of the same address", HostPort(80, "TCP", "10.0.0.1"), HostPort(80, "TCP", "10.0.0.1"), True),
    ("the same port of another address", HostPort(80, "TCP", "10.0.0.1"), HostPort(80, "TCP", "10.0.0.2"), False),
    ("0.0.0.0 takes every address", HostPort(80, "TCP", ANY), HostPort(80, "TCP", "10.0.0.1"), True),
    ("0.0.0.0 conflicts with itself", HostPort(80), HostPort(80), True),
    ("no address means 0.0.0.0", HostPort(80, "TCP", ""), HostPort(80, "TCP", "10.0.0.1"), True),
    ("no protocol means TCP", HostPort(80, ""), HostPort(80, "TCP"), True),
    ("another protocol never conflicts", HostPort(80, "UDP"), HostPort(80, "TCP"), False),
    ("another port never conflicts", HostPort(80), HostPort(81), False),
    (":: is an address like any other", HostPort(80, "TCP", "::"), HostPort(80, "TCP", "10.0.0.1"), False),
    (":: conflicts with 0.0.0.0", HostPort(80, "TCP", "::"), HostPort(80), True),
    ("the loopback address conflicts with itself", HostPort(80, "TCP", "127.0.0.1"), HostPort(80, "TCP", "127.0.0.1"), True),
]


@pytest.mark.parametrize(("first", "second", "expected"), [row[1:] for row in CONFLICTS], ids=[row[0] for row in CONFLICTS])
def test_conflict_is_symmetric(first: HostPort, second: HostPort, expected: bool) -> None:
    assert nodeports.conflict(first, second) is expected
    assert nodeports.conflict(second, first) is expected


def test_ports_are_those_of_containers_and_sidecars() -> None:
    pod = Pod(
        containers=(Container(host_ports=(HostPort(80), HostPort(0))), Container(host_ports=(HostPort(81, "UDP"),))),
        init_containers=(Container(host_ports=(HostPort(90),)), Container(host_ports=(HostPort(91),), restartable=True)),
    )
    assert nodeports.ports(pod) == (HostPort(91), HostPort(80), HostPort(81, "UDP"))


def test_a_pod_without_host_ports_holds_none() -> None:
    assert nodeports.ports(Pod(containers=(Container(host_ports=(HostPort(0), HostPort(-1))),))) == ()
