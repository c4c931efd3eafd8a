"""Whether a pod would fit if nothing were in its way: what kube-scheduler says of an empty cluster that is all of one ring."""

from models.answer.plan import IsolationPlan
from models.kubernetes.pod import Pod
from planner.rules import purchased_node, ring_membership
from planner.rules.placement.cluster_state import World
from planner.rules.placement.scheduler_filters import fit_error, fits_somewhere


class Empty:
    """The owned nodes, and one of each shape and zone to be had, all in one ring and with nothing but residents on them."""

    def __init__(self, plan: IsolationPlan) -> None:
        self._plan = plan
        self._worlds: dict[str, World] = {}

    def refusal(self, pod: Pod, ring_name: str) -> str:
        """Return why none of them takes the pod; nothing where one does."""
        world = self._worlds.get(ring_name) or self._worlds.setdefault(ring_name, self._emptied(ring_name))
        nodes = tuple(site.node for site in world.sites.values())
        return "" if any(fits_somewhere(pod, nodes, world)) else fit_error(pod, nodes, world)[0]

    def _emptied(self, ring_name: str) -> World:
        cluster, policy = self._plan.cluster, self._plan.policy.nodes
        offered = purchased_node.examples(shape for shape in cluster.shapes if shape.max != 0)
        nodes = (*(node for node in cluster.nodes if not node.shape), *offered)
        bare_nodes = (
            node if ring_membership.is_excluded(node, policy) else ring_membership.ring_node(node, ring_name, policy)
            for node in nodes
        )
        return World(bare_nodes, cluster)
