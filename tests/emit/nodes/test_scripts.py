import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, LabelSelector, Requirement, Taint
from models.kubernetes.node import Node
from planner.emit.patch import patches
from planner.errors import BadInput
from planner.rules.ring_membership import final_nodes
from tests.emit.emit_plans import LABEL, RING, TAINT, manifest, node, plan
from tests.emit.node_shell import Shell, state_of


def ring_taint(value=RING, effect="NoSchedule"):
    return Taint(TAINT, value, effect)


GPU = Taint("nvidia.com/gpu", "", "NoSchedule")
CONTROL_PLANE = LabelSelector(match_expressions=(Requirement("control-plane", "Exists"),))
NODES = (
    node("bare"),
    node("dotted.example.com", None, GPU, zone="a"),
    node("done", RING, ring_taint(), GPU),
    node("labelled", RING),
    node("tainted", None, ring_taint()),
    node("other", "internal", ring_taint("internal"), GPU),
    node("empty", "", ring_taint("")),
    node("evicting", "internal", ring_taint("internal", "NoExecute"), ring_taint("", "PreferNoSchedule")),
    node("hardened", RING, ring_taint(), ring_taint(RING, "NoExecute")),
    node("second", None),
    node("idle"),
    node("left", "internal", ring_taint("internal"), ring_taint("internal", "NoExecute")),
    node("master", "internal", ring_taint("internal"), **{"control-plane": ""}),
)
IN_RING = ("bare", "done", "dotted.example.com", "empty", "evicting", "hardened", "labelled", "other", "tainted")
MOVED = ("other", "evicting", "left")
"""They are of a ring whose pods may stay on them."""
PLAN = plan([], nodes=NODES, ring_nodes={RING: IN_RING, "internal": ("second",)}, exclude=CONTROL_PLANE)


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path, PLAN)


def test_it_is_said_before_a_node_is_emptied_what_data_stays_there():
    data = {name: (f"StatefulSet/shop/db (hostPath /{name}\nrm -rf /)",) for name in ("other", "bare")}
    written = patches(PLAN, data=data)
    found = [line.strip() for line in written["nodes/apply.sh"].splitlines() if "keeps data" in line]
    assert found == ["# other keeps data that its pods do not find elsewhere: StatefulSet/shop/db (hostPath /other rm -rf /)"]
    assert written["nodes/undo.sh"] == patches(PLAN)["nodes/undo.sh"]


def test_apply_leaves_the_nodes_as_the_rules_expect_them(shell):
    done = shell.run("apply.sh")
    assert (done.returncode, done.stderr) == (0, "")
    ring_of = {name: ring.name for ring in PLAN.rings for name in ring.nodes}
    assert shell.load() == state_of(final_nodes(NODES, ring_of, PLAN.policy.nodes))


def test_undo_restores_exactly_what_was_there(shell):
    assert shell.run("apply.sh").returncode == 0
    assert shell.load() != state_of(NODES)
    done = shell.run("undo.sh")
    assert (done.returncode, done.stderr) == (0, "")
    assert shell.load() == state_of(NODES)


@pytest.mark.parametrize("script", ["apply.sh", "undo.sh"])
def test_a_script_can_run_again(shell, script):
    shell.run("apply.sh")
    assert shell.run(script).returncode == 0
    after = shell.load()
    assert shell.run(script).returncode == 0
    assert shell.load() == after


def test_undo_works_where_apply_has_not_run(shell):
    assert shell.run("undo.sh").returncode == 0
    assert shell.load() == state_of(NODES)


def test_nothing_is_done_to_nodes_that_are_as_they_should_be(shell):
    shell.run("apply.sh")
    touched = {line.split()[2] for line in shell.log() if line.split()[1] == "node"}
    assert touched == {one.name for one in NODES} - {"done", "idle", "master"}


def test_one_step_at_a_time(shell):
    assert shell.run("apply.sh", "label").returncode == 0
    assert {line.split()[0] for line in shell.log()} == {"label"}
    assert shell.run("apply.sh", "move").returncode == 0
    assert shell.run("apply.sh", "taint").returncode == 0
    both = shell.load()
    shell.save(NODES)
    shell.run("apply.sh")
    assert shell.load() == both


def steps_of(log):
    """Return the order of the steps, repeats merged."""
    verbs = [line.split()[0] for line in log if not line.startswith("get")]
    return [verb for at, verb in enumerate(verbs) if at == 0 or verbs[at - 1] != verb]


def test_labels_come_first_and_go_last(shell):
    shell.run("apply.sh")
    applied = shell.log()
    shell.run("undo.sh")
    moved = ["cordon", "label", "drain", "taint", "label", "uncordon"]
    out = ["cordon", "label", "drain", "taint", "uncordon"]
    assert steps_of(applied) == ["label", *moved * (len(MOVED) - 1), *out, "taint"]
    assert steps_of(shell.log()[len(applied) :]) == ["taint", *moved * len(MOVED), "label"]


@pytest.mark.parametrize("script", ["apply.sh", "undo.sh"])
def test_a_node_that_has_changed_its_ring_is_not_emptied_again(shell, script):
    shell.run("apply.sh")
    shell.run(script)
    before = len(shell.log())
    assert shell.run(script).returncode == 0
    assert not [line for line in shell.log()[before:] if line.startswith("drain")]


def test_a_node_whose_taint_evicts_by_now_is_not_emptied_again(shell):
    shell.run("apply.sh")
    state = shell.load()
    for _, taints in state.values():
        taints += [(key, "NoExecute", value) for key, effect, value in taints if (key, effect) == (TAINT, "NoSchedule")]
    shell.state.write_text(repr({name: [labels, list(map(list, taints))] for name, (labels, taints) in state.items()}))
    before = len(shell.log())
    assert shell.run("apply.sh").returncode == 0
    assert not [line for line in shell.log()[before:] if line.startswith("drain")]


def other(ring, *taints, cordoned=False):
    return replace(node("n", ring, *taints), unschedulable=cordoned)


EMPTIED, OUT, TURNED = "cordon label drain taint label uncordon", "cordon label drain taint uncordon", "taint label"
HERE, THERE = {"Deployment/shop/here": "b"}, {"Deployment/shop/here": "c"}
BOTH = {**HERE, "Deployment/shop/x": "c"}
EMPTY: dict[str, str] = {}
MOVES = {
    "from a ring that is": (other("a", ring_taint("a")), {"b": ("n",), "a": ()}, EMPTY, EMPTIED),
    "from one that it has the label of": (other("a"), {"b": ("n",), "a": ()}, EMPTY, EMPTIED),
    "or only its taint": (other(None, ring_taint("a")), {"b": ("n",), "a": ()}, EMPTY, EMPTIED),
    "out of a ring that is, to none": (other("a", ring_taint("a")), {"a": ()}, EMPTY, OUT),
    "out of a ring that has only its label there": (other("a"), {"a": ()}, EMPTY, "cordon label drain uncordon"),
    "what was cordoned stays so": (
        other("a", ring_taint("a"), cordoned=True), {"b": ("n",), "a": ()}, EMPTY, EMPTIED.removesuffix(" uncordon"),
    ),
    "from one nothing is known of": (other("a", ring_taint("a")), {"b": ("n",)}, EMPTY, EMPTIED),
    "not with its pods, into a ring of another name": (other("a", ring_taint("a")), {"b": ("n",)}, HERE, TURNED),
    "also where a DaemonSet of another ring is there": (
        other("a", ring_taint("a")), {"b": ("n",)}, {**HERE, "DaemonSet/shop/x": "c"}, TURNED,
    ),
    "but not with pods of others": (other("a", ring_taint("a")), {"b": ("n",), "c": ()}, BOTH, EMPTIED),
    "nor with those of one of them alone": (other("a", ring_taint("a")), {"b": ("n",), "c": ()}, THERE, EMPTIED),
    "where all who select its ring go into its new one": (other("old", ring_taint("old")), {"b": ("n",)}, EMPTY, TURNED),
    "not where those go into another": (other("old", ring_taint("old")), {"c": ("n",), "b": ()}, EMPTY, EMPTIED),
    "from no ring": (other(None), {"b": ("n",)}, EMPTY, "label taint"),
}  # fmt: skip


@pytest.mark.parametrize(("node", "rings", "here", "did"), MOVES.values(), ids=MOVES)
def test_a_node_is_emptied_where_pods_would_stay(tmp_path, node, rings, here, did):
    members = {**here, "Deployment/shop/selecting": "b"}
    made = plan([manifest(*name.split("/")[::2]) for name in members], members, nodes=(node,), ring_nodes=rings)
    *running, last = made.cluster.workloads
    last = replace(last, template=replace(last.template, node_selector=Labels({LABEL: "old"})))
    workloads = (*(replace(one, running=FrozenMap({"n": 1})) for one in running), last)
    shell = Shell(tmp_path, replace(made, cluster=replace(made.cluster, workloads=workloads)))
    shell.run("apply.sh")
    assert steps_of(shell.log()) == did.split()


@pytest.mark.parametrize("get", ["get node", "get pods"])
@pytest.mark.parametrize("script", ["apply.sh", "undo.sh"])
def test_it_stops_where_kubectl_does_not_answer(tmp_path, script, get):
    node, rings = other("a", ring_taint("a")), {"b": ("n",), "a": ()}
    shell = Shell(tmp_path, daemons(plan([], nodes=(node,), ring_nodes=rings)))
    if script == "undo.sh":
        assert shell.run("apply.sh").returncode == 0
    before = len(shell.log())
    assert shell.run(script, "move", fails=get).returncode != 0
    assert "uncordon n" not in shell.log()[before:]
    assert not any(line.startswith("taint") for line in shell.log()[before:])


def daemons(made):
    """Add a DaemonSet of ring a that selects it, and one of ring b."""
    more = plan([manifest("DaemonSet", "agent"), manifest("DaemonSet", "other")], AGENTS)
    agent, _ = more.cluster.workloads
    agent = replace(agent, template=replace(agent.template, node_selector=Labels({LABEL: "a"})))
    cluster = replace(made.cluster, workloads=(agent, more.cluster.workloads[1]))
    return replace(made, cluster=cluster, trust=more.trust)


AGENTS = {"DaemonSet/shop/agent": "a", "DaemonSet/shop/other": "b"}


@pytest.mark.parametrize(("running", "first"), [({"m": 2}, "n"), ({"n": 1, "m": 2}, "n"), ({"n": 2, "m": 1}, "m"), ({}, "n")])
def test_nodes_with_fewest_pods_change_over_first(tmp_path, running, first):
    nodes = node("m", "a", ring_taint("a")), node("n", "b", ring_taint("b"))
    made = plan([manifest(), manifest("DaemonSet", "agent")], nodes=nodes, ring_nodes={"a": ("n",), "b": ("m",)})
    web, agent = made.cluster.workloads
    workloads = replace(web, running=FrozenMap(running)), replace(agent, running=FrozenMap({first: 5}))
    shell = Shell(tmp_path, replace(made, cluster=replace(made.cluster, workloads=workloads)))
    assert shell.run("apply.sh").returncode == 0
    drained = [line.split()[1] for line in shell.log() if line.startswith("drain")]
    assert drained[0] == first
    assert sorted(drained) == ["m", "n"]


def test_it_waits_for_the_daemons_of_the_ring_that_it_leaves(tmp_path):
    node, rings = other("a", ring_taint("a")), {"b": ("n",), "a": ()}
    shell = Shell(tmp_path, daemons(plan([], nodes=(node,), ring_nodes=rings)))
    (tmp_path / "state.json.waits").write_text("2", encoding="utf-8")
    assert shell.run("apply.sh", "move").returncode == 0
    verbs = [line.split()[0] for line in shell.log()]
    assert verbs == ["get", "cordon", "label", "drain", *["get"] * 3, "taint", "label", "uncordon"]
    assert len([line for line in shell.log() if line.startswith("get pods") and '"agent"' in line]) == 3


@pytest.mark.parametrize(
    ("script", "selects", "waited"),
    [
        ("apply.sh", {"agent": "a", "other": "a", "calm": ""}, {"agent"}),
        ("apply.sh", {"agent": "elsewhere", "other": "", "calm": "a"}, {"calm"}),
        ("undo.sh", {"agent": "a", "other": "", "calm": "a"}, {"other"}),
    ],
)
def test_those_it_waits_for_are_of_other_rings_and_select_the_one_that_it_leaves(tmp_path, script, selects, waited):
    """Who selects no ring yet goes with its patch only; who is of the ring that the node gets may stay. Undone, that one goes."""
    rings = {"agent": "c", "other": "b", "calm": "c"}
    members = {f"DaemonSet/shop/{name}": ring for name, ring in rings.items()}
    made = plan([manifest("DaemonSet", name) for name in rings], members, (other("a", ring_taint("a")),), {"b": ("n",), "c": ()})
    found = [
        replace(
            one,
            template=replace(one.template, node_selector=Labels({LABEL: selects[one.id.name]} if selects[one.id.name] else {})),
        )
        for one in made.cluster.workloads
    ]
    lines = patches(replace(made, cluster=replace(made.cluster, workloads=tuple(found))))[f"nodes/{script}"].splitlines()
    assert {line.split()[3] for line in lines if line.strip().startswith("gone n ")} == waited


def test_an_unknown_step_changes_nothing(shell):
    done = shell.run("apply.sh", "drain")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "usage: apply.sh [label|move|taint]\n")
    assert shell.log() == []


def test_a_failure_stops_the_script(shell):
    shell.save(NODES[1:])
    assert shell.run("apply.sh").returncode != 0
    assert len(shell.log()) < 8
    shell.save(NODES[:1])
    assert shell.run("undo.sh", "taint").returncode != 0


def test_a_cluster_that_needs_nothing_is_told_so(tmp_path):
    made = plan([], nodes=(node("done", RING, ring_taint()), node("idle")), ring_nodes={RING: ("done",)})
    shell = Shell(tmp_path, made)
    for script in ("apply.sh", "undo.sh"):
        done = shell.run(script)
        assert (done.returncode, done.stdout) == (0, f"{script}: every node already has what it needs.\n")
    assert shell.log() == []


def test_where_all_nodes_are_bought_there_is_nothing_to_do(tmp_path):
    shell = Shell(tmp_path, plan([], nodes=(replace(node("new#1", RING), shape="m5"),), ring_nodes={RING: ("new#1",)}))
    for script in ("apply.sh", "undo.sh"):
        done = shell.run(script)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{script}: there is nothing to do: all nodes are bought, and register with what they need.\n"
    assert shell.log() == []


def test_after_applying_a_new_plan_changes_nothing(shell):
    shell.run("apply.sh")
    found = tuple(
        Node(name, Labels(labels), tuple(Taint(key, value, effect) for key, effect, value in taints))
        for name, (labels, taints) in shell.load().items()
    )
    again = replace(PLAN, cluster=replace(PLAN.cluster, nodes=found))
    assert "every node already has what it needs" in patches(again)["nodes/apply.sh"]


def test_a_step_without_commands_says_so(tmp_path):
    shell = Shell(tmp_path, plan([], nodes=(node("tainted", None, ring_taint()),), ring_nodes={RING: ("tainted",)}))
    assert shell.run("apply.sh", "taint").stdout == "No taint to change.\n"


SCRIPT = f"""\
label() {{
    # ring internal
    $KUBECTL label node second {LABEL}=internal --overwrite
    # ring restricted
    $KUBECTL label node bare {LABEL}=restricted --overwrite
}}

taint() {{
    # ring internal
    $KUBECTL taint node second {TAINT}=internal:NoSchedule --overwrite
    # ring restricted
    $KUBECTL taint node bare {TAINT}=restricted:NoSchedule --overwrite
}}
"""


def test_the_script_reads_like_what_a_person_would_type():
    made = plan([], nodes=(node("bare"), node("second")), ring_nodes={RING: ("bare",), "internal": ("second",)})
    text = patches(made)["nodes/apply.sh"]
    assert text.startswith("#!/bin/sh\n# Written by ringfence ")
    assert SCRIPT in text
    assert "untaint" not in text


def test_a_name_that_is_no_node_name_is_refused():
    names = ("$(reboot)", "a b", "--kubeconfig=x", "x\nreboot")
    made = plan([], nodes=tuple(map(node, names)), ring_nodes={RING: names})
    with pytest.raises(BadInput) as error:
        patches(made)
    assert len(error.value.faults) == len(names)


def test_other_odd_text_is_quoted(tmp_path):
    made = plan([], nodes=(node("bare", "$(touch evil)'\"", ring_taint("`touch evil`")),), ring_nodes={RING: ("bare",)})
    shell = Shell(tmp_path, replace(made, name="x\ntouch evil"))
    shell.run("apply.sh")
    assert shell.run("undo.sh").returncode == 0
    assert shell.load() == state_of(made.cluster.nodes)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("name", ["dash", "bash"])
def test_other_shells_agree(shell, name):
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"there is no {name}")
    assert shell.run("apply.sh", shell=program).returncode == 0
    assert shell.run("undo.sh", shell=program).returncode == 0
    assert shell.load() == state_of(NODES)


def test_shellcheck_has_nothing_to_say(shell):
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("there is no shellcheck")
    done = subprocess.run([program, "apply.sh", "undo.sh"], cwd=shell.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.kubectl
def test_kubectl_understands_what_the_script_asks_for(kubectl, shell):
    asked = re.search(r'-o "(jsonpath=.*)"\)$', shell.files["nodes/undo.sh"], re.MULTILINE)[1].replace('\\"$2\\"', f'"{TAINT}"')
    taints = [
        {"key": TAINT, "effect": "NoExecute"},
        {"key": TAINT, "effect": "NoSchedule"},
        {"key": "x/y", "effect": "NoSchedule"},
    ]
    for spec, found in (({"taints": taints}, "NoExecute NoSchedule"), ({}, "")):
        document = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "bare"}, "spec": spec}
        done = kubectl("annotate", "--local", "-f", "-", "a=b", "-o", asked, stdin=json.dumps(document))
        assert (done.returncode, done.stdout) == (0, found)
