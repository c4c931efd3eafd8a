"""The table of all rules: what is not in it is not asked."""

from planner.check.residents import cached_image, edits_nodes, shared, takeover, token
from planner.check.rule import Rule
from planner.check.selectors import kubelet_label, node_name, other_scheduler, widened, without_taint
from planner.check.tolerations import chart_default, comparison, every_ring, soft, without_selector

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        *(every_ring, chart_default, comparison, without_selector, soft),
        *(widened, without_taint, kubelet_label, node_name, other_scheduler),
        *(shared, takeover, token, edits_nodes, cached_image),
    )
)
