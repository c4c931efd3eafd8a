"""Breaks one thing after the other, in a copy of the repository, and sees the test fail that is there for it: `make mutants`.

First each test is seen to pass on the copy as it is. With words, only rows whose name has one of them are tried.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".control-plane", "build", "__pycache__", ".*_cache")
PASSED, FAILED, ERROR = 0, 1, -1
"""What came of a test: one that could not begin, or not be cleared away after, has shown nothing."""
MUCH = 4000
"""So many characters are shown of what pytest says where it is not what was expected."""
CLUSTER = "tests/cluster/"


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is broken: `new` instead of `old`, which is once in the file; which test is to fail, and how little of it will do."""

    name: str
    file: str
    old: str
    new: str
    test: tuple[str, ...]
    few: Mapping[str, int] = field(default_factory=dict)


MUTANTS = (
    Mutant(
        "a rule with a wrong operator: NotIn means In",
        "planner/rules/selectors.py",
        "return bool(values) and (value is None or value not in values)",
        "return bool(values) and value in values",
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 100},
    ),
    Mutant(
        "a rule that lets NoExecute pass",
        "planner/rules/plugins/tainttoleration.py",
        'HARD_EFFECTS = ("NoSchedule", "NoExecute")',
        'HARD_EFFECTS = ("NoSchedule",)',
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 100},
    ),
    Mutant(
        "nodes without the CSI driver of a volume",
        "planner/read/storage/attach_limits.py",
        "required = self.required if version >= DRIVERS_REQUIRED else ()",
        "required: tuple[str, ...] = ()",
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 100},
    ),
    Mutant(
        "a volume of an earlier claim of that name",
        "planner/rules/plugins/volumebinding.py",
        "    return not volume.claim_uid or (volume.claim_uid == claim.uid if claim.uid else volume.bound)\n",
        "    return True\n",
        ("tests/rules/plugins/test_volumebinding.py", "-k", "earlier"),
    ),
    Mutant(
        "a claim that is being deleted",
        "planner/rules/plugins/volumebinding.py",
        "        if claim.deleting:\n",
        "        if claim.deleting and not claim.bound:\n",
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 200},
    ),
    Mutant(
        "storage that a claim does not find",
        "planner/rules/plugins/volumebinding.py",
        "if one.largest >= size), None)",
        "), None)",
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 200},
    ),
    Mutant(
        "what volumes leave of storage",
        "planner/simulate/scores/volumebinding.py",
        "MOST - MOST * asked // there",
        "MOST * asked // there",
        (f"{CLUSTER}test_storage_scores.py",),
    ),
    Mutant(
        "the number of a StatefulSet's first pod",
        "planner/rules/statefulset.py",
        "range(workload.start_ordinal, workload.start_ordinal + workload.pods)",
        "range(workload.pods)",
        ("tests/rules/test_statefulset.py",),
    ),
    Mutant(
        "what a LimitRange gives to containers",
        "planner/read/pods/limit_ranges.py",
        "            limits |= default\n",
        "",
        (f"{CLUSTER}test_normalisation.py", "-k", "template_becomes"),
    ),
    Mutant(
        "what a LimitRange refuses",
        "planner/read/pods/limit_ranges.py",
        "    if not any(limits.bounds for limits in ranges):\n",
        "    if ranges:\n",
        (f"{CLUSTER}test_normalisation.py", "-k", "template_becomes"),
    ),
    Mutant(
        "a priority without its class",
        "planner/read/pods/defaulting.py",
        "    elif spec.priority not in (None, found):\n",
        "    elif spec.priority == -found:\n",
        (f"{CLUSTER}test_normalisation.py", "-k", "refuses_we_refuse"),
    ),
    Mutant(
        "label keys that the selector has, too",
        "planner/read/pods/match_label_keys.py",
        "        if key in seen and key in same and key not in other:\n",
        "        if key in seen and key in same and key in other:\n",
        (f"{CLUSTER}test_normalisation.py", "-k", "refuses_we_refuse"),
    ),
    Mutant(
        "a patch without its toleration",
        "planner/emit/patches/toleration.py",
        'return _append(spec, written, {"key": taint_key, "operator": "Equal", "value": ring})',
        "return []",
        (f"{CLUSTER}test_plans.py", "-k", "sample and quickstart"),
    ),
    Mutant(
        "nodes that are not tainted",
        "planner/emit/nodes/scripts.py",
        "_TAINT: _commands(staying, keys, _taint)}",
        "_TAINT: []}",
        (f"{CLUSTER}test_plans.py", "-k", "sample and quickstart"),
    ),
    Mutant(
        "nodes that keep their labels when all is undone",
        "planner/emit/nodes/scripts.py",
        "_LABEL: _commands(staying, keys, _label_back)}",
        "_LABEL: []}",
        (f"{CLUSTER}test_plans.py", "-k", "sample and quickstart"),
    ),
    Mutant(
        "gates that nobody speaks of",
        "planner/settle/disclosures/general.py",
        "    if pod.scheduling_gates:",
        "    if pod.scheduling_gates and False:",
        (f"{CLUSTER}test_plans_held.py",),
    ),
    Mutant(
        "the loss of a zone that nobody speaks of",
        "planner/rules/placement/failure_repacking.py",
        "return [(zone, tuple(sorted(found[zone]))) for zone in sorted(found)]",
        "return []",
        (f"{CLUSTER}test_plans.py", "-k", "random_cluster_holds"),
        {"RINGFENCE_FIRST": 4, "RINGFENCE_CLUSTERS": 3},
    ),
    Mutant(
        "no room for what a rollout adds",
        "planner/read/workloads/peak_pods.py",
        "added = rollout.added(maker.pods) if rollout else 0",
        "added = 0",
        (f"{CLUSTER}test_plans_rolling.py",),
    ),
    Mutant(
        "guides and head-room off: nobody is foreseen to be pending",
        "planner/simulate/__init__.py",
        "        if pods:\n            name = groups",
        "        if pods < 0:\n            name = groups",
        (f"{CLUSTER}test_promise.py", "-k", "no_pod_is_pending"),
        {"RINGFENCE_GREEDY": 2},
    ),
    Mutant(
        "a score that weighs less",
        "planner/simulate/scores/__init__.py",
        '"TaintToleration": 3',
        '"TaintToleration": 2',
        (f"{CLUSTER}test_foresee.py", "-k", "every_score"),
        {"RINGFENCE_FORESEEN": 4},
    ),
    Mutant(
        "those put out that are the most important",
        "planner/simulate/scheduler/preemption.py",
        "return sorted(there, key=lambda one: (-one.priority, one.since))",
        "return sorted(there, key=lambda one: (one.priority, one.since))",
        (f"{CLUSTER}test_foresee.py", "-k", "put_out"),
        {"RINGFENCE_FORESEEN": 4},
    ),
    Mutant(
        "pods that are not spread of themselves",
        "planner/simulate/scheduler/pods.py",
        "return self.workload.kind in SPREAD_BY_DEFAULT and not",
        "return False and not",
        (f"{CLUSTER}test_foresee_lives.py",),
        {"RINGFENCE_FORESEEN": 12},
    ),
    Mutant(
        "a proof that takes nodes to have twice the room",
        "planner/simulate/any_order_proof/subset_sums.py",
        'next_up = np.append(self._sums, NEVER)[np.searchsorted(self._sums, room, side="right")]',
        'next_up = np.append(self._sums, NEVER)[np.searchsorted(self._sums, room * 2, side="right")]',
        (f"{CLUSTER}test_any_order.py",),
    ),
    Mutant(
        "losses that are not looked at",
        "planner/solve/redundancy/check.py",
        "for ring in sorted({plan.ring_of[n] for n in loss.nodes} - {EVERYWHERE}):",
        "for ring in ():",
        (f"{CLUSTER}test_plans_survive.py", "-k", "lost_node"),
        {"RINGFENCE_SURVIVORS": 3},
    ),
    Mutant(
        "a role that may not list DaemonSets",
        "samples/live/clusterrole.yaml",
        "resources: [daemonsets, deployments,",
        "resources: [deployments,",
        (f"{CLUSTER}test_live_door.py", "-k", "shipped_role"),
    ),
    Mutant(
        "verify: strangers in a ring",
        "planner/verify/rings/division.py",
        "            if not trust_each_other(real[one], real[other], plan.policy):\n                yield",
        "            if False:\n                yield",
        ("tests/verify/test_verify_rings.py",),
    ),
    Mutant(
        "verify: a bound that is rounded up too far",
        "planner/verify/certificate/knapsack.py",
        "return max(0, -(-total // (scale * step)) * step)",
        "return max(0, (-(-total // (scale * step)) + 1) * step)",
        ("tests/verify/test_verify_certificate.py",),
    ),
    Mutant(
        "verify: the loss of zones that count more than once",
        "planner/verify/certificate/zone_loss.py",
        "-(-total // (most * step)) * step",
        "-(-total // step) * step",
        ("tests/verify/test_verify_certificate_losses.py",),
    ),
    Mutant(
        "verify: a node more than a ring needs, although its loss need not be survived",
        "planner/verify/certificate/zone_loss.py",
        "if survived.issuperset(dear) else 0",
        "if dear else 0",
        ("tests/verify/test_verify_certificate_losses.py",),
    ),
    Mutant(
        "the solver: a proof by pods that keep apart where nothing keeps them so",
        "planner/solve/buy/market/rule_classes.py",
        "and _everywhere(problem, apart)",
        "",
        ("tests/solve/buy/test_buy_apart.py",),
    ),
    Mutant(
        "the solver: a proof by the dearest node that a ring may lose",
        "planner/solve/buy/bound/dual_certificate.py",
        "return min((cost if survived",
        "return max((cost if survived",
        ("tests/solve/test_lasting.py", "-k", "trying_everything"),
    ),
    Mutant(
        "the solver: bought nodes that no loss takes",
        "planner/solve/instance/offers_as_nodes.py",
        "nodes=(*loss.nodes, *new), offers=()",
        "offers=()",
        ("tests/solve/test_lasting.py", "-k", "least_that_survives"),
    ),
    Mutant(
        "the solver: nodes that hold more than they have",
        "planner/solve/exact/constraints/capacity.py",
        "else facts.room[node, ring]",
        "else facts.room[node, ring] * 2",
        ("tests/solve/test_solve_brute_force.py",),
    ),
    Mutant(
        "pools whose nodes are filled as if pods always came out even",
        "planner/solve/node_pools/anneal/pool_sizing.py",
        "extra = (most * self.slack + (lost.sum(axis=1) - most) * self.tuning.anneal.others) // WHOLE",
        "extra = (lost.sum(axis=1) - most) * self.tuning.anneal.others // WHOLE",
        ("tests/solve/node_pools/anneal/test_equal_pools.py",),
    ),
    Mutant(
        "pools that are changed whatever room that leaves them",
        "planner/solve/node_pools/local_search/moves.py",
        "worst = np.maximum(worst, (np.clip(over, 0, room) << FINE) // room)",
        "worst = np.maximum(worst, (np.clip(over, 0, 0) << FINE) // room)",
        ("tests/solve/node_pools/local_search/test_moves.py",),
    ),
    Mutant(
        "the best plan as it was found, not as it is steadied",
        "planner/solve/node_pools/local_search/search.py",
        "sorted(found.values(), key=lambda each: each[0])",
        "found.values()",
        ("tests/solve/node_pools/local_search/test_search.py", "-k", "fewest_in_many"),
    ),
    Mutant(
        "pods of one zone that nobody asks to survive the loss of a node",
        "planner/solve/buy_redundant/replicas_per_zone.py",
        "(loss.offers, zone.offers), (zone.tied, loss.tied))",
        "(loss.offers, zone.offers))",
        ("tests/solve/test_lasting.py", "-k", "one_of_its_nodes"),
    ),
    Mutant(
        "nodes that are bought although the owned ones do",
        "planner/refine/purchase.py",
        "    return not any(ring.buy for ring in packing.rings) and (buys or made.verdict != FEASIBLE)",
        "    return False",
        ("tests/pipeline/test_needless.py",),
    ),
    Mutant(
        "pools of one shape that no label tells apart",
        "planner/rules/purchased_node.py",
        "return replace(node, labels=Labels({**node.labels, key: name})) if name else node",
        "return node",
        ("tests/refine/moves/test_node_pools.py", "-k", "one_shape"),
    ),
)


def main(words: list[str]) -> int:
    """Try every row, or those that are named; the exit code says whether every test failed that was to."""
    chosen = [each for each in MUTANTS if not words or any(word in each.name for word in words)]
    if not chosen:
        print(f"no row is named so: {' '.join(words)}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / ROOT.name
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        (copy / ".control-plane").symlink_to(ROOT / ".control-plane")
        for test, few in dict.fromkeys((each.test, tuple(each.few.items())) for each in chosen):
            if _run(copy, test, dict(few), expected=PASSED) != PASSED:
                print(f"{' '.join(test)} does not pass before anything is broken")
                return 1
            print(f"passes as it is: {' '.join(test)}", flush=True)
        alive = list(_alive(copy, chosen))
    print(f"{len(chosen) - len(alive)} of {len(chosen)} broken things are noticed")
    return bool(alive)


def _alive(copy: Path, chosen: list[Mutant]) -> Iterator[Mutant]:
    """Yield the rows whose test does not fail."""
    for each in chosen:
        file = copy / each.file
        sound = file.read_text(encoding="utf-8")
        file.write_text(broken(each, sound), encoding="utf-8")
        code = _run(copy, each.test, each.few)
        file.write_text(sound, encoding="utf-8")
        print(f"{'noticed' if code == FAILED else f'NOT NOTICED ({code})'}: {each.name}", flush=True)
        if code != FAILED:
            yield each


def broken(mutant: Mutant, sound: str) -> str:
    """Return the text of the file with what is broken."""
    if sound.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} has this {sound.count(mutant.old)} times: {mutant.old}")
    return sound.replace(mutant.old, mutant.new)


def _run(copy: Path, test: tuple[str, ...], few: Mapping[str, int], expected: int = FAILED) -> int:
    environment = {**os.environ, **{name: str(value) for name, value in few.items()}, "RINGFENCE_CI": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    code = ERROR if "\nERROR " in done.stdout else done.returncode
    if code != expected:
        print(done.stdout[-MUCH:], done.stderr[-MUCH:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
