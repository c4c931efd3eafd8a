"""A Helm chart whose pods tolerate everything by default."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.powers import host_powers
from planner.check.estate.wildcard import is_of_a_chart, wildcard
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        found_at = wildcard(template, estate)
        is_told = template.is_daemon and host_powers(template)
        if found_at and is_of_a_chart(template) and not is_told and not estate.is_shared(template):
            chart = template.item.labels.get("helm.sh/chart") or template.labels.get("helm.sh/chart") or "its chart"
            yield template.sighting(f"{found_at[1]}; {chart} wrote it", found_at[0])


RULE = Rule(
    id="chart-tolerates-all",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A chart lets its pods past every taint by default",
    why="The next release joins every trusted pool, and nobody of that pool was asked.",
    how="Exporters, log shippers and debuggers ship `tolerations: [{operator: Exists}]` in their values.",
    fix="set the chart's tolerations in your values, to the taints that it is to pass",
    source="https://github.com/prometheus-community/helm-charts/issues/1347",
    question=_question,
)
