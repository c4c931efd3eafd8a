"""Whether a workload matches a pattern of the policy."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache

from models.trust import Match
from models.workload import Workload
from planner.rules import image_pattern, selectors


def matches(match: Match, workload: Workload) -> bool:
    """Say whether every field that `match` gives is true of the workload; an empty match is true of all."""
    return (
        match.kind in ("", workload.id.kind, workload.id.full_kind)
        and (not match.namespaces or any_pattern(match.namespaces, workload.id.namespace))
        and (not match.names or any_pattern(match.names, workload.id.name))
        and (not match.images or _any_image(match.images, workload))
        and (match.labels is None or selectors.matches(match.labels, workload.template.labels))
    )


def any_pattern(patterns: Iterable[str], name: str) -> bool:
    """Say whether one of the file-name patterns fits the name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _any_image(patterns: tuple[str, ...], workload: Workload) -> bool:
    containers = (*workload.template.init_containers, *workload.template.containers)
    return any(image_pattern.expression(pattern).fullmatch(full_image(c.image)) for pattern in patterns for c in containers)


@cache
def full_image(image: str) -> str:
    """Write out what a short image name means: nginx is docker.io/library/nginx, as the container runtime reads it."""
    first, slash, _ = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"
