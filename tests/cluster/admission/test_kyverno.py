"""Kyverno's own program refuses what the API server refuses, and admits what it admits: the rows that create something.

`kyverno apply` knows no old object and no subresource, so the rows that change something are not asked of it. It is `kyverno` on
PATH, or what KYVERNO names; without it the tests are skipped.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.cluster.admission.admitted import ADMITTED
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.requests import MERGE, Naming, Object, Table, Who, namespace
from tests.cluster.admission.shop import SPACES, patched
from tests.cluster.stage import Run

PROGRAM = os.environ.get("KYVERNO") or shutil.which("kyverno")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="there is no kyverno")
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
    things = {sentence: with_name(naming.name(sentence, row.thing)) for sentence, row in NEW.items()}
    for who in {row.who for row in NEW.values()}:
        mine = {sentence: things[sentence] for sentence, row in NEW.items() if row.who == who}
        failed = failing(folder, sorted(policies.glob("[!k]*.yaml")), who, mine.values())
        verdicts |= {sentence for sentence, thing in mine.items() if key(thing) in failed}
    return verdicts


def with_name(thing: Object) -> Object:
    """Give a thing that the API server would name a name."""
    meta = thing["metadata"]
    return thing if "name" in meta else {**thing, "metadata": {**meta, "name": f"{meta['generateName']}x"}}


def key(thing: Object) -> tuple[str, str, str]:
    return thing["kind"], thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def failing(folder: Path, policies: Iterable[Path], who: Who, things: Iterable[Object]) -> set[tuple[str, str, str]]:
    """Ask kyverno as one user, and return what fails."""
    user = {"groups": list(who.groups), "username": who.name}
    info = {"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "UserInfo", "metadata": {"name": "user"}, "userInfo": user}
    given = {"resources": listed([*map(namespace, SPACES), *things]), "user": info, "values": VALUES}
    for name, document in given.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    files = [str(file) for file in policies if not file.name.startswith("rings-of-")]
    command = [str(PROGRAM), "apply", *files, "-r", "resources.json", "-u", "user.json", "-f", "values.json"]
    done = subprocess.run([*command, "-p", "--output-format", "json"], cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout[done.stdout.index("{") :])
    results = [result for result in report["results"] if result["result"] in ("fail", "error")]
    return {(each["kind"], each.get("namespace", ""), each["name"]) for result in results for each in result["resources"]}


def listed(things: list[Object]) -> Object:
    return {"apiVersion": "v1", "kind": "List", "items": things}


@pytest.mark.parametrize("sentence", of_new_things(BYPASSES))
def test_a_way_around_the_rings_is_refused(refused: set[str], sentence: str) -> None:
    assert sentence in refused


@pytest.mark.parametrize("sentence", of_new_things(ADMITTED))
def test_what_is_legitimate_is_admitted(refused: set[str], sentence: str) -> None:
    assert sentence not in refused
