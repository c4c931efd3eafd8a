"""Says again which images a pattern of the policy means, without asking planner.trust."""

from collections.abc import Iterable
from functools import cache

from planner.rules import image_pattern


def is_like(image: str, patterns: Iterable[str]) -> bool:
    """Say whether an image, by any name of its registry, fits one of the patterns."""
    wanted = [image_pattern.expression(pattern) for pattern in patterns]
    return any(expression.fullmatch(name) for name in {_full(image), _plain(_full(image))} for expression in wanted)


@cache
def _full(image: str) -> str:
    """Write the registry and the library folder out, as the container runtime does."""
    first, slash, _ = image.partition("/")
    if not slash:
        return f"docker.io/library/{image}"
    # A capital makes it a registry: no folder may have one (distribution/reference, splitDockerDomain).
    return image if first == "localhost" or first.lower() != first or set(".:") & set(first) else f"docker.io/{image}"


@cache
def _plain(full: str) -> str:
    """Name the registry as its other names are read: host names know no case, and https no other port."""
    registry, _, path = full.partition("/")
    registry = registry.lower().removesuffix(image_pattern.HTTPS)
    if registry not in {image_pattern.HUB, *image_pattern.ALIASES}:
        return f"{registry}/{path}"
    return f"{image_pattern.HUB}/{path}" if "/" in path else f"{image_pattern.HUB}/library/{path}"
