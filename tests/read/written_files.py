"""Files as a test writes them, and what is wrong with them."""

import io

import pytest

from planner.errors import BadInput, Fault
from planner.read.documents.document import documents

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {}\n"


def faults_of(*paths: str, stdin: io.BytesIO | None = None) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as bad:
        documents(paths, stdin)
    return bad.value.faults
