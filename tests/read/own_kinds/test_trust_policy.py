"""TrustPolicy documents become policies, or faults that name line, field and what to do."""

import pytest

from models.kubernetes.labels import LabelSelector
from models.trust import Assignment, Claimant, Demand, Match, PolicyLabels, PolicyNodes
from planner.errors import BadInput
from planner.read import read_policy
from tests.read.own_kinds import policies
from tests.read.own_kinds.policies import HEAD, read

LEVELS = "levels: [restricted, internal, untrusted]"


def faults(tmp_path, text):
    return [(fault.where.line, fault.field, f"{fault.reason}; {fault.fix}") for fault in policies.faults(tmp_path, text)]


def test_everything_that_a_policy_can_say(tmp_path):
    text = f"""{HEAD}{LEVELS}
  labels: {{level: example.com/level, tenant: example.com/tenant}}
  claims:
    - {{level: restricted, namespaces: [payments, "vault-*"]}}
  assign:
    - {{level: restricted, tenant: a, match: {{kind: Job, namespaces: [p], names: [x], images: ["docker.io/**"], labels: {{}}}}}}
    - {{level: untrusted}}
  untagged: internal
  separateTenants: [restricted]
  mayShare:
    - [internal, untrusted]
    - [restricted/a, restricted/b]
  everywhere:
    - {{kind: DaemonSet, namespaces: [kube-system]}}
    - {{names: ["log-*"]}}
  nodes: {{labelKey: a.b/ring, taintKey: ring, poolKey: a.b/pool, exclude: {{matchLabels: {{pool: infra}}}}}}
  podTemplates: {{example.com/v1/Fleet: spec.template}}
  demand: {{surge: false, hpa: now, cronJobs: one}}
"""
    found = read(tmp_path, text)
    assert (found.name, found.levels) == ("shop", ("restricted", "internal", "untrusted"))
    assert found.labels == PolicyLabels("example.com/level", "example.com/tenant")
    assert found.claims == (Claimant("restricted", ("payments", "vault-*")),)
    match = Match("Job", ("p",), ("x",), ("docker.io/**",), LabelSelector())
    assert found.assign == (Assignment("restricted", match, "a"), Assignment("untrusted"))
    assert (found.untagged, found.separate_tenants) == ("internal", ("restricted",))
    assert found.may_share == (("internal", "untrusted"), ("restricted/a", "restricted/b"))
    assert found.everywhere == (Match("DaemonSet", ("kube-system",)), Match(names=("log-*",)))
    assert found.nodes == PolicyNodes("a.b/ring", "ring", LabelSelector({"pool": "infra"}), "a.b/pool")
    assert found.pod_templates == {"example.com/v1/Fleet": "spec.template"}
    assert found.demand == Demand(surge=False, hpa="now", cron_jobs="one")
    assert found.where.line == 1


def test_pod_templates_may_be_at_several_paths_and_in_lists(tmp_path):
    paths = "[spec.head.template, 'spec.groups[*].template', spec.roles.*.template]"
    found = read(tmp_path, f"{HEAD}{LEVELS}\n  podTemplates: {{a.b/v1/Fleet: {paths}, a.b/v1/Ship: spec.template}}\n")
    assert found.template_paths("a.b/v1/Fleet") == ("spec.head.template", "spec.groups[*].template", "spec.roles.*.template")
    assert found.template_paths("a.b/v1/Ship") == ("spec.template",)
    assert found.template_paths("a.b/v1/Boat") == ()


def test_a_rule_may_ask_for_all_images_or_for_any(tmp_path):
    found = read(tmp_path, f'{HEAD}{LEVELS}\n  assign: [{{level: internal, match: {{images: ["a/**"], anyImage: ["b/**"]}}}}]\n')
    assert found.assign[0].match == Match(images=("a/**",), any_image=("b/**",))


def test_levels_are_enough(tmp_path):
    found = read(tmp_path, f"{HEAD}{LEVELS}\n")
    assert (found.untagged, found.may_share, found.nodes) == ("refuse", (), PolicyNodes())
    assert found.demand == Demand(surge=True, hpa="max", cron_jobs="overlap")


def test_a_field_without_a_value_counts_as_absent(tmp_path):
    assert read(tmp_path, f"{HEAD}{LEVELS}\n  claims:\n  mayShare:\n").claims == ()


REFUSED = {
    "a requirement of a level that there is not": ("requires: [{level: secret}]", "requires[0].level", "unknown level"),
    "a standard that there is not": (
        "requires: [{level: internal, podSecurity: strict}]",
        *("requires[0].podSecurity", "write baseline or restricted"),
    ),
    "a kubelet that is no version": ("requires: [{level: internal, kubelet: new}]", "requires[0].kubelet", "is no version"),
    "a fall from the last level": (
        "requires: [{level: untrusted, demote: true, seccomp: true}]",
        *("requires[0].demote", "no level is below untrusted"),
    ),
    "a fall for want of nothing": (
        'requires: [{level: internal, demote: true, kubelet: "1.36"}]',
        *("requires[0].demote", "nothing is required of workloads"),
    ),
    "two entries for what a level requires": (
        "requires: [{level: internal}, {level: internal}]",
        *("requires[1].level", "has two entries"),
    ),
    "an unknown field, with the field that is meant": ("claim: []", "claim", "unknown field; did you mean 'claims'?"),
    "an unknown field that is like no other": ("zzz: 1", "zzz", "unknown field; known are admission, assign, claims,"),
    "a field that stands below nodes": ("groups: {split: allow}", "groups", "unknown field; did you mean 'spec.nodes.groups'?"),
    "a field that stands below node groups": ("split: allow", "split", "unknown field; did you mean 'spec.nodes.groups.split'?"),
    "a split that is no word": (
        "nodes: {groups: {split: true}}",
        "nodes.groups.split",
        "must be a string, not true; write never",
    ),
    "a field that a later version may have": ("minRings: 3", "minRings", "unknown field"),
    "the name in the spec": ("name: shop", "name", "unknown field"),
    "an unknown field deep inside": (
        "assign: [{level: internal, match: {namespace: [a]}}]",
        "assign[0].match.namespace",
        "did you mean 'namespaces'?",
    ),
    "a claim for an unknown level": (
        "claims: [{level: secret, namespaces: [a]}]",
        "claims[0].level",
        "unknown level 'secret'; levels are",
    ),
    "a claim for nobody": ("claims: [{level: internal}]", "claims[0].namespaces", "names no namespace"),
    "a claim without a level": ("claims: [{namespaces: [a]}]", "claims[0].level", "is missing"),
    "an assignment to an unknown level": ("assign: [{level: secret}]", "assign[0].level", "unknown level 'secret'"),
    "a tenant that cannot be a label": (
        "assign: [{level: internal, tenant: 'a b'}]",
        "assign[0].tenant",
        "'a b' is no label value",
    ),
    "a match with an unknown operator": (
        "assign: [{level: internal, match: {labels: {matchExpressions: [{key: a, operator: Is}]}}}]",
        "assign[0].match.labels.matchExpressions[0].operator",
        "'Is' is no operator here",
    ),
    "an unknown level for what is untagged": ("untagged: secret", "untagged", "unknown level 'secret'"),
    "an unknown level with tenants": ("separateTenants: [secret]", "separateTenants[0]", "unknown level 'secret'"),
    "sharing with an unknown level": ("mayShare: [[internal, secret]]", "mayShare[0][1]", "unknown level 'secret'"),
    "sharing alone": ("mayShare: [[internal]]", "mayShare[0]", "needs two groups"),
    "sharing that is one list": ("mayShare: [internal, restricted]", "mayShare", "write mayShare: [[internal, restricted]]"),
    "sharing that is one name": ("mayShare: internal", "mayShare", "must be a list, not the string 'internal'"),
    "sharing with oneself": ("mayShare: [[internal, internal]]", "mayShare[0][1]", "internal is named twice"),
    "a tenant of a level that does not part them": (
        "mayShare: [[internal/a, untrusted]]",
        "mayShare[0][0]",
        "tenants of internal are not kept",
    ),
    "a shared resident that is no DaemonSet": ("everywhere: [{kind: Deployment}]", "everywhere[0].kind", "no pod on every node"),
    "a label key that is none": ("labels: {level: 'a b'}", "labels.level", "'a b' is no label key"),
    "one key for level and tenant": ("labels: {level: a, tenant: a}", "labels.tenant", "is the key of the level, too"),
    "a ring's label that tells groups, too": (
        "nodes: {labelKey: team, groups: {by: team}}",
        "nodes.labelKey",
        "team says of which group a node is",
    ),
    "a ring's label that is one of EKS": (
        "nodes: {labelKey: eks.amazonaws.com/nodegroup}",
        "nodes.labelKey",
        "the label of its ring would overwrite that",
    ),
    "a ring's label that is the old one of AKS": ("nodes: {labelKey: agentpool}", "nodes.labelKey", "write a key of your own"),
    "a ring's label that is Karpenter's": ("nodes: {labelKey: karpenter.sh/nodepool}", "nodes.labelKey", "Karpenter's own"),
    "a node label key that is none": ("nodes: {labelKey: a/b/c}", "nodes.labelKey", "'a/b/c' is no label key"),
    "a pool key that is none": ("nodes: {poolKey: a/b/c}", "nodes.poolKey", "'a/b/c' is no label key"),
    "a taint key that is none": ("nodes: {taintKey: ''}", "nodes.taintKey", "'' is no label key"),
    "a node selector with an unknown operator": (
        "nodes: {exclude: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}}",
        "nodes.exclude.matchExpressions[0].operator",
        "'Gt' is no operator here",
    ),
    "a demand that is no choice": (
        "demand: {hpa: min}",
        "demand.hpa",
        "'min' is not a choice; write max to count what the autoscaler allows or now to count what runs today",
    ),
    "a demand for CronJobs that is no choice": (
        "demand: {cronJobs: none}",
        "demand.cronJobs",
        "'none' is not a choice; write overlap to count the runs that may overlap or one to count a single run",
    ),
    "a demand that is neither true nor false": ("demand: {surge: 1}", "demand.surge", "must be true or false, not 1"),
    "an unknown demand": ("demand: {cronjobs: one}", "demand.cronjobs", "unknown field; did you mean 'cronJobs'?"),
    "a list that is a word": ("claims: internal", "claims", "must be a list, not the string"),
    "a template of a kind without apiVersion": (
        "podTemplates: {Fleet: spec.template}",
        "podTemplates.Fleet",
        "is no apiVersion and kind",
    ),
    "a template of a kind that is read anyway": (
        "podTemplates: {apps/v1/Deployment: a.b}",
        "podTemplates[apps/v1/Deployment]",
        "read already",
    ),
    "a template at no path": ("podTemplates: {a.b/v1/C: a..b}", "podTemplates[a.b/v1/C]", "'a..b' is no path"),
    "a template at an item of a list": ("podTemplates: {a.b/v1/C: 'a[0].b'}", "podTemplates[a.b/v1/C]", "'a[0].b' is no path"),
    "one of several templates at no path": (
        "podTemplates: {a.b/v1/C: [a.b, '[*].b']}",
        "podTemplates[a.b/v1/C][1]",
        "'[*].b' is no path",
    ),
    "a template twice": ("podTemplates: {a.b/v1/C: [a.b, a.b]}", "podTemplates[a.b/v1/C][1]", "a.b is named twice"),
    "templates at no path at all": ("podTemplates: {a.b/v1/C: []}", "podTemplates[a.b/v1/C]", "names no path"),
    "templates that are no words": (
        "podTemplates: {a.b/v1/C: 5}",
        "podTemplates[a.b/v1/C]",
        "must be a string or a list of strings, not 5",
    ),
    "one of several templates that is no word": (
        "podTemplates: {a.b/v1/C: [a, 5]}",
        "podTemplates[a.b/v1/C][1]",
        "must be a string, not 5",
    ),
    "any image, misspelt": (
        "assign: [{level: internal, match: {anyImages: [a]}}]",
        "assign[0].match.anyImages",
        "did you mean 'anyImage'?",
    ),
}


@pytest.mark.parametrize(("line", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_policy_that_cannot_be(tmp_path, line, field, reason):
    found = faults(tmp_path, f"{HEAD}{LEVELS}\n  {line}\n")
    assert len(found) == 1, found
    assert found[0][:2] == (6, f"spec.{field}")
    assert reason in found[0][2]


LEVEL_FAULTS = {
    "no levels": ("levels: []", "levels", "is empty"),
    "levels that are missing": ("claims: []", "levels", "is missing; list the trust levels"),
    "a level twice": ("levels: [a, b, a]", "levels[2]", "level a is listed twice"),
    "a level that cannot be a label": ("levels: [a, 'b/c']", "levels[1]", "'b/c' cannot be a label value"),
    "a level without a name": ("levels: ['']", "levels[0]", "'' cannot be a label value"),
    "a level that is the word refuse": ("levels: [refuse]", "levels[0]", "refuse is the word"),
    "a level that is a number": ("levels: [1]", "levels[0]", "must be a string, not 1"),
}


@pytest.mark.parametrize(("line", "field", "reason"), LEVEL_FAULTS.values(), ids=LEVEL_FAULTS)
def test_levels_that_cannot_be(tmp_path, line, field, reason):
    ((_, path, text),) = faults(tmp_path, f"{HEAD}{line}\n")
    assert path == f"spec.{field}"
    assert reason in text


def test_separate_levels_may_be_named_with_a_tenant(tmp_path):
    text = f"{HEAD}{LEVELS}\n  separateTenants: [internal]\n  mayShare: [[internal/a, internal/b]]\n"
    assert read(tmp_path, text).may_share == (("internal/a", "internal/b"),)


def test_every_fault_is_named_at_once_also_beside_ill_typed_fields(tmp_path):
    text = f"{HEAD}{LEVELS}\n  claims: 5\n  untagged: secret\n"
    text += "  everywhere: [{kind: Job}]\n  zzz: 1\n  nodes: {labelKey: 'a b'}\n"
    assert [field for _, field, _ in faults(tmp_path, text)] == [
        "spec.claims",
        "spec.untagged",
        "spec.everywhere[0].kind",
        "spec.zzz",
        "spec.nodes.labelKey",
    ]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        pytest.param("survive: {nodes: '1', zones: 5}", ["survive.nodes", "survive.zones"], id="in a map"),
        pytest.param(
            "ringNodes: [x, {min: 5, max: 2}, {min: '2'}]",
            ["ringNodes[0]", "ringNodes[1].max", "ringNodes[2].min"],
            id="in a list",
        ),
        pytest.param("mayShare: [x, [internal], [internal, 5]]", ["mayShare[0]", "mayShare[1]", "mayShare[2][1]"], id="in lists"),
        pytest.param(
            "claims: [{level: internal, namespaces: 5}, {level: secret, namespaces: [a]}]",
            ["claims[0].namespaces", "claims[1].level"],
            id="where something else is looked for among the levels",
        ),
        pytest.param(
            "podTemplates: {a.b/v1/Fleet: 5, a.b/v1/Ship: ''}",
            ["podTemplates[a.b/v1/Fleet]", "podTemplates[a.b/v1/Ship]"],
            id="in a map whose keys have dots",
        ),
        pytest.param(
            "assign: [{tenant: a b, match: {names: [a]}}, {level: 5}]",
            ["assign[0].level", "assign[0].tenant", "assign[1].level"],
            id="where something is missing",
        ),
        pytest.param(
            "demand: {surge: 3, hpa: most, cronjobs: one}", ["demand.surge", "demand.hpa", "demand.cronjobs"], id="three"
        ),
        pytest.param("claims: [7, {level: secret, namespaces: [a]}]", ["claims[0]", "claims[1].level"], id="in place of a map"),
        pytest.param(
            "survive: {1: 2, nodes: 5}\n  untagged: x",
            ["survive.1", "survive.nodes", "untagged"],
            id="beside a key that is a number",
        ),
        pytest.param(
            'claims: [{level: internal, namespaces: [x], "namespaces[0]": y}]',
            ["claims[0].namespaces[0]"],
            id="beside a key that looks like a path",
        ),
        pytest.param(
            "labels: {level: 5}\n  assign: [{level: internal, match: {labels: {matchExpressions: [{key: a, operator: Foo}]}}}]",
            ["labels.level", "assign[0].match.labels.matchExpressions[0].operator"],
            id="in labels and another selector",
        ),
        pytest.param(
            "assign: [&rule {level: internal, match: {kind: 5}}, *rule, {level: secret}]",
            ["assign[0].match.kind", "assign[1].match.kind", "assign[2].level"],
            id="in what has an alias",
        ),
        pytest.param("levels: [a, 5]\n  claims: [{level: c, namespaces: [a]}]", ["levels[1]"], id="levels that are not known"),
        pytest.param('levels: [a, a, 5, "", 6]', [f"levels[{at}]" for at in (1, 2, 3, 4)], id="among levels"),
    ],
)
def test_what_is_ill_typed_hides_nothing_beside_it(tmp_path, line, fields):
    text = HEAD + (line if line.startswith("levels") else f"{LEVELS}\n  {line}") + "\n"
    assert sorted(field for _, field, _ in faults(tmp_path, text)) == sorted(f"spec.{field}" for field in fields)


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        pytest.param(HEAD.replace("TrustPolicy", "Deployment") + LEVELS, "kind", "not a TrustPolicy but", id="another kind"),
        pytest.param(
            HEAD.replace("v1alpha1", "v1") + LEVELS, "kind", "write apiVersion: ringfence.dev/v1alpha1", id="another version"
        ),
        pytest.param(HEAD.replace("shop", "Shop") + LEVELS, "metadata.name", "'Shop' is no name", id="a name that is none"),
        pytest.param(HEAD.replace("{name: shop}", "{}") + LEVELS, "metadata.name", "is missing", id="no name"),
        pytest.param(HEAD.replace("\nspec:\n  ", ""), "spec", "is missing", id="no spec"),
        pytest.param(HEAD.replace("spec:\n  ", "spec: [1]"), "spec", "must be a map", id="a spec that is a list"),
        pytest.param(HEAD.replace("spec:", "sepc: 1\nspec:") + LEVELS, "sepc", "did you mean 'spec'?", id="an unknown part"),
        pytest.param(f"{HEAD}{LEVELS}\n---\n{HEAD}{LEVELS}", "kind", "2 documents of kind TrustPolicy", id="two policies"),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems: []\n", "kind", "0 documents of kind TrustPolicy", id="a List with nothing in it"
        ),
        pytest.param(
            f"{HEAD}{LEVELS}\n---\n{{apiVersion: v1, kind: Secret}}",
            "kind",
            "Secret beside a TrustPolicy",
            id="something beside it",
        ),
    ],
)
def test_a_file_that_is_no_policy(tmp_path, text, field, reason):
    ((_, path, found),) = faults(tmp_path, text)
    assert path == field
    assert reason in found


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_policy(str(tmp_path / "none.yaml"))
