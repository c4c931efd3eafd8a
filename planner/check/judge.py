"""Asks every rule, and sets aside what somebody accepted."""

from collections.abc import Iterator, Mapping, Sequence

from models.answer.finding import WARNING
from planner.check.baseline import Baseline
from planner.check.estate.estate import Estate
from planner.check.finding import Finding
from planner.check.report import Accepted, Fix, Report, order
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.check.stages import is_closed

OPEN = "no-admission"
"""What a plan says of rings until its policies are in force."""
ACCEPTS = "accept.ringfence.dev/"
"""The prefix of annotations that accept a finding of their object: its id stands behind, and the reason is the value."""

REASONLESS = Rule(
    id="acceptance-without-reason",
    breaks=OUTPUT,
    severity=WARNING,
    sentence="An annotation accepts a finding and gives no reason",
    why="Nobody can tell later whether the reason still holds; so the finding is not accepted.",
    how="An annotation accept.ringfence.dev/ID with an empty value, or for an id that there is not.",
    fix="write the reason as the value of the annotation, or remove it",
    source="docs/how-to/check.md",
    question=lambda _: (),
)


def judge(estate: Estate, rules: Sequence[Rule], baseline: Baseline, heeds_annotations: bool = True) -> Report:
    """Return every finding of these rules; those that an annotation or the baseline accepts stand apart."""
    findings: dict[tuple[object, ...], Finding] = {}
    accepted: list[Accepted] = []
    fixes: dict[tuple[object, ...], Fix] = {}
    for rule in rules:
        for sighting in rule.question(estate):
            finding = finding_of(rule, sighting)
            reason = sighting.annotations.get(ACCEPTS + rule.id, "").strip() if heeds_annotations else ""
            if reason:
                accepted.append(Accepted(finding, reason, "annotation"))
            else:
                findings.setdefault(order(finding), finding)
                if sighting.target and sighting.changes:
                    fixes.setdefault(order(finding), Fix(finding, sighting.target, sighting.changes))
    told = {finding.id for finding in findings.values()}
    for finding in _disclosed(estate, {rule.id: rule for rule in rules if rule.id not in told}):
        findings.setdefault(order(finding), finding)
    left = [finding for finding in findings.values() if not baseline.accepts(finding)]
    accepted += (
        Accepted(finding, entry.reason or "no reason given", "baseline", entry.given) for finding, entry in baseline.accepted
    )
    left += _reasonless(estate) if heeds_annotations else ()
    left += (finding_of(rule, sighting) for rule, sighting in baseline.sightings())
    return Report(
        tuple(sorted(left, key=order)),
        tuple(sorted(accepted, key=lambda entry: order(entry.finding))),
        objects=len(estate.items),
        templates=len(estate.templates),
        planned=len(estate.plan.cluster.workloads) if estate.plan else 0,
        fixes=tuple(fix for fix in fixes.values() if fix.finding in left),
    )


def finding_of(rule: Rule, sighting: Sighting) -> Finding:
    """Tell what a rule saw."""
    severity, fix = sighting.severity or rule.severity, sighting.fix or rule.fix
    return Finding(rule.id, severity, sighting.subject, sighting.message, rule.why, fix, sighting.where, rule.source)


def _disclosed(estate: Estate, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Yield what a plan says itself of who could break it, where a rule of the same name saw nothing: it has no manifests."""
    plan = estate.plan
    for statement in (*plan.unenforced, *plan.not_modelled) if plan else ():
        rule = rules.get(statement.code.value)
        if rule and not (rule.id == OPEN and is_closed(estate)):
            yield finding_of(rule, Sighting(statement.subject, statement.message, statement.where))


def _reasonless(estate: Estate) -> Iterator[Finding]:
    for item in estate.items:
        for key, value in _acceptances(item.annotations).items():
            if not value.strip():
                yield finding_of(REASONLESS, item.sighting(f"accepts {key.removeprefix(ACCEPTS)} and gives no reason"))


def _acceptances(annotations: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in annotations.items() if key.startswith(ACCEPTS)}
