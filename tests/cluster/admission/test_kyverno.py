"""Kyverno's own program refuses what the API server refuses, and admits what it admits: the rows that create something.

`kyverno apply` knows no old object and no subresource, so the rows that change something are not asked of it. It is what
`make policy-engines` has built, `kyverno` on PATH, or what KYVERNO names; without it the tests are skipped.
"""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from tests.cluster.admission.admitted import ADMITTED
from tests.cluster.admission.asking import ring_in
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.requests import MERGE, TAINT, Naming, Object, Table, Who, namespace, owner, pod
from tests.cluster.admission.shop import SPACES, patched
from tests.cluster.admission.stored import as_stored
from tests.cluster.stage import Run
from tests.cluster.tools import KYVERNO

PROGRAM = KYVERNO.find()
pytestmark = pytest.mark.skipif(not PROGRAM, reason="there is no kyverno: make policy-engines builds it")
GROUPED = Path(__file__).parents[3] / "samples" / "node-groups" / "expected" / "plan.yaml"
EKS = "eks.amazonaws.com/nodegroup"
VALUES = {
    "apiVersion": "cli.kyverno.io/v1alpha1",
    "kind": "Values",
    "metadata": {"name": "values"},
    "globalValues": {"request.operation": "CREATE"},
}


def of_new_things(table: Table) -> Table:
    return {sentence: row for sentence, row in table.items() if row.verb != MERGE and not row.sub}


NEW = {**of_new_things(BYPASSES), **of_new_things(ADMITTED)}


@pytest.fixture(scope="module")
def refused(ringfence: Run, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the rows of which some policy says that they fail."""
    folder = tmp_path_factory.mktemp("kyverno")
    policies = patched(ringfence, folder, "--engine", "kyverno") / "kyverno-policy"
    naming, verdicts = Naming(), set[str]()
    things = {sentence: as_stored(naming.name(sentence, row.thing)) for sentence, row in NEW.items()}
    for who in {row.who for row in NEW.values()}:
        mine = {sentence: things[sentence] for sentence, row in NEW.items() if row.who == who}
        failed = failing(folder, sorted(policies.glob("[!k]*.yaml")), who, mine.values())
        verdicts |= {sentence for sentence, thing in mine.items() if key(thing) in failed}
    return verdicts


def key(thing: Object) -> tuple[str, str, str]:
    return thing["kind"], thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def failing(folder: Path, policies: Iterable[Path], who: Who, things: Iterable[Object]) -> set[tuple[str, str, str]]:
    """Ask kyverno as one user, and return what fails."""
    user = {"groups": list(who.groups), "username": who.name}
    info = {"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "UserInfo", "metadata": {"name": "user"}, "userInfo": user}
    given = {"resources": [*map(namespace, SPACES), *things], "user": [info], "values": [VALUES]}
    for name, documents in given.items():
        (folder / f"{name}.yaml").write_text("---\n".join(f"{json.dumps(each)}\n" for each in documents), encoding="utf-8")
    files = [str(file) for file in policies if not file.name.startswith("rings-of-")]
    command = [str(PROGRAM), "apply", *files, "-r", "resources.yaml", "-u", "user.yaml", "-f", "values.yaml"]
    done = subprocess.run([*command, "-p", "--output-format", "json"], cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout[done.stdout.index("{") :])
    results = [result for result in report["results"] if result["result"] in ("fail", "error")]
    return {(each["kind"], each.get("namespace", ""), each["name"]) for result in results for each in result["resources"]}


@pytest.mark.parametrize("sentence", of_new_things(BYPASSES))
def test_a_way_around_the_rings_is_refused(refused: set[str], sentence: str) -> None:
    assert sentence in refused


@pytest.mark.parametrize("sentence", of_new_things(ADMITTED))
def test_what_is_legitimate_is_admitted(refused: set[str], sentence: str) -> None:
    assert sentence not in refused


LONE, RUN, STRANGER = pod("payments"), owner("Job", "payments"), pod("default")


def changed(policies: Iterable[Path], *things: Object) -> list[Object]:
    """Return what kyverno makes of things."""
    folder = next(iter(policies)).parent
    resources = folder / "resources.json"
    resources.write_text("---\n".join(f"{json.dumps(each)}\n" for each in things), encoding="utf-8")
    command = [str(PROGRAM), "apply", *map(str, policies), "-r", str(resources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    parts = [part.partition(":\n")[2] for part in done.stdout.split("policy ringfence-")[1:]]
    return [each for each in (yaml.safe_load(part.partition("\n---\n")[0]) for part in parts) if each]


def test_what_no_patch_reaches_gets_its_ring_and_nothing_else_does(ringfence: Run, tmp_path: Path) -> None:
    policies = sorted((patched(ringfence, tmp_path, "--engine", "kyverno") / "kyverno-policy").glob("rings-of-*.yaml"))
    made = changed(policies, namespace("payments"), LONE, RUN, STRANGER)
    rings = {(each["kind"], each["metadata"]["namespace"]): ring_in(each) for each in made if each["kind"] != "Namespace"}
    assert rings == {("Pod", "payments"): "restricted", ("Job", "payments"): "restricted", ("Pod", "default"): ""}


@pytest.mark.parametrize(("group", "ring"), [("ledger", "accounts"), ("new", "")])
def test_a_node_that_joins_gets_the_ring_of_its_group(ringfence: Run, tmp_path: Path, group: str, ring: str) -> None:
    done = ringfence("patch", GROUPED, "-o", tmp_path / "patch", "--engine", "kyverno")
    assert done.returncode == 0, done.stderr
    joining = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "joining", "labels": {EKS: group}}, "spec": {}}
    (made,) = changed([tmp_path / "patch" / "kyverno-policy" / "rings-of-nodes.yaml"], joining)
    assert made["metadata"]["labels"].get(TAINT, "") == ring
    assert [each["value"] for each in made["spec"].get("taints", ()) if each["key"] == TAINT] == [ring][: bool(ring)]
