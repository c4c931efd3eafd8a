"""Who evaluates the policies: what is written for it, and how that is put in force and taken back."""

from collections.abc import Callable
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from planner.admission.policies import joining_policies, mutating_policies
from planner.emit.policies import gatekeeper, kyverno, objects, static

KUBERNETES, STATIC, KYVERNO, GATEKEEPER = "kubernetes", "static", "kyverno", "gatekeeper"
Writer = Callable[[IsolationPlan, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """What puts a part of the policies in force, what takes it back, and whether a plan has that part."""

    shut: str
    open: str
    is_due: Callable[[IsolationPlan], bool] = bool


@dataclass(frozen=True, slots=True)
class Engine:
    """How policies are written (path -> content; the second argument says by which version and from what), and the steps.

    Those that refuse are in the `folder`; `unseen` is what it lets pass as it is installed.
    """

    folder: str
    write: Writer
    parts: tuple[Step, ...]
    unseen: tuple[str, ...] = ()

    def steps(self, plan: IsolationPlan) -> tuple[str, ...]:
        """Return what is to be done once all else is."""
        return tuple(step.shut for step in self.parts if step.is_due(plan))

    def way_back(self, plan: IsolationPlan) -> tuple[str, ...]:
        """Return what is to be done before all else is undone."""
        return tuple(step.open for step in reversed(self.parts) if step.is_due(plan))


def _lifts(plan: IsolationPlan) -> bool:
    return bool(mutating_policies(plan.policy, plan.trust, plan.cluster))


def _joins(plan: IsolationPlan) -> bool:
    return bool(joining_policies(plan.policy, plan.cluster, plan.rings))


_JOINING = Step(
    f"`kubectl apply -k {objects.JOINING_FOLDER}`, from Kubernetes 1.36: nodes that join have their group's ring at once",
    f"`kubectl delete -k {objects.JOINING_FOLDER}`, if it was applied",
    _joins,
)
_LIFTING = Step(
    f"`kubectl apply -k {objects.MUTATING_FOLDER}`, from Kubernetes 1.36: pods that no patch reaches get their ring, too",
    f"`kubectl delete -k {objects.MUTATING_FOLDER}`, if it was applied",
    _lifts,
)
_REFUSING = Step(
    f"`kubectl apply -k {objects.FOLDER}`, by who runs the cluster: admission policies shut the rings, at last",
    f"`kubectl delete -k {objects.FOLDER}`: the rings are open again",
)
_FILES = Step(
    f"`{static.FOLDER}` to the machines of the API server, as `{static.CONFIGURATION}` says: its policies shut the rings",
    f"The API server without `{static.FOLDER}`: the rings are open again",
)
_OF_KYVERNO = Step(
    f"`kubectl apply -k {kyverno.FOLDER}`, by who runs the cluster, with Kyverno set up as its head says: the rings are shut",
    f"`kubectl delete -k {kyverno.FOLDER}`: the rings are open again",
)
_TEMPLATES = Step(
    f"`kubectl apply -k {gatekeeper.TEMPLATES}`, by who runs the cluster, with Gatekeeper set up as its head says",
    f"`kubectl delete -k {gatekeeper.TEMPLATES}`",
)
_CONSTRAINTS = Step(
    f"`kubectl apply -k {gatekeeper.CONSTRAINTS}`, once all templates are created: the rings are shut",
    f"`kubectl delete -k {gatekeeper.CONSTRAINTS}`: the rings are open again",
)
_UNSEEN_BY_KYVERNO = (
    "Kyverno, as it is installed, sees neither nodes, bindings and ReplicaSets, nor kubelets, nor kube-system: the head of "
    f"`{kyverno.FOLDER}/kustomization.yaml` says what to set.",
    "Whoever may delete Kyverno's webhooks opens the rings.",
)
_UNSEEN_BY_GATEKEEPER = (
    "Gatekeeper, as it is installed, lets in what it cannot judge, and is not asked about changes of status and finalizers: the "
    f"head of `{gatekeeper.TEMPLATES}/kustomization.yaml` says what to set.",
    "Whoever may delete Gatekeeper's webhook, its constraints, or exempt a namespace from it, opens the rings.",
)
ENGINES = {
    KUBERNETES: Engine(objects.FOLDER, objects.files, (_JOINING, _LIFTING, _REFUSING)),
    STATIC: Engine(static.FOLDER, static.files, (_FILES,)),
    KYVERNO: Engine(kyverno.FOLDER, kyverno.files, (_OF_KYVERNO,), _UNSEEN_BY_KYVERNO),
    GATEKEEPER: Engine(
        gatekeeper.FOLDER, gatekeeper.files, (_JOINING, _LIFTING, _TEMPLATES, _CONSTRAINTS), _UNSEEN_BY_GATEKEEPER
    ),
}
