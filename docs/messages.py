"""What the program says to users: every finding and every disclosure, from the tables of their sentences."""

import ast
import dataclasses
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from models.answer.finding import ERROR, FindingCode
from models.disclosure import DisclosureCode
from planner.wording import unread
from planner.wording.disclosures import TEMPLATES, Template
from planner.wording.findings import TABLE
from planner.wording.findings.wording import Cases, Wording

ROOT = Path(__file__).resolve().parent.parent
HOLE = "…"
"""Stands for what is known only when a plan is made."""
LEAST_SHARED = 4
"""So many words are repeated before they are written once."""
READ = {DisclosureCode.NOT_MODELLED: unread.NOT_MODELLED, DisclosureCode.HIDES_PODS: unread.HIDES_PODS}
"""Codes of what is read and not modelled."""


@dataclasses.dataclass(slots=True)
class Check:
    """What the code says of one check, wherever it reports it."""

    severities: set[str] = dataclasses.field(default_factory=set)
    messages: list[str] = dataclasses.field(default_factory=list)
    reasons: list[str] = dataclasses.field(default_factory=list)


def disclosures(listed: Container[str]) -> dict[DisclosureCode, list[str]]:
    """Return what is disclosed, by its code; of what is read and not modelled only these cases, which there are dozens of."""
    told = {code: _sentences(template) for code, template in TEMPLATES.items() if code not in READ}
    for code, texts in READ.items():
        told[code] = [text for case, text in texts.items() if case in listed]
    return {code: sorted(set(map(_with_holes, texts))) for code, texts in told.items()}


def _sentences(template: Template) -> Iterable[str]:
    """Return the sentences that a disclosure may have; what is said only sometimes is said here."""
    if isinstance(template, Mapping):
        return template.values()
    return (template,) if isinstance(template, str) else (template(defaultdict(lambda: HOLE)),)


def findings() -> dict[str, Check]:
    """Return every check that is reported, by its name."""
    severities = _severities()
    return {code.value: Check(severities[code], *_told(TABLE[code])) for code in sorted(TABLE)}


def _told(wordings: Wording | Cases) -> tuple[list[str], list[str]]:
    """Return what a check says, and why it matters, in every case."""
    cases = (wordings,) if isinstance(wordings, Wording) else wordings.values()
    messages = [wording.message if isinstance(wording.message, str) else wording.message.text for wording in cases]
    reasons = [wording.why for wording in cases if wording.why]
    return list(map(_with_holes, messages)), [reason for reason in map(_with_holes, reasons) if HOLE not in reason]


def _with_holes(sentence: str) -> str:
    return re.sub(r"{[^{}]*}", HOLE, sentence)


def _severities() -> dict[FindingCode, set[str]]:
    """Return the severities that the code gives to findings; where it hands a code on, that is of an error."""
    known: dict[FindingCode, set[str]] = defaultdict(set)
    for tree in _modules():
        seen: set[ast.AST] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                seen |= {part for part, _ in _finding_codes(node)}
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding.of":
                for part, code in _finding_codes(node.args[0]):
                    known[code].add(ast.unparse(node.args[1]).lower())
                    seen.add(part)
        for part, code in _finding_codes(tree):
            known[code] |= set() if part in seen else {ERROR}
    return known


def _finding_codes(tree: ast.AST) -> Iterator[tuple[ast.AST, FindingCode]]:
    """Yield where codes of findings are named."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == FindingCode.__name__:
            yield node, FindingCode[node.attr]


def listed(messages: Iterable[str]) -> str:
    """Join all that is told by more than a name or number."""
    return "; ".join(
        dict.fromkeys(re.sub(f"{HOLE}+", HOLE, text) for text in messages if re.search(r"[a-z]{2} .*[a-z]{2}", text))
    )


def alternatives(texts: Sequence[str]) -> str:
    """Write what is said in each of several cases: once what all begin and end with, and between them only what differs."""
    cases = [text.split(" ") for text in dict.fromkeys(texts)]
    first = _shared(cases)
    last = _shared([words[first:][::-1] for words in cases])
    if len(cases) < 2 or first + last < LEAST_SHARED:
        return "<br>or: ".join(" ".join(words) for words in cases)
    whole = cases[0]
    begins, ends = " ".join(whole[:first]), " ".join(whole[len(whole) - last :])
    middles = [" ".join(words[first : len(words) - last]) for words in cases]
    return " ".join(filter(None, (begins, _options(middles), ends)))


def _shared(cases: Sequence[Sequence[str]]) -> int:
    """Return how many words all begin with."""
    same = (len(set(words)) == 1 for words in zip(*cases, strict=False))
    return next((number for number, is_same in enumerate(same) if not is_same), min(map(len, cases), default=0))


def _options(middles: Sequence[str]) -> str:
    """Write the parts that differ; one that goes on where the one before ends does not repeat it."""
    shown = []
    for before, middle in zip(("", *middles), middles, strict=False):
        goes_on = before and middle.startswith(before)
        shown.append(f"the same{middle[len(before) :]}" if goes_on else middle or "nothing more")
    return " or ".join(f"[{text}]" for text in shown)


def _modules() -> Iterator[ast.Module]:
    for path in sorted(ROOT.glob("planner/**/*.py")):
        if "wording" not in path.parts:
            yield ast.parse(path.read_text(encoding="utf-8"))
