"""Custom resources -> pod sources, one for each pod template to which a path of the policy leads."""

from collections.abc import Sequence
from dataclasses import replace

from models.field_path import ANY, steps_of
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, spot_of
from planner.read.schema import pod_schema, workload_schema
from planner.read.schema.known_kinds import ROLLOUT
from planner.read.workloads.argo_rollout import read_argo_rollout
from planner.read.workloads.pod_source import PodSource
from planner.read.workloads.pod_source_builder import PodSourceBuilder
from planner.read.workloads.pod_templates import Place, count, is_complete, places, state_hidden

_NO_TEMPLATE = ("there is no pod template here", "correct the path under podTemplates in the policy")


def read_custom_resource(
    document: Document, paths: Sequence[str], builder: PodSourceBuilder, notebook: Notebook
) -> list[PodSource]:
    """Build the pod sources of a custom resource, one for each pod template to which a path leads; name the others.

    Not every object has all that its kind may have, but one of which nothing is found has it elsewhere.
    """
    given, spot, tree = document.decode(workload_schema.Custom), spot_of(document, notebook), document.tree()
    templates = {place.path: place for path in paths for place in places(tree, path)}
    if not templates and not any(is_complete(tree, path) for path in paths):
        for path in paths:
            spot.at(path).fault(*_NO_TEMPLATE)
    sources = [_read_template(document, given, place, builder, notebook) for place in templates.values()]
    if len(paths) > 1 or any(ANY in steps_of(path) for path in paths):
        for source in filter(None, sources):
            source.id = replace(source.id, template=source.template_path)
    state_hidden(document, given.metadata, notebook, [source.spec_path for source in sources if source])
    return [source for source in sources if source]


def _read_template(
    document: Document, given: workload_schema.Custom, place: Place, builder: PodSourceBuilder, notebook: Notebook
) -> PodSource | None:
    """Build the pod source of a pod template inside a custom resource."""
    spot = spot_of(document, notebook)
    if not isinstance(place.value, dict):
        spot.at(place.path).fault(*_NO_TEMPLATE)
        return None
    template = spot.at(place.path).convert(place.value, pod_schema.Template)
    if template is None:
        return None
    pods = (0, "") if document.kind == "DaemonSet" else count(spot, place)
    source = builder.build(document, given.metadata, template, pods, place.path)
    if source and f"{document.api_version}/{document.kind}" == ROLLOUT:
        source.rollout = read_argo_rollout(spot, given)
        source.selector = given.spec.selector if given.spec else None
    return source
