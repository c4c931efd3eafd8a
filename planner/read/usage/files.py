"""Reads the files that are named for usage, each by what it holds; all that is wrong with them is said at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from models.kubernetes.measure import Measure, Measures
from models.kubernetes.resources import Resources
from models.source import Source
from planner.errors import BadInput
from planner.read.documents.document import Document, Loading
from planner.read.documents.field import Notebook, spot_of
from planner.read.documents.files import Input, Inputs
from planner.read.documents.location import Place
from planner.read.documents.syntax.syntax_errors import about_nothing
from planner.read.schema.known_kinds import group_of
from planner.read.usage import krr, metrics, table, vpa

WANTED = "PodMetrics, NodeMetrics, VerticalPodAutoscalers, krr's JSON or a table of containers"
CSV = ".csv"
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    notebook: Notebook = field(default_factory=Notebook)
    containers: list[Measure] = field(default_factory=list)
    nodes: list[tuple[str, Resources]] = field(default_factory=list)

    def file(self, source: Input) -> None:
        """Read one file."""
        text = b"".join(iter(lambda: source.read(_BLOCK), b""))
        if source.name.lower().endswith(CSV):
            self.containers += table.read(text, source.name, self.notebook)
        elif krr.is_krr(text):
            document = Document(Source(source.name, 1), "", "krr", msgspec.Raw(text), Place(source, 1))
            self.containers += krr.read(document, self.notebook)
        elif not text.strip():
            self.notebook.faults.append(about_nothing(source.name, WANTED))
        else:
            source.restart()
            self.documents(source)

    def documents(self, source: Input) -> None:
        """Read objects of Kubernetes."""
        loading = Loading((), wanted=WANTED)
        for document in loading.of(source):
            try:
                self.document(document)
            except BadInput as bad:
                self.notebook.faults += bad.faults
        self.notebook.faults += loading.faults

    def document(self, document: Document) -> None:
        """Read one object."""
        kind = (group_of(document.api_version), document.kind)
        if kind == metrics.POD:
            self.containers += metrics.read_pod(document, self.notebook)
        elif kind == metrics.NODE:
            self.nodes += metrics.read_node(document, self.notebook)
        elif kind == vpa.KIND:
            self.containers += vpa.read(document, self.notebook)
        else:
            spot_of(document, self.notebook).at("kind").fault(f"{document.kind} says nothing of usage", f"name {WANTED}")


def read_usage(paths: Sequence[str], stdin: BinaryIO | None = None) -> Measures:
    """Read all files, or raise BadInput with everything wrong with them."""
    reading = _Reading()
    inputs = Inputs(stdin, reading.notebook.faults, [])
    for source in _every(paths, inputs):
        reading.file(source)
    if reading.notebook.faults:
        raise BadInput(reading.notebook.faults)
    return Measures(tuple(reading.containers), tuple(reading.nodes))


def _every(paths: Sequence[str], inputs: Inputs) -> Iterable[Input]:
    for path in paths:
        yield from inputs.of(path, is_inventory=True)
