"""What the scripts of each stage do, look at and undo: lines of shell, every command one that a person would type."""

from collections.abc import Iterator
from shlex import quote

from models.answer.plan import IsolationPlan
from models.kubernetes.workload import Workload
from planner.admission.policies import policies
from planner.emit.nodes.membership import NO_SCHEDULE
from planner.emit.nodes.scripts import remove_taint, set_taint
from planner.emit.patches.selector import REQUIRED
from planner.emit.patches.workload import changes
from planner.emit.policies.objects import JOINING_FOLDER, MUTATING_FOLDER

NO_EXECUTE = "NoExecute"
# kubectl rollout status knows no others.
ROLLS_OUT = ("Deployment", "StatefulSet", "DaemonSet")
_BINDING = "validatingadmissionpolicybinding"
DONE = "exit $failed"
"""How a check ends."""
_KNOWS_MUTATING = """\
if $KUBECTL get --raw /apis/admissionregistration.k8s.io/v1 | grep -q '"mutatingadmissionpolicies"'; then"""
LIFTING = f"""\
{_KNOWS_MUTATING}
    $KUBECTL apply -k "$here/{MUTATING_FOLDER}"
else
    echo "This cluster has no MutatingAdmissionPolicies (Kubernetes 1.36): pods that no patch reaches get no ring."
fi"""
JOINING = f"""\
{_KNOWS_MUTATING}
    $KUBECTL apply -k "$here/{JOINING_FOLDER}"
else
    echo "This cluster has no MutatingAdmissionPolicies (Kubernetes 1.36): nodes that join have what their group gives them."
fi"""
NO_LIFTING, NO_JOINING = (
    f"""\
{_KNOWS_MUTATING}
    $KUBECTL delete -k "$here/{folder}" --ignore-not-found
fi"""
    for folder in (MUTATING_FOLDER, JOINING_FOLDER)
)
OVERLAY = '''\
if [ $# -eq 0 ]; then
    echo "{then}"
    echo "Or: sh {script} OVERLAY, where kubectl apply -k does it."
    exit
fi
$KUBECTL apply -k "$1"'''
UNEVICTED = """\
if [ "$strays" ]; then
    echo "$strays"
    echo "NoExecute would end them at once, whatever their budgets: drain their nodes first, and uncordon these."
    exit 1
fi"""


def ring_nodes(plan: IsolationPlan) -> Iterator[tuple[str, str]]:
    """Yield the nodes that are in a ring, and not bought, each with its ring."""
    owned = {node.name for node in plan.cluster.nodes if not node.shape}
    return ((name, ring.name) for ring in plan.rings for name in ring.nodes if name in owned)


def labels_are_there(plan: IsolationPlan) -> Iterator[str]:
    """Look whether each node has its ring's label."""
    key = plan.policy.nodes.label_key
    for node, ring in ring_nodes(plan):
        yield _expect(f"node {node}: label {key}", ring, f"node {node}", f"{{.metadata.labels.{_escaped(key)}}}")


def taints_are_there(plan: IsolationPlan, effect: str = NO_SCHEDULE) -> Iterator[str]:
    """Look whether each node has its ring's taint."""
    key = plan.policy.nodes.taint_key
    path = f'{{range .spec.taints[?(@.key=="{key}")]}}{{.value}}:{{.effect}} {{end}}'
    for node, ring in ring_nodes(plan):
        yield _expect(f"node {node}: taint {key}", f"{ring}:{effect}", f"node {node}", path)


def policies_are_bound(plan: IsolationPlan) -> Iterator[str]:
    """Look whether the policies are there, and bound to do something."""
    for name in _policies(plan):
        yield _expect(f"{_BINDING} {name}: policyName", name, f"{_BINDING} {name} --ignore-not-found", "{.spec.policyName}")


def policies_warn(plan: IsolationPlan) -> Iterator[str]:
    """Let the policies refuse nothing any more."""
    actions = '{"spec":{"validationActions":["Audit","Warn"]}}'
    return (f"$KUBECTL patch {_BINDING} {name} --type=merge -p {quote(actions)}" for name in _policies(plan))


def policies_are_in_force(plan: IsolationPlan) -> Iterator[str]:
    """Look whether they say what the files say, and refuse."""
    for name in _policies(plan):
        yield _expect(
            f"{_BINDING} {name}: validationActions",
            "Deny",
            f"{_BINDING} {name} --ignore-not-found",
            "{.spec.validationActions[*]}",
        )
    yield 'if ! $KUBECTL diff -k "$here/policy" >/dev/null; then'
    yield '    echo "policies differ from those of this folder: $KUBECTL diff -k $here/policy"'
    yield "    failed=1"
    yield "fi"


def workloads_have_their_ring(plan: IsolationPlan) -> Iterator[str]:
    """Look whether each workload has its ring, and rolled out."""
    key = plan.policy.nodes.label_key
    for workload, ring in in_rings(plan):
        spec = workload.spec_path
        terms = f'.{spec}.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[*].matchExpressions[?(@.key=="{key}")].values[*]'
        path = f"{{.{spec}.nodeSelector.{_escaped(key)}}} {{{terms}}}"
        yield _expect(f"{workload.id}: ring", ring, f"{_resource(workload)} -n {quote(workload.id.namespace)}", path)
    taint = plan.policy.nodes.taint_key
    for workload in _changed_residents(plan):
        path = f'{{.{workload.spec_path}.tolerations[?(@.key=="{taint}")].operator}}'
        yield _expect(
            f"{workload.id}: toleration of {taint}", "Exists", f"{_resource(workload)} -n {quote(workload.id.namespace)}", path
        )
    for workload in _rolling_out(plan):
        yield f"complete {quote(_resource(workload).replace(' ', '/'))} {quote(workload.id.namespace)}"


def rollouts_end(plan: IsolationPlan) -> Iterator[str]:
    """Wait for the rollouts."""
    for workload in _rolling_out(plan):
        name = quote(_resource(workload).replace(" ", "/"))
        yield f'$KUBECTL rollout status {name} -n {quote(workload.id.namespace)} --timeout="${{TIMEOUT:-10m}}"'


def pods_are_evicted(plan: IsolationPlan) -> Iterator[str]:
    """Give nodes a taint that evicts, if it evicts nobody at once."""
    key = plan.policy.nodes.taint_key
    yield "strays=$("
    yield from (f"    evicted {node} {quote(key)} {quote(ring)}" for node, ring in ring_nodes(plan))
    yield ")"
    yield UNEVICTED
    yield from (set_taint(node, key, ring, NO_EXECUTE) for node, ring in ring_nodes(plan))


def no_execute_is_there(plan: IsolationPlan) -> Iterator[str]:
    """Look whether nodes have that taint."""
    return taints_are_there(plan, NO_EXECUTE)


def nobody_is_evicted(plan: IsolationPlan) -> Iterator[str]:
    """Take it back."""
    return (remove_taint(node, plan.policy.nodes.taint_key, NO_EXECUTE) for node, _ in ring_nodes(plan))


def _policies(plan: IsolationPlan) -> list[str]:
    return [policy.name for policy in policies(plan.policy, plan.trust, plan.cluster, plan.rings)]


def in_rings(plan: IsolationPlan) -> Iterator[tuple[Workload, str]]:
    """Yield the workloads that patches give a ring, each with its ring."""
    for workload in plan.cluster.workloads:
        member = plan.trust.members.get(str(workload.id))
        if member and member.ring and not workload.by_hand:
            yield workload, member.ring


def residents(plan: IsolationPlan) -> Iterator[Workload]:
    """Yield the shared residents that manifests give: they lose every node of a ring whose taint they do not tolerate."""
    for workload in plan.cluster.workloads:
        member = plan.trust.members.get(str(workload.id))
        if member and member.everywhere and not workload.by_hand:
            yield workload


def _changed_residents(plan: IsolationPlan) -> Iterator[Workload]:
    """Yield those that a patch lets past the taints of rings: others tolerate them already, in whatever words."""
    members, nodes = plan.trust.members, plan.policy.nodes
    return (workload for workload in residents(plan) if changes(workload, members[str(workload.id)], nodes))


def _rolling_out(plan: IsolationPlan) -> Iterator[Workload]:
    patched = (*(workload for workload, _ in in_rings(plan)), *_changed_residents(plan))
    return (workload for workload in patched if workload.id.kind in ROLLS_OUT)


def _resource(workload: Workload) -> str:
    """Name a workload as kubectl asks for it: with the group of its kind, as several may have such a kind."""
    group = workload.api_version.rpartition("/")[0]
    return f"{quote(workload.id.kind.lower() + (f'.{group}' if group else ''))} {quote(workload.id.name)}"


def _expect(what: str, wanted: str, resource: str, path: str) -> str:
    return f'expect {quote(what)} {quote(wanted)} "$($KUBECTL get {resource} -o {quote(f"jsonpath={path}")})"'


def _escaped(key: str) -> str:
    return key.replace(".", "\\.")
