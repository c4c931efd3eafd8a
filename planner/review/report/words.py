"""What every face of a review says: the verdict, the numbers that matter, and each figure in words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.answer.review import Growth, Largest, More, Part, Removable, Review, RingReview, Runway
from models.answer.tax import Range, Tax
from models.kubernetes.resources import CPU, MEMORY, Resources
from planner.review.money.tax import NODES
from planner.review.report import outcomes
from planner.view.format import amount, count, listed, natural, percent
from planner.view.summary.cost import HOURS_A_MONTH, money
from planner.view.usage import rank

SHORT, TIGHT, FINE = "short", "tight", "fine"
ORDER = (SHORT, TIGHT, FINE)
NAMED = 3
MUCH = 0.2
"""By this share a node group is much fuller than its ring."""
QUICK = "not asked, for --quick"
ALONE = "Each number is for that pod alone, on what is free now: they do not add up."
UNPRICED = (
    "No prices: give nodes the annotation ringfence.dev/price (docs/how-to/buying.md). "
    "Mind: a plan with prices also leaves out nodes that are not worth theirs."
)
KEPT = (
    "Each node is tested by itself, on the fewest nodes that hold the ring: those that could go are gone, and their pods are on "
    "the others. So a node may be kept by pods that are not on it today. A node that lacks several things counts once for each."
)
PARTS = (
    "Each trust group's part is the difference that leaving it out makes. It may be less than its ring needs, as others then "
    "take better nodes. The parts do not add up to the whole."
)


@dataclass(frozen=True, slots=True)
class Headline:
    """A number that matters, what it is of, and what stands behind it; `look` is bad, mind, good or plain."""

    label: str
    value: str
    note: str
    look: str = "plain"


def verdict(review: Review) -> str:
    """Say in one sentence whether each ring is big enough, and which are not."""
    by_status = {status: [ring for ring in review.rings if ring.status == status] for status in (SHORT, TIGHT, FINE)}
    if by_status[SHORT]:
        return f"{_some(review, by_status[SHORT])} short of room: {_named(by_status[SHORT])}."
    if not review.holds:
        return f"The plan does not hold: it is {review.headline}."
    if beyond := [ring for ring in review.rings if ring.beyond]:
        return f"Every ring holds its pods; {_some(review, beyond)} beyond a threshold of the policy: {_named(beyond)}."
    if by_status[TIGHT]:
        return f"Every ring holds its pods; {_some(review, by_status[TIGHT])} tight: {_named(by_status[TIGHT])}."
    return "Every ring holds its pods, with room to spare."


def _some(review: Review, rings: Iterable[RingReview]) -> str:
    number = len(tuple(rings))
    return f"{number:,} of {count(len(review.rings), 'ring')} {'is' if number == 1 else 'are'}"


def _named(rings: Iterable[RingReview]) -> str:
    return listed((ring.name for ring in rings), NAMED)


def prices(review: Review) -> str:
    """Say how to get to know of money where no node has a price."""
    return "" if review.priced else UNPRICED


def shared(review: Review) -> str:
    """Say what rings share in spite of isolation; nothing where there are not several."""
    if len(review.rings) < 2:
        return ""
    several = listed((resident.name for resident in review.residents), NAMED)
    return f"the API server, DNS and the network{f'; nodes of several rings run {several}' if several else ''}"


def headlines(review: Review) -> tuple[Headline, ...]:
    """Return the three numbers that matter: nodes that could go, what isolation costs, and how far the first ring can grow."""
    return (_could_go(review), _isolation(review), _lasts(review) or _room_to_grow(review) or _fullest(review))


def _could_go(review: Review) -> Headline:
    asked = [ring.removable for ring in review.rings if ring.removable]
    nodes = sum(ring.whole.nodes for ring in review.rings)
    if not asked:
        return Headline("Nodes that could go", "not known", QUICK if review.quick else "the plan does not hold")
    gone, bound = sum(len(answer.could_go) for answer in asked), sum(answer.bound for answer in asked)
    fewest = sum(answer.fewest for answer in asked)
    proof = f"by packing {fewest:,} are needed, proven" if bound >= fewest else f"by packing {bound:,} to {fewest:,} are needed"
    saves = sum(answer.saves for answer in asked)
    price = f"that saves {money(saves)} per hour" if saves else ""
    without = "" if review.without is None else outcomes.without(review.without)
    note = "; ".join(filter(None, (without, price, proof, _staying(nodes - gone - fewest))))
    return Headline("Nodes that could go", f"{gone:,} of {nodes:,}", note, "mind" if gone else "good")


def _staying(more: int) -> str:
    """Say why more nodes stay than a packing needs."""
    return (
        f"{more:,} more {'stays' if more == 1 else 'stay'}, so that kube-scheduler finds places for all pods" if more > 0 else ""
    )


def _isolation(review: Review) -> Headline:
    if review.tax is None:
        why = QUICK if review.quick else "no packing was found to compare with" if review.holds else "the plan does not hold"
        return Headline("What isolation costs", "not known", why)
    cost, unit = review.tax, "" if review.tax.unit == NODES else " per hour"
    value = f"{tax(cost)}{unit}"
    note = f"{measured(cost, cost.apart)} with the rings, {measured(cost, cost.together)} without isolation{counted(cost)}"
    return Headline("What isolation costs", value, note, "mind" if cost.most else "good")


def counted(cost: Tax) -> str:
    """Say what the counts of nodes keep, and what they leave out."""
    whole = "; each node group is of the ring that it has" if cost.whole else ""
    return whole + ("; what rings must be able to lose is not counted" if cost.spare else "")


def tax(cost: Tax) -> str:
    """Write what isolation costs, or the range in which that is."""
    return _span(cost, cost.least, cost.most)


def measured(cost: Tax, between: Range) -> str:
    """Write a value, or the range in which the least lies."""
    return _span(cost, between.bound, between.value)


def _span(cost: Tax, least: int, most: int) -> str:
    if cost.unit != NODES:
        return money(most) if least >= most else f"{money(least)} to {money(most)}"
    return count(most, "node") if least >= most else f"{least:,} to {most:,} nodes"


def priced(cost: Tax, value: int) -> str:
    """Write an exact value in the unit of the tax."""
    return _span(cost, value, value)


def _room_to_grow(review: Review) -> Headline | None:
    known = [(ring.growth, ring) for ring in review.rings if ring.growth]
    if not known:
        return None
    least, ring = min(known, key=lambda pair: (pair[0].percent, -pair[1].whole.fill))
    return Headline(
        "Room to grow", grows(least), f"ring {ring.name} has least room: {_beyond(least)}; {_filled(ring)}", _look(ring)
    )


def _filled(ring: RingReview) -> str:
    told = f"{percent(ring.whole.fill)} of its {ring.whole.scarcest} is requested"
    group = fuller_group(ring)
    return f"{told}, and {part(group)} of its node group {group.name}" if group else told


def fuller_group(ring: RingReview) -> Part | None:
    """Return the fullest node group of a ring where it is much fuller than the ring as a whole."""
    fullest = max(ring.node_groups, key=lambda group: group.fill, default=None)
    return fullest if fullest and fullest.fill >= ring.whole.fill + MUCH else None


def part(known: Part) -> str:
    """Say how full some nodes are."""
    return f"{percent(known.fill)} of {known.scarcest}"


def _lasts(review: Review) -> Headline | None:
    """Say for how long all rings last, and which is full first."""
    known = [(ring.runway, ring.growth, ring) for ring in review.rings if ring.runway and ring.growth]
    if not known:
        return None
    least, room, ring = min(known, key=lambda lasts: (lasts[0].months, lasts[1].percent, -lasts[2].whole.fill))
    full = (
        f" ring {ring.name} is full in month {least.months + 1:,}: it can grow by {grows(room)}, {_beyond(room)}; {_filled(ring)}"
    )
    note = f"; ring {ring.name} has least room: {_beyond(room)}" if least.or_more else full
    return Headline("Room to grow", months(least), f"at {rate(least)} a month{note}", _look(ring))


def limit_of_growth(review: Review) -> str:
    """Say how far growth was asked for where a ring can grow that far."""
    limits = {ring.growth.percent for ring in review.rings if ring.growth and ring.growth.or_more}
    return f"No ring was asked for more growth than {max(limits)} %." if limits else ""


def months(runway: Runway) -> str:
    """Say for how many months a ring lasts."""
    return f"{count(runway.months, 'month')}{' or more' if runway.or_more else ''}"


def rate(runway: Runway) -> str:
    """Write a growth per month."""
    return f"{f'{runway.rate / 100:.2f}'.rstrip('0').rstrip('.')} %"


def _beyond(room: Growth) -> str:
    """Say what is known of one per cent more."""
    if room.or_more:
        return "more was not asked"
    known = "its pods do not fit on its nodes" if room.proven else "no packing of its pods on its nodes was found"
    return f"with one per cent more {known}"


def grows(room: Growth, runway: Runway | None = None) -> str:
    """Say by how much a ring can grow, and how long that takes where somebody says how fast it grows."""
    lasts = f", {months(runway)}" if runway else ""
    return f"{'at least ' if room.or_more else ''}{room.percent} %{lasts}"


def _look(ring: RingReview) -> str:
    return {SHORT: "bad", TIGHT: "mind"}.get(ring.status, "good")


def _fullest(review: Review) -> Headline:
    rings = [ring for ring in review.rings if ring.whole.amounts]
    if not rings:
        return Headline("Fullest ring", "none", "no ring has a node")
    ring = max(rings, key=lambda ring: ring.whole.fill)
    name = ring.whole.scarcest
    free = amount(name, ring.whole.amounts[name].free)
    return Headline("Fullest ring", f"{percent(ring.whole.fill)} of {name}", f"{ring.name}: {free} free", _look(ring))


def taken(ring: RingReview, name: str) -> str:
    """Say how much of a resource of a ring is requested."""
    known = ring.whole.amounts.get(name)
    return f"{percent(known.share)} of {amount(name, known.allocatable)}" if known else ""


def daemons(ring: RingReview, review: Review) -> str:
    """Say what part of a ring its daemons take."""
    if not any(node.daemons for node in review.nodes):
        return "nothing: the input has no DaemonSet and no static pod"
    known = ((name, ring.whole.amounts.get(name)) for name in (CPU, MEMORY))
    return ", ".join(f"{percent(a.daemons / a.allocatable)} of {name}" for name, a in known if a and a.allocatable)


def fullest(ring: RingReview) -> str:
    """Say which resource of a ring is the scarcest, and how much of it is taken."""
    return part(ring.whole) if ring.whole.amounts else ""


def more(room: More) -> str:
    """Say how many more pods there is room for."""
    if room.pods is None:
        return "not counted"
    return f"{room.pods:,} or more" if room.or_more else f"{room.pods:,}"


def largest(ring: RingReview) -> str:
    """Say which pod is the largest that still fits."""
    both = next((block for block in ring.largest if set(block.requests) == {CPU, MEMORY}), None)
    return block(both) if both else "none fits"


def block(room: Largest) -> str:
    """Write the largest pod by its resources."""
    return asked(room.requests)


def asked(requested: Resources) -> str:
    """Write amounts that their units tell apart; others with their names."""
    names = sorted((name for name in requested if requested[name]), key=rank)
    parts = (amount(name, requested[name]) + ("" if name in (CPU, MEMORY) else f" {name}") for name in names)
    return ", ".join(parts) or "nothing"


def losing(ring: RingReview, of: str) -> str:
    """Say in a few words what the loss of one node, or of one zone, leaves pending at worst."""
    loss = next((outlook for outlook in ring.losses if outlook.of == of), None)
    if loss is None:
        return "not known"
    pods, _ = outcomes.worst_loss(loss)
    return "no pod pending" if not pods else f"{pods:,} pending"


def needed(answer: Removable) -> str:
    """Say how few nodes hold a ring."""
    if not answer.solved:
        return "not known"
    return f"{answer.fewest:,}" if answer.bound >= answer.fewest else f"{answer.bound:,} to {answer.fewest:,}"


def monthly(micros: int) -> str:
    """Write an hourly price by the month."""
    return money(micros * HOURS_A_MONTH)


def gone(review: Review, answer: Removable) -> str:
    """Name the nodes that could go: by node group with how many it has and keeps, and the others by name."""
    group = {node.name: node.group for node in review.nodes}
    has, goes = Counter(group.values()), Counter(group[name] for name in answer.could_go)
    groups = [f"{name} {has[name]:,} -> {has[name] - goes[name]:,}" for name in sorted(filter(None, goes), key=natural)]
    alone = [name for name in answer.could_go if not group[name]]
    return "; ".join(filter(None, (", ".join(groups), listed(alone, NAMED))))


def savings(review: Review) -> Iterator[tuple[RingReview, Removable]]:
    """Yield the rings with nodes that could go, those that save most first."""
    asked = [(ring, ring.removable) for ring in review.rings if ring.removable and ring.removable.could_go]
    yield from sorted(asked, key=lambda pair: (-pair[1].saves, -len(pair[1].could_go), pair[0].name))
