"""Whether a workload matches a pattern of the policy."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache

from models.kubernetes.workload import Workload
from models.trust import Match
from planner.rules import image_pattern, selectors


def matches(match: Match, workload: Workload) -> bool:
    """Say whether every field that `match` gives is true of the workload; an empty match is true of all."""
    return (
        match.kind in ("", workload.id.kind, workload.id.full_kind)
        and (not match.namespaces or any_pattern(match.namespaces, workload.id.namespace))
        and (not match.names or any_pattern(match.names, workload.id.name))
        and _images_match(match, workload)
        and (match.labels is None or selectors.matches(match.labels, workload.template.labels))
    )


def any_pattern(patterns: Iterable[str], name: str) -> bool:
    """Say whether one of the file-name patterns fits the name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _images_match(match: Match, workload: Workload) -> bool:
    """Say whether all images of its pods fit `images`, and one of them `any_image`."""
    if not match.asks_for_images:
        return True
    pod = workload.template
    images = [*(container.image for container in (*pod.init_containers, *pod.containers)), *pod.other_images]
    fits_all = not match.images or all(any_image(match.images, image) for image in images)
    return fits_all and (not match.any_image or any(any_image(match.any_image, image) for image in images))


def any_image(patterns: tuple[str, ...], image: str) -> bool:
    """Say whether one of the patterns fits an image, by whatever name of its registry."""
    return any(image_pattern.expression(pattern).fullmatch(name) for pattern in patterns for name in image_names(image))


@cache
def image_names(image: str) -> tuple[str, ...]:
    """Return an image's name with its registry: as written, and as the registry it means is called, so that no alias evades.

    nginx is docker.io/library/nginx, and so is index.docker.io/nginx, as the container runtime reads it.
    """
    first, slash, path = image.partition("/")
    # A capital makes it a registry: no folder may have one (distribution/reference, splitDockerDomain).
    if not (slash and ("." in first or ":" in first or first == "localhost" or first != first.lower())):
        return (f"{image_pattern.HUB}/{image}",) if slash else (f"{image_pattern.HUB}/library/{image}",)
    host = first.lower().removesuffix(image_pattern.HTTPS)
    if host == image_pattern.HUB or host in image_pattern.ALIASES:
        host, path = image_pattern.HUB, path if "/" in path else f"library/{path}"
    return image, f"{host}/{path}"
