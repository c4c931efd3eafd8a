"""Which pods the plan has not counted: those that come for a while, and those that the policy leaves out."""

from collections.abc import Iterator

from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Statement
from models.trust import Demand

ENDING = "pods that are being deleted keep their room until they are gone, which is not counted"


def uncounted(demand: Demand) -> Iterator[Statement]:
    """Say what may ask for room beside the pods of the plan."""
    if demand.surge:
        code = DisclosureCode.ROLLOUTS_COUNTED
        message = (
            "counted are the pods that one rollout of each Deployment or Argo Rollout adds (maxSurge), as far as it needs them; "
            f"what the controllers of other custom resources add is not known, and {ENDING}"
        )
    else:
        code = DisclosureCode.ROLLOUTS_LEFT_OUT
        message = f"pods that a rollout adds for a while (maxSurge) are not counted, as the policy says (demand.surge); {ENDING}"
    yield Statement("rollouts", message, code=code)
    if demand.hpa == "now":
        yield Statement(
            "autoscalers",
            "workloads are counted at what they run now, as the policy says (demand.hpa): pods that a "
            "HorizontalPodAutoscaler adds may find no place",
            code=DisclosureCode.AUTOSCALERS_NOW,
        )
    if demand.cron_jobs == "one":
        yield Statement(
            "CronJobs",
            "one run of each is counted, as the policy says (demand.cronJobs): runs that overlap may find no place",
            code=DisclosureCode.CRON_JOBS_ONCE,
        )
