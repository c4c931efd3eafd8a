"""What steers a search stands in its room's Tuning and is passed in; a number at the top of a module is a fact that says so."""

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

ROOMS = ("solve", "simulate")
DEFAULTS = ("POOLS", "SIMULATING", "SOLVING")
"""What is passed in where nobody says otherwise."""
FACTS = {
    "stands for none, for all, or for no limit, and is no amount": (
        "simulate/any_order_proof/subset_sums: NEVER",
        "simulate/scheduler/nodes: NOWHERE",
        "simulate/scheduler/ranking/kept_scores: NEVER",
        "solve/buy/bound/dual_cuts: PLENTY",
        "solve/buy/market/types: EVERYWHERE",
        "solve/buy/market/types: MANY",
        "solve/buy/solve: ENDLESS",
        "solve/exact/constraints/symmetry_breaking: ALONE, ALONE_AND_STANDING",
        "solve/heuristics/rule_counters: MANY",
        "solve/infeasible/oracle: WHOLE",
        "solve/instance/arrays: EVERYWHERE",
        "solve/instance/validate: EVERYWHERE",
        "solve/node_pools/anneal/chains: NO_WAY",
        "solve/node_pools/instance/candidate: NONE",
        "solve/node_pools/instance/ring: ENDLESS",
        "solve/node_pools/local_search/greedy_scheduler: OUTSIDE",
        "solve/node_pools/local_search/search: NEVER",
        "solve/place/min_nodes: NOT_FOUND",
        "solve/shape_per_workload/assign: ANYWHERE",
    ),
    "says in which parts whole numbers count, or how large they may become": (
        "simulate/any_order_proof/lp_dual_bound: ONE",
        "simulate/any_order_proof/lp_dual_bound: _HEAVIEST",
        "simulate/any_order_proof/proof: _FINE",
        "simulate/scores/resources_at_once: LARGEST",
        "solve/blocks/master: FINE",
        "solve/bound/aggregate_model: FINE",
        "solve/buy/bound/column_certificate: ROUGH",
        "solve/buy/bound/dual_certificate: SCALE",
        "solve/buy/bound/lp_relaxation: MILLION",
        "solve/buy/bound/tree_certificate: DIGITS",
        "solve/buy/column_generation/pricing: WHOLE",
        "solve/heuristics/large_neighbourhood: LARGEST_WEIGHT",
        "solve/instance/goal_values: LARGEST",
        "solve/instance/goal_values: WHOLE",
        "solve/node_pools/anneal/chains: PARTS",
        "solve/node_pools/anneal/chains: WHOLE",
        "solve/node_pools/anneal/pool_sizing: MANY",
        "solve/node_pools/instance/candidate: WHOLE",
        "solve/node_pools/local_search/moves: AMPLE",
        "solve/node_pools/local_search/moves: FULL, FINE",
        "solve/runtime/cp_sat: LOWEST, HIGHEST",
        "solve/shape_per_workload/assign: SHARES",
    ),
    "is a tolerance without which rounding would pass for a gain, or a loss": (
        "solve/buy/bound/branch_and_bound: WHOLE",
        "solve/buy/bound/dual_cuts: NOISE",
        "solve/buy/bound/tree_certificate: LOSS",
        "solve/buy/column_generation/master: GAIN",
        "solve/buy/pack/ruin_and_recreate: NOISE",
        "solve/node_pools/anneal/equal_pools: TINY",
    ),
    "says what is asked, or what counts as an answer, and not how long it is sought": (
        "solve/buy/bound/lp_relaxation: PER_RANK",
        "solve/instance/affinity_order: MOST_OPENINGS_TRIED",
        "solve/instance/variants: REQUIRED, OPTIONAL",
        "solve/node_pools/anneal/chains: FINE",
    ),
    "spreads draws, or turns, evenly": (
        "solve/buy/pack/lp_guided: GOLDEN",
        "solve/node_pools/local_search/greedy_scheduler: DRAWS, NEXT_FLOW, NEXT_LUCK",
        "solve/node_pools/local_search/greedy_scheduler: LUCK",
    ),
    "is kube-scheduler's own": (
        "simulate/scheduler/preemption: LOWEST",
        "simulate/scheduler/ranking/score_inputs: DEFAULT_SPREAD",
        "simulate/scheduler/ranking/score_inputs: HARD_AFFINITY_WEIGHT",
        "simulate/scheduler/ranking/scoring: ENOUGH",
        "simulate/scores/__init__: MOST",
        "solve/node_pools/local_search/greedy_scheduler: SKEW",
        "solve/node_pools/local_search/greedy_scheduler: SPREAD, AFFINITY",
    ),
    "says how rows of numbers are laid out": (
        "simulate/scheduler/ranking/node_rows: AT_FREE",
        "simulate/scheduler/ranking/node_rows: EIGHT",
        "simulate/scheduler/topology_counts: NOTHING_COUNTED",
    ),
    "is about the process, its machine and whoever waits for it, and not about an answer": (
        "solve/runtime/cp_sat: PER_CONSTRAINT",
        "solve/runtime/interrupt: AT_ONCE",
        "solve/runtime/interrupt: ENDED",
        "solve/runtime/interrupt: MOMENT",
        "solve/runtime/interrupt: PATIENCE",
        "solve/runtime/workers: MOST",
        "solve/runtime/workers: POLL",
    ),
}
"""The numbers at the top of modules, by why nobody has to set them."""


def is_number(node: ast.expr) -> bool:
    """Say whether an expression is written with numbers alone, or with a number among others."""
    match node:
        case ast.Constant(value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.UnaryOp():
            return is_number(node.operand)
        case ast.BinOp():
            return is_number(node.left) and is_number(node.right)
        case ast.Tuple():
            return any(map(is_number, node.elts))
    return False


def numbers_of(text: str) -> Iterator[str]:
    """Yield the names of a module's constants that are numbers, or tuples with numbers."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                if is_number(value):
                    yield ast.unparse(target).strip("()")


def defaults_read(text: str) -> set[str]:
    """Return which of the defaults a module reads elsewhere than as what is passed in where nobody says otherwise."""
    tree = ast.parse(text)
    given = [node.args for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    shown = [part for args in given for part in (*args.defaults, *args.kw_defaults) if part]
    fields = [part for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body]
    shown += [part.value for part in fields if isinstance(part, ast.AnnAssign) and part.value]
    allowed = {id(name) for part in shown for name in ast.walk(part)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return {node.id for node in names if node.id in DEFAULTS and id(node) not in allowed}


def texts() -> Iterator[tuple[str, str]]:
    """Yield the modules of the rooms, but for what steers them."""
    for room in ROOMS:
        for file in sorted((ROOT / "planner" / room).rglob("*.py")):
            path = file.relative_to(ROOT / "planner").with_suffix("").as_posix()
            if not path.startswith(f"{room}/tuning"):
                yield path, file.read_text(encoding="utf-8")


def test_a_number_at_the_top_of_a_module_is_a_fact() -> None:
    found = {f"{path}: {name}" for path, text in texts() for name in numbers_of(text)}
    known = [fact for facts in FACTS.values() for fact in facts]
    assert found == set(known)
    assert len(known) == len(set(known))


def test_a_fact_says_below_its_name_what_it_is() -> None:
    for path, text in texts():
        body = ast.parse(text).body
        for node, below in zip(body, [*body[1:], None], strict=True):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and is_number(node.value):
                said = below.value if isinstance(below, ast.Expr) else None
                assert isinstance(said, ast.Constant), f"{path}: {ast.unparse(node)}"


def test_what_steers_is_passed_in_and_read_nowhere_else() -> None:
    assert {path: names for path, text in texts() if (names := defaults_read(text))} == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("MOST = 3", ["MOST"], id="a number"),
        pytest.param("MOST: int = -(1 << 20)", ["MOST"], id="one that is worked out, with its type"),
        pytest.param("SIZES = (6, 12)", ["SIZES"], id="several in a tuple"),
        pytest.param("FEW, MANY = 1, 0.5", ["FEW, MANY"], id="two constants in one line"),
        pytest.param("WEIGHTS = (('cpu', 3), ('memory', 5))", ["WEIGHTS"], id="numbers with their names"),
        pytest.param("_STEPS = 5", ["_STEPS"], id="one that is nobody else's"),
        pytest.param("NAME, IS_ON, BOTH = 'a', True, ('a', 'b')", [], id="no texts, and no flags"),
        pytest.param("ALL = len(NAMES)\ndef f():\n    MOST = 3", [], id="nothing that hangs on others, or is in a function"),
    ],
)
def test_each_way_to_write_a_number_down_is_seen(text: str, names: list[str]) -> None:
    assert list(numbers_of(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("def search(tuning=SOLVING, *, buy=SOLVING.buy): ...", set(), id="as defaults of a function"),
        pytest.param("class Search:\n    tuning: SolveTuning = SOLVING", set(), id="as what a field begins with"),
        pytest.param("class Chains:\n    tuning: T = field(default=POOLS, kw_only=True)", set(), id="so in a field's own words"),
        pytest.param("def search():\n    return SOLVING.buy", {"SOLVING"}, id="not in the middle of a function"),
        pytest.param("FEW = POOLS.kinds", {"POOLS"}, id="not at the top of a module"),
    ],
)
def test_what_is_passed_in_may_only_be_named_as_a_default(text: str, names: set[str]) -> None:
    assert defaults_read(text) == names
