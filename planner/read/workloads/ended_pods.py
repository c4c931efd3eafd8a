"""Pods and Jobs that a cluster told of, but that have ended or are about to: not planned, and said, but not one by one."""

from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.remarks import remark
from planner.read.schema import pod_schema

_SUBJECT = "left out"
_PODS, _JOBS, _DELETED = "pods ended", "Jobs ended", "pods deleted"


class EndedPods:
    """What was left out so far, by reason."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._found: dict[str, dict[str, Source]] = {_PODS: {}, _JOBS: {}, _DELETED: {}}

    def leave_out_pod(self, document: Document, meta: pod_schema.Meta) -> None:
        """Leave out a pod of which no container runs again."""
        self._add(_PODS, document, meta)

    def leave_out_job(self, document: Document, meta: pod_schema.Meta | None) -> None:
        """Leave out a Job that makes no more pods."""
        self._add(_JOBS, document, meta or pod_schema.Meta())

    def leave_out_deleted(self, document: Document, meta: pod_schema.Meta) -> None:
        """Leave out a pod that is being deleted."""
        self._add(_DELETED, document, meta)

    def _add(self, reason: str, document: Document, meta: pod_schema.Meta) -> None:
        self._found[reason][f"{meta.namespace or DEFAULT_NAMESPACE}/{meta.name or ''}"] = document.where

    def state(self, notebook: Notebook) -> None:
        """Say of each reason how many it leaves out, and which are the first."""
        for reason, objects in self._found.items():
            if objects:
                names = sorted(objects)
                Spot(notebook, objects[names[0]]).state(_SUBJECT, remark(reason, count=len(names), names=tuple(names)))
