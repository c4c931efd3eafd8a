"""The same policies for each that may evaluate them: files, names, expressions, and how they are put in force."""

import pytest
import yaml

from planner import pipeline
from planner.admission.policies import mutating_policies, policies
from planner.emit.patch import patches
from planner.emit.policies.engine import ENGINES
from planner.handover import readme
from tests.conftest import ROOT

PLAN = pipeline.load(str(ROOT / "samples" / "quickstart" / "expected" / "plan.yaml"))
WRITTEN = {policy.name: policy.spec() for policy in policies(PLAN.policy, PLAN.trust, PLAN.cluster, PLAN.rings)}
ADDING = {policy.name: policy.spec() for policy in mutating_policies(PLAN.policy, PLAN.trust, PLAN.cluster)}


def documents(engine):
    """Return the policies and bindings that are written for an engine, by kind and name."""
    texts = [text for path, text in patches(PLAN, engine=engine).items() if "policy/" in path]
    found = [document for text in texts for document in yaml.safe_load_all(text)]
    return {(each["kind"], each["metadata"]["name"]): each for each in found if "metadata" in each}


def test_without_an_engine_kubernetes_evaluates_them():
    assert patches(PLAN) == patches(PLAN, engine="kubernetes")


@pytest.mark.parametrize("engine", ENGINES)
def test_all_else_is_the_same(engine):
    others = [path for path in patches(PLAN) if "policy/" not in path]
    assert [path for path in patches(PLAN, engine=engine) if "policy/" not in path] == others


def test_static_files_say_the_same_under_names_of_their_own():
    found = documents("static")
    for kind, specs in (("ValidatingAdmissionPolicy", WRITTEN), ("MutatingAdmissionPolicy", ADDING)):
        for name, spec in specs.items():
            own = f"{name}.static.k8s.io"
            assert found[kind, own]["spec"] == spec
            assert found[f"{kind}Binding", own]["spec"]["policyName"] == own
    assert len(found) == 2 * (len(WRITTEN) + len(ADDING))


def test_each_plugin_has_a_folder_with_nothing_else():
    paths = [path for path in patches(PLAN, engine="static") if path.startswith("static-policy/")]
    assert {path.split("/")[1] for path in paths} == {"admission-configuration.yaml", "mutating", "validating"}


def test_kyverno_evaluates_the_same_expressions_and_no_others():
    found = documents("kyverno")
    for kind, specs in (("ValidatingPolicy", WRITTEN), ("MutatingPolicy", ADDING)):
        for name, spec in specs.items():
            written = found[kind, name]
            assert written["apiVersion"] == "policies.kyverno.io/v1"
            assert spec.items() <= written["spec"].items()
            assert written["spec"]["autogen"] == {"podControllers": {"controllers": []}}
    assert len(found) == len(WRITTEN) + len(ADDING)


def test_gatekeeper_asks_the_same_expressions_of_the_same_requests():
    found = documents("gatekeeper")
    for name, spec in WRITTEN.items():
        kind = "".join(part.capitalize() for part in name.split("-"))
        source = found["ConstraintTemplate", kind.lower()]["spec"]["targets"][0]["code"][0]["source"]
        texts = {each["name"]: each["expression"] for each in source["variables"]}
        asked = texts["asked"]
        assert all(condition["expression"] in asked for condition in spec.get("matchConditions", ()))
        assert all(f'"{one}"' in asked for rule in spec["matchConstraints"]["resourceRules"] for one in rule["resources"])
        assert [*texts][2:] == [each["name"] for each in spec.get("variables", ())]
        assert all(texts[each["name"]] == each["expression"] for each in spec.get("variables", ()))
        assert [each["expression"] for each in source["validations"]] == [
            f"!variables.asked ||\n({each['expression']})" for each in spec["validations"]
        ]
        assert found[kind, name]["spec"]["enforcementAction"] == "deny"
    assert {kind for kind, _ in found if "Admission" in kind} == {"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}


def test_the_head_for_gatekeeper_names_what_its_webhook_is_not_asked_about():
    head = patches(PLAN, engine="gatekeeper")["gatekeeper-policy/constraints/kustomization.yaml"]
    rules = [rule for spec in WRITTEN.values() for rule in spec["matchConstraints"]["resourceRules"]]
    below = {resource for rule in rules for resource in rule["resources"] if "/" in resource}
    assert {line.split()[-1] for line in head.splitlines() if line.startswith("#     - ")} == below - {
        "pods/binding",
        "pods/ephemeralcontainers",
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_the_guide_names_what_was_written(engine):
    applied = ("policy/kustomization.yaml", "s/kustomization.yaml", "/admission-configuration.yaml")
    paths = [path for path in patches(PLAN, engine=engine) if "policy/" in path]
    folders = {path.rpartition("/")[0] for path in paths if path.endswith(applied)}
    text = readme(PLAN, engine=engine)
    assert folders
    assert all(f"{folder}`" in text for folder in folders)
    assert f"Until {ENGINES[engine].folder}/ is applied" in text
    assert all(line in text for line in ENGINES[engine].unseen)
