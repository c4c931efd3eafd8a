"""What steers the search for a purchase of which any node, or zone, may be lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RedundancyTuning:
    """The search for a purchase of which any node, or zone, may be lost."""

    rounds: int = 8
    """So many harder problems of one make are bought for."""
    most_pairs: int = 20_000
    """Up to so many pairs of a class and a node, they are, and pods are placed anew; else only places in all zones are bought."""
    most_lost: int = 20_000
    """Up to so many such pairs times losses, a purchase is made cheaper node by node."""
    nearly: float = 0.005
    """So near to the least what is bought of smaller nodes may be."""
    reserving: int = 8
    """So often everything is packed again with room for what was left over, more of it each time."""
    shrinking: tuple[int, ...] = (300, 250, 200, 160, 130, 100, 75, 50, 25)
    """By so many permille nodes are made smaller: much room for what a loss leaves at first, then less."""
    growth: int = 8
    """With losses the exact model may be so many times as large, counted once for each loss."""
    refitting: int = 10
    """Whether lost pods fit again is asked exactly with this fraction of a goal's work: it is asked for each loss and ring."""
    spares: tuple[int, ...] = (12, 8, 6, 4, 3, 2)
    """How many nodes of each offer may be bought beside those that are: as many as keep the model small."""
    exact: float = 1 / 4
    """So much of the work allowed for a goal goes into it: most of it would prove what nobody asks for."""
    drop_pairs: int = 2_000
    """Up to so many pairs of a class and a node, a purchase is made cheaper by leaving out one node after the other."""
    drop_bought: int = 40
    """And up to so many nodes that are bought: each is tried by itself."""
    drop_trials: int = 60
    """So many cheaper purchases are tried at most, the greatest savings first."""
    drop_work: float = 1.0
    """The budget of each goal where pods are placed anew on fewer nodes: it is asked many times."""
    standby: int = 6
    """So many nodes of one offer stand by in a ring at most."""
    smaller: float = 0.7
    """Nodes of at most this size, by the resource of which they have most, are smaller ones."""
    near: int = 4
    """So many nodes of nearly that price are tried beside those that are found."""
    most_zones: int = 4
    """Up to so many zones, each pair of them is tried by itself: where owned nodes are all in two, pods had better be there."""
