"""A plan as a folder for Git: patches of workloads, scripts for the nodes that are owned, and pools of those to buy."""

from hashlib import sha256

from models.answer.plan import Guide, IsolationPlan
from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload
from models.trust import Membership, PolicyNodes
from planner import MARK, VERSION
from planner.emit import yaml
from planner.emit.groups import group_files
from planner.emit.name import file_name, in_comment
from planner.emit.nodes.karpenter import FILE, NodeClass, pools, unknown_pools
from planner.emit.nodes.scripts import NOTHING_KEPT, Data, scripts
from planner.emit.patches.level_guards import level_guards, lowered
from planner.emit.patches.namespace import COMPONENT, Patch, namespace_files
from planner.emit.patches.workload import changes, operations
from planner.emit.policies.engine import ENGINES, KUBERNETES

AWS = NodeClass()
FROM_THE_BASE = "plan from the base, without the Component that is in this folder, or name another folder"
WITH_SHAPES = "plan with these NodeShapes beside the nodes, or name another folder and keep the pools that are there"
_NEEDED = "patches {}, which the plan found patched already: without it the next build would lose its ring"
_HOW = (
    "# List this folder under `components:` in an overlay above the one that sets namespace, namePrefix or labels.\n"
    "# In the order that strands no pod: nodes/apply.sh label, these patches and their rollouts, nodes/apply.sh taint.\n"
)
_NOT_YET = "# Not yet: node groups are to be made or to grow first, and then comes a new plan. README.md says how.\n"
_NOTHING = "# Nothing to patch: no manifest that the plan was made from gives a workload that is in a ring.\n"


def patches(
    plan: IsolationPlan,
    node_class: NodeClass = AWS,
    static: bool = False,
    data: Data = NOTHING_KEPT,
    engine: str = KUBERNETES,
) -> dict[str, str]:
    """Return path -> content of every file that `ringfence patch` writes, sorted by path.

    Pools of bought nodes name `node_class`; they hold exact numbers where they are `static`, else limits. `data` is what nodes
    keep of the pods that run on them, and the policies are for an `engine`.
    """
    files, origin = component(plan)
    for_nodes = {**scripts(plan, origin, data), **pools(plan, origin, node_class, static)}
    for_groups = group_files(plan, origin, node_class)
    return dict(sorted({**files, **for_nodes, **for_groups, **ENGINES[engine].write(plan, origin)}.items()))


def component(plan: IsolationPlan) -> tuple[dict[str, str], str]:
    """Return the Component that patches workloads, path -> content, and by which version and from what all files are."""
    folders = {f"workloads/{file_name(space)}": namespace_files(space, own) for space, own in _by_namespace(plan).items()}
    below = {f"{folder}/{name}": content for folder, files in folders.items() for name, content in files.items()}
    origin = f"{VERSION} from plan {in_comment(plan.name)}, patches {_digest(below)}"
    return {
        "kustomization.yaml": _kustomization(sorted(folders), origin, _how(plan, bool(folders)) + _left_to_hands(plan)),
        **below,
    }, origin


def _by_namespace(plan: IsolationPlan) -> dict[str, list[Patch]]:
    """Collect what a manifest gives, per namespace, with what must change; guards alone where it carries its ring already."""
    by_namespace: dict[str, list[Patch]] = {}
    guides = {guide.workload: guide for guide in plan.guides}
    given = (workload for workload in plan.cluster.workloads if not workload.by_hand)
    for workload in sorted(given, key=lambda candidate: (candidate.id.namespace, candidate.id)):
        member = plan.trust.members.get(str(workload.id))
        if member and _is_patched(workload, member, plan.policy.nodes):
            patch = _patch(plan, workload, member, guides.get(workload.id))
            by_namespace.setdefault(workload.id.namespace, []).append(patch)
    return by_namespace


def _is_patched(workload: Workload, member: Membership, nodes: PolicyNodes) -> bool:
    """Say whether it is changed or guarded; of what a cluster told and lacks nothing, nobody knows how it stands in Git."""
    if workload.stored:
        return bool(changes(workload, member, nodes))
    return bool(member.ring or member.everywhere)


def _patch(plan: IsolationPlan, workload: Workload, member: Membership, guide: Guide | None) -> Patch:
    guards = level_guards(workload, member, plan.policy, plan.cluster.namespaces.get(workload.id.namespace, Labels()))
    labels = lowered(workload, member, plan.policy.labels.level)
    return Patch(
        workload,
        member,
        (*guards, *labels, *operations(workload, member, plan.policy.nodes, guide)),
        carries_ring=not changes(workload, member, plan.policy.nodes),
        changes_nothing=not (labels or changes(workload, member, plan.policy.nodes, guide)),
    )


def unneeded(plan: IsolationPlan) -> dict[str, str]:
    """Return path -> why it must stay, if it changes anything, of the patches of what carries its ring already."""
    surplus = {}
    for workload in plan.cluster.workloads:
        member = plan.trust.members.get(str(workload.id))
        if (
            member
            and not workload.by_hand
            and (member.ring or member.everywhere)
            and not changes(workload, member, plan.policy.nodes)
        ):
            path = f"workloads/{file_name(workload.id.namespace)}/{Patch(workload, member).file}"
            surplus[path] = _NEEDED.format(workload.id)
    return dict(sorted(surplus.items()))


def unknown(plan: IsolationPlan) -> dict[str, str]:
    """Return the path of the pools -> why it must stay where some that made nodes of the input cannot be written again."""
    unknown_pools = unwritten(plan)
    return {FILE: f"holds NodePools whose NodeShapes the plan does not know: {', '.join(unknown_pools)}"} if unknown_pools else {}


def unwritten(plan: IsolationPlan) -> tuple[str, ...]:
    """Return the pools that made nodes of the input whose shape it does not have, with how many nodes each made."""
    return tuple(f"{pool.name} ({len(pool.there)} {'node' if len(pool.there) == 1 else 'nodes'})" for pool in unknown_pools(plan))


def _digest(files: dict[str, str]) -> str:
    text = "".join(f"{path}\n{content}\n" for path, content in sorted(files.items()))
    return sha256(text.encode(errors="replace")).hexdigest()[:12]


def _left_to_hands(plan: IsolationPlan) -> str:
    """Name what nothing here patches, as no manifest gives it."""
    if not plan.by_hand:
        return ""
    names = "".join(f"#   {in_comment(statement.subject)}\n" for statement in plan.by_hand)
    return f"# Not here, for no manifest gives it: what to do by hand stands under byHand of the plan.\n{names}"


def _how(plan: IsolationPlan, is_patching: bool) -> str:
    """Say when and where the folder is to be listed."""
    if not is_patching:
        return _NOTHING
    return _NOT_YET if plan.is_held_back else _HOW


def _kustomization(folders: list[str], origin: str, about: str) -> str:
    return f"{MARK} {origin}.\n{about}" + yaml.dump({**COMPONENT, "components": folders})
