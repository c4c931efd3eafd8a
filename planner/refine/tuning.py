"""What steers the search for a plan that kube-scheduler keeps: each constant with its reason. Tests set them by argument."""

from dataclasses import dataclass

from planner.solve.tuning.pools import POOLS, PoolTuning


@dataclass(frozen=True, slots=True)
class Tuning:
    """The steering constants of refining; none of them makes a plan wrong, only dearer, slower, or tried less."""

    # Which arrival orders are tried.
    small: int = 400
    """Up to so many pods, many more orders are tried before a promise is given: that takes a second or two."""
    rolled: int = 5_000
    """Up to so many pods, rollouts are tried where the policy counts them; of up to `small` they are tried all the same."""
    many: int = 20_000
    """Beyond so many pods every order takes a while, so only few are tried."""
    more_orders: int = 24
    """So many more orders are tried of small plans: random ones, and as many as they come."""

    # How ties between nodes of equal score are broken.
    ties: int = 8
    """In so many more ways ties are broken, at most."""
    ties_work: int = 40_000
    """In fewer ways where pods are so many that more of them than this would come in all orders together: a few seconds."""
    ties_least: int = 3
    """In so many ways at least."""
    draws: int = 4
    """An order that is drawn is drawn so often in each way."""
    draws_work: int = 3_200
    """Less often where more pods than this would come in all of them."""
    rollout_ties: int = 32
    """Each order in which workloads roll out is tried in so many ways where a plan is to go through many."""
    apart: int = 20_000
    """With fewer pods in all ways together they have come sooner than a process has begun."""

    # Failures: which nodes and zones are lost in the simulation.
    failures_to_survive_work: int = 3_000_000
    """So many pods may be bound while all failures are played through that must be survived: seconds, for all of a plan."""
    failures_work: int = 1_000_000
    """And so many for those that need not be survived."""
    failure_ties: int = 3
    """In so many ways ties are broken where all pods start where the plan puts them, and are not few."""
    failure_few: int = 400
    """Few pods come again in many more orders instead: controllers make those of a workload at once, in no order of priority."""
    failure_rules: int = 20
    """What it costs to work out the rules without some nodes, in pods bound per pod."""
    failures_named: int = 16
    """So many failures are named of a ring, beside those that packing names."""

    # The loop: how often room is made, what is remembered.
    attempts: int = 6
    """So often a plan is tried, each time with more room."""
    few_attempts: int = 2
    """So often where pods are `many`, as each takes minutes."""
    anywhere: int = 3
    """After so many attempts those that are spread over zones get their room in each zone, as only one may be open to them."""
    counter_examples: int = 12
    """So many runs are remembered that candidates did not survive: what stops one stops the next, too."""

    # Remedies of a risk.
    remedy_scenarios: int = 4
    """A remedy is tried on so many scenarios, those that leave most pods pending: what does not help there does not help."""
    remedy_nodes: int = 3
    """So many kinds of nodes are tried as the node more, the cheapest ones."""

    # Purchases.
    group_rings: int = 12
    """So often other rings are tried for node groups that may grow, where not all pods have a place: sums know no fragments."""
    group_rings_cheaper: int = 2
    """So many more are tried then that sums promise to be cheaper."""
    group_rings_pairs: int = 20_000
    """Up to so many pairs of class and node, as each try is a purchase."""
    nodes_to_refute: int = 300
    """Up to so many nodes, all that could be bought is bought to see that it does not help."""
    purchases_to_survive: int = 8
    """So often nodes are bought again for rings that do not survive a failure."""
    purchase_share: float = 0.5
    """So much of the time that is left goes into each step that chooses nodes, where there is a limit: others follow."""

    exact_again: int = 500
    """Up to so many pairs of class and node a placement that is there already is looked for exactly, to even it out."""
    before_failures: float = 1 / 3
    """So much of the time goes into a purchase that must survive losses before these are looked at, where there is a limit."""
    least_seconds: float = 0.01
    """Seconds that such a step has at least: the plan of a search that had none of them buys nothing."""
    last_seconds: float = 0.3
    """Seconds beyond the limit in which a plan that is there is written in brief, before all of it is given up."""

    # The plan as a whole: how much work, and which part of the time, goes into what.
    lead_work: float = 1.0
    """The solver's budget where nodes and workloads are divided already, and only a placement is wanted."""
    room_work: float = 2.0
    """The solver's budget where it plans again with more room: less than for the packing, as it may be asked several times."""
    rooms_work: float = 6.0
    """And for all those times together."""
    packing_share: float = 2 / 3
    """So much of the time goes into the packing, where there is a limit."""
    counting_share: float = 1 / 8
    """And so much of what is left then goes into each count of nodes."""
    beside_work: float = 2.0
    """The solver's budget for a question beside the placement, which is a few seconds."""
    with_rings: float = 0.6
    """So much of it goes into the count of nodes with rings, the rest into that without."""
    counting_work: float = 0.1
    """So much of the budget of a goal goes into a count of nodes that is made in brief: sums are a small part of that."""
    looking: float = 0.5
    """So much of the time that is left goes into all that can be said of a plan, before less is said."""
    report_seconds: float = 0.0
    """Seconds that saying all of the best plan may take once time is up, beside the moment that any work has to end."""
    writing: float = 0.00015
    """Seconds of a limit for each node and each workload that go into writing the plan: a fifth of a second for 600 and 600."""

    # Node pools.
    pool_search: PoolTuning = POOLS
    """How nodes and pools are searched for."""
    pool_rounds: int = 80
    """So many plans are tried, each with another way for every ring that was not kept."""
    pool_share: float = 0.5
    """So much of the time that is left goes into the search, where there is a limit; the rest is for trying the plans."""
    pool_growths: int = 4
    """So often a plan that is kept gets a node more for the pods that further rollouts leave pending."""
    pool_rounds_once_kept: float = 25
    """And so many plans more are tried once one is kept."""
    pool_quick: float = 0.2
    """What one of these counts that a counter-example stops: that is seen in seconds."""
    pool_stubborn: int = 8
    """After so many ways that are stuck in rollouts, one after the other, a ring gets a node more at once: others are as full."""
    pool_near: float = 1.1
    """A plan that costs no more than this much of its packing need not be compared with what spare room alone would cost."""

    # One node shape per workload.
    shape_rounds: int = 60
    """So many divisions of nodes among rings are tried, at most."""
    shape_work: int = 12_000
    """So many pods may arrive while divisions are tried, each time in all the usual orders."""
    shapes: int = 12
    """Of more kinds of nodes than this there are too many divisions for so few tries."""

    # Affinity hints, one by one.
    hint_tries: int = 150
    """So many hints are tried, at most."""
    hint_work: int = 12_000
    """So many pods may arrive while hints are tried, each time in all the usual orders."""


TUNING = Tuning()
THOROUGH = Tuning(ties_work=400_000)
"""For who takes the time: eight more ways up to 3,700 pods."""
