"""Asks a control plane for what a row of a table wants, and has the things there that rows change."""

from typing import Any

from tests.cluster.admission.in_force import DRY, headers
from tests.cluster.admission.requests import APPLY, LABEL, MERGE, POST, TAINT, Naming, Object, Request, Table
from tests.cluster.admission.shop import SPACES
from tests.cluster.bed import ControlPlane
from tests.cluster.client import APPLY as APPLY_TYPE
from tests.cluster.client import MERGE as MERGE_TYPE


def before(table: Table, naming: Naming) -> list[Object]:
    """Return what must be there before the policies, each thing once."""
    things = [naming.name(sentence, row.thing) for sentence, row in table.items() if row.verb == MERGE or row.sub]
    there = {(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]): each for each in things}
    return [each for key, each in there.items() if key[0] != "Namespace" or key[2] not in SPACES]


def ask(plane: ControlPlane, sentence: str, row: Request, naming: Naming) -> tuple[int, Any]:
    """Ask for it without its being done."""
    thing = naming.name(sentence, row.thing)
    named = row.verb != POST or bool(row.sub)
    path = plane.client.path(thing, named=named) + (f"/{row.sub}" if row.sub else "") + DRY
    if row.verb == MERGE:
        return plane.try_request("PATCH", path, row.change, MERGE_TYPE, headers(row.who))
    if row.verb == APPLY:
        return plane.try_request("PATCH", f"{path}&fieldManager=row&force=true", thing, APPLY_TYPE, headers(row.who))
    body = row.change if row.sub else thing
    method = "PUT" if row.sub == "finalize" else "POST"
    return plane.try_request(method, path, body, more=headers(row.who))


def spec_in(thing: Object) -> Object:
    """Return the spec of a pod, or of what something makes."""
    spec: Object = thing["spec"]
    if thing["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    inner: Object = spec["template"]["spec"] if thing["kind"] != "Pod" else spec
    return inner


def ring_in(thing: Object) -> str:
    """Return the ring that a pod selects and whose taint it tolerates, whatever its effect; "" where it does neither."""
    spec = spec_in(thing)
    ring: str = spec.get("nodeSelector", {}).get(LABEL, "")
    tolerations = [each for each in spec.get("tolerations", ()) if each.get("key", TAINT) == TAINT and "effect" not in each]
    tolerated = [each for each in tolerations if each["operator"] == "Exists" or each.get("value") == ring]
    assert bool(tolerated) is bool(ring), spec
    return ring
