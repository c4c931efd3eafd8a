"""One way of breaking memberships or rings per row, and the finding that it must raise."""

from dataclasses import replace

import pytest

from models.answer.plan import GroupGrowth, IsolationPlan, NewGroup, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Assignment, Assurance, Claimant, Match, Membership, NodeGroups, PolicyNodes, Ring
from planner.verify import verify
from tests.verify.breaks import Break, assert_rejected, both, nodes, work

INNER, RESTRICTED = "internal_untrusted.acme", "restricted"
API, PLUGIN, WEB = "Deployment/pay/api", "Deployment/partner/plugin", "Deployment/shop/web"
LEVEL = "ringfence.dev/trust-level"
STRICT = Membership("internal", INNER, believed=True)
INNER_GROUPS, INNER_NODES = ("internal", "untrusted/acme"), ("c1", "c2")


def member(name: str, made: Membership | None) -> Break:
    """Change a membership, or take it away."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        members = {key: value for key, value in plan.trust.members.items() if key != name}
        members |= {name: made} if made else {}
        return replace(plan, trust=replace(plan.trust, members=FrozenMap(members)))

    return change


def rings(*made: tuple[str, tuple[str, ...], tuple[str, ...]]) -> Break:
    """Give the plan other rings, its trust section too."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        trust = replace(plan.trust, rings=tuple(Ring(name, groups) for name, groups, _ in made))
        return replace(plan, rings=tuple(RingPlan(*row) for row in made), trust=trust)

    return change


def ring_nodes(name: str, *nodes: str) -> Break:
    """Give one ring other nodes."""
    return lambda plan: replace(plan, rings=tuple(replace(r, nodes=nodes) if r.name == name else r for r in plan.rings))


def policy(**fields: object) -> Break:
    """Change the policy, but not what was made of it."""
    return lambda plan: replace(plan, policy=replace(plan.policy, **fields))


def tags(name: str, **labels: str) -> Break:
    """Change the labels of a workload's pods."""
    return work(name, labels=Labels(labels))


def pod_tags(name: str, labels: dict[str, str]) -> Break:
    """Give the pod template other labels."""

    def relabelled(one: Workload) -> Workload:
        return replace(one, template=replace(one.template, labels=Labels({**one.template.labels, **labels})))

    def change(plan: IsolationPlan) -> IsolationPlan:
        found = tuple(relabelled(one) if str(one.id) == name else one for one in plan.cluster.workloads)
        return replace(plan, cluster=replace(plan.cluster, workloads=found))

    return change


GROUP = "eks.amazonaws.com/nodegroup"


def grouped(*names: str, verdict: str = "feasible", **fields: object) -> Break:
    """Say of nodes that they are of one node group."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        own = (replace(one, labels=Labels({**one.labels, GROUP: "general"})) if one.name in names else one for one in
               plan.cluster.nodes)  # fmt: skip
        return replace(plan, verdict=verdict, cluster=replace(plan.cluster, nodes=tuple(own)), **fields)

    return change


def also(name: str, **labels: str) -> Break:
    """Give a node more labels."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        own = (replace(one, labels=Labels({**one.labels, **labels})) if one.name == name else one for one in plan.cluster.nodes)
        return replace(plan, cluster=replace(plan.cluster, nodes=tuple(own)))

    return change


def divisible(*names: str, **fields: object) -> Break:
    """Say of nodes that they are of one node group, which may be divided."""
    keys = PolicyNodes("x/ring", "x/taint", LabelSelector(Labels({"role": "master"})), groups=NodeGroups(split="allow"))
    return both(grouped(*names, **fields), policy(nodes=keys))


NEW = NewGroup("general-restricted", "general", GROUP, RESTRICTED, ("a1",))
BROKEN: list[tuple[str, Break, str]] = [
    ("a workload without a membership", member(WEB, None), "membership-missing"),
    ("a membership of nobody", member("Deployment/nowhere/ghost", STRICT), "membership-unknown"),
    ("a membership in another group than the tag says", member(API, Membership("internal", INNER)), "membership-group"),
    ("a membership in a ring that does not hold the group", member(API, Membership(RESTRICTED, INNER)), "membership-ring"),
    ("a member called a shared resident", member(WEB, Membership(everywhere=True)), "membership-everywhere"),
    ("a shared resident called a member", member("DaemonSet/kube-system/agent", STRICT), "membership-everywhere"),
    ("a member by another rule than the one that gave it its level", member(PLUGIN, Membership(
        "untrusted/acme", INNER, rule=1)), "membership-rule"),
    ("a member by a rule, though it has a tag", member(WEB, replace(STRICT, rule=1)), "membership-rule"),
    ("a resident of every ring that says a level", pod_tags("DaemonSet/kube-system/agent", {LEVEL: "restricted"}),
     "everywhere-tagged"),
    ("a level that a rule gives, and the namespace may not carry",
     policy(claims=(Claimant("untrusted", ("tools",)),)), "level-not-claimed"),
    ("labels that are said not to be there", work(API, absent=("spec.template.metadata.labels",)), "labels-absent"),
    ("metadata that is said not to be there", work(PLUGIN, absent=("metadata",)), "labels-absent"),
    ("a patch at another pod template than the name says",
     work(WEB, id=WorkloadId("Deployment", "shop", "web", template="spec.a[0].template")), "template-differs"),
    ("a believed level passed off as vouched for", member(WEB, replace(STRICT, believed=False)), "membership-believed"),
    ("template and Namespace disagree about the level", pod_tags(WEB, {LEVEL: "untrusted"}), "tags-disagree"),
    ("template and workload disagree about the level", tags(API, **{LEVEL: "internal"}), "tags-disagree"),
    ("a level that the policy does not know", pod_tags(API, {LEVEL: "secret"}), "level-unknown"),
    ("a level that the namespace may not carry", policy(claims=(Claimant("internal", ("tools",)),)), "level-not-claimed"),
    ("no level, and the policy refuses the untagged", policy(assign=()), "level-missing"),
    ("no tenant where tenants are separated", tags(PLUGIN), "tenant-missing"),
    ("an assignment rule before the one that was followed",
     policy(assign=(Assignment("internal", Match(namespaces=("part*",))),)), "membership-group"),
    ("two groups that do not trust each other in one ring",
     rings((INNER, (*INNER_GROUPS, RESTRICTED), ("a1", "a2", "b1", "c1", "c2"))), "ring-mixes"),
    ("a trust relation that the policy does not have", policy(may_share=()), "ring-mixes"),
    ("a group in no ring", rings((INNER, INNER_GROUPS, INNER_NODES)), "group-nowhere"),
    ("a group in two rings",
     rings((INNER, INNER_GROUPS, INNER_NODES), (RESTRICTED, (RESTRICTED,), ("a1", "a2", "b1")), ("twin", ("internal",), ())),
     "group-twice"),
    ("a group that no workload forms",
     rings((INNER, (*INNER_GROUPS, "ghosts"), INNER_NODES), (RESTRICTED, (RESTRICTED,), ("a1", "a2", "b1"))), "group-unknown"),
    ("groups that are not those of the workloads", lambda p: replace(p, trust=replace(p.trust, groups=p.trust.groups[1:])),
     "groups-differ"),
    ("sharing that the policy does not know", lambda p: replace(p, trust=replace(p.trust, sharing=())), "sharing-differs"),
    ("rings that are not those of the trust section", lambda p: replace(p, trust=replace(p.trust, rings=p.trust.rings[1:])),
     "rings-differ"),
    ("two rings of one name",
     rings((INNER, INNER_GROUPS, INNER_NODES), (INNER, (RESTRICTED,), ("a1", "a2", "b1"))), "ring-twice"),
    ("a ring whose name no node can carry",
     rings(("in/ner", INNER_GROUPS, INNER_NODES), (RESTRICTED, (RESTRICTED,), ("a1", "a2", "b1"))), "ring-name"),
    ("a node in two rings", ring_nodes(INNER, "a1", "c1", "c2"), "node-twice"),
    ("a node that does not exist", ring_nodes(INNER, "c1", "c2", "z9"), "node-unknown"),
    ("a node that the policy excludes", ring_nodes(INNER, "c1", "c2", "m1"), "node-excluded"),
    ("an excluded node with the label of a ring", nodes("m1", labels=Labels({"role": "master", "x/ring": INNER})),
     "excluded-in-ring"),
    ("an excluded node with the label of a ring that is no more", nodes("m1", labels=Labels({"role": "master", "x/ring": "old"})),
     "excluded-in-ring"),
    ("a node group in two rings", grouped("a1", "c1"), "node-group-split"),
    ("a node group in two rings, of which a node says another group, too",
     both(grouped("a1", "c1"), also("a1", **{"karpenter.sh/nodepool": "extra"})), "node-group-split"),
    ("a node group in two rings, as a second label of its nodes says",
     both(also("a1", agentpool="x", **{GROUP: "one"}), also("c1", agentpool="x", **{GROUP: "two"})), "node-group-split"),
    ("a node group of which a node is in no ring", grouped("a1", "d1"), "node-group-split"),
    ("a new group that is not named", divisible("a1", "c1", "c2"), "new-group-untrue"),
    ("a new group that nobody needs", divisible("c1", "c2", new_groups=(NEW,)), "new-group-untrue"),
    ("a new group of another node", divisible("a1", "c1", "c2", new_groups=(replace(NEW, nodes=("c1",)),)), "new-group-untrue"),
    ("a new group of another name", divisible("a1", "c1", "c2", new_groups=(replace(NEW, name="other"),)), "new-group-untrue"),
    ("a new group of the name of one that is there", both(divisible("a1", "c1", "c2", new_groups=(NEW,)), nodes(
        "d1", labels=Labels({"zone": "d", "host": "d1", GROUP: NEW.name}))), "new-group-untrue"),
    ("a group that is divided though it may not be, as a new group says",
     grouped("a1", "c1", "c2", new_groups=(NEW,)), "node-group-split"),
    ("a new group that would do, of a node of no group",
     grouped("a1", "c1", verdict="infeasible", new_groups=(replace(NEW, nodes=("b1",)),)), "new-group-untrue"),
    ("a new group that would do, of all nodes of the old one",
     grouped("a1", "c1", verdict="infeasible", new_groups=(replace(NEW, nodes=("a1", "c1")),)), "new-group-untrue"),
    ("a new group that would do, of no ring",
     grouped("a1", "c1", verdict="infeasible", new_groups=(replace(NEW, ring="none"),)), "new-group-untrue"),
    ("a node group that is said to grow, and may not",
     lambda p: replace(p, growth=(GroupGrowth("general", GROUP, INNER, 2, 3),)), "node-group-growth"),
    ("a level that asks for more than its workload meets, and no lower one to fall to",
     policy(requires=(Assurance("untrusted", demote=True, seccomp=True),)), "level-unmet"),
    ("a level from which a workload falls by now, to one that asks for its tenant",
     policy(requires=(Assurance("internal", demote=True, seccomp=True),)),
     "tenant-missing"),
    ("a fall that did not happen", member(WEB, replace(STRICT, demoted="restricted")), "membership-demoted"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_plan_is_rejected(plan: IsolationPlan, change: Break, expected: str) -> None:
    assert_rejected(plan, change, expected)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(nodes("m1", labels=Labels({"role": "master", "y/ring": INNER})), id="an excluded node with another label"),
        pytest.param(nodes("d1", labels=Labels({"zone": "d", "host": "d1"})), id="a node of no ring without a label"),
        pytest.param(grouped("c1", "c2"), id="a node group in one ring"),
        pytest.param(grouped("c1", "c2", "m1"), id="a node group of which a node is excluded"),
    ],
)
def test_rings_that_nobody_else_enters_hold(plan: IsolationPlan, change: Break) -> None:
    assert verify(change(plan)) == ()
