"""How many pods of one description each topology domain holds, kept up to date pod by pod.

What kube-scheduler counts anew for each pod in PreFilter (pkg/scheduler/framework/plugins/podtopologyspread/filtering.go,
pkg/scheduler/framework/plugins/interpodaffinity/filtering.go).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from models.kubernetes.node import Node
from models.kubernetes.pod import Pod

Domain = tuple[str, str]
"""A topology key and one of its values."""


class Ground:
    """Which domains a pod on each of the nodes counts in (none: not at all); one ground may bear many tallies."""

    def __init__(self, domains: Callable[[Node], tuple[Domain, ...]], nodes: Iterable[Node]) -> None:
        self._domains = domains
        self._of: dict[str, tuple[Domain, ...]] = {}
        self._nodes: Counter[Domain] = Counter()
        self.all: dict[Domain, None] = {}
        self.tallies: list[Tally] = []
        for node in nodes:
            self.join(node)

    def of(self, node: Node) -> tuple[Domain, ...]:
        """Return the domains in which a pod on this node counts."""
        return self._of.get(node.name, ())

    def join(self, node: Node) -> None:
        """Take a node in; a domain that is new with it holds no pods."""
        domains = self._domains(node)
        if not domains:
            return
        self._of[node.name] = domains
        for domain in domains:
            self._nodes[domain] += 1
            if domain not in self.all:
                self.all[domain] = None
                for tally in self.tallies:
                    tally.open(domain)

    def leave(self, node: Node) -> None:
        """Forget an empty node; a domain that was its alone is there no longer."""
        for domain in self._of.pop(node.name, ()):
            self._nodes[domain] -= 1
            if not self._nodes[domain]:
                del self.all[domain]
                for tally in self.tallies:
                    tally.close(domain)


@dataclass(slots=True, eq=False)
class Tally:
    """Counts per domain of a ground; `wants` says which pods count."""

    wants: Callable[[Pod], bool]
    ground: Ground
    counts: dict[Domain, int] = field(init=False)
    _lowest: int | None = None

    def __post_init__(self) -> None:
        """Begin with no pods in any domain."""
        self.counts = dict.fromkeys(self.ground.all, 0)
        self.ground.tallies.append(self)

    def add(self, node: Node, count: int) -> None:
        """Count `count` more pods on the node, or fewer where it is negative."""
        for domain in self.ground.of(node):
            self.counts[domain] += count
        self._lowest = None

    def open(self, domain: Domain) -> None:
        """Begin to count in a domain."""
        self.counts[domain] = 0
        self._lowest = None

    def close(self, domain: Domain) -> None:
        """Count in the domain no longer."""
        del self.counts[domain]
        self._lowest = None

    def at(self, domain: Domain) -> int:
        """Return the count in a domain, 0 for one that nothing is known of."""
        return self.counts.get(domain, 0)

    def any(self) -> bool:
        """Say whether any pod counts in any domain."""
        return any(self.counts.values())

    def lowest(self, at_least: int) -> int:
        """Return the smallest count of any domain; 0 where there are fewer domains than `at_least`, or none."""
        if len(self.counts) < max(1, at_least):
            return 0
        if self._lowest is None:
            self._lowest = min(self.counts.values())
        return self._lowest


def domain_of(node: Node, key: str) -> tuple[Domain, ...]:
    """Return the node's domain of one topology key, or nothing where it lacks the label."""
    return ((key, node.labels[key]),) if key in node.labels else ()
