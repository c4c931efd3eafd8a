"""What may change or refuse pods beside a plan's own policies: which pods it would is not modelled, so it is named.

A policy of the plan is known by its name and what it says. One that says something else is another's, whatever it is called.
"""

from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode, Parameter
from models.kubernetes.cluster import AdmissionHook, Cluster, Statement
from models.trust import Trust, TrustPolicy
from planner.admission.digest import digest
from planner.admission.document import MutatingPolicy, Policy
from planner.admission.policies import Rings, accepted, mutating_policies
from planner.wording.disclosures import said


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: Rings) -> Iterator[Statement]:
    """Name all that may refuse pods in one statement, and each that may change them: a mesh and a policy engine have dozens."""
    hooks = strangers(cluster, policy, trust, rings)
    refusing = [hook for hook in hooks if not hook.changes]
    if refusing:
        yield _said("admission", refusing[0], case="may refuse", hooks=tuple(map(_name, refusing)))
    yield from (_said(_name(hook), hook, case="may change") for hook in hooks if hook.changes)


def _said(subject: str, hook: AdmissionHook, **facts: Parameter) -> Statement:
    return said(Disclosure.of(DisclosureCode.NOT_MODELLED, subject, hook.where, **facts))


def strangers(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: Rings) -> tuple[AdmissionHook, ...]:
    """Return what is asked as pods are admitted and is not the plan's own."""
    if not any(hook.digest for hook in cluster.hooks):
        return cluster.hooks
    refusing, adding = accepted(policy, trust, cluster, rings), mutating_policies(policy, trust, cluster)
    own = {*map(_told, refusing), *map(_told, adding)}
    return tuple(hook for hook in cluster.hooks if (hook.kind, hook.name, hook.digest) not in own)


def _told(policy: Policy | MutatingPolicy) -> tuple[str, str, str]:
    return policy.kind, policy.name, digest(policy.spec())


def _name(hook: AdmissionHook) -> str:
    return f"{hook.kind}/{hook.name}"
