"""The table of all rules: what is not in it is not asked."""

from collections.abc import Mapping

from planner.check.access import (
    debug,
    edits_policies,
    enter_pods,
    everything,
    may_bind,
    namespaces,
    node_status,
    proxy,
    raises,
    steals,
)
from planner.check.access import (
    edits_nodes as edits_rings,
)
from planner.check.availability import (
    binding_mode,
    budget,
    daemon_load,
    kept_off,
    no_execute,
    passing,
    peaks,
    priority,
    spread,
    static_pods,
)
from planner.check.controllers import (
    flavors,
    hidden,
    injected,
    mixes,
    namespace,
    replaces_list,
    stays,
    unboxed,
    virtual,
)
from planner.check.identities import approves, escalates, impersonates, makes_pods, makes_tokens, reads_secrets
from planner.check.levels import assurance, no_admission, refused, ring_nodes, self_service
from planner.check.nodes import (
    bypassed,
    drifted,
    from_zero,
    in_manifests,
    late_taint,
    refused_key,
    restriction_off,
    uneven,
    unselective,
    without_ring,
)
from planner.check.policies import create_only, drifts, exempts, fails_open, idle, legacy, misses_debug, misses_keyless
from planner.check.residents import cached_image, edits_nodes, shared, takeover, token
from planner.check.rule import Rule
from planner.check.selectors import kubelet_label, node_name, other_scheduler, widened, without_taint
from planner.check.tolerations import chart_default, comparison, every_ring, other_ring, soft, without_selector

RULES: tuple[Rule, ...] = (
    *(every_ring.RULE, other_ring.RULE, chart_default.RULE, comparison.RULE, without_selector.RULE, soft.RULE),
    *(widened.RULE, without_taint.RULE, kubelet_label.RULE, node_name.RULE, other_scheduler.RULE),
    *(shared.RULE, takeover.RULE, token.RULE, edits_nodes.RULE, cached_image.RULE),
    *(may_bind.RULE, namespaces.RULE, enter_pods.RULE, node_status.RULE, proxy.RULE, debug.RULE),
    *(escalates.RULE, impersonates.RULE, makes_tokens.RULE, makes_pods.RULE, reads_secrets.RULE, approves.RULE),
    *(everything.RULE, steals.RULE, raises.RULE, edits_rings.RULE, edits_policies.RULE),
    *(
        create_only.RULE,
        misses_keyless.RULE,
        misses_debug.RULE,
        fails_open.RULE,
        exempts.RULE,
        idle.RULE,
        legacy.RULE,
        drifts.RULE,
    ),
    *(bypassed.RULE, restriction_off.RULE, unselective.RULE, late_taint.RULE, in_manifests.RULE, uneven.RULE),
    *(from_zero.RULE, drifted.RULE, refused_key.RULE, without_ring.RULE),
    *(no_execute.RULE, passing.RULE, static_pods.RULE, budget.RULE, kept_off.RULE, binding_mode.RULE, spread.RULE),
    *(priority.RULE, daemon_load.RULE, peaks.RULE),
    *(injected.RULE, hidden.RULE, virtual.RULE, unboxed.RULE, flavors.RULE, replaces_list.RULE, namespace.RULE),
    *(stays.RULE, mixes.RULE),
    *(assurance.RULE, ring_nodes.RULE),
    *(no_admission.RULE, *refused.RULES, *self_service.RULES),
)
"""Asked in this order; findings are sorted by how bad they are."""

NOT_VISIBLE: Mapping[str, str] = {
    "The control plane, DNS and the network are shared by all rings": (
        "nothing of a node shows it; read NetworkPolicies and the API server's own limits, or use a cluster of its own"
    ),
    "A provider undoes or forgets taints that are set through Kubernetes": (
        "only the provider's own definition of the pool shows it: its node group, agent pool or Terraform"
    ),
    "Tags of autoscaling groups tell the autoscaler nothing of an empty pool": (
        "only the cloud's group shows its tags; MachineDeployments and eksctl's files are looked at"
    ),
    "Labels and taints get lost when a node is replaced": "two inventories, before and after: compare them with ringfence diff",
    "A later edit of a taint makes Karpenter replace nodes": "pool and nodes of the same hour; a NodePool alone shows no change",
    "What a webhook adds to pods": "the pods that run: read a live cluster, or dry-run a pod",
    "An engine filters resources before its policies see them (Kyverno's resourceFilters)": "the engine's own settings",
    "What a kubelet has cached, and whose images they are": "the node itself",
    "Whether somebody breaks out of a container": "nothing that is written down",
}
"""What no rule asks, because inputs cannot show it: and what would."""
