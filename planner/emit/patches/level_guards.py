"""Guards what a workload's level came from: one that says another since the plan was made must not build into its old ring.

Tested are the level's label wherever a workload may carry it, there or absent; the tenant's where tenants are kept apart; what
rules of the policy looked at to give the level: the labels of the pod template, and of what an image lifts the images. Not
guarded are the label of the Namespace, which no patch of a workload sees, image volumes, and the images of all others, which
change with every release: the plan says so under `unenforced`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.kubernetes.labels import Labels
from models.kubernetes.pod import Container
from models.kubernetes.workload import Raw, Workload
from models.trust import Match, Membership, TrustPolicy
from planner.emit.patches.operations import Operation, add, expect, guard, pointer, pointer_of, remove, replace

_BY_THE_JOB = ("batch.kubernetes.io/job-name", "job-name")
"""Labels that the API server writes into a Job's template: no manifest has them (pkg/registry/batch/job/strategy.go)."""
_BY_CONTROLLERS = {*_BY_THE_JOB, "batch.kubernetes.io/controller-uid", "controller-uid"}
_END = {"name": "ringfence-guard"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Metadata that may carry tags, by its path, and its labels."""

    path: str
    labels: Labels


def level_guards(workload: Workload, member: Membership, policy: TrustPolicy, namespace: Labels) -> list[Operation]:
    """Return what fails the build where the level may be another by now; `namespace` are the labels of its Namespace."""
    places, level, tenant = _places(workload), policy.labels.level, policy.labels.tenant
    tagged = {key for labels in (*(place.labels for place in places), namespace) for key in labels}
    parted = member.group.partition("/")[0] in policy.separate_tenants
    operations = [operation for key in ((level, tenant) if parted else (level,)) for operation in _tag(workload, places, key)]
    rules = _rules(member, policy, level in tagged, parted and tenant not in tagged)
    operations += [_label(workload, places[0], key) for rule in rules for key in _selecting(rule, workload)]
    labels = {operation["path"]: operation for operation in operations}
    is_lifted = member.everywhere or member.group.partition("/")[0] not in policy.levels[-1:]
    return [*labels.values(), *(_images(workload) if is_lifted and _is_by_image(member, policy) else ())]


def lowered(workload: Workload, member: Membership, key: str) -> list[Operation]:
    """Return what lets a workload that was demoted say its new level: policies refuse who says another than that of its ring."""
    if not member.demoted:
        return []
    said = (place for place in _places(workload) if key in place.labels)
    return [replace(pointer_of(f"{place.path}.labels") + pointer(key), member.group.partition("/")[0]) for place in said]


def _places(workload: Workload) -> list[_Place]:
    """Return where a workload may carry tags, its pod template first; a bare Pod is its own."""
    path = f"{workload.template_path}.metadata" if workload.template_path else "metadata"
    places = [_Place(path, workload.template.labels)]
    if workload.id.full_kind == "CronJob":
        places.append(_Place("spec.jobTemplate.metadata", workload.run_labels))
    return places if path == "metadata" else [*places, _Place("metadata", workload.labels)]


def _tag(workload: Workload, places: Sequence[_Place], key: str) -> Iterator[Operation]:
    """Test a tag in every place, or its absence.

    What comes after the nearest that carries it is not tested where it has no labels: nothing tells a first label from a tag.
    Beside the pod template a stored object is tested only for the nearest tag, as the API server gives a Job the labels of its
    template and writes out metadata that a manifest leaves out (pkg/apis/batch/v1/defaults.go SetDefaults_Job).
    """
    is_carried = False
    for place in places:
        is_told = _is_told(workload, place, place is places[0], key in place.labels and not is_carried)
        if is_told and not (is_carried and _missing(workload, place)):
            yield _label(workload, place, key)
        is_carried = is_carried or key in place.labels


def _is_told(workload: Workload, place: _Place, is_template: bool, is_nearest: bool) -> bool:
    """Say whether what is known of the labels there is what a manifest says."""
    return not workload.stored or is_nearest or (is_template and not {*place.labels} <= _BY_CONTROLLERS)


def _label(workload: Workload, place: _Place, key: str) -> Operation:
    """Test a label, or that it is absent; where there are no labels at all, or no metadata, a test can only be of that."""
    missing = _missing(workload, place)
    if missing:
        return guard(pointer_of(missing), None)
    return expect(pointer_of(f"{place.path}.labels") + pointer(key), place.labels.get(key))


def _missing(workload: Workload, place: _Place) -> str:
    """Return the path of the labels, or of the metadata, that are not there."""
    return next((path for path in (place.path, f"{place.path}.labels") if path in workload.absent), "")


def _rules(member: Membership, policy: TrustPolicy, is_tagged: bool, wants_tenant: bool) -> Sequence[Match]:
    """Return the rules that decided what it is: of those for the untagged the first that matches, so that none before it did."""
    if member.everywhere:
        return policy.everywhere if member.rule is None else policy.everywhere[member.rule : member.rule + 1]
    if is_tagged and not wants_tenant:
        return ()
    last = len(policy.assign) if member.rule is None or wants_tenant else member.rule + 1
    return [rule.match for rule in policy.assign[:last]]


def _selecting(rule: Match, workload: Workload) -> Iterator[str]:
    """Yield the keys of the labels that a rule looks at."""
    if rule.labels is not None:
        for key in (*rule.labels.match_labels, *(expression.key for expression in rule.labels.match_expressions)):
            if not (workload.id.full_kind == "Job" and key in _BY_THE_JOB):
                yield key


def _is_by_image(member: Membership, policy: TrustPolicy) -> bool:
    rules = policy.everywhere if member.everywhere else [rule.match for rule in policy.assign]
    return member.rule is not None and any(rule.asks_for_images for rule in rules[member.rule : member.rule + 1])


def _images(workload: Workload) -> Iterator[Operation]:
    pod, spec = workload.template, pointer_of(workload.spec_path)
    yield from _listed(f"{spec}/containers", pod.containers, None)
    yield from _listed(f"{spec}/initContainers", pod.init_containers, workload.written.init_containers)


def _listed(path: str, containers: Sequence[Container], written: Raw | None) -> Iterator[Operation]:
    """Test the image of each container, and that there are no more of them."""
    if not containers:
        yield guard(path, written)
        return
    for index, container in enumerate(containers):
        yield expect(f"{path}/{index}/image", container.image or None)
    # No operation tests how long a list is, but what is put at its end has this number only if there are no more.
    yield add(f"{path}/-", _END)
    yield expect(f"{path}/{len(containers)}", _END)
    yield remove(f"{path}/{len(containers)}")
