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
from tests.mutation import Answer, Break, Drop, Entry, Never, Swap, Text, broken

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".control-plane", "build", "__pycache__", ".*_cache")
PASSED, FAILED, ERROR = 0, 1, -1
"""What came of a test: one that could not begin, or not be cleared away after, has shown nothing."""
MUCH = 4000
"""So many characters are shown of what pytest says where it is not what was expected."""
CLUSTER = "tests/cluster/"


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is broken `within` a function or constant of a file, and how; which test is to fail, and how little of it will do."""

    name: str
    file: str
    within: str
    how: Break
    test: tuple[str, ...]
    few: Mapping[str, int] = field(default_factory=dict)


CHECK = "tests/check/test_traps.py"
MUTANTS = (
    Mutant(
        "a toleration without a key, which nobody sees",
        "planner/check/estate/wildcard.py",
        "wildcard",
        Swap("not _A.key", "False"),
        (CHECK, "-k", "bad and tolerates-every-ring"),
    ),
    Mutant(
        "a right on a subresource that a star gives",
        "planner/check/estate/access.py",
        "_spellings",
        Swap('"/" in _A', "False"),
        ("tests/check/test_rules.py", "-k", "every and subresource"),
    ),
    Mutant(
        "an entry of a baseline that never ends",
        "planner/check/baseline.py",
        "Baseline._is_over",
        Swap("_A.expires < self.today", "False"),
        ("tests/check/test_accepting.py", "-k", "accepts_what_it_names"),
    ),
    Mutant(
        "a ring that a pod reaches by its own toleration",
        "planner/check/reachability.py",
        "_Asked._doors",
        Swap("self._is_let_in(_A, _B, _C)", "False"),
        ("tests/check/test_reachability.py", "-k", "door"),
    ),
    Mutant(
        "a fall into a level that a claim keeps for others",
        "planner/trust/members.py",
        "_met",
        Swap("not claims or any_pattern(_A, _B)", "True"),
        ("tests/pipeline/test_demotion.py", "-k", "claim_keeps"),
    ),
    Mutant(
        "a fall that verify believes",
        "planner/verify/rings/demotion.py",
        "_meets",
        Swap("any(assurance.unmet(_A, _B, _C))", "False"),
        ("tests/pipeline/test_demotion.py", "-k", "does_not_meet"),
    ),
    Mutant(
        "a stage that is reached where one of two terms selects the ring",
        "planner/check/stages.py",
        "_Cluster._of_template",
        Swap("terms and all(terms)", "any(terms)"),
        ("tests/check/test_stages.py", "-k", "one and two and terms"),
    ),
    Mutant(
        "a rule with a wrong operator: NotIn means In",
        "planner/rules/selectors.py",
        "requirement_matches",
        Swap("bool(_V) and (_A is None or _A not in _V)", "bool(_V) and _A in _V"),
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 100},
    ),
    Mutant(
        "a rule that lets NoExecute pass",
        "planner/rules/plugins/tainttoleration.py",
        "HARD_EFFECTS",
        Swap('("NoSchedule", "NoExecute")', '("NoSchedule",)'),
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 100},
    ),
    Mutant(
        "nodes without the CSI driver of a volume",
        "planner/read/storage/attach_limits.py",
        "Storage.learn",
        Swap("self.required if _A >= DRIVERS_REQUIRED else ()", "()"),
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 100},
    ),
    Mutant(
        "a volume of an earlier claim of that name",
        "planner/rules/plugins/volumebinding.py",
        "is_kept_for",
        Swap("not _A.claim_uid or _B", "True"),
        ("tests/rules/plugins/test_volumebinding.py", "-k", "earlier"),
    ),
    Mutant(
        "a claim that is being deleted",
        "planner/rules/plugins/volumebinding.py",
        "refusal",
        Swap("_A.deleting", "_A.deleting and not _A.bound"),
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 200},
    ),
    Mutant(
        "storage that a claim does not find",
        "planner/rules/plugins/volumebinding.py",
        "_enough",
        Swap("_A.largest >= _B", "True"),
        (f"{CLUSTER}test_filters.py", "-k", "verdict"),
        {"RINGFENCE_CASES": 200},
    ),
    Mutant(
        "what volumes leave of storage",
        "planner/simulate/scores/volumebinding.py",
        "score",
        Swap("MOST - MOST * _A // _B", "MOST * _A // _B"),
        (f"{CLUSTER}test_storage_scores.py",),
    ),
    Mutant(
        "the number of a StatefulSet's first pod",
        "planner/rules/statefulset.py",
        "numbers",
        Swap("range(_A.start_ordinal, _A.start_ordinal + _A.pods)", "range(_A.pods)"),
        ("tests/rules/test_statefulset.py",),
    ),
    Mutant(
        "what a LimitRange gives to containers",
        "planner/read/pods/limit_ranges.py",
        "read_limit_range",
        Drop("limits |= default"),
        (f"{CLUSTER}test_normalisation.py", "-k", "template_becomes"),
    ),
    Mutant(
        "what a LimitRange refuses",
        "planner/read/pods/limit_ranges.py",
        "refusals",
        Swap("not any(_A.bounds for _A in _B)", "_B"),
        (f"{CLUSTER}test_normalisation.py", "-k", "template_becomes"),
    ),
    Mutant(
        "a priority without its class",
        "planner/read/pods/defaulting.py",
        "_priority",
        Swap("_A.priority not in (None, _B)", "_A.priority == -_B"),
        (f"{CLUSTER}test_normalisation.py", "-k", "refuses_we_refuse"),
    ),
    Mutant(
        "label keys that the selector has, too",
        "planner/read/pods/match_label_keys.py",
        "_check_twice",
        Swap("_A in _B and _A in _C and _A not in _D", "_A in _B and _A in _C and _A in _D"),
        (f"{CLUSTER}test_normalisation.py", "-k", "refuses_we_refuse"),
    ),
    Mutant(
        "a patch without its toleration",
        "planner/emit/patches/toleration.py",
        "tolerate_ring",
        Swap('_append(_A, _B, {"key": _C, "operator": "Equal", "value": _D})', "[]"),
        (f"{CLUSTER}test_plans.py", "-k", "sample and quickstart"),
    ),
    Mutant(
        "nodes that are not tainted",
        "planner/emit/nodes/scripts.py",
        "commands",
        Swap("step(by_group.taint, _taint)", "[]"),
        (f"{CLUSTER}test_plans.py", "-k", "sample and quickstart"),
    ),
    Mutant(
        "nodes that keep their labels when all is undone",
        "planner/emit/nodes/scripts.py",
        "commands",
        Swap("step(by_group.label_back, _label_back)", "[]"),
        (f"{CLUSTER}test_plans.py", "-k", "sample and quickstart"),
    ),
    Mutant(
        "gates that nobody speaks of",
        "planner/settle/disclosures/general.py",
        "_of_workload",
        Never("_A.scheduling_gates"),
        (f"{CLUSTER}test_plans_held.py",),
    ),
    Mutant(
        "the loss of a zone that nobody speaks of",
        "planner/rules/placement/failure_repacking.py",
        "zones",
        Answer("[]"),
        (f"{CLUSTER}test_plans.py", "-k", "random_cluster_holds"),
        {"RINGFENCE_FIRST": 4, "RINGFENCE_CLUSTERS": 3},
    ),
    Mutant(
        "no room for what a rollout adds",
        "planner/read/workloads/pod_count/peak_pods.py",
        "at_peak",
        Swap("_A.added(_B) if _A else 0", "0"),
        (f"{CLUSTER}test_plans_rolling.py",),
    ),
    Mutant(
        "guides and head-room off: nobody is foreseen to be pending",
        "planner/simulate/run.py",
        "run_of",
        Swap("sorted(_A.pending.items(), key=_B)", "()"),
        (f"{CLUSTER}test_promise.py", "-k", "no_pod_is_pending"),
        {"RINGFENCE_GREEDY": 2},
    ),
    Mutant(
        "a score that weighs less",
        "planner/simulate/scores/__init__.py",
        "WEIGHTS",
        Entry('"TaintToleration"', "2"),
        (f"{CLUSTER}test_foresee.py", "-k", "every_score"),
        {"RINGFENCE_FORESEEN": 4},
    ),
    Mutant(
        "those put out that are the most important",
        "planner/simulate/scheduler/preemption.py",
        "_victims",
        Swap("(-_A.priority, _A.since)", "(_A.priority, _A.since)"),
        (f"{CLUSTER}test_foresee.py", "-k", "put_out"),
        {"RINGFENCE_FORESEEN": 4},
    ),
    Mutant(
        "pods that are not spread of themselves",
        "planner/simulate/scheduler/pods.py",
        "Group.is_spread",
        Swap("_A in SPREAD_BY_DEFAULT", "False"),
        (f"{CLUSTER}test_foresee_lives.py",),
        {"RINGFENCE_FORESEEN": 12},
    ),
    Mutant(
        "a proof that takes nodes to have twice the room",
        "planner/simulate/any_order_proof/subset_sums.py",
        "Sums.above",
        Swap('np.searchsorted(self._sums, _A, side="right")', 'np.searchsorted(self._sums, _A * 2, side="right")'),
        (f"{CLUSTER}test_any_order.py",),
    ),
    Mutant(
        "losses that are not looked at",
        "planner/solve/redundancy/check.py",
        "failures",
        Swap("sorted({_A for _B in _C.nodes} - {EVERYWHERE})", "()"),
        (f"{CLUSTER}test_plans_survive.py", "-k", "lost_node"),
        {"RINGFENCE_SURVIVORS": 3},
    ),
    Mutant(
        "a role that may not list DaemonSets",
        "samples/live/clusterrole.yaml",
        "",
        Text("resources: [daemonsets, deployments,", "resources: [deployments,"),
        (f"{CLUSTER}test_live_door.py", "-k", "shipped_role"),
    ),
    Mutant(
        "verify: strangers in a ring",
        "planner/verify/rings/division.py",
        "_strangers",
        Never("not trust_each_other(_A, _B, _C)"),
        ("tests/verify/test_verify_rings.py",),
    ),
    Mutant(
        "verify: a bound that is rounded up too far",
        "planner/verify/certificate/knapsack.py",
        "_up",
        Swap("-(-_A // _B) * _C", "(-(-_A // _B) + 1) * _C"),
        ("tests/verify/test_verify_certificate.py",),
    ),
    Mutant(
        "verify: the loss of zones that count more than once",
        "planner/verify/certificate/zone_loss.py",
        "lower_bound",
        Swap("-(-_A // (most * _B)) * _B", "-(-_A // _B) * _B"),
        ("tests/verify/test_verify_certificate_losses.py",),
    ),
    Mutant(
        "verify: a node more than a ring needs, although its loss need not be survived",
        "planner/verify/certificate/zone_loss.py",
        "_spare",
        Swap("_A.issuperset(_B)", "_B"),
        ("tests/verify/test_verify_certificate_losses.py",),
    ),
    Mutant(
        "the solver: a proof by pods that keep apart where nothing keeps them so",
        "planner/solve/buy/market/rule_classes.py",
        "limits_of",
        Swap("_everywhere(_A, _B)", "True"),
        ("tests/solve/buy/test_buy_apart.py",),
    ),
    Mutant(
        "the solver: a proof by the dearest node that a ring may lose",
        "planner/solve/buy/bound/dual_certificate.py",
        "_cheapest_lost",
        Swap("min", "max"),
        ("tests/solve/test_lasting.py", "-k", "trying_everything"),
    ),
    Mutant(
        "the solver: bought nodes that no loss takes",
        "planner/solve/instance/offers_as_nodes.py",
        "Expansion.losses",
        Swap("(*_A.nodes, *_B)", "_A.nodes"),
        ("tests/solve/test_lasting.py", "-k", "least_that_survives"),
    ),
    Mutant(
        "the solver: nodes that hold more than they have",
        "planner/solve/exact/constraints/capacity.py",
        "room_in",
        Swap("_A if _B else facts.room[_C, _D]", "_A if _B else facts.room[_C, _D] * 2"),
        ("tests/solve/test_solve_brute_force.py",),
    ),
    Mutant(
        "pools whose nodes are filled as if pods always came out even",
        "planner/solve/node_pools/anneal/pool_sizing.py",
        "PoolSizing._does",
        Swap("_A * self.slack + _B", "_B"),
        ("tests/solve/node_pools/anneal/test_equal_pools.py",),
    ),
    Mutant(
        "pools that are changed whatever room that leaves them",
        "planner/solve/node_pools/local_search/moves.py",
        "Moves.lacking",
        Swap("np.clip(over, 0, room)", "np.clip(over, 0, 0)"),
        ("tests/solve/node_pools/local_search/test_moves.py",),
    ),
    Mutant(
        "the best plan as it was found, not as it is steadied",
        "planner/solve/node_pools/local_search/search.py",
        "LocalSearch.steady",
        Swap("sorted(_A.values(), key=_B)", "_A.values()"),
        ("tests/solve/node_pools/local_search/test_search.py", "-k", "fewest_in_many"),
    ),
    Mutant(
        "pods of one zone that nobody asks to survive the loss of a node",
        "planner/solve/buy_redundant/replicas_per_zone.py",
        "_takes_along",
        Swap("(_A, _B, (zone.tied, loss.tied))", "(_A, _B)"),
        ("tests/solve/test_lasting.py", "-k", "one_of_its_nodes"),
    ),
    Mutant(
        "nodes that are bought although the owned ones do",
        "planner/refine/prices.py",
        "is_needless",
        Answer("False"),
        ("tests/pipeline/test_needless.py",),
    ),
    Mutant(
        "pools of one shape that no label tells apart",
        "planner/rules/purchased_node.py",
        "in_pool",
        Answer("node"),
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
        file.write_text(broken(sound, each.within, each.how), encoding="utf-8")
        code = _run(copy, each.test, each.few)
        file.write_text(sound, encoding="utf-8")
        print(f"{'noticed' if code == FAILED else f'NOT NOTICED ({code})'}: {each.name}", flush=True)
        if code != FAILED:
            yield each


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
