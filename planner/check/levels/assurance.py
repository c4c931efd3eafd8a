"""Workloads that are not what their level requires."""

from collections.abc import Iterator

from models.answer.finding import ERROR, WARNING, FindingCode
from models.trust import Assurance
from planner.check.estate.claims import claimed_folders
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.levels.refused import asking
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.confinement.facts import has_app_armor, has_se_linux, has_seccomp, is_non_root
from planner.read.confinement.pod_security import violations
from planner.read.documents.tree import text
from planner.trust.match import any_image
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    asked = {entry.level: entry for entry in estate.policy.requires} if estate.policy else {}
    for template in estate.templates if asked else ():
        member, level = estate.member(template), estate.level_of(template)
        given = member.demoted or level if member else ""
        unmet = tuple(dict.fromkeys(_unmet(estate, template, asked[given]))) if given in asked else ()
        if unmet and member and member.demoted:
            message = f"is given {given}, does not meet what that requires, and so is {level}: {some(unmet, 4)}"
            yield template.sighting(message, severity=WARNING)
        elif unmet:
            yield template.sighting(f"is {level}, and does not meet what that requires: {some(unmet, 4)}")
    yield from asking(FindingCode.LEVEL_UNMET)(estate)


def _unmet(estate: Estate, template: Template, asked: Assurance) -> Iterator[str]:
    if asked.pod_security:
        yield from (f"{what} ({asked.pod_security})" for what in violations(template, asked.pod_security))
    yield from _of_containers(template, asked)
    for image in template.images:
        yield from _of_image(image, asked)
    if asked.user_namespaces and template.spec.get("hostUsers") is not False:
        yield "hostUsers is not false"
    if asked.no_host_path:
        yield from _folders(estate, template)
    if asked.runtime_classes and text(template.spec, "runtimeClassName") not in asked.runtime_classes:
        yield f"names no RuntimeClass of {', '.join(asked.runtime_classes)}"


def _of_containers(template: Template, asked: Assurance) -> Iterator[str]:
    for _, container in template.containers:
        name = text(container, "name")
        if asked.run_as_non_root and not is_non_root(template, container):
            yield f"container {name} may run as root"
        if asked.seccomp and not has_seccomp(template, container):
            yield f"container {name} has no seccomp profile"
        if asked.app_armor and not has_app_armor(template, container):
            yield f"container {name} names no AppArmor profile that confines it"
        if asked.se_linux and not has_se_linux(template, container):
            yield f"container {name} names no SELinux options that confine it"


def _folders(estate: Estate, template: Template) -> Iterator[str]:
    yield from (f"mounts {path} of its node" for _, path, _ in template.host_paths)
    yield from (f"mounts {path} of its node by a claim" for path in claimed_folders(estate, template))


def _of_image(image: str, asked: Assurance) -> Iterator[str]:
    if asked.digests and "@sha256:" not in image:
        yield f"image {image} is not named by its digest"
    if asked.images and not any_image(asked.images, image):
        yield f"image {image} fits none of the images of the level"


RULE = Rule(
    id="level-unmet",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A workload is not what its level requires",
    why="The level is trusted because its workloads are built and confined in a certain way; this one is not.",
    how="A weak workload in a trusted ring is the way in to all others of it.",
    fix="mend what is named, or give the workload a lower level",
    source="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    question=_question,
)
