"""Who evaluates the policies: what is written for it, and how that is put in force and taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from planner.admission.policies import mutating_policies
from planner.emit.policies import kyverno, objects, static

KUBERNETES, STATIC, KYVERNO = "kubernetes", "static", "kyverno"
Writer = Callable[[IsolationPlan, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Engine:
    """How policies are written (path -> content; the second argument says by which version and from what), put in force, undone.

    `lift` and `drop` are the steps for policies that add, where they have a step of their own.
    """

    write: Writer
    shut: str
    open: str
    lift: str = ""
    drop: str = ""

    def steps(self, plan: IsolationPlan) -> tuple[str, ...]:
        """Return what is to be done once all else is."""
        return (*([self.lift] if self.lift and _lifts(plan) else []), self.shut)

    def way_back(self, plan: IsolationPlan) -> tuple[str, ...]:
        """Return what is to be done before all else is undone."""
        return (self.open, *([self.drop] if self.drop and _lifts(plan) else []))


def _lifts(plan: IsolationPlan) -> bool:
    return bool(mutating_policies(plan.policy, plan.trust, plan.cluster))


ENGINES = {
    KUBERNETES: Engine(
        objects.files,
        f"`kubectl apply -k {objects.FOLDER}`, by who runs the cluster: admission policies shut the rings, at last",
        f"`kubectl delete -k {objects.FOLDER}`: the rings are open again",
        f"`kubectl apply -k {objects.MUTATING_FOLDER}`, from Kubernetes 1.36: pods that no patch reaches get their ring, too",
        f"`kubectl delete -k {objects.MUTATING_FOLDER}`, if it was applied",
    ),
    STATIC: Engine(
        static.files,
        f"`{static.FOLDER}` to the machines of the API server, as `{static.CONFIGURATION}` says: its policies shut the rings",
        f"The API server without `{static.FOLDER}`: the rings are open again",
    ),
    KYVERNO: Engine(
        kyverno.files,
        f"`kubectl apply -k {kyverno.FOLDER}`, by who runs the cluster, with Kyverno set up as its head says: the rings are shut",
        f"`kubectl delete -k {kyverno.FOLDER}`: the rings are open again",
    ),
}
