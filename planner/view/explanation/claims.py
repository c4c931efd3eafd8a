"""What each ring could do with a node, or with a node group."""

from collections.abc import Iterable, Iterator
from typing import Any

from models.answer.explanation import Claim
from planner.view.format import count, listed
from planner.view.summary.sections import Grid

MOST = 3
"""So many rings are listed in a sentence."""


def grid(home: str, claims: Iterable[Claim]) -> Grid | None:
    """Return a row for each ring: how many of its workloads could be there, and what kube-scheduler would say of the others."""
    rows = tuple(_row(home, claim) for claim in claims)
    heads = ("Ring", "Workloads that could be there", "kube-scheduler would say of the others")
    return Grid(heads, rows, frozenset({1})) if rows else None


def _row(home: str, claim: Claim) -> tuple[str, str, str]:
    refused = sorted(claim.refused.items(), key=lambda refusal: (-refusal[1], refusal[0]))
    mine = ", its own" if claim.ring == home else ""
    said = "; ".join(f"{reason} ({count(number, 'workload')})" for reason, number in refused)
    return claim.ring + mine, f"{claim.able:,} of {claim.workloads:,}", said


def rivals(home: str, claims: Iterable[Claim]) -> Iterator[str]:
    """Say which other rings could use it, and why they do not."""
    mine = tuple(claims)
    others = [claim.ring for claim in mine if claim.able and claim.ring != home]
    if home and others:
        held = next((claim.today for claim in mine if claim.ring == home), 0)
        costs = f"; {count(held, 'pod')} would move" if held else ""
        yield (
            f"- Workloads of ring{'s' if len(others) > 1 else ''} {listed(others, MOST)} could run here too{costs}. "
            f"No rule keeps them off: the plan chose ring {home} by its goals, which ringfence plan --verbose lists. "
            "ringNodes in the policy says how many nodes a ring gets."
        )


def data(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return them as plain data."""
    return [
        {
            "ring": claim.ring,
            "workloads": claim.workloads,
            "able": claim.able,
            "refused": dict(claim.refused),
            "today": claim.today,
        }
        for claim in claims
    ]
