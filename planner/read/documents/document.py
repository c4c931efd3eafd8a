"""Documents: what files, folders and stdin hold, one Kubernetes object at a time."""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import Any, BinaryIO, TypeVar

import msgspec

from models.field_path import steps_of
from models.kubernetes.cluster import Statement
from models.source import Source
from planner.errors import BadInput, Fault, Faults
from planner.read.documents import patch_folders
from planner.read.documents.files import KUSTOMIZATIONS, STDIN, Input, Inputs, about_access
from planner.read.documents.location import LARGEST_OBJECT, Part, Place, Unreadable
from planner.read.documents.remarks import remark, statement
from planner.read.documents.syntax import json, syntax_errors, type_errors, yaml
from planner.read.documents.syntax.json_stream import Window
from planner.read.documents.syntax.line_of_field import line_of
from planner.read.documents.witness import Witness, is_marked
from planner.read.schema.known_kinds import OWN_GROUP, group_of

T = TypeVar("T")
# So much is looked at to tell JSON from YAML: behind more blanks than that JSON is read as YAML, which it is as well.
_HEAD = 4096
_OBJECTS = "Kubernetes objects"
_MOST_PENDING = 100_000
"""So many items may wait for the end of their list to say what they are."""
_LATE = (
    f"more than {_MOST_PENDING:,} items of a list do not say what they are, and neither does the list before them",
    "write apiVersion and kind of the list before its items",
)
_PAIRED = frozenset(("labels", "selector"))


@dataclass(slots=True)
class Document:
    """One Kubernetes object as it was written: a dictionary from YAML, raw bytes from JSON.

    Dictionaries may share values where the YAML has aliases: do not change them. `mended` has something that fits in the
    place of what did not, in the fields `stand_ins`, so that the rest of the document can be looked at all the same.
    `is_stored` says that a cluster told it: its uid, owners, annotations and status are facts, and no author's claims. What
    `is_inventory` came with --nodes, or from a live cluster: it alone says which nodes, namespaces and classes there are.
    """

    where: Source
    api_version: str
    kind: str
    body: dict[str, Any] | msgspec.Raw
    place: Place | None = None
    inside: str = ""
    stand_ins: tuple[str, ...] = ()
    mended: dict[str, Any] | None = None
    is_stored: bool = False
    is_inventory: bool = False

    @property
    def is_record(self) -> bool:
        """Say whether an API server has stored it, newer than ringfence or not, and so looked at all of it itself."""
        return self.is_stored and is_marked(self.body)

    def decode(self, kind: type[T]) -> T:
        """Read the fields that `kind` (a msgspec Struct) asks for, or raise BadInput with each mismatch's line."""
        try:
            if self.mended is not None or isinstance(self.body, dict):
                return msgspec.convert(self.tree(), kind)
            wanted: Any = kind
            decoded: T = _decoder(wanted).decode(self.body)
            return decoded
        except (msgspec.DecodeError, UnicodeDecodeError):
            return type_errors.decode(self, kind)

    def where_of(self, path: str) -> Source:
        """Find the line of a field ("spec.containers[0].image", "metadata.labels[a.b/c]"), or of its nearest parent."""
        if self.place is None:
            return self.where
        return Source(self.where.file, line_of(self.place, self.body, f"{self.inside}.{path}" if self.inside else path))

    def tree(self) -> dict[str, Any]:
        """Return the whole object as plain dictionaries and lists; BadInput where JSON has numbers beyond all bounds."""
        if self.mended is not None:
            return self.mended
        if isinstance(self.body, dict):
            return self.body
        try:
            tree: dict[str, Any] = msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise BadInput(
                [Fault(self.where, "", f"{self.kind}: {str(error).partition(' - ')[0]}", "write numbers that 64 bits hold")]
            ) from None
        return tree

    def is_stand_in(self, path: str) -> bool:
        """Say whether what a field holds, or what it is compared with, was never written: labels and selectors go together."""
        steps = steps_of(path)
        for field in self.stand_ins:
            other = steps_of(field)
            paired = group_of(self.api_version) != OWN_GROUP and _PAIRED & {*steps} and _PAIRED & {*other}
            if paired or all(mine == its for mine, its in zip(steps, other, strict=False)):
                return True
        return False


@cache
def _decoder(kind: Any) -> Any:
    return msgspec.json.Decoder(kind)


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of the bytes of a file, "-" for stdin; what `is_inventory` came with --nodes."""

    name: str
    digest: str
    is_inventory: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """Every document in the order of the input, and what a folder search met that is no Kubernetes object."""

    documents: list[Document]
    ignored: list[Statement]
    digests: list[Digest]


class Loading:
    """Documents as they arrive, so that 50,000 pods need not be in memory as dictionaries at once.

    Iterate over it once; it never raises. What `nodes` name is the operator's own, and comes first: what is named in both, or
    lies in a folder of the other, is read as that. Afterwards `faults` holds everything that could not be read (add your own,
    then raise BadInput(loading.faults)) and `ignored` what a folder search passed over, and which Lists are believed.
    `digests` are those of all that was read.

        loading = Loading(paths, stdin)
        for document in loading:
            try:
                pods.append(document.decode(PodBody))
            except BadInput as bad:
                loading.faults.extend(bad.faults)
        if loading.faults:
            raise BadInput(loading.faults)
    """

    def __init__(
        self,
        paths: Sequence[str],
        stdin: BinaryIO | None = None,
        wanted: str = _OBJECTS,
        nodes: Sequence[str] = (),
        largest: int = LARGEST_OBJECT,
    ) -> None:
        """Remember where to read, and what somebody who names an empty file is asked for; nothing is opened yet.

        What is larger than `largest` bytes, and no list, is a fault.
        """
        self._wanted = wanted
        self._largest = largest
        self.faults = Faults()
        self.ignored: list[Statement] = []
        self._paths = [*((path, True) for path in nodes), *((path, False) for path in paths)]
        self._inputs = Inputs(stdin, self.faults, self.ignored)
        self._passed: dict[str, list[str]] = {}
        self._has_content = False
        self.digests: list[Digest] = []

    def __iter__(self) -> Iterator[Document]:
        """Yield each document once; the garbage collector rests meanwhile, which makes building dictionaries 3 times as fast."""
        with collector_at_rest():
            for path, is_inventory in self._paths:
                if self.faults.are_endless:
                    break
                before = len(self.faults), len(self.ignored), self._inputs.repeated
                self._has_content = False
                for source in self._inputs.of(path, is_inventory):
                    if not self.faults.are_endless:
                        yield from self.of(source)
                if not self._has_content and before == (len(self.faults), len(self.ignored), self._inputs.repeated):
                    self.faults.append(syntax_errors.about_nothing(path, self._wanted))
            self.ignored += map(patch_folders.passed_over, self._passed.items())

    def has_read(self, path: str) -> bool:
        """Say whether a file, or a folder, was among what has been read."""
        return self._inputs.has_read(path)

    def of(self, source: Input) -> Iterator[Document]:
        """Yield the documents of one input that somebody has opened."""
        witness, before = Witness(source), len(self.faults)
        try:
            if source.found_in and patch_folders.is_ours(source, partial(_parts, largest=self._largest)):
                self._has_content = True
                self._passed.setdefault(source.found_in, []).append(source.name)
                return
            for document in self._told(source):
                if witness.hear(document):
                    yield document
            if len(self.faults) == before:  # what is refused early may have no end
                # A file may be called stdin, too.
                name = "-" if source.name == STDIN and not source.is_regular else source.name
                self.digests.append(Digest(name, source.digest(), source.is_inventory))
        except OSError as error:
            self.faults.append(about_access(source.name, error))
        except Unreadable as unreadable:
            self.faults.append(unreadable.fault)
        witness.close()
        self.faults += witness.faults
        self.ignored += witness.statements

    def _told(self, source: Input) -> Iterator[Document]:
        pending: list[Part] = []
        for part in _parts(source, self._largest):
            if isinstance(part, Fault):
                self.faults.append(part)
                # What waits for the end of its list, which would say what it is, lies before the fault and is part of it.
                pending.clear()
            else:
                self._has_content = self._has_content or part.is_list or part.body is not None
                yield from self._named(part, pending)
            if self.faults.are_endless:
                return

    def _named(self, part: Part, pending: list[Part]) -> Iterator[Document]:
        """Turn a part into documents; items that do not say what they are wait for the end of their list."""
        if part.is_list:
            self.faults += part.repeats
        if part.is_list and part.body is None:
            for item in pending:
                yield from self._single(item)
            pending.clear()
        elif part.is_list:
            inner: list[Part] = []
            for item in json.items(part) if isinstance(part.body, msgspec.Raw) else yaml.items(part):
                yield from self._named(item, inner)
        elif part.of and _identity(part) is None:
            _wait(part, pending)
        elif part.body is not None:
            yield from self._single(part)

    def _single(self, part: Part) -> Iterator[Document]:
        identity = _identity(part) or _kustomization(part)
        if identity is None:
            self._unknown(part)
        else:
            self.faults += part.repeats
            yield Document(part.place.where, *identity, part.body, part.place, part.inside, is_stored=part.of is not None)

    def _unknown(self, part: Part) -> None:
        if isinstance(part.body, msgspec.Raw):
            # kustomize may find apiVersion and kind in what is merged: to it this is an object.
            self.faults += (fault for fault in part.repeats if fault.field == "<<")
        if part.place.source.found_in:
            self.ignored.append(statement(part.place.source.name, part.place.where, remark("no object")))
        elif self.faults.is_full:
            self.faults.more += 1
        else:
            self.faults.append(syntax_errors.about_identity(part.place.where, _head(part.body)))


def _wait(part: Part, pending: list[Part]) -> None:
    if len(pending) >= _MOST_PENDING:
        raise Unreadable(Fault(part.place.where, "kind", *_LATE))
    pending.append(part)


def _kustomization(part: Part) -> tuple[str, str] | None:
    """Know a kustomization by its file's name, as kustomize does: it need not say what it is."""
    name, body = os.path.basename(part.place.source.name), part.body
    is_map = bytes(body).startswith(b"{") if isinstance(body, msgspec.Raw) else isinstance(body, dict)
    return ("kustomize.config.k8s.io/v1beta1", "Kustomization") if name in KUSTOMIZATIONS and is_map else None


def documents(
    paths: Sequence[str], stdin: BinaryIO | None = None, wanted: str = _OBJECTS, largest: int = LARGEST_OBJECT
) -> Loaded:
    """Read everything, or raise BadInput with all faults of all files."""
    loading = Loading(paths, stdin, wanted, largest=largest)
    loaded = list(loading)
    if loading.faults:
        raise BadInput(loading.faults)
    return Loaded(loaded, loading.ignored, loading.digests)


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let the garbage collector rest: it goes through all that is built, again and again, and finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _parts(source: Input, largest: int) -> Iterator[Part | Fault]:
    """Read JSON where the text starts like it, else YAML; what is not quite JSON, or a list, may still be YAML."""
    first = source.read(_HEAD)
    source.restart()
    binary = syntax_errors.about_binary(source, first)
    if binary:
        yield binary
        return
    # A list is handed on before it is read, too late to try YAML after all: it is JSON in a file that says so, else YAML.
    is_json_file = source.name.endswith(".json")
    if not first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[") if is_json_file else b"{"):
        yield from yaml.parts(source, largest)
        return
    stream = json.parts(source, largest)
    start = next(stream, None)
    if isinstance(start, Fault) and not is_json_file:
        source.restart()
        yield from yaml.parts(source, largest)
    elif start is not None:
        yield start
        yield from stream


def _identity(part: Part) -> tuple[str, str] | None:
    """Say which apiVersion and kind an object has, by itself or as an item of a typed list (PodList); only a map is an object."""
    if not isinstance(part.body, dict | msgspec.Raw):
        return None
    api_version, kind = part.api_version, part.kind
    if part.of and isinstance(part.of.kind, str) and part.of.kind not in ("", "List"):
        api_version = api_version or part.of.api_version
        kind = kind or part.of.kind.removesuffix("List")
    if isinstance(api_version, str) and isinstance(kind, str) and api_version and kind:
        return api_version, kind
    return None


def _head(body: Any) -> Any:
    """Return of a map in JSON the texts that it holds, as numbers elsewhere in it may be beyond all bounds."""
    if not isinstance(body, msgspec.Raw):
        return body
    window = Window("", BytesIO(body).read)
    opening = window.peek()
    if opening != b"{":
        return [] if opening == b"[" else None
    return {name: json.text_of(window.take()) for name in json.members(window, b"{")}
