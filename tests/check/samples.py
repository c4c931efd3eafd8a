"""Findings to write, and manifests to find them in."""

from models.answer.finding import ERROR, INFO, WARNING
from models.source import Source
from planner.check.finding import Finding
from planner.check.report import Accepted, Report

NASTY = "a\x1b[31m\x07\u202e\n::error file=x::fake ##[error]fake </failure> | <b> %0A"
FINDINGS = (
    Finding(
        "node-name", ERROR, "Deployment/shop/web", "names node-1", "why", "fix", Source("shop/web.yaml", 12), "https://k8s.io"
    ),
    Finding("may-steal-pods", WARNING, "ClusterRoleBinding/agent", "may both", "why", "fix", Source("rbac.yaml", 3)),
    Finding("static-pod", INFO, "Pod/kube-system/proxy", "stays", "why", "fix", Source("prod: Pod kube-system/proxy")),
)
REPORT = Report(FINDINGS, (Accepted(FINDINGS[1], "known", "baseline"),), ("Secret: forbidden",), objects=9, templates=4)
HOSTILE = Report((Finding("node-name", ERROR, NASTY, NASTY, NASTY, NASTY, Source(NASTY, 1), NASTY),), (), (NASTY,))

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations: {ANNOTATIONS}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      nodeName: node-7
      containers: [{name: main, image: "registry.example/web:1"}]
"""


def deployment(annotations: str = "") -> str:
    """A Deployment that names its node, with these annotations."""
    return DEPLOYMENT.replace("ANNOTATIONS", annotations)
