"""Claims that are made for single pods: where a LimitRange refuses them, or the name is taken, it is said."""

import pytest

from tests.read.cluster_reader import SPEC, cluster_of, controller, said, thing

LIMITS = "{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: %s}, spec: {limits: [{type: %s, %s}]}}"
EPHEMERAL = "volumes: [{name: tmp, ephemeral: {volumeClaimTemplate: {spec: {%s}}}}]"
SIZE = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}"
DATA = f", replicas: 2, volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {{{SIZE}}}}}]"
DB = controller("StatefulSet", "db", DATA)
CLAIM = (
    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: shop%s}, spec: {volumeName: pv, " + SIZE + "}}"
)
REFUSED = "the API server will refuse its claims, without which its pods do not start: LimitRange l "
SHORT, LONG = f"{REFUSED}asks for more storage than data requests", f"{REFUSED}allows less storage than data requests"


def with_tmp(kind="Deployment", name="db", more=""):
    """Write a workload with an ephemeral volume."""
    inner = f"{SPEC[1:-1]}, {EPHEMERAL % SIZE}"
    if kind == "Pod":
        return thing("Pod", name, inner, "v1", meta=more)
    return thing(
        kind,
        name,
        f"selector: {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{{inner}}}}}{more}",
    )


def messages(*texts):
    """Return what is said of the workload."""
    return [message for subject, message in said(cluster_of(*texts)).items() if subject.endswith("/shop/db")]


RANGES = {
    "less than the least": ("min: {storage: 3Gi}", [SHORT]),
    "the least": ("min: {storage: 2Gi}", []),
    "more than the most": ("max: {storage: 1Gi}", [LONG]),
    "the most": ("max: {storage: 2Gi}", []),
}


@pytest.mark.parametrize(("bound", "wanted"), RANGES.values(), ids=RANGES)
def test_a_limit_range_refuses_claims_that_ask_for(bound, wanted):
    ranges = LIMITS % ("shop", "PersistentVolumeClaim", bound)
    assert messages(DB, ranges) == wanted
    assert messages(with_tmp(), ranges) == [one.replace("data", "tmp") for one in wanted]


LEAST = "min: {storage: 3Gi}"
SPARED = {
    "claims in another namespace": (DB, LIMITS % ("other", "PersistentVolumeClaim", LEAST)),
    "claims where containers are limited": (DB, LIMITS % ("shop", "Container", "min: {cpu: 0}")),
    "claims that are all there": (
        DB, LIMITS % ("shop", "PersistentVolumeClaim", LEAST), CLAIM % ("data-db-0", ""), CLAIM % ("data-db-1", ""),
    ),
    "claims of a pod that runs": (
        with_tmp("Pod", more=", uid: u"), LIMITS % ("shop", "PersistentVolumeClaim", LEAST),
    ),
}  # fmt: skip


@pytest.mark.parametrize("texts", SPARED.values(), ids=SPARED)
def test_it_does_not_refuse(texts):
    assert messages(*texts) == []


def test_claims_are_refused_as_long_as_one_is_missing():
    assert messages(DB, LIMITS % ("shop", "PersistentVolumeClaim", LEAST), CLAIM % ("data-db-0", "")) == [SHORT]


OWNED = ", ownerReferences: [{apiVersion: v1, kind: Pod, name: %s, controller: true}]"
TAKEN = (
    "claim %s is there already, but was not made for the pod whose ephemeral volume it would be: that pod stays pending until "
    "it is gone"
)
SEVERAL = (
    "claims db-0-tmp, db-1-tmp are there already, but were not made for the pods whose ephemeral volumes they would be: those "
    "pods stay pending until they are gone"
)
TWO = with_tmp("StatefulSet", more=", replicas: 2")
NAMES = {
    "of a Pod's": (with_tmp("Pod"), (CLAIM % ("db-tmp", ""),), [TAKEN % "db-tmp"]),
    "not its own": (with_tmp("Pod"), (CLAIM % ("db-tmp", OWNED % "db"),), []),
    "another Pod's": (with_tmp("Pod"), (CLAIM % ("db-tmp", OWNED % "other"),), [TAKEN % "db-tmp"]),
    "not of another name": (with_tmp("Pod"), (CLAIM % ("db-0-tmp", ""),), []),
    "of a StatefulSet's pod": (TWO, (CLAIM % ("db-1-tmp", ""),), [TAKEN % "db-1-tmp"]),
    "of both": (TWO, (CLAIM % ("db-0-tmp", ""), CLAIM % ("db-1-tmp", "")), [SEVERAL]),
    "not of a pod that it does not have": (TWO, (CLAIM % ("db-2-tmp", ""),), []),
    "not its own there": (TWO, (CLAIM % ("db-1-tmp", OWNED % "db-1"),), []),
    "nobody's where names are made up": (with_tmp(), (CLAIM % ("db-0-tmp", ""),), []),
    "not one of its templates": (DB, (CLAIM % ("data-db-0", ""),), []),
}


@pytest.mark.parametrize(("text", "claims", "wanted"), NAMES.values(), ids=NAMES)
def test_a_claim_that_has_the_name(text, claims, wanted):
    assert messages(text, *claims) == wanted
