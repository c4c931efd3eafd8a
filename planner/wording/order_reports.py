"""What a plan says of the orders that were simulated: its sentences, and the data that they are read as again."""

import re

from models.answer.order_reports import OrdersSimulated, RolloutsSimulated
from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Statement

SCHEDULER, FURTHER = "kube-scheduler", "further rollouts"
UNTRIED = "orders that were not tried are safe only where a ring is proven"
_CALM = "no pod of a ring stayed pending"
_LEFT = r"(?P<left>[0-9]{1,12}) pods? stayed pending in one of them or another"
_SIMULATED = re.compile(
    r"(?P<profile>.+?) was simulated for [0-9]+ orders of arrival \((?P<named>[^();]*?)"
    r"(?:, and (?P<more>[0-9]{1,9}) more random ones)?(?:; [^();]* in (?P<ways>[0-9]{1,9}) ways)?\): "
    rf"(?:{_CALM}|{_LEFT})(?P<unrolled>, and no rollout was tried)?; {UNTRIED}",
    re.ASCII,
)
_STUCK = r"(?P<stuck>[0-9]{1,9}) left pods pending, (?P<most>[0-9]{1,12}) at most(?P<advice>; .*)?"
_ROLLED = re.compile(
    r"(?P<runs>[0-9]{1,9}) more in which all workloads roll out at the same time were simulated"
    r"(?:, (?P<scaled>[0-9]{1,9}) of them while autoscalers have fewer pods)?: "
    rf"(?:no pod stayed pending|{_STUCK})",
    re.ASCII,
)
_ADVICE = "; the policy's guide: require may hold pods on nodes of their own"


def orders_said(report: OrdersSimulated) -> Statement:
    """Say for which orders kube-scheduler was simulated, and what came of it."""
    named = ", ".join((*report.named, *([f"and {report.more} more random ones"] if report.more else ())))
    ends = "" if report.rolled else ", and no rollout was tried"
    pods = "1 pod" if report.left == 1 else f"{report.left} pods"
    left = f"{pods} stayed pending in one of them or another" if report.left else _CALM
    simulated = f"{report.profile} was simulated for {report.orders} orders of arrival ({named}{_ties(report)})"
    return Statement(SCHEDULER, f"{simulated}: {left}{ends}; {UNTRIED}", code=DisclosureCode.SCHEDULER_TRIED)


def _ties(report: OrdersSimulated) -> str:
    if report.ways <= 1:
        return ""
    at_once = f"those in which all pods come at once{', and rollouts,' if report.rolled else ''}"
    mixed = ", and pods mixed," if report.more else ""
    return f"; {'the others' if report.more else at_once} with ties between nodes broken{mixed} in {report.ways} ways"


def orders_of(statement: Statement) -> OrdersSimulated | None:
    """Return which orders a statement says were simulated; None where it says nothing of the kind."""
    match = _SIMULATED.fullmatch(statement.message)
    if match is None:
        return None
    named = tuple(match["named"].split(", ")) if match["named"] else ()
    more, ways, left = (int(match[name] or default) for name, default in (("more", 0), ("ways", 1), ("left", 0)))
    report = OrdersSimulated(match["profile"], named, more, ways, not match["unrolled"], left)
    return report if _are_alike(orders_said(report), statement) else None


def rollouts_said(report: RolloutsSimulated) -> Statement:
    """Say how many further rollouts were simulated, and what came of it."""
    fewer = f", {report.scaled} of them while autoscalers have fewer pods" if report.scaled else ""
    simulated = f"{report.runs} more in which all workloads roll out at the same time were simulated{fewer}"
    advice = "" if report.may_hold else _ADVICE
    left = f"{report.stuck} left pods pending, {report.most} at most{advice}" if report.stuck else "no pod stayed pending"
    return Statement(FURTHER, f"{simulated}: {left}", code=DisclosureCode.FURTHER_ROLLOUTS)


def rollouts_of(statement: Statement) -> RolloutsSimulated | None:
    """Return which further rollouts a statement says were simulated; None where it says nothing of the kind."""
    match = _ROLLED.fullmatch(statement.message)
    if match is None:
        return None
    runs, scaled, stuck, most = (int(match[name] or 0) for name in ("runs", "scaled", "stuck", "most"))
    report = RolloutsSimulated(runs, scaled, stuck, most, may_hold=stuck > 0 and not match["advice"])
    return report if _are_alike(rollouts_said(report), statement) else None


def _are_alike(mine: Statement, theirs: Statement) -> bool:
    """Say whether it is the same sentence of the same code about the same; where a statement was read does not matter."""
    return (mine.subject, mine.message, mine.code) == (theirs.subject, theirs.message, theirs.code)
