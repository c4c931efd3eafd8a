"""A pod template and the object that has it -> a pod source."""

from collections.abc import Collection

from models.kubernetes.confinement import Confinement
from models.kubernetes.workload import WorkloadId
from planner.read.confinement.facts import confinement
from planner.read.confinement.pod_tree import PodTree
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, spot_of
from planner.read.documents.identity import DEFAULT_NAMESPACE, controller_of, name_of
from planner.read.documents.remarks import remark
from planner.read.documents.tree import branch
from planner.read.pods import controller_labels
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import custom_group, full_kind, group_of
from planner.read.validation.object_rules import within
from planner.read.validation.pod_spec import check_pod
from planner.read.validation.pod_volumes import check_volumes
from planner.read.workloads.blocked_rollouts import ENDING
from planner.read.workloads.pod_count.job_pods import Count
from planner.read.workloads.pod_source import PodSource, SharedSpecs, without_body
from planner.read.workloads.pod_templates import places

TEMPLATE = "spec.template"
_NAMELESS = "give it a metadata.name: patches find objects by name"


class PodSourceBuilder:
    """Builds pod sources; equal pod specs are kept once."""

    def __init__(self, notebook: Notebook, looks_at_confinement: bool = False) -> None:
        """Write faults and statements into the notebook; how containers are confined is known only where it is looked at."""
        self._notebook = notebook
        self._looks_at_confinement = looks_at_confinement
        self.shared = SharedSpecs()

    def check(
        self,
        document: Document,
        template: pod_schema.Template | None,
        path: str,
        restarts: Collection[str],
        replaced: Collection[str | None] = (),
    ) -> None:
        """Note what validation refuses in a pod spec, before it is shared without what does not bear on placement.

        At what an API server has stored it has looked itself, newer or older than ringfence.
        """
        if template and template.spec:
            spec_path = f"{path}.spec" if path else "spec"
            spot = spot_of(document, self._notebook).at(spec_path)
            check_pod(spot, template.spec, restarts, replaced)
            if not document.is_record:
                check_volumes(spot, within(document.tree(), spec_path) or {}, replaced)

    def build(
        self,
        document: Document,
        meta: pod_schema.Meta | None,
        template: pod_schema.Template | None,
        count: Count,
        path: str = TEMPLATE,
    ) -> PodSource | None:
        """Build the pod source of a template, which is at `path`; None where there is no spec of a pod."""
        spot, meta = spot_of(document, self._notebook), meta or pod_schema.Meta()
        if not meta.name:
            spot.at("metadata.name").fault("is missing", _NAMELESS)
        if template is None or template.spec is None:
            spot.at(f"{path}.spec" if path else "spec").fault("is missing", "add the pod's spec")
            return None
        namespace, kind = meta.namespace or DEFAULT_NAMESPACE, (group_of(document.api_version), document.kind)
        account, (owner, owner_uid) = _account(template.spec), controller_of(meta, namespace)
        if owner and not document.is_stored:
            spot.state(f"{full_kind(kind)}/{namespace}/{meta.name or ''}", remark("owner not believed", owner=name_of(owner)))
        spec, alike, is_first = self.shared.spec(template.spec)
        return PodSource(
            id=WorkloadId(document.kind, namespace, meta.name or "", custom_group(kind)),
            api_version=document.api_version,
            spec=spec,
            alike=alike,
            where=document.where,
            # One that was mended is kept as well: it alone knows which of its fields nobody wrote.
            document=without_body(document) if is_first or document.stand_ins else None,
            labels=self.shared.labels(meta.labels),
            template_labels=self.shared.labels(template.metadata.labels if template.metadata else None),
            template_path=path,
            pods=count[0],
            counted=count[1],
            uid=(meta.uid or "") if document.is_stored else "",
            owner=owner if document.is_stored else None,
            owner_uid=owner_uid,
            is_stored=document.is_stored,
            account=account,
            doubts=(ENDING,) if meta.deletion_timestamp and document.is_stored else (),
            added=controller_labels.unknown_keys_of(kind),
            absent=tuple(
                dict.fromkeys(
                    (*absent_paths("", meta, document.is_stored), *absent_paths(path, template.metadata, document.is_stored))
                )
            ),
            confinement=_confinement(document, path) if self._looks_at_confinement else None,
        )


def _confinement(document: Document, path: str) -> Confinement:
    around = next((place.value for place in places(document.tree(), path)), None) if path else document.tree()
    return confinement(PodTree(branch(around, "spec"), branch(around)))


def _account(spec: pod_schema.PodSpec) -> str:
    """Take the name of the ServiceAccount out of a pod spec, for it does not bear on where pods may run."""
    account, spec.service_account_name, spec.service_account = spec.service_account_name or spec.service_account, None, None
    return account or ""


def absent_paths(path: str, meta: pod_schema.Labelled | pod_schema.Meta | None, is_stored: bool) -> tuple[str, ...]:
    """Return the path of the metadata, or of the labels, that what is at `path` does not have.

    An API server writes out metadata of templates that its author left out (ObjectMeta is no pointer): empty ones are none.
    """
    here = f"{path}.metadata" if path else "metadata"
    if meta is None or (is_stored and meta == type(meta)()):
        return (here,)
    return (f"{here}.labels",) if meta.labels is None else ()
