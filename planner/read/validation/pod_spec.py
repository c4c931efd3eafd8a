"""What the API server's validation refuses in objects that make pods, beside what the readers of single fields do.

Source: pkg/apis/{core,apps,batch}/validation/validation.go, above all ValidatePodSpec and ValidatePodCreate.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from models.kubernetes.labels import LabelSelector
from planner.read.documents.field import Spot
from planner.read.schema import pod_schema
from planner.read.values import name_syntax
from planner.read.values.selectors import CONTROLLER, matches, selector_of

ALWAYS, ON_FAILURE, NEVER = "Always", "OnFailure", "Never"
_RENAME = "give each a name of its own"
_SELECT = "name labels that only its own pods have; where kustomize writes them, read what kubectl kustomize prints"
_MAY_SELECT_ALL = (CONTROLLER, "Job")
"""The first takes its template's labels then."""


def check_pod(spot: Spot, spec: pod_schema.PodSpec, restarts: Collection[str], replaced: Collection[str | None] = ()) -> None:
    """Refuse what validation does in a pod spec whose restartPolicy is to be one of `restarts`.

    `replaced` are the names of volumes that its StatefulSet puts its claims in the place of.
    """
    _check_containers(spot, spec)
    _check_volumes(spot.at("volumes"), [volume for volume in enumerate(spec.volumes or ()) if volume[1].name not in replaced])
    _check_gates(spot, spec)
    _check_claims(spot.at("resourceClaims"), spec.resource_claims or ())
    if (spec.restart_policy or ALWAYS) not in restarts:
        reason = f"{spec.restart_policy or ALWAYS} is not allowed here"
        spot.at("restartPolicy").fault(reason, f"write restartPolicy: {' or '.join(restarts)}")


def _check_containers(spot: Spot, spec: pod_schema.PodSpec) -> None:
    seen: set[str] = set()
    for field, given in (("containers", spec.containers), ("initContainers", spec.init_containers)):
        for index, container in enumerate(given or ()):
            _check_name(spot.at(f"{field}[{index}].name"), container.name, seen)


def _check_name(spot: Spot, name: str | None, seen: set[str]) -> None:
    """Refuse a name that is none, or that another of its kind has."""
    if not name:
        spot.fault("is missing", _RENAME)
    elif not name_syntax.is_dns_label(name):
        spot.fault(f"{name!r} is no name", name_syntax.LABEL)
    elif name in seen:
        spot.fault(f"{name} is the name of another", _RENAME)
    else:
        seen.add(name)


def _check_volumes(spot: Spot, given: Iterable[tuple[int, pod_schema.Volume]]) -> None:
    seen: set[str] = set()
    for index, volume in given:
        _check_name(spot.at(f"[{index}].name"), volume.name, seen)


def _check_gates(spot: Spot, spec: pod_schema.PodSpec) -> None:
    seen: set[str] = set()
    for index, gate in enumerate(spec.scheduling_gates or ()):
        here, name = spot.at(f"schedulingGates[{index}]"), gate.name or ""
        if not name_syntax.is_label_key(name):
            here.fault(f"{name!r} is no name of a gate", name_syntax.KEY)
        elif name in seen:
            here.fault(f"{name} is there twice", "keep one of the two")
        seen.add(name)
    if spec.node_name and not name_syntax.is_dns_name(spec.node_name):
        spot.at("nodeName").fault(f"{spec.node_name!r} is no name", name_syntax.NAME)
    elif spec.node_name and spec.scheduling_gates:
        spot.at("nodeName").fault("is given beside schedulingGates", "keep one of the two")


def _check_claims(spot: Spot, given: Iterable[pod_schema.ClaimName]) -> None:
    seen: set[str] = set()
    for index, claim in enumerate(given):
        here = spot.at(f"[{index}]")
        _check_name(here.at("name"), claim.name, seen)
        sources = (claim.resource_claim_name, claim.resource_claim_template_name)
        if sources.count(None) != 1:
            reason = "says nowhere where it comes from" if None in sources else "says two places where it comes from"
            here.fault(reason, "write one of resourceClaimName and resourceClaimTemplateName")


def check_selector(spot: Spot, kind: str, given: Any, labels: Mapping[str, str]) -> None:
    """Refuse the selector of a controller of this kind where it is left out, selects everything, or not its own pods."""
    here = spot.at("selector")
    selector = LabelSelector() if given is None else selector_of(here, kind, given)
    takes_labels = kind == CONTROLLER and selector == LabelSelector()
    is_missing = not labels if takes_labels else given is None
    if is_missing:
        here.fault("is missing", _SELECT)
    elif selector == LabelSelector() and kind not in _MAY_SELECT_ALL:
        here.fault("selects everything", "name labels that only its own pods have")
    elif selector is not None and not matches(selector, labels):
        spot.at("template.metadata.labels").fault("are not what spec.selector selects", "make the labels fit the selector")
