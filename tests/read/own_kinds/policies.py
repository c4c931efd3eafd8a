"""Trust policies as text: what is read of them, and the faults that are said of them."""

from pathlib import Path

import pytest

from models.trust import TrustPolicy
from planner.errors import BadInput, Fault
from planner.read import read_policy

HEAD = "apiVersion: ringfence.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n  "
TWO_LEVELS = f"{HEAD}levels: [a, b]\n"


def read(folder: Path, text: str) -> TrustPolicy:
    path = folder / "trust.yaml"
    path.write_text(text)
    return read_policy(str(path))


def faults(folder: Path, text: str) -> tuple[Fault, ...]:
    """Return why a policy is refused."""
    with pytest.raises(BadInput) as caught:
        read(folder, text)
    return tuple(caught.value.faults)
