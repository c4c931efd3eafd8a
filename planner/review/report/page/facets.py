"""What the script filters by: the choices of level, group, namespace and node group, and what is on each node."""

import json
from collections.abc import Iterable

from models.answer.review import Review
from planner.view.format import clean
from planner.view.picture.svg import safe


def facets(review: Review) -> str:
    """Write a choice for each kind of thing of which there are several."""
    spaces = {_space(name) for known in review.groups for name in known.workloads}
    spaces |= {_space(name) for node in review.nodes for name in (*node.pods, *node.daemons)}
    kinds = (
        ("level", "Level", [level for level in review.levels if any(known.level == level for known in review.groups)]),
        ("group", "Group", [known.name for known in review.groups if known.name != known.level]),
        ("space", "Namespace", sorted(spaces)),
        ("pool", "Node group", sorted({node.group for node in review.nodes} - {""})),
    )
    chosen = "".join(_choice(kind, label, names) for kind, label, names in kinds if len(names) > 1)
    return f'<details class="js by"><summary>Filter</summary><div>{chosen}</div></details>' if chosen else ""


def _choice(kind: str, label: str, names: Iterable[str]) -> str:
    options = "".join(f"<option>{safe(name)}</option>" for name in names)
    return f'<label>{label} <select data-by="{kind}"><option value="">all</option>{options}</select></label>'


def _space(workload: str) -> str:
    """Return the namespace of KIND/NAMESPACE/NAME."""
    return workload.split("/")[1] if workload.count("/") > 1 else ""


def _kept(review: Review) -> dict[str, list[str] | list[int]]:
    """Write why nodes stay, and the number of the reason for each node; -1 of one that could go, or that nobody asked of."""
    asked = [ring.removable for ring in review.rings if ring.removable]
    why = {keeper.node: clean(f"{keeper.kind}: {keeper.who}: {keeper.why}") for answer in asked for keeper in answer.keepers}
    reasons = sorted(set(why.values()))
    number = {reason: place for place, reason in enumerate(reasons)}
    return {"reasons": reasons, "kept": [number[why[node.name]] if node.name in why else -1 for node in review.nodes]}


def contents(review: Review) -> str:
    """Write which pods and daemons are on each node and who they are, by number; no name can end the script element."""
    names = sorted({name for node in review.nodes for name in (*node.pods, *node.daemons)})
    number = {name: position for position, name in enumerate(names)}
    on = [
        [[number[name], count] for name, count in node.pods.items()] + [[number[name], 0] for name in node.daemons]
        for node in review.nodes
    ]
    group_of = {name: place for place, known in enumerate(review.groups) for name in known.workloads}
    written = {
        "names": [clean(name) for name in names],
        "spaces": [clean(_space(name)) for name in names],
        "of": [group_of.get(name, -1) for name in names],
        "groups": [
            {
                "name": clean(known.name),
                "level": clean(known.level),
                "ring": clean(known.ring),
                "spaces": sorted({clean(_space(name)) for name in known.workloads}),
            }
            for known in review.groups
        ],
        "on": on,
        **_kept(review),
    }
    text = json.dumps(written, separators=(",", ":"), ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
