"""What the program says to users: every finding and disclosure by its table, and the statements of calls that make them."""

import ast
import dataclasses
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from models.answer.finding import ERROR, FindingCode
from models.disclosure import DisclosureCode
from planner.wording.disclosures import TEMPLATES, Template
from planner.wording.findings import TABLE
from planner.wording.findings.wording import Cases, Wording

ROOT = Path(__file__).resolve().parent.parent
HOLE = "…"
"""Stands for what is known only when a plan is made."""
LEAST_SHARED = 4
"""So many words are repeated before they are written once."""
Scope = Mapping[str, Sequence[ast.expr]]
"""What names stand for: more than one value where branches assign several."""


@dataclasses.dataclass(slots=True)
class Check:
    """What the code says of one check, wherever it reports it."""

    severities: set[str] = dataclasses.field(default_factory=set)
    messages: list[str] = dataclasses.field(default_factory=list)
    reasons: list[str] = dataclasses.field(default_factory=list)


def disclosures(unlisted: Container[str] = ()) -> dict[DisclosureCode, list[str]]:
    """Return what is disclosed but for these cases, by its code; what a call says is listed under each code that it may use."""
    told: dict[DisclosureCode, set[str]] = {}
    for tree in _modules():
        for call, local in _calls(tree, "Statement"):
            texts = {text for text in _resolved(_argument(call, 1), local, _constants(tree)) if re.search(r"[a-z]{3}", text)}
            for code in _codes(call, local):
                told.setdefault(code, set()).update(texts)
    for code, template in TEMPLATES.items():
        told[code] = told.get(code, set()) | set(map(_with_holes, _sentences(template, unlisted)))
    return {code: sorted(texts) for code, texts in told.items()}


def _sentences(template: Template, unlisted: Container[str]) -> Iterable[str]:
    """Return the sentences that a disclosure may have; what is said only sometimes is said here."""
    if isinstance(template, Mapping):
        return [text for case, text in template.items() if case not in unlisted]
    return (template,) if isinstance(template, str) else (template(defaultdict(lambda: HOLE)),)


def _codes(call: ast.Call, local: Scope) -> Iterator[DisclosureCode]:
    """Yield the codes that a statement may have."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "code"] or call.args[3:4]
    if not given:
        yield DisclosureCode.NOT_MODELLED
    for expression in given:
        values = local.get(expression.id, ()) if isinstance(expression, ast.Name) else (expression,)
        found = (node for value in values for node in ast.walk(value) if isinstance(node, ast.Attribute))
        yield from (DisclosureCode[node.attr] for node in found if node.attr in DisclosureCode.__members__)


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


def _constants(tree: ast.Module) -> Scope:
    """Return what the constants of a module stand for, also those that it imports from its neighbours."""
    known: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("planner"):
            theirs = _own_constants(_tree(node.module or ""))
            known |= {name.asname or name.name: list(theirs[name.name]) for name in node.names if name.name in theirs}
    return {**known, **_own_constants(tree)}


def _own_constants(tree: ast.Module) -> Scope:
    return {
        target.id: [node.value]
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@cache
def _tree(module: str) -> ast.Module:
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def _calls(tree: ast.AST, called: str) -> Iterator[tuple[ast.Call, Scope]]:
    """Yield each call of this function, with what was assigned to local names before it and after the call before."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        local: dict[str, list[ast.expr]] = {}
        told: set[str] = set()
        for node in sorted((one for one in ast.walk(function) if isinstance(one, ast.Assign | ast.Call)), key=_position):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                local[name] = [*(() if name in told else local.get(name, ())), node.value]
                told.discard(name)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == called:
                yield node, dict(local)
                told = set(local)


def _position(node: ast.stmt | ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _text(node: ast.expr | None) -> str:
    """Return what an expression says, with `…` for what is known only when the plan is made."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    return HOLE


def _resolved(node: ast.expr | None, *scopes: Scope) -> list[str]:
    """Return all that an expression may say; a name stands for what was assigned to it."""
    if isinstance(node, ast.IfExp):
        return [*_resolved(node.body, *scopes), *_resolved(node.orelse, *scopes)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        tables = scopes[-1].get(node.value.id, ())
        return [text for table in tables if isinstance(table, ast.Dict) for text in map(_text, table.values)] or [HOLE]
    for scope in scopes:
        if isinstance(node, ast.Name) and node.id in scope:
            return [text for value in scope[node.id] for text in ([_text(value)] if value is node else _resolved(value))]
    return [_text(node)]


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    return call.args[position] if len(call.args) > position else None
