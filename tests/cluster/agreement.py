"""What two runs of kube-scheduler and many foreseen ones leave pending, ring by ring: how often they agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.cluster.stage import say

Left = tuple[tuple[str, int], ...]
"""How many pods stay pending, by ring."""
LOOSE, SELDOM, MOST_SELDOM = 0.8, 20, 100
"""All but one run in 20 must be foreseen; below so full, all but one in 100.

Ties can be broken in more ways than are tried, and a refused pod may try again while others still arrive, not only after them.
"""
MARGIN = 0.1
"""What chance makes of a dozen clusters and more, some of whose runs differ by how ties were broken."""
TIES = 30
"""How often a run is foreseen with ties broken in other ways."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one run left pending by ring, and what was foreseen for the order in which its pods came, with how often."""

    left: Left
    foreseen: Counter[Left]

    def __str__(self) -> str:
        often = ", ".join(f"{dict(left)} x{times}" for left, times in self.foreseen.most_common(3))
        return f"{dict(self.left)} (foreseen {often})"


@dataclass(frozen=True, slots=True)
class Row:
    """Two runs of one cluster, whose pods may have come in other orders."""

    seed: int
    fill: float
    pods: int
    runs: tuple[Told, Told]

    @property
    def is_like_itself(self) -> bool:
        """Say whether both left the same pending."""
        return self.runs[0].left == self.runs[1].left

    @property
    def share_alike(self) -> float:
        """Return how often a run as foreseen leaves the same pending as the real one for whose order it was foreseen."""
        return sum(run.foreseen[run.left] / run.foreseen.total() for run in self.runs) / len(self.runs)

    @property
    def share_foreseen(self) -> float:
        """Return how often a run as foreseen for one of them leaves the same pending as the other one did."""
        one, other = self.runs
        return (one.foreseen[other.left] / one.foreseen.total() + other.foreseen[one.left] / other.foreseen.total()) / 2

    def __str__(self) -> str:
        return f"{self.seed:3}: {self.pods:3} pods, {self.fill:.0%} full: {', '.join(map(str, self.runs))}"


def insist(rows: Sequence[Row], config: Any) -> None:
    """Say what came of each cluster, and insist that runs are foreseen, as often as two real ones agree."""
    said = agreement(rows)
    say(config, "\n".join([*map(str, rows), said]))
    wrong = [row for row in rows for run in row.runs if run.left not in run.foreseen]
    assert 2 * len(rows) >= SELDOM * len(wrong), "\n".join(map(str, wrong))
    loose = [row for row in rows if row.fill < LOOSE]
    assert sum(row.fill < LOOSE for row in wrong) <= 2 * len(loose) // MOST_SELDOM, "\n".join(map(str, wrong))
    real, foreseen = _agreement(rows)
    assert real - foreseen <= MARGIN * len(rows), said


def agreement(rows: Sequence[Row]) -> str:
    """Say how often two real runs left the same pending, and how often a real one and one that was foreseen for the other."""
    real, foreseen = _agreement(rows)
    wrong = sum(run.left not in run.foreseen for row in rows for run in row.runs)
    some = sum(bool(run.left) for row in rows for run in row.runs)
    loose = [row for row in rows if row.fill < LOOSE]
    alike, twice = sum(row.share_alike for row in loose), sum(row.is_like_itself for row in loose)
    return (
        f"below {LOOSE:.0%} full, of {len(loose)} clusters, two real runs agree on {twice}, a real one and one foreseen for it "
        f"on {alike:.1f}\n"
        f"of {len(rows)} clusters, two real runs agree on {real}, a real one and one foreseen for the other on {foreseen:.1f}; "
        f"of {2 * len(rows)} runs {some} left pods pending, and {wrong} were not foreseen"
    )


def _agreement(rows: Sequence[Row]) -> tuple[int, float]:
    return sum(row.is_like_itself for row in rows), sum(row.share_foreseen for row in rows)
