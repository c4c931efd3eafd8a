"""What a plan says of the orders that were simulated is written from data, and read as the same data again."""

from dataclasses import replace

import pytest

from models.answer.order_reports import OrdersSimulated, RolloutsSimulated
from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Statement
from planner.wording.order_reports import UNTRIED, orders_of, orders_said, rollouts_of, rollouts_said

SIMULATED = [
    (
        OrdersSimulated("its profile (no node says it)", ("as applied", "random 1")),
        "its profile (no node says it) was simulated for 2 orders of arrival (as applied, random 1): "
        f"no pod of a ring stayed pending, and no rollout was tried; {UNTRIED}",
    ),
    (
        OrdersSimulated("it", ("as applied", "as they roll out 1"), ways=9, rolled=True, left=1),
        "it was simulated for 2 orders of arrival (as applied, as they roll out 1; those in which all pods come at once, and "
        f"rollouts, with ties between nodes broken in 9 ways): 1 pod stayed pending in one of them or another; {UNTRIED}",
    ),
    (
        OrdersSimulated("it", ("as applied",), more=24, ways=9, rolled=True, left=2),
        "it was simulated for 25 orders of arrival (as applied, and 24 more random ones; the others with ties between nodes "
        f"broken, and pods mixed, in 9 ways): 2 pods stayed pending in one of them or another; {UNTRIED}",
    ),
    (
        RolloutsSimulated(96),
        "96 more in which all workloads roll out at the same time were simulated: no pod stayed pending",
    ),
    (
        RolloutsSimulated(96, scaled=48, stuck=2, most=3),
        "96 more in which all workloads roll out at the same time were simulated, 48 of them while autoscalers have fewer pods: "
        "2 left pods pending, 3 at most; the policy's guide: require may hold pods on nodes of their own",
    ),
    (
        RolloutsSimulated(3, stuck=2, most=3, may_hold=True),
        "3 more in which all workloads roll out at the same time were simulated: 2 left pods pending, 3 at most",
    ),
]


def said(report: OrdersSimulated | RolloutsSimulated) -> Statement:
    return orders_said(report) if isinstance(report, OrdersSimulated) else rollouts_said(report)


@pytest.mark.parametrize(("report", "text"), SIMULATED, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_written_is_read_again(report: OrdersSimulated | RolloutsSimulated, text: str) -> None:
    statement = said(report)
    assert statement.message == text
    assert {orders_of(statement), rollouts_of(statement)} == {report, None}


UNSAID = [
    pytest.param(SIMULATED[0][0], {"message": SIMULATED[0][1].replace("for 2 orders", "for 3 orders")}, id="orders miscounted"),
    pytest.param(SIMULATED[1][0], {"message": SIMULATED[1][1].replace("1 pod stayed", "0 pods stayed")}, id="nobody stayed"),
    pytest.param(SIMULATED[0][0], {"message": "nobody was asked"}, id="no such sentence"),
    pytest.param(SIMULATED[0][0], {"subject": "another"}, id="another's"),
    pytest.param(SIMULATED[0][0], {"code": DisclosureCode.FURTHER_ROLLOUTS}, id="another code"),
    pytest.param(SIMULATED[4][0], {"message": SIMULATED[4][1].replace("2 left", "0 left")}, id="no rollout left pods"),
    pytest.param(SIMULATED[4][0], {"message": "none were simulated"}, id="no such sentence of rollouts"),
]


@pytest.mark.parametrize(("report", "changed"), UNSAID)
def test_what_nobody_writes_is_no_report(report: OrdersSimulated | RolloutsSimulated, changed: dict[str, str]) -> None:
    statement = replace(said(report), **changed)
    assert (orders_of(statement), rollouts_of(statement)) == (None, None)
