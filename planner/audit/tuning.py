"""What of a plan is made anew when it is verified, and with how much work: each constant with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditTuning:
    """The steering constants of an audit; none of them lets a lie pass that counting refutes, what is larger is said."""

    simulated: int = 5_000_000
    """Up to so many pods kube-scheduler is simulated: each takes memory."""
    pairs: int = 1_500
    """Up to so many pairs of class and node are solved once more, which takes a second or so."""
    workloads: int = 400
    """Up to so many workloads: of thousands that are few classes a contradiction is looked for workload by workload."""
    members: int = 12
    """Of up to so many demands that contradict each other it is looked at whether each is needed: that is a problem for each."""
    work: float = 1.0
    """The solver's budget for each goal: what is small is solved with less."""
    tolerance: float = 1e-6
    """Numbers that differ by no more are the same: a plan has them rounded to as many digits."""


AUDITING = AuditTuning()
