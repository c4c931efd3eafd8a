"""Instances A and B with ringfence and with the real Karpenter, in one run: dollars a month, pods that stay pending, churn.

Usage: python -m tests.benchmarks.karpenter [--minutes N] [--seconds N] [--days N] [A] [B]. Needs the control plane and Karpenter
(make control-plane). Ours is the exact packing, and the plan that kube-scheduler keeps, tried on the real one; it is looked for
as long as it takes, or for so many seconds. Karpenter consolidates for so many minutes (4). So many days of churn (1) differ in
who rolls out when and in who is rescaled.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.answer.plan import IsolationPlan
from models.solver.problem import Problem
from planner import pipeline, read
from tests.benchmarks import kept, manifests
from tests.benchmarks.churn import Day
from tests.benchmarks.instances import INSTANCES, missing
from tests.benchmarks.measure import CLI, ROOT, Run, run
from tests.benchmarks.provisioned import Karpenter
from tests.cluster.bed import ControlPlane
from tests.cluster.build import release
from tests.cluster.stage import Stage
from tests.cluster.tools import KARPENTER

HOURS_A_MONTH, MILLION = 730, 10**6
ENDS_AFTER, SLOWEST = "bed.ringfence.dev/ends-after", 5
"""Pods keep their room for up to so many seconds once they are to end, while their successors look for theirs."""
MOVED = 10
"""One workload in so many has an autoscaler."""
Object = dict[str, Any]


@dataclass(slots=True)
class Contest:
    """One instance, and where its files are."""

    name: str
    problem: Problem
    folder: Path
    minutes: float
    seconds: int | None = None
    days: int = 1
    bound: float = 0.0

    def run(self) -> None:
        """Print both sides."""
        say(f"{self.name}: the exact packing")
        done, exact = self.plan("exact", (), "--packing", "exact", "--gap", "0.01")
        if exact is None:
            print(f"{self.name}: no plan: {done}")
            return
        self.bound = cost(exact).bound
        say(f"{self.name}: the plan that kube-scheduler keeps")
        kept_done, plan = self.plan("kept", (), *(("--time-limit", str(self.seconds)) if self.seconds else ()))
        self.bound = max(self.bound, cost(plan).bound if plan else 0.0)
        print(f"\n{self.name}: proven: no placement costs less than {self.bound:,.4f} an hour, {month(self.bound)} a month")
        self.row("ringfence, exact packing", cost(exact).value, "not tried", took(done))
        if plan is not None:
            left = self.arrived(plan)
            self.row(f"ringfence, {plan.verdict} plan", cost(plan).value, " ".join(map(str, left)), took(kept_done))
        say(f"{self.name}: Karpenter, consolidating for {self.minutes:g} minutes")
        self.karpenter()
        say(f"{self.name}: a day of churn")
        self.churn()

    def plan(self, name: str, scaled: tuple[int, ...], *options: str) -> tuple[Run, IsolationPlan | None]:
        """Write the files, run `ringfence plan`, and read what it wrote.

        Of the `scaled` the plan counts the most replicas; where there are such it is also to hold while workloads roll out, for
        which it may keep pods on nodes of their own.
        """
        guide = "require" if scaled else "prefer"
        files = manifests.write(self.problem, self.folder / name, guide, scaled=scaled, surge=bool(scaled))
        target = self.folder / f"{name}.yaml"
        done = run(*CLI, "plan", *files.arguments(), *options, "-o", str(target), quiet=True)
        say(f"  {took(done)}")
        return done, pipeline.load(str(target)) if target.exists() else None

    def row(self, what: str, price: float, pending: str, note: str) -> None:
        """Print one row."""
        above = f"{price / self.bound - 1:.1%}"
        print(f"  {what:32} {price:9.4f} {above:>8} {month(price):>10}  pending {pending:14} {note}", flush=True)

    def arrived(self, plan: IsolationPlan) -> list[int]:
        """Return how many pods the real kube-scheduler leaves pending in each of five orders."""
        with plane(controllers=False, kwok=False) as started:
            started.create_namespaces([level.lower() for level in self.problem.rings])
            return [left for _, left in kept.pending(started, kept.with_plain_names(plan))]

    def karpenter(self) -> None:
        """Print what Karpenter pays once all pods are placed, and at the end; each minute goes to stderr."""
        files = manifests.write(self.problem, self.folder / "karpenter")
        shapes = read.read_cluster((files.workloads,), (files.shapes,), read.read_policy(files.policy)).shapes
        with plane() as started:
            moments = Karpenter(started, self.problem, shapes, self.folder).moments(self.minutes)
            first = last = next(moments)
            self.row("Karpenter, all pods placed", first.cost / MILLION, str(first.pending), f"{first.seconds:.0f} s")
            for last in moments:
                say(f"  Karpenter: {last}")
        if last is not first:
            note = f"{last.nodes} nodes"
            self.row(f"Karpenter, {last.seconds / 60:.0f} min later", last.cost / MILLION, str(last.pending), note)

    def churn(self) -> None:
        """Plan with autoscalers, and print how many pods are pending at the end of each hour, for several days of that plan."""
        scaled = tuple(range(0, len(self.problem.classes), MOVED))
        done, plan = self.plan("day", scaled)
        if plan is None:
            print(f"  no plan for a day of churn: {done}")
            return
        what = f"every workload rolled out, {len(scaled)} rescaled by half or double"
        print(f"  churn on the real control plane: {plan.verdict} plan, {cost(plan).value:.4f} an hour; {what}; {took(done)}")
        moved = frozenset(self.problem.classes[at].name for at in scaled)
        for seed in range(1, self.days + 1):
            with plane() as started:
                day = Day(started, kept.with_plain_names(plan), self.patched(started, "day"), moved, seed)
                looks = list(day.hours())
            left = [look.pending.total() for look in looks]
            print(f"  day {seed}: pending at most {max(left)}, by the hour {left}", flush=True)
            for look in looks:
                if look.pending or not look.settled:
                    print(f"    {look}", flush=True)

    def patched(self, started: ControlPlane, name: str) -> list[Object]:
        """Return the Deployments as `ringfence patch` and `kubectl kustomize` make them."""
        base = self.folder / name
        (base / "kustomization.yaml").write_text("resources: [workloads.json]\n", encoding="utf-8")
        stage = Stage(started, command, self.folder, str(Path(sys.executable).with_name("kubectl")))
        made = stage.build(base, stage.patch(name))
        deployments = [one for one in made if one["kind"] == "Deployment"]
        for at, one in enumerate(deployments):
            metadata = one["spec"]["template"].setdefault("metadata", {})
            metadata.setdefault("annotations", {})[ENDS_AFTER] = f"{1 + at % SLOWEST}s"
        return deployments


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run ringfence."""
    return subprocess.run([*CLI, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)


@contextmanager
def plane(**wishes: bool) -> Iterator[ControlPlane]:
    """Run a control plane of one's own."""
    with (
        tempfile.TemporaryDirectory(prefix="ringfence-measured-") as folder,
        ControlPlane.start(release().folder, Path(folder) / "plane", **wishes) as started,
    ):
        yield started


def cost(plan: IsolationPlan) -> Any:
    """Return the goal of the cost."""
    return next(goal for goal in plan.goals if goal.name == "cost")


def month(price: float) -> str:
    """Write what a price per hour comes to in a month."""
    return f"{price * HOURS_A_MONTH:,.0f}"


def took(done: Run) -> str:
    """Write how long a command took."""
    return f"{done.wall:.0f} s ({done.cpu:.0f} s of processor), exit code {done.code}"


def say(line: str) -> None:
    """Tell the person who waits."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Measure the instances named, or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=["A", "B", []], metavar="INSTANCE")
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--days", type=int, default=1)
    given = parser.parse_args()
    if not (release().is_built() and KARPENTER.is_built()):
        print("the control plane and Karpenter are not built: run make control-plane", file=sys.stderr)
        return 1
    for name in given.names or ("A", "B"):
        if why := missing(name):
            print(f"{name}: skipped, {why}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            Contest(name, INSTANCES[name](), Path(folder), given.minutes, given.seconds, given.days).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
