"""What was simulated before a plan was promised, as data: `str` writes it as a plan does, and `parse` reads that."""

import re
from dataclasses import dataclass

UNTRIED = "orders that were not tried are safe only where a ring is proven"
_CALM = "no pod of a ring stayed pending"
_LEFT = r"(?P<left>[0-9]{1,12}) pods? stayed pending in one of them or another"
_SIMULATED = re.compile(
    r"(?P<profile>.+?) was simulated for [0-9]+ orders of arrival \((?P<named>[^();]*?)"
    r"(?:, and (?P<more>[0-9]{1,9}) more random ones)?(?:; [^();]* in (?P<ways>[0-9]{1,9}) ways)?\): "
    rf"(?:{_CALM}|{_LEFT})(?P<unrolled>, and no rollout was tried)?; {UNTRIED}",
    re.ASCII,
)
_ROLLED = re.compile(
    r"(?P<runs>[0-9]{1,9}) more in which all workloads roll out at the same time were simulated"
    r"(?:, (?P<scaled>[0-9]{1,9}) of them while autoscalers have fewer pods)?: "
    r"(?:no pod stayed pending|(?P<stuck>[0-9]{1,9}) left pods pending, (?P<most>[0-9]{1,12}) at most(?P<advice>; .*)?)",
    re.ASCII,
)
_ADVICE = "; the policy's guide: require may hold pods on nodes of their own"


@dataclass(frozen=True, slots=True)
class OrdersSimulated:
    """By which `profile` orders of arrival were simulated: those that are `named`, and so many `more` random ones.

    Ties between nodes were broken in so many `ways`, rollouts were among the orders if they are `rolled`, and so many pods were
    `left` pending in one order or another.
    """

    profile: str
    named: tuple[str, ...]
    more: int = 0
    ways: int = 1
    rolled: bool = False
    left: int = 0

    @property
    def orders(self) -> int:
        """Count the orders."""
        return len(self.named) + self.more

    def __str__(self) -> str:
        """Write it as a plan does."""
        named = ", ".join((*self.named, *([f"and {self.more} more random ones"] if self.more else ())))
        ends = "" if self.rolled else ", and no rollout was tried"
        pods = "1 pod" if self.left == 1 else f"{self.left} pods"
        left = f"{pods} stayed pending in one of them or another" if self.left else _CALM
        return (
            f"{self.profile} was simulated for {self.orders} orders of arrival ({named}{self._ties()}): {left}{ends}; {UNTRIED}"
        )

    def _ties(self) -> str:
        if self.ways <= 1:
            return ""
        at_once = f"those in which all pods come at once{', and rollouts,' if self.rolled else ''}"
        mixed = ", and pods mixed," if self.more else ""
        return f"; {'the others' if self.more else at_once} with ties between nodes broken{mixed} in {self.ways} ways"

    @classmethod
    def parse(cls, text: str) -> "OrdersSimulated | None":
        """Read what `str` wrote; None where it cannot have."""
        match = _SIMULATED.fullmatch(text)
        if match is None:
            return None
        named = tuple(match["named"].split(", ")) if match["named"] else ()
        more, ways, left = (int(match[name] or default) for name, default in (("more", 0), ("ways", 1), ("left", 0)))
        report = cls(match["profile"], named, more, ways, not match["unrolled"], left)
        return report if str(report) == text else None


@dataclass(frozen=True, slots=True)
class RolloutsSimulated:
    """So many further `runs` in which workloads roll out, of these `scaled` ones with fewer pods of autoscalers.

    So many were `stuck`, with `most` pods pending in one of them; `may_hold` says that required guides are allowed already.
    """

    runs: int
    scaled: int = 0
    stuck: int = 0
    most: int = 0
    may_hold: bool = False

    def __str__(self) -> str:
        """Write it as a plan does."""
        fewer = f", {self.scaled} of them while autoscalers have fewer pods" if self.scaled else ""
        simulated = f"{self.runs} more in which all workloads roll out at the same time were simulated{fewer}"
        if not self.stuck:
            return f"{simulated}: no pod stayed pending"
        return f"{simulated}: {self.stuck} left pods pending, {self.most} at most{'' if self.may_hold else _ADVICE}"

    @classmethod
    def parse(cls, text: str) -> "RolloutsSimulated | None":
        """Read what `str` wrote; None where it cannot have."""
        match = _ROLLED.fullmatch(text)
        if match is None:
            return None
        runs, scaled, stuck, most = (int(match[name] or 0) for name in ("runs", "scaled", "stuck", "most"))
        report = cls(runs, scaled, stuck, most, may_hold=stuck > 0 and not match["advice"])
        return report if str(report) == text else None
