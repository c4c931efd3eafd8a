"""Which pods the plan has not counted: those that come for a while, and those that the policy leaves out."""

from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode
from models.trust import Demand


def uncounted(demand: Demand) -> Iterator[Disclosure]:
    """Say what may ask for room beside the pods of the plan."""
    yield Disclosure.of(DisclosureCode.ROLLOUTS_COUNTED if demand.surge else DisclosureCode.ROLLOUTS_LEFT_OUT, "rollouts")
    if demand.hpa == "now":
        yield Disclosure.of(DisclosureCode.AUTOSCALERS_NOW, "autoscalers")
    if demand.cron_jobs == "one":
        yield Disclosure.of(DisclosureCode.CRON_JOBS_ONCE, "CronJobs")
