"""Rules at their borders: what is near a trap and is none, and the same trap in other words."""

import pytest

from planner import pipeline
from planner.check import check
from planner.check.request import Request
from planner.inputs import Inputs
from tests.conftest import ROOT

POLICY = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: p}}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{{apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [pods, pods/ephemeralcontainers]}}]
  validations:
    - expression: |-
        {}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: p}}
spec: {{policyName: p, validationActions: [Deny]}}
"""
TEMPLATE = """
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web, namespace: {namespace}, labels: {labels}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: c, image: "x:1"{container}}}]{spec}}}
"""


@pytest.fixture
def found(tmp_path):
    """Return the ids of what is found in a text, with these nodes."""

    def run(text, nodes=""):
        (tmp_path / "w.yaml").write_text(text)
        (tmp_path / "n.yaml").write_text(nodes)
        inventory = (str(tmp_path / "n.yaml"),) if nodes else ()
        return [finding.id for finding in check(Request(Inputs((str(tmp_path / "w.yaml"),), inventory, ""))).findings]

    return run


def template(spec="", kind="Deployment", namespace="shop", labels="{}", container=""):
    spec, container = (f", {text}" if text else "" for text in (spec, container))
    return TEMPLATE.format(kind=kind, namespace=namespace, labels=labels, spec=spec, container=container)


NOT_READY = "{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 30}"
READS = "volumeMounts: [{name: v, mountPath: /x, readOnly: true}]"


EXPRESSIONS = {
    "a list of refused keys": ("!object.spec.tolerations.exists(t, t.?key.orValue('') in ['a'])", ["policy-misses-keyless"]),
    "refused keys, one by one": (
        "object.spec.?tolerations.orValue([]).all(t, t.?key.orValue('') != 'a')",
        ["policy-misses-keyless"],
    ),
    "refused keys with has()": (
        "!object.spec.tolerations.exists(t, has(t.key) && t.key in ['a'])",
        ["policy-misses-keyless"],
    ),
    "a list of allowed keys": ("object.spec.?tolerations.orValue([]).all(t, t.?key.orValue('') in ['a'])", []),
    "refused keys, and the operator Exists": (
        "!object.spec.tolerations.exists(t, t.?key.orValue('') in ['a'] || t.?operator.orValue('') == 'Exists')",
        [],
    ),
    "a key that must be there": ("!object.spec.tolerations.exists(t, t.key == 'a')", []),
    "nothing about tolerations": ("object.metadata.?labels.orValue({}).exists(k, k == 'key')", []),
    "a parenthesis too many": ("!has(object.spec.nodeName))", ["policy-does-nothing"]),
    "a parenthesis in a text": ("object.spec.nodeName != ')('", []),
    "a parenthesis in a comment": ("// :-)\n        !has(object.spec.nodeName)", []),
    "has() of an index": ("has(object.metadata.labels['a'])", ["policy-does-nothing"]),
    "has() of a field": ("has(object.metadata.labels)", []),
    "true": ("true", ["policy-does-nothing"]),
    "what is true with brackets and a comment": ("(1 < 2) && !('a' == 'b') // as ever", ["policy-does-nothing"]),
    "true, or something": ("!has(object.spec.nodeName) || true", ["policy-does-nothing"]),
    "something, and true": ("!has(object.spec.nodeName) && true", []),
    "false, which refuses everything": ("false", []),
    "a choice of which one side is true": ("has(object.spec.nodeName) ? false : true", []),
    "true in a text": ("object.spec.?nodeName.orValue('') != ' || true'", []),
    "a list that holds true": ("object.spec.?tolerations.orValue([]).all(t, true || t.key == 'a')", []),
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_what_an_expression_lets_in(case, found):
    expression, expected = EXPRESSIONS[case]
    assert found(POLICY.format(expression)) == expected


CONDITIONS = {
    "false": ["policy-does-nothing"],
    "1 == 2": ["policy-does-nothing"],
    "request.operation == 'CREATE' && false": ["policy-does-nothing"],
    "!true": ["policy-does-nothing"],
    "true": [],
    "1 == 1": [],
    "request.operation == 'CREATE' || false": [],
    "'false' != request.userInfo.username": [],
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_that_is_never_true_makes_a_policy_idle(condition, found):
    written = f'  matchConditions: [{{name: c, expression: "{condition}"}}]\n  validations:'
    assert found(POLICY.format("!has(object.spec.nodeName)").replace("  validations:", written)) == CONDITIONS[condition]


TEMPLATES = {
    "a wildcard for NoExecute alone": (template("tolerations: [{operator: Exists, effect: NoExecute}]"), []),
    "a wildcard for NoSchedule alone": (
        template("tolerations: [{operator: Exists, effect: NoSchedule}]"),
        ["tolerates-every-ring"],
    ),
    "a key with a value": (template("tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]"), []),
    "a toleration for GPUs": (template("tolerations: [{key: nvidia.com/gpu, operator: Exists}]"), []),
    "a toleration for spot nodes": (template("tolerations: [{key: example.com/spot, value: 'true'}]"), []),
    "a list of tolerations that is none": (template("tolerations: null"), []),
    "a seconds' toleration of a dead node": (
        template(
            "tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}]"
        ),
        [],
    ),
    "a privileged container in a user namespace": (
        template("hostUsers: false", container="securityContext: {privileged: true}"),
        [],
    ),
    "a dangerous capability": (
        template(container="securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}"),
        ["node-takeover"],
    ),
    "a capability that binds ports": (template(container="securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}"), []),
    "a folder of the node that is read and tells nothing": (
        template("volumes: [{name: v, hostPath: {path: /sys}}]", container=READS),
        [],
    ),
    "a folder of the node that is read and holds tokens": (
        template("volumes: [{name: v, hostPath: {path: /}}]", container=READS),
        ["node-takeover"],
    ),
    "a folder of the node that is written": (
        template("volumes: [{name: v, hostPath: {path: /data}}]", container="volumeMounts: [{name: v, mountPath: /x}]"),
        ["node-takeover"],
    ),
    "a private image without a tag": (template("imagePullSecrets: [{name: s}]").replace("x:1", "x"), []),
    "a private image with a tag": (template("imagePullSecrets: [{name: s}]"), ["cached-image"]),
    "another scheduler": (template("schedulerName: mine"), ["other-scheduler"]),
    "a system priority in kube-system": (template("priorityClassName: system-cluster-critical", namespace="kube-system"), []),
    "a zone that is selected": (template("nodeSelector: {topology.kubernetes.io/zone: a}"), []),
    "a node selector that says nothing of a pool": (template("nodeSelector: {disktype: ssd}"), []),
    "a ReplicaSet": (template("tolerations: [{operator: Exists}]", kind="ReplicaSet"), ["tolerates-every-ring"]),
}


@pytest.mark.parametrize("case", TEMPLATES)
def test_what_a_template_is_taken_for(case, found):
    text, expected = TEMPLATES[case]
    assert found(text) == expected


NODE = """
apiVersion: v1
kind: Node
metadata: {{name: n1, labels: {labels}}}
spec: {{taints: [{{key: team, value: a, effect: {effect}}}]}}
status: {{allocatable: {{cpu: 4, memory: 8Gi, pods: "9"}}}}
"""
CRITICAL = "priorityClassName: system-node-critical"
AFFINITY = (
    "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
    "[{matchExpressions: [{key: kind, operator: NotIn, values: [virtual]}]}]}}}"
)
WITH_NODES = {
    "an agent that a taint keeps off": (template(CRITICAL, kind="DaemonSet"), "{}", "NoSchedule", ["daemon-loses-nodes"]),
    "an agent that does not want this node": (
        template(f"{CRITICAL}, {AFFINITY}", kind="DaemonSet"),
        *("{kind: virtual}", "NoSchedule", []),
    ),
    "an agent that nodes do without": (template(kind="DaemonSet"), "{}", "NoSchedule", []),
    "a taint that only asks": (template(CRITICAL, kind="DaemonSet"), "{}", "PreferNoSchedule", ["soft-isolation"]),
    "a spread that counts a tainted node": (
        template("topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]"),
        *("{}", "NoSchedule", ["spread-counts-tainted"]),
    ),
    "a spread that only asks": (
        template("topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]"),
        *("{}", "NoSchedule", []),
    ),
}


@pytest.mark.parametrize("case", WITH_NODES)
def test_what_nodes_add(case, found):
    text, labels, effect, expected = WITH_NODES[case]
    assert found(text, NODE.format(labels=labels, effect=effect)) == expected


GRANT = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: r{labels}}}
rules: {rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: r{labels}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}
subjects: [{subject}]
"""
BIND, ME = '[{apiGroups: [""], resources: [pods/binding], verbs: [create]}]', "{kind: ServiceAccount, namespace: a, name: b}"


def grant(rules=BIND, subject=ME, role="r", labels="", name="r"):
    text = GRANT.replace("name: r{labels}", "name: {name}{labels}")
    return text.format(rules=rules, subject=subject, role=role, labels=labels, name=name)


def labelled(name, subject, role="", value="rbac-defaults"):
    """A binding with the label of those that the API server makes."""
    name = f'"{name}"'
    return grant(subject=subject, role=role or name, name=name, labels=f", labels: {{kubernetes.io/bootstrapping: {value}}}")


BINDER = "{kind: ServiceAccount, namespace: kube-system, name: pod-binder}"
ITS_POD = """
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: kube-system}
spec: {serviceAccountName: pod-binder, containers: [{name: c, image: "x@sha256:%s"}]}
""" % ("0" * 64)


GRANTS = {
    "a service account": (grant(), ["may-bind"]),
    "the resource of its own": (grant(BIND.replace("pods/binding", "bindings")), ["may-bind"]),
    "both ways to bind": (grant(BIND.replace("pods/binding", "pods/binding, bindings")), ["may-bind"]),
    "a right to one node, and one to all": (
        grant(
            '[{apiGroups: [""], resources: [nodes], resourceNames: [n1], verbs: [patch]}, '
            '{apiGroups: [""], resources: [nodes], verbs: [patch]}]'
        ),
        ["may-edit-nodes"],
    ),
    "every subresource of nodes, which a role cannot say": (
        grant('[{apiGroups: [""], resources: ["nodes/*"], verbs: ["*"]}]'),
        [],
    ),
    "other bindings": (grant("[{apiGroups: [x.example], resources: [bindings], verbs: [create]}]"), []),
    "bindings that are only read": (grant(BIND.replace("pods/binding", "bindings").replace("create", "get")), []),
    "every subresource": (grant('[{apiGroups: ["*"], resources: ["*/binding"], verbs: ["*"]}]'), ["may-bind"]),
    "kube-scheduler itself": (grant(subject="{kind: User, name: 'system:kube-scheduler'}"), []),
    "the administrators of kubeadm": (grant(role="cluster-admin", subject="{kind: Group, name: 'kubeadm:cluster-admins'}"), []),
    "everybody": (grant(subject="{kind: Group, name: 'system:authenticated'}"), ["may-bind"]),
    "what Kubernetes brings": (labelled("system:controller:pod-binder", BINDER), []),
    "what Kubernetes brings for everybody": (labelled("system:discovery", "{kind: Group, name: 'system:authenticated'}"), []),
    "its label on a binding of one's own": (labelled("r", ME), ["may-bind"]),
    "its label and a name like its own": (labelled("system:controller:b", ME), ["may-bind"]),
    "another value of its label": (labelled("system:controller:pod-binder", BINDER, value="x"), ["may-bind"]),
    "its label on another role": (labelled("system:controller:pod-binder", BINDER, "cluster-admin"), ["may-do-everything"]),
    "its label, for everybody": (labelled("r", "{kind: Group, name: 'system:authenticated'}"), ["may-bind"]),
    "its label, for an account that pods have": (
        labelled("system:controller:pod-binder", BINDER) + ITS_POD,
        ["may-bind"],
    ),
    "a role that is not there": (grant(role="other"), []),
    "cluster-admin, which every cluster has": (grant(role="cluster-admin"), ["may-do-everything"]),
    "edit, which every cluster has": (
        grant(role="edit"),
        ["may-enter-pods", "may-make-pods", "may-make-tokens", "may-read-secrets"],
    ),
    "all that may be read": (grant('[{apiGroups: ["*"], resources: ["*"], verbs: [list, watch]}]'), ["may-read-secrets"]),
    "all that may be changed": (grant('[{apiGroups: ["*"], resources: ["*"], verbs: [patch]}]'), ["may-do-everything"]),
    "another group of the same name": (grant("[{apiGroups: [x], resources: [pods/binding], verbs: [create]}]"), []),
}


@pytest.mark.parametrize("case", GRANTS)
def test_who_holds_a_right(case, found):
    text, expected = GRANTS[case]
    assert found(text) == expected


AGGREGATED = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: whole}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: "yes"}}]}
rules: []
---
"""


def test_a_role_has_what_it_aggregates(found):
    assert found(AGGREGATED + grant(role="whole", labels=", labels: {part: 'yes'}")) == ["may-bind"]


SHAPES = {
    "no spec": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
    "a spec that is a list": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: []\n",
    "rules that are a text": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: x\n",
    "webhooks that are null": (
        "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: null\n"
    ),
    "a key that is a number": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, annotations: {1: 2}}\n",
    "no name": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\nspec: {template: {spec: {containers: [null, 1]}}}\n",
}


@pytest.mark.parametrize("case", SHAPES)
def test_an_odd_shape_is_no_trap_and_no_crash(case, found):
    assert found(SHAPES[case]) == []


STRICT = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {{name: t}}
spec:
  levels: [a]
  untagged: a
  requires: [{{level: a, {}}}]
"""
SAFE_POD = "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}"
SAFE = "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}"
CLASS = "---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {{name: {}}}\nhandler: x\n"
MOUNTING = (
    template("volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]")
    + """
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", volumeName: v, resources: {requests: {storage: 1Gi}}}
"""
)
STATEFUL = template(kind="StatefulSet") + (
    "  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], "
    "resources: {requests: {storage: 1Gi}}}}]\n"
)
DISK = """
---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: v}}
spec: {{accessModes: [ReadWriteOnce], capacity: {{storage: 1Gi}}, storageClassName: "", {}{}}}
"""
FOLDER, SERVER, HELD = "hostPath: {path: /}", "nfs: {server: x, path: /}", ", claimRef: {name: c, namespace: shop}"
ASSURANCES = {
    "restricted, and confined": ("podSecurity: restricted", template(SAFE_POD, container=SAFE), True),
    "restricted, and nothing said": ("podSecurity: restricted", template(), False),
    "baseline, and nothing said": ("podSecurity: baseline", template(), True),
    "baseline, on the node's network": ("podSecurity: baseline", template("hostNetwork: true"), False),
    "not as root, said by the pod": ("runAsNonRoot: true", template(SAFE_POD), True),
    "not as root, and root by number": (
        "runAsNonRoot: true",
        *(template("securityContext: {runAsNonRoot: true, runAsUser: 0}"), False),
    ),
    "a seccomp profile": ("seccomp: true", template(SAFE_POD), True),
    "no seccomp profile": ("seccomp: true", template(), False),
    "a user namespace": ("userNamespaces: true", template("hostUsers: false"), True),
    "no user namespace": ("userNamespaces: true", template(), False),
    "an image of the registry": ('images: ["docker.io/**"]', template(), True),
    "an image of another registry": ('images: ["registry.example/**"]', template(), False),
    "an image by its tag": ("digests: true", template(), False),
    "a RuntimeClass that isolates": (
        "runtimeClasses: [gvisor]",
        template("runtimeClassName: gvisor") + CLASS.format("gvisor"),
        True,
    ),
    "another RuntimeClass": ("runtimeClasses: [gvisor]", template("runtimeClassName: runc") + CLASS.format("runc"), False),
    "an image of another registry as a volume": (
        *('images: ["docker.io/**"]', template("volumes: [{name: v, image: {reference: evil.example/x}}]"), False),
    ),
    "an image of the registry as a volume": (
        *('images: ["docker.io/**"]', template("volumes: [{name: v, image: {reference: data}}]"), True),
    ),
    "a volume of an image by its tag": (
        "digests: true",
        template("volumes: [{name: v, image: {reference: data}}]").replace("x:1", f"x@sha256:{'0' * 64}"),
        False,
    ),
    "no folder of the node": ("noHostPath: true", template(), True),
    "a folder of the node": ("noHostPath: true", template("volumes: [{name: v, hostPath: {path: /x}}]"), False),
    "a claim that is bound to a folder of the node": ("noHostPath: true", MOUNTING + DISK.format(FOLDER, ""), False),
    "a claim for which a folder of the node is kept": (
        *("noHostPath: true", MOUNTING.replace(", volumeName: v", "") + DISK.format(FOLDER, HELD), False),
    ),
    "a claim that is bound to a file server": ("noHostPath: true", MOUNTING + DISK.format(SERVER, HELD), True),
    "a claim of another namespace": (
        *(
            "noHostPath: true",
            MOUNTING.replace("name: c, namespace: shop", "name: c, namespace: b") + DISK.format(FOLDER, ""),
            True,
        ),
    ),
    "a claim of its own for each pod, and a folder of the node is kept for the first": (
        *("noHostPath: true", STATEFUL + DISK.format(FOLDER, HELD.replace("name: c", "name: data-web-0")), False),
    ),
    "a folder of the node that nobody claims": ("noHostPath: true", template() + DISK.format(FOLDER, ""), True),
}


@pytest.mark.parametrize("case", ASSURANCES)
def test_a_level_requires(case, tmp_path):
    asked, text, is_met = ASSURANCES[case]
    (tmp_path / "w.yaml").write_text(text)
    (tmp_path / "t.yaml").write_text(STRICT.format(asked))
    inputs = Inputs((str(tmp_path / "w.yaml"),), (), str(tmp_path / "t.yaml"))
    found = [finding.id for finding in check(Request(inputs)).findings]
    assert ("level-unmet" not in found) is is_met


RINGED = """
apiVersion: v1
kind: Node
metadata: {{name: {name}, labels: {{ringfence.node-restriction.kubernetes.io/ring: a}}}}
status:
  allocatable: {{cpu: 4, memory: 8Gi, pods: "9"}}
  nodeInfo: {{kubeletVersion: {kubelet}, kernelVersion: {kernel}, osImage: {image}}}
"""
MACHINES = {
    "two alike": ("uniform: true", ["v1.37.0", "6.8.0-31-generic", "Ubuntu"], True),
    "two of different images": ("uniform: true", ["v1.37.0", "6.8.0", "Flatcar"], False),
    "a kubelet that is new enough": ('kubelet: "1.37"', ["v1.37.0", "6.8.0", "Ubuntu"], True),
    "a kubelet that is older": ('kubelet: "1.37"', ["v1.36.9", "6.8.0", "Ubuntu"], False),
    "a kernel that is older": ('kernel: "6.8"', ["v1.37.0", "5.15.0-1", "Ubuntu"], False),
    "a kernel that is new enough": ('kernel: "6.8"', ["v1.37.0", "6.10.2", "Ubuntu"], True),
}


@pytest.mark.parametrize("case", MACHINES)
def test_a_level_requires_of_nodes(case, tmp_path):
    asked, (kubelet, kernel, image), is_met = MACHINES[case]
    nodes = (
        RINGED.format(name="n1", kubelet="v1.37.0", kernel="6.8.0", image="Ubuntu"),
        RINGED.format(name="n2", kubelet=kubelet, kernel=kernel, image=image),
    )
    (tmp_path / "w.yaml").write_text(template())
    (tmp_path / "n.yaml").write_text("---".join(nodes))
    (tmp_path / "t.yaml").write_text(STRICT.format(asked))
    inputs = Inputs((str(tmp_path / "w.yaml"),), (str(tmp_path / "n.yaml"),), str(tmp_path / "t.yaml"))
    found = [finding.id for finding in check(Request(inputs)).findings]
    assert ("ring-node-unmet" not in found) is is_met


def test_nodes_of_a_plan_are_asked_where_no_inventory_is_given(tmp_path):
    (tmp_path / "w.yaml").write_text(template())
    (tmp_path / "n.yaml").write_text(RINGED.format(name="n1", kubelet="v1.36.9", kernel="6.8.0", image="Ubuntu"))
    (tmp_path / "t.yaml").write_text(STRICT.format('kubelet: "1.37"'))
    files = (str(tmp_path / "w.yaml"),), (str(tmp_path / "n.yaml"),), str(tmp_path / "t.yaml")
    (tmp_path / "p.yaml").write_text(pipeline.plan_text(pipeline.plan(Inputs(*files), print)))
    findings = check(Request(Inputs(files[0], (), ""), plan=str(tmp_path / "p.yaml"))).findings
    assert ("ring-node-unmet", "Node/n1") in [(finding.id, finding.subject) for finding in findings]


CLUSTER_CONFIG = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: c, region: eu-west-1}}
{}: [{{name: g, minSize: {}, labels: {{{}}}{}}}]
"""
TAINTED = ", taints: [{key: dedicated, value: a, effect: NoSchedule}]"
KYVERNO = """
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {{name: p}}
spec:
  validationFailureAction: {}
  rules: [{{name: r, match: {{any: [{{resources: {{kinds: [Pod]}}}}]}}, {}: {}}}]
"""
PATTERN = "{message: m, pattern: {spec: {nodeName: 'null'}}}"
WEBHOOK = """
apiVersion: admissionregistration.k8s.io/v1
kind: {}WebhookConfiguration
metadata: {{name: w}}
webhooks: [{{name: a.b.c, failurePolicy: {}, rules: [{{apiGroups: [""], apiVersions: [v1], operations: [{}], resources: [{}]}}]}}]
"""
FLAVORS = """
apiVersion: kueue.x-k8s.io/v1beta2
kind: ResourceFlavor
metadata: {{name: a}}
spec: {{nodeLabels: {{x: "1"}}{}}}
"""
NODES = """
apiVersion: v1
kind: Node
metadata: {{name: n1, {}labels: {{a: b}}}}
---
apiVersion: v1
kind: Node
metadata: {{name: n2, labels: {{a: b}}}}
---
apiVersion: v1
kind: Node
metadata: {{name: n3, labels: {{a: b}}}}
"""
OTHERS = {
    "an eksctl group that is labelled and not tainted": (
        CLUSTER_CONFIG.format("managedNodeGroups", 1, "example.com/dedicated: a", ""),
        ["taint-joins-late"],
    ),
    "an eksctl group that is labelled and tainted": (
        CLUSTER_CONFIG.format("managedNodeGroups", 1, "example.com/dedicated: a", TAINTED),
        [],
    ),
    "an eksctl group that may be empty, and tells no taint": (
        CLUSTER_CONFIG.format("nodeGroups", 0, "example.com/dedicated: a", TAINTED),
        ["scale-from-zero-blind"],
    ),
    "an eksctl group that may be empty, and tells all": (
        CLUSTER_CONFIG.format("nodeGroups", 0, "example.com/dedicated: a", f"{TAINTED}, propagateASGTags: true"),
        [],
    ),
    "a label that eksctl refuses": (
        CLUSTER_CONFIG.format("nodeGroups", 1, "node-restriction.kubernetes.io/x: a", ""),
        ["label-key-refused"],
    ),
    "a Job that taints nodes": (
        template(container='command: [sh, -c, "kubectl taint nodes -l pool=a dedicated=a:NoSchedule"]'),
        ["taint-joins-late"],
    ),
    "a container that only talks of taints": (template(container='command: [sh, -c, "echo taint"]'), []),
    "a Kyverno policy that audits": (
        KYVERNO.format("Audit", "validate", PATTERN),
        ["kyverno-legacy", "policy-does-nothing"],
    ),
    "a Kyverno policy that enforces": (KYVERNO.format("Enforce", "validate", PATTERN), ["kyverno-legacy"]),
    "a Kyverno policy about something else": (
        KYVERNO.format("Audit", "validate", "{message: m, pattern: {metadata: {labels: {a: b}}}}"),
        [],
    ),
    "a webhook that lets pods in": (WEBHOOK.format("Validating", "Ignore", "CREATE", "pods"), ["policy-fails-open"]),
    "a webhook that does not": (WEBHOOK.format("Validating", "Fail", "CREATE", "pods"), []),
    "a webhook about Secrets": (WEBHOOK.format("Validating", "Ignore", "CREATE", "secrets"), []),
    "a webhook that changes pods": (WEBHOOK.format("Mutating", "Fail", "CREATE", "pods"), ["placement-injected"]),
    "a flavor with a wildcard": (FLAVORS.format(", tolerations: [{operator: Exists}]"), ["placement-injected"]),
    "a flavor with a taint of its own": (FLAVORS.format(", tolerations: [{key: a, operator: Exists}]"), []),
    "a service account token in a bare pod": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: x}]}\n",
        [],
    ),
    "a CronJob with a wildcard": (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: "
        "{spec: {restartPolicy: Never, tolerations: [{operator: Exists}], containers: [{name: c, image: x}]}}}}}\n",
        ["tolerates-every-ring"],
    ),
    "an Argo Rollout that names its node": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\n"
        "spec: {template: {spec: {nodeName: n1, containers: [{name: c, image: x}]}}}\n",
        ["node-name"],
    ),
    "a budget of an autoscaled Deployment": (
        template()
        + "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b, namespace: shop}\nspec: {minAvailable: 1, "
        "selector: {matchLabels: {app: web}}}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: "
        "{name: h, namespace: shop}\nspec: {minReplicas: 3, maxReplicas: 9, scaleTargetRef: {kind: Deployment, name: web}}\n",
        [],
    ),
    "a budget that lets none of its pods go": (
        template() + "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b, namespace: shop}\n"
        "spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}\n",
        ["drain-blocked"],
    ),
    "a plan of ringfence itself": (
        "apiVersion: ringfence.dev/v1alpha1\nkind: IsolationPlan\nmetadata: {name: p}\nspec: {workloads: [{template: {spec: "
        "{tolerations: [{operator: Exists}], containers: [{name: c, image: x}]}}}]}\n",
        [],
    ),
    "many nodes of one file": (NODES.format(""), ["node-in-manifests"]),
    "a node of which somebody accepts it hides no others": (
        NODES.format("annotations: {accept.ringfence.dev/node-in-manifests: mine}, "),
        ["node-in-manifests"],
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_other_objects_are_taken_for(case, found):
    text, expected = OTHERS[case]
    assert found(text) == expected


def test_many_nodes_of_one_file_are_one_finding_with_their_number_and_the_first_line(tmp_path):
    (tmp_path / "w.yaml").write_text(NODES.format(""))
    (finding,) = check(Request(Inputs((str(tmp_path / "w.yaml"),), (), ""))).findings
    assert (finding.subject, finding.where.line) == ("Node/n1", 2)
    assert "the first of 3 Nodes" in finding.message
    assert "give it with --nodes" in finding.fix


def test_a_plan_among_manifests_brings_no_templates(tmp_path):
    for name in ("workloads.yaml", "expected/plan.yaml"):
        (tmp_path / name.rpartition("/")[2]).write_text((ROOT / "samples" / "quickstart" / name).read_text())
    whole, alone = (check(Request(Inputs((str(path),), (), ""))) for path in (tmp_path, tmp_path / "workloads.yaml"))
    assert whole.templates == alone.templates
    assert [finding.id for finding in whole.findings] == [finding.id for finding in alone.findings]


LEFT_ALONE = """
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Node
    metadata: {name: cp, labels: {pool: system}}
    status: {allocatable: {cpu: 4, memory: 8Gi, pods: "9"}}
  - apiVersion: v1
    kind: Pod
    metadata: {name: p, namespace: kube-system, uid: u}
    spec: {nodeName: cp, containers: [{name: c, image: x}]}
"""
REFUSING = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {{name: t}}
spec:
  levels: [a]
  untagged: refuse
  nodes: {{exclude: {{matchLabels: {{pool: {}}}}}}}
"""


@pytest.mark.parametrize(("pool", "expected"), [("system", []), ("other", ["level-missing"])])
def test_what_runs_on_nodes_that_are_left_alone_needs_no_level(pool, expected, tmp_path):
    (tmp_path / "n.yaml").write_text(LEFT_ALONE)
    (tmp_path / "t.yaml").write_text(REFUSING.format(pool))
    inputs = Inputs((), (str(tmp_path / "n.yaml"),), str(tmp_path / "t.yaml"))
    assert [finding.id for finding in check(Request(inputs)).findings] == expected


NAMED = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {{name: t}}
spec: {{levels: [a], untagged: a, admission: {{{}: ["system:serviceaccount:a:b"]}}}}
"""


@pytest.mark.parametrize(("who", "expected"), [("schedulers", []), ("admins", []), ("provisioners", ["may-bind"])])
def test_whom_the_policy_lets_bind_is_no_finding(who, expected, tmp_path):
    (tmp_path / "w.yaml").write_text(grant())
    (tmp_path / "t.yaml").write_text(NAMED.format(who))
    inputs = Inputs((str(tmp_path / "w.yaml"),), (), str(tmp_path / "t.yaml"))
    assert [finding.id for finding in check(Request(inputs)).findings] == expected


def test_what_the_api_server_says_of_a_policy_is_told(tmp_path):
    status = "status: {typeChecking: {expressionWarnings: [{fieldRef: spec.x, warning: 'pods/v1: ERROR: undefined field'}]}}"
    first, second = POLICY.format("!has(object.spec.nodeName)").strip().split("\n---\n")
    items = "".join(f"- {text}\n".replace("\n", "\n  ").rstrip(" ") for text in (f"{first}\n{status}", second))
    (tmp_path / "n.yaml").write_text(f"apiVersion: v1\nkind: List\nitems:\n{items}")
    findings = check(Request(Inputs((), (str(tmp_path / "n.yaml"),), ""))).findings
    assert [finding.message for finding in findings] == ["the API server warns of spec.x: pods/v1: ERROR: undefined field"]


POOL = """
apiVersion: v1
kind: Node
metadata: {{name: node-a, labels: {}}}
status: {{allocatable: {{cpu: 4, memory: 8Gi, pods: 9}}}}
"""
OWN_LABEL = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: t}
spec: {levels: [a], untagged: a, nodes: {labelKey: shop.example/ring}}
"""
SAFER = "select a label under node-restriction.kubernetes.io/, which no kubelet may write"
GUARDED = (
    "apply the policies that ringfence patch writes to policy/: a kubelet then writes it only as its node joins; "
    "labels under node-restriction.kubernetes.io/ are refused by {}"
)
WEAK = {
    "nodes of no group": ("{}", f"spec.nodes.labelKey: {SAFER}"),
    "nodes of a NodePool": ("{karpenter.sh/nodepool: web}", f"spec.nodes.labelKey: {SAFER}"),
    "nodes of EKS": ("{eks.amazonaws.com/nodegroup: web}", GUARDED.format("EKS on a managed node group")),
    "nodes of GKE": ("{cloud.google.com/gke-nodepool: web}", GUARDED.format("GKE on a node pool")),
}


@pytest.mark.parametrize("case", WEAK)
def test_a_safer_label_is_advised_where_the_nodes_may_carry_one(case, tmp_path):
    labels, fix = WEAK[case]
    selecting = template("nodeSelector: {dedicated: web}")
    for name, text in (("w", selecting), ("n", POOL.format(labels)), ("t", OWN_LABEL)):
        (tmp_path / f"{name}.yaml").write_text(text)
    inputs = Inputs((str(tmp_path / "w.yaml"),), (str(tmp_path / "n.yaml"),), str(tmp_path / "t.yaml"))
    findings = [finding for finding in check(Request(inputs)).findings if finding.id == "kubelet-label"]
    assert {finding.subject: finding.fix for finding in findings} == {
        "Deployment/shop/web": fix.removeprefix("spec.nodes.labelKey: "),
        "TrustPolicy/t": fix,
    }
