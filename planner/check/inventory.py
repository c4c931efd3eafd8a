"""Exactly which image runs at which level, and in which ring."""

from planner.check.estate.estate import Estate
from planner.check.report import ImageUse


def images(estate: Estate) -> tuple[ImageUse, ...]:
    """Return each image with each level that it runs at, and the workloads that bring it there; sorted by image."""
    uses: dict[tuple[str, str, str], set[str]] = {}
    for template in estate.templates:
        membership = estate.member(template)
        level, ring = (membership.group, membership.ring) if membership else ("", "")
        for image in template.images:
            uses.setdefault((image, level, ring), set()).add(template.subject)
    return tuple(ImageUse(image, level, ring, tuple(sorted(names))) for (image, level, ring), names in sorted(uses.items()))
