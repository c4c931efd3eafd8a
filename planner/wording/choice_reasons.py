"""Why no way to divide the groups into rings is allowed, as a plan says it."""

from collections.abc import Collection

NO_WAY = "what is said of a group's ring cannot all be true of one ring"
NOT_FOUND = "no way to divide the groups was found"


def of_sizes(is_proven: bool) -> str:
    """Say that no ring has a number of nodes that is allowed, or that none was found."""
    return f"ringNodes: {NO_WAY if is_proven else NOT_FOUND}"


def of_strangers(most: int | None, apart: Collection[str]) -> str:
    """Say that of these groups no two may share a ring, and that they are too many."""
    return f"maxRings: {most}, and of the groups {', '.join(apart)} no two may share: at least {len(apart)} rings"


def of_fewest(most: int | None, rings: int, is_proven: bool) -> str:
    """Say that as groups may share there are so many rings at least, or that no way to have fewer was found."""
    known = f"at least {rings} rings" if is_proven else f"no way to have fewer than {rings} rings was found"
    return f"maxRings: {most}, and as mayShare is: {known}"
