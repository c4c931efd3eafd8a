"""The same problem gives the same outcome, whatever Python hashes and in whatever process."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from planner.solve import SearchContext, solve
from tests.soak import soak_after
from tests.solve.small_problems import small_problem

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import hashlib
from planner.solve import Budget, SearchContext, solve
from tests.solve.small_problems import small_problem
found = [solve(small_problem(seed), SearchContext(Budget(exact=exact))) for seed in range({problems}) for exact in (0, 12_000)]
print(hashlib.sha256(repr(found).encode()).hexdigest())
"""


@pytest.mark.parametrize(("seeds", "problems"), soak_after(1, [(("0", "4242"), 20), (("0", "1", "4242"), 40)]))
def test_the_outcome_does_not_depend_on_the_hash_seed(seeds, problems):
    said, program = set(), PROGRAM.format(problems=problems)
    for seed in seeds:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True)
        said.add(run.stdout)
    assert len(said) == 1


@pytest.mark.parametrize("seed", range(5))
def test_problems_and_outcomes_travel(seed):
    given = small_problem(seed)
    assert solve(pickle.loads(pickle.dumps(given)), SearchContext()) == solve(given)
    assert pickle.loads(pickle.dumps(solve(given))) == solve(given)


def test_asking_imports_no_solver():
    program = "import sys, planner.solve; sys.exit(any(name in sys.modules for name in ('ortools', 'numpy', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_solving_imports_no_pandas():
    program = "import sys, planner.solve.owned.solve; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
