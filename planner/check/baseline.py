"""What a team has accepted: a file of findings with reason, owner and expiry, so that only new findings fail."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import BinaryIO

from models.answer.finding import ERROR, INFO, WARNING
from models.source import Source
from planner.check.finding import Finding
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.errors import BadInput, Fault
from planner.read.documents.document import Document, documents
from planner.read.documents.tree import entries, text

API_VERSION, KIND = "ringfence.dev/v1alpha1", "CheckBaseline"
_WORDS = ("finding", "subject", "message", "reason", "owner")
_FIELDS = frozenset((*_WORDS, "expires"))
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_WILD = re.compile(r"[*?/\[\]]*")
_SOURCE = "docs/how-to/check.md"


def _rule(name: str, severity: str, sentence: str, why: str, how: str, fix: str) -> Rule:
    return Rule(name, OUTPUT, severity, sentence, why, how, fix, _SOURCE, lambda _: ())


UNUSED = _rule(
    "baseline-unused",
    WARNING,
    "An entry of the baseline accepts nothing any more",
    "The finding is gone; the entry would accept it in silence when it comes back.",
    "A team repairs a workload, leaves the entry, and the next change brings the finding back unseen.",
    "remove the entry",
)
BROAD = _rule(
    "baseline-too-broad",
    WARNING,
    "An entry of the baseline accepts findings of any kind or of any object",
    "New findings pass in silence, which is what a baseline is there to prevent.",
    "An entry with finding or subject * covers whatever comes later.",
    "name the finding and the object",
)
EXPIRED = _rule(
    "baseline-expired",
    ERROR,
    "An entry of the baseline has expired",
    "The finding was accepted until a day that is over; so it is not accepted any more.",
    "The date that --today gives is later than that of the entry.",
    "repair what the entry accepts, or agree with its owner on another date",
)
UNEXPLAINED = _rule(
    "baseline-without-reason",
    INFO,
    "Entries of the baseline have no reason or no owner",
    "Nobody can tell later whether they may go, or whom to ask.",
    "A baseline as --write-baseline leaves it.",
    "write reason and owner into each entry",
)
RULES = (UNUSED, BROAD, EXPIRED, UNEXPLAINED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the ids and subjects that it accepts, as patterns, and a message if only findings that say that."""

    finding: str
    subject: str
    message: str
    reason: str
    owner: str
    expires: str
    where: Source
    number: int

    def covers(self, finding: Finding) -> bool:
        """Say whether it speaks of this finding."""
        return (
            fnmatchcase(finding.id, self.finding)
            and fnmatchcase(finding.subject, self.subject)
            and self.message in ("", finding.message)
        )

    @property
    def given(self) -> dict[str, str]:
        """Return why it is accepted, by whom and until when, as far as that is said."""
        fields = {"reason": self.reason, "owner": self.owner, "expires": self.expires}
        return {name: value for name, value in fields.items() if value}

    @property
    def is_broad(self) -> bool:
        """Say whether it accepts findings of any kind, or of any object."""
        return any(_WILD.fullmatch(pattern) for pattern in (self.finding, self.subject))


@dataclass(slots=True)
class Baseline:
    """The entries of a file, and which findings they have accepted so far. `today` is a date as 2027-01-31."""

    entries: Sequence[Entry] = ()
    today: str = ""
    file: str = ""
    accepted: list[tuple[Finding, Entry]] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)

    def accepts(self, finding: Finding) -> bool:
        """Say whether an entry accepts a finding, and remember that it did."""
        covering = [entry for entry in self.entries if entry.covers(finding)]
        self._used |= {entry.number for entry in covering}
        valid = [entry for entry in covering if not self._is_over(entry)]
        if valid:
            self.accepted.append((finding, valid[0]))
        return bool(valid)

    def sightings(self) -> Iterator[tuple[Rule, Sighting]]:
        """Yield what is wrong with the entries, once every finding has been asked about."""
        for entry in self.entries:
            subject = f"{self.file}: accepted[{entry.number}]"
            if entry.number not in self._used:
                yield UNUSED, Sighting(subject, f"accepts {entry.finding} of {entry.subject}, which is not found", entry.where)
            if entry.is_broad:
                yield BROAD, Sighting(subject, f"accepts {entry.finding} of {entry.subject}", entry.where)
            if self._is_over(entry):
                yield (
                    EXPIRED,
                    Sighting(subject, f"{entry.finding} of {entry.subject} was accepted until {entry.expires}", entry.where),
                )
        bare = [entry for entry in self.entries if not entry.reason or not entry.owner]
        if bare:
            yield UNEXPLAINED, Sighting(self.file, f"{len(bare)} of {len(self.entries)} lack a reason or an owner", bare[0].where)

    def _is_over(self, entry: Entry) -> bool:
        return bool(self.today and entry.expires) and entry.expires < self.today


def read_baseline(path: str, today: str, stdin: BinaryIO | None = None) -> Baseline:
    """Read a baseline, or raise BadInput with everything wrong with it."""
    if not path:
        return Baseline(today=today)
    loaded = documents([path], stdin, f"the {KIND}").documents
    if len(loaded) != 1 or (loaded[0].api_version, loaded[0].kind) != (API_VERSION, KIND):
        raise BadInput([Fault(Source(path), "kind", f"is no {KIND}", "ringfence check … --write-baseline FILE writes one")])
    document = loaded[0]
    faults: list[Fault] = []
    listed = [_entry(document, index, entry, faults) for index, entry in enumerate(entries(document.tree(), "spec", "accepted"))]
    if faults:
        raise BadInput(faults)
    return Baseline(listed, today, path)


def _entry(document: Document, index: int, tree: dict[str, object], faults: list[Fault]) -> Entry:
    where, path = document.where_of(f"spec.accepted[{index}]"), f"spec.accepted[{index}]"
    for name in sorted(set(map(str, tree)) - _FIELDS):
        faults.append(Fault(where, f"{path}.{name}", "is no field of an entry", f"its fields are {', '.join(sorted(_FIELDS))}"))
    for name in ("finding", "subject"):
        if not text(tree, name):
            faults.append(Fault(where, f"{path}.{name}", "is missing", "name the finding and the object that are accepted"))
    expires = str(tree.get("expires") or "")
    if expires and not _DATE.fullmatch(expires):
        faults.append(Fault(where, f"{path}.expires", f"{expires!r} is no date", "write it as 2027-01-31"))
    finding, subject, message, reason, owner = (text(tree, name) for name in _WORDS)
    return Entry(finding, subject, message, reason, owner, expires, where, index)


def is_date(value: str) -> bool:
    """Say whether it is a date as 2027-01-31."""
    return bool(_DATE.fullmatch(value))


def document_of(findings: Iterable[tuple[Finding, Mapping[str, str]]]) -> dict[str, object]:
    """Return the baseline that accepts these findings and no others, with what was said of each; not those about a baseline."""
    own = {rule.id for rule in RULES}
    accepted = [
        {"finding": finding.id, "subject": finding.subject, "message": finding.message, **given}
        for finding, given in findings
        if finding.id not in own
    ]
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": {"name": "baseline"}, "spec": {"accepted": accepted}}
