"""Runs every sample through the command line and rewrites what it is expected to answer: make samples."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = tuple(sorted(path.parent.name for path in ROOT.glob("samples/*/trust.yaml")))
TRAPS = "traps"
"""What is mended of traps: those that have a folder `fix`, be it an empty one."""
KUBECTL = Path(sys.executable).with_name("kubectl")

EXPLAINED = {
    "quickstart": ("Deployment/payments/api", "node-1c"),
    "tenants": ("",),
    "infeasible": ("StatefulSet/vault/warehouse",),
    "brownfield": ("Deployment/plugins/acme", "worker-2"),
    "buying": ("Deployment/storefront/web", "m5.2xlarge@eu-west-1b#1"),
}
"""What `ringfence explain` is asked about; nothing for the list of what it can be asked about."""
USED = ("--usage", "samples/quickstart/usage.csv", "--rightsize", "20%")
REVIEWED = {"quickstart": ("--grow", "5%", "--lose", "zone=eu-west-1c", "--growth", "3%/month", *USED)}
"""What `ringfence review` is asked beside what it always says."""
EXPORTED = ("brownfield",)
"""Samples whose workloads a cluster told, namespaces and all: they are named with --nodes, too."""


def ringfence(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line from the repository's root, so that the answer names the files as the README does."""
    return subprocess.run([sys.executable, "cli.py", *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True)


def answer(sample: str, out: Path) -> None:
    """Write everything that the commands answer about one sample into the folder `out`."""
    out.mkdir(parents=True)
    given, plan = f"samples/{sample}", str(out / "plan.yaml")
    told = ("--nodes", f"{given}/workloads.yaml") if sample in EXPORTED else ()
    inputs = (f"{given}/workloads.yaml", *told, "--nodes", f"{given}/nodes.yaml", "--policy", f"{given}/trust.yaml")
    made = ringfence("plan", *inputs, "-o", plan)
    if not (out / "plan.yaml").exists():
        raise RuntimeError(f"{sample}: no plan was written\n{made.stderr.decode()}")
    (out / "exit-code").write_text(f"{made.returncode}\n")
    (out / "summary.txt").write_bytes(made.stdout)
    (out / "verify.txt").write_bytes(ringfence("verify", plan).stdout)
    if "mayShare" in (ROOT / given / "trust.yaml").read_text(encoding="utf-8"):
        (out / "tradeoff.txt").write_bytes(_check(ringfence("plan", *inputs, "--tradeoff")).stdout)
    if asked := EXPLAINED.get(sample):
        answers = [_check(ringfence("explain", plan, *filter(None, (name,)))).stdout for name in asked]
        (out / "explain.txt").write_bytes(b"\n\n".join(answers))
    if asked := REVIEWED.get(sample):
        _check(ringfence("review", plan, *asked, "-o", str(out / "review.md")))
    _check(ringfence("graph", plan, "-o", str(out / "graph.svg")))
    if made.returncode == 0:
        _check(ringfence("patch", plan, "-o", str(out / "patch")))


def mend(trap: Path) -> None:
    """Write what `ringfence check` offers to mend of a trap, and what kustomize makes of `bad` with it."""
    bad, fix, fixed = (trap / name for name in ("bad", "fix", "fixed"))
    beside = [(option, bad / name) for option, name in (("--nodes", "nodes.yaml"), ("--policy", "trust.yaml"))]
    given = [(option, file) for option, file in beside if file.exists()]
    for folder in (fix, fixed):
        shutil.rmtree(folder, ignore_errors=True)
    words = [str(word) for pair in given for word in pair]
    ringfence("check", str(bad / "workloads.yaml"), *words, "--fix", str(fix), "--fail-on", "never")
    fixed.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(fix, Path(scratch) / "fix")
        shutil.copy(bad / "workloads.yaml", scratch)
        (Path(scratch) / "kustomization.yaml").write_text("resources: [workloads.yaml]\ncomponents: [fix]\n")
        mended = _check(subprocess.run([KUBECTL, "kustomize", scratch], capture_output=True))
    (fixed / "workloads.yaml").write_bytes(mended.stdout)
    for _, file in given:
        shutil.copy(file, fixed)


def _check(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[bytes]:
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, done.args))}\n{done.stderr.decode()}")
    return done


def main() -> None:
    """Replace the expected folder of every sample, or of those named on the command line; traps are mended."""
    asked = sys.argv[1:] or (*SAMPLES, TRAPS)
    for fix in sorted((ROOT / "samples" / TRAPS).glob("*/fix")) if TRAPS in asked else ():
        mend(fix.parent)
    for sample in (name for name in asked if name != TRAPS):
        expected = ROOT / "samples" / sample / "expected"
        shutil.rmtree(expected, ignore_errors=True)
        answer(sample, expected)
        code = (expected / "exit-code").read_text().strip()
        print(f"{expected.relative_to(ROOT)}: {sum(path.is_file() for path in expected.rglob('*'))} files, exit code {code}")


if __name__ == "__main__":
    main()
