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
    fits_all = not match.images or all(_any_image(match.images, image) for image in images)
    return fits_all and (not match.any_image or any(_any_image(match.any_image, image) for image in images))


def _any_image(patterns: tuple[str, ...], image: str) -> bool:
    return any(image_pattern.expression(pattern).fullmatch(full_image(image)) for pattern in patterns)


@cache
def full_image(image: str) -> str:
    """Write out what a short image name means: nginx is docker.io/library/nginx, as the container runtime reads it."""
    first, slash, _ = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"
