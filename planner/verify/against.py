"""What has changed since a plan was made: the inputs read again, against those that the plan carries.

Bytes that differ are a note; what the plan would have to judge anew is an error. Where a thing was read does not count, nor do
the nodes that the plan buys; where pods run today changes by itself, and is a warning.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from models.answer.finding import ERROR, INFO, WARNING, Difference, Finding, FindingCode
from models.answer.plan import Input, IsolationPlan
from models.disclosure import DisclosureCode
from models.frozen_map import EMPTY_COUNTS, FrozenMap
from models.kubernetes import version
from models.kubernetes.cluster import Cluster, placeless
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.resources import ATTACHED, DEVICES, DISKS, DRIVERS, FEATURES, Resources
from models.kubernetes.workload import Workload
from models.serialise import encode
from models.source import NOWHERE, Source
from models.trust import PolicyNodes, TrustPolicy
from planner.admission import strangers
from planner.admission.policies import are_in_force

_COUNTED_BY_PODS = (ATTACHED, DEVICES, DISKS, DRIVERS, FEATURES)
"""Resources of which a node is said to have only what the pods of the input ask for."""
_Said = tuple[str, str]
Named = dict[str, tuple[Any, Source]]
"""Name -> a noun, and where it was read."""


def files(plan: IsolationPlan, again: Iterable[Input]) -> Iterator[Finding]:
    """Yield a note for every file that was read again and is another, is new, or is not there any more.

    A file of the same bytes is the same wherever it is, and one of the same name may be elsewhere on another machine.
    """
    now = sorted(again)
    known, roles = {digest.role for digest in plan.digests}, {file.role for file in now}
    for role in sorted(roles - known):
        yield _note(role, "role", role=role)
    # Who names the policy alone is not told that the nodes are gone.
    before, now = [digest for digest in plan.digests if digest.role in roles], [file for file in now if file.role in known]
    for same in (_wholly, _by_bytes):
        _, before, now = _pairs(before, now, same)
    changed, gone, new = _pairs(before, now, _by_name)
    others, gone, new = _pairs(gone, new, _by_last_name)
    for file, other in (*changed, *others):
        yield _note(other.name, "bytes", role=file.role, was="" if file.name == other.name else file.name)
    for file in gone:
        yield _note(file.name, "gone", role=file.role)
    for file in new:
        yield _note(file.name, "new", role=file.role)


def _wholly(file: Input) -> Hashable:
    return file


def _by_bytes(file: Input) -> Hashable:
    return file.role, file.digest


def _by_name(file: Input) -> Hashable:
    return file.role, file.name


def _by_last_name(file: Input) -> Hashable:
    return file.role, file.name.rpartition("/")[2]


def _pairs(
    before: Iterable[Input], now: Iterable[Input], key: Callable[[Input], Hashable]
) -> tuple[list[tuple[Input, Input]], list[Input], list[Input]]:
    """Return the pairs of which both have the same key, and what is left on both sides."""
    left: dict[Hashable, list[Input]] = {}
    for file in before:
        left.setdefault(key(file), []).append(file)
    pairs: list[tuple[Input, Input]] = []
    rest: list[Input] = []
    for other in now:
        partners = left.get(key(other))
        if partners:
            pairs.append((partners.pop(0), other))
        else:
            rest.append(other)
    return pairs, [file for some in left.values() for file in some], rest


def _note(subject: str, case: str, **facts: str) -> Finding:
    return Finding.of(FindingCode.AGAINST_FILE, INFO, subject, case=case, **facts)


def policy(plan: IsolationPlan, again: TrustPolicy) -> Iterator[Finding]:
    """Yield an error if the policy is another."""
    before, now = replace(plan.policy, where=NOWHERE), replace(again, where=NOWHERE)
    if before != now:
        subject, differences = f"TrustPolicy {plan.policy.name}", _differences(before, now)
        yield Finding.of(FindingCode.AGAINST_POLICY, ERROR, subject, again.where, differences=differences)


def nodes(plan: IsolationPlan, again: Cluster, alone: bool = False) -> Iterator[Finding]:
    """Yield an error for every node and NodeShape that is another; where they were read `alone`, no pod asks for anything."""
    for kind, before, now in (
        ("node", (node for node in plan.cluster.nodes if not node.shape), again.nodes),
        ("NodeShape", plan.cluster.shapes, again.shapes),
    ):
        yield from _compared(FindingCode.AGAINST_NODE, kind, _named(before, kind, alone), _named(now, kind, alone))
    by, newest = plan.cluster.kubernetes, version.newest(again.nodes)
    if newest and by != newest:
        yield Finding.of(FindingCode.AGAINST_NODE, WARNING, "Kubernetes", case="version", by=by, newest=newest)


def _named(given: Iterable[Node | NodeShape], kind: str, alone: bool) -> Named:
    return {f"{kind} {node.name}": (_bare(node) if alone else replace(node, where=NOWHERE), node.where) for node in given}


def _bare(node: Any) -> Any:
    real = {name: amount for name, amount in node.allocatable.items() if not name.startswith(_COUNTED_BY_PODS)}
    allocatable: Resources = FrozenMap(real)
    return replace(node, where=NOWHERE, allocatable=allocatable)


def cluster(plan: IsolationPlan, again: Cluster) -> Iterator[Finding]:
    """Yield what is another of a cluster that was read again as a whole."""
    yield from nodes(plan, again)
    yield from _workloads(plan, again)
    for kind, before, now in zip(_KINDS, _objects(plan.cluster), _objects(again), strict=True):
        yield from _compared(FindingCode.AGAINST_OBJECT, kind, before, now)
    yield from _statements(_unread(plan, plan.cluster), _unread(plan, again))
    if plan.cluster.live and not again.live:
        yield Finding.of(FindingCode.AGAINST_OBJECT, ERROR, "cluster", case="not live")
    today = replace(plan.cluster, denying=again.denying)
    shut_then, shut_now = (are_in_force(plan.policy, plan.trust, given, plan.rings) for given in (plan.cluster, today))
    if shut_then and not shut_now:
        yield Finding.of(FindingCode.AGAINST_OBJECT, ERROR, "every ring", case="not in force")


def _workloads(plan: IsolationPlan, again: Cluster) -> Iterator[Finding]:
    known, now = ({str(workload.id): workload for workload in cluster.workloads} for cluster in (plan.cluster, again))
    both, keys = sorted(known.keys() & now.keys()), plan.policy.nodes
    patched = [name for name in both if _enters_rings(now[name], keys) and not _enters_rings(known[name], keys)]
    yield from _compared(FindingCode.AGAINST_WORKLOAD, "workload", _still(known), _still(now), patched)
    for name in both:
        if known[name].running != now[name].running:
            facts = {"said": known[name].running, "now": now[name].running}
            yield Finding.of(FindingCode.AGAINST_RUNNING, WARNING, name, now[name].where, **facts)


def _enters_rings(workload: Workload, keys: PolicyNodes) -> bool:
    """Say whether its pods select a ring and tolerate one by name, as patches write it."""
    pod = workload.template
    return keys.label_key in pod.node_selector and any(toleration.key == keys.taint_key for toleration in pod.tolerations)


def _still(workloads: Mapping[str, Workload]) -> Named:
    return {
        name: (replace(workload, where=NOWHERE, running=EMPTY_COUNTS), workload.where) for name, workload in workloads.items()
    }


_KINDS = ("Namespace", "PersistentVolumeClaim", "PersistentVolume", "StorageClass", "PodDisruptionBudget", "static pod")


def _objects(given: Cluster) -> tuple[Named, ...]:
    """Return the other objects that bear on placement, kind by kind."""
    maps: tuple[Mapping[str, Any], ...] = (given.namespaces, given.claims, given.volumes, given.storage_classes)
    return (
        *({name: (noun, NOWHERE) for name, noun in nouns.items()} for nouns in maps),
        {f"{budget.namespace}/{budget.name}": (budget, NOWHERE) for budget in given.budgets},
        {
            f"{resident.pod.namespace}/{resident.name} on {resident.node}": (replace(resident, where=NOWHERE), resident.where)
            for resident in given.residents
        },
    )


def _unread(plan: IsolationPlan, cluster: Cluster) -> dict[_Said, DisclosureCode]:
    """Return what is not modelled of a cluster, policies that are the plan's own left out."""
    hooked = strangers.statements(replace(plan.cluster, hooks=cluster.hooks), plan.policy, plan.trust, plan.rings)
    return {(statement.subject, statement.message): statement.code for statement in (*placeless(cluster).unread, *hooked)}


def _statements(codes: Mapping[_Said, DisclosureCode], codes_now: Mapping[_Said, DisclosureCode]) -> Iterator[Finding]:
    """Yield what is not modelled of the inputs of today, and what no longer is."""
    known, now = codes.keys(), codes_now.keys()
    for said in sorted(known & now):
        if codes[said] != codes_now[said]:
            facts = {"said": codes[said], "now": codes_now[said], "message": said[1]}
            yield Finding.of(FindingCode.AGAINST_UNREAD, ERROR, said[0] or "a file", case="code", **facts)
    for subject, message in sorted(now - known):
        yield Finding.of(FindingCode.AGAINST_UNREAD, ERROR, subject or "a file", case="new", message=message)
    for subject, message in sorted(known - now):
        yield Finding.of(FindingCode.AGAINST_UNREAD, WARNING, subject or "a file", case="gone", message=message)


def _compared(code: FindingCode, kind: str, before: Named, now: Named, patched: Collection[str] = ()) -> Iterator[Finding]:
    prefix = "" if kind in ("node", "NodeShape", "workload") else f"{kind} "
    for name in sorted({*before, *now}):
        subject = f"{prefix}{name}"
        if name not in now:
            yield Finding.of(code, ERROR, subject, case="gone", kind=kind)
        elif name not in before:
            yield Finding.of(code, ERROR, subject, now[name][1], case="new", kind=kind)
        elif before[name][0] != now[name][0]:
            differences = _differences(before[name][0], now[name][0])
            yield Finding.of(
                code, ERROR, subject, now[name][1], case="patched" if name in patched else "differs", differences=differences
            )


def _differences(before: Any, now: Any) -> tuple[Difference, ...]:
    """Return in which fields two nouns differ: what the plan has, and what is there now."""
    said, is_now = dict(_leaves("", encode(before))), dict(_leaves("", encode(now)))
    paths = [path for path in {**said, **is_now} if said.get(path, _ABSENT) != is_now.get(path, _ABSENT)]
    return tuple(Difference(path, _text(said, path), _text(is_now, path)) for path in paths)


_ABSENT = object()


def _text(leaves: Mapping[str, Any], path: str) -> str | None:
    return str(leaves[path]) if path in leaves else None


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the path of every single value, and of what is empty."""
    pairs: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        pairs = ((f"[{key}]" if "." in key or "/" in key else f".{key}", item) for key, item in value.items())
    elif isinstance(value, list):
        pairs = ((f"[{index}]", item) for index, item in enumerate(value))
    if not isinstance(value, dict | list) or not value:
        yield path.removeprefix("."), value
    for step, item in pairs:
        yield from _leaves(path + step, item)
