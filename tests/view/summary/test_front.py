"""The summary as a person reads it: whole texts, so that a change of any word is seen."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from models.answer.plan import Choice, Lost, Outlook, Unplaced
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.solver.outcome import COST, Goal
from models.trust import Survive
from planner.paper import Paper
from planner.view.summary import cost, phrases
from planner.view.summary.failures import rows
from planner.view.summary.front import summary, summary_data, summary_markdown
from tests.view import view_plans

FEASIBLE = """\
FEASIBLE shop: 3 rings on 8 nodes, 31 pods placed; no node mixes levels.

Decide first
  - Every node gets a taint: pods not in the input, like CoreDNS, find no node. Before apply.sh taint, put kube-system
  into the input, or keep some nodes out.

What changes
  8 nodes get the label and taint of a ring.
  9 workloads are patched.
  About 31 pods and 16 of DaemonSets restart when patched. To see which must move: kubectl get pods -A -o yaml >
  pods.yaml, then add --nodes pods.yaml.

Nodes of each ring
 Ring         Nodes   What they are                                Names
──────────────────────────────────────────────────────────────────────────────────────────
 restricted       3   1 node in zone-a, 1 in zone-b, 1 in zone-c   node-1, node-2, node-3
 internal         3   1 node in zone-a, 1 in zone-b, 1 in zone-c   node-4, node-5, node-6
 untrusted        2   1 node in zone-b, 1 in zone-c                node-7, node-8

Load of each ring
 Ring         Pods          cpu taken      Memory taken   Least is free of
───────────────────────────────────────────────────────────────────────────
 restricted      9   57 % of 12 cores    39 % of 48 GiB   cpu: 5.1 cores
 internal       15   74 % of 12 cores    26 % of 48 GiB   cpu: 3.1 cores
 untrusted       7    39 % of 8 cores    15 % of 32 GiB   cpu: 4.9 cores
 all rings      31   59 % of 32 cores   28 % of 128 GiB

What it costs
  8 nodes are divided; by packing alone 7 would do, 6 without separation.

What may go wrong
  - 2 objects ask for what is not modelled: rollouts, every ring
  - Whoever takes over one of the 2 workloads of every ring reaches all rings.

The rest: plan with --verbose, or ask ringfence explain.
"""

INFEASIBLE = """\
INFEASIBLE shop: 5 of 29 pods do not fit without mixing levels.
It can be packed with 2 more nodes like node-1 in ring restricted and one more
node like node-7. More may be needed for kube-scheduler, which binds one by one.

No place for 5 pods
  Workload                           Pods kube-scheduler would say
  StatefulSet/payments/ledger           3 0/8 nodes are available: 3
                                          Insufficient memory, 5 node(s) didn't
                                          match Pod's node affinity/selector.
  Deployment/partners/plugin-reviews    2 0/8 nodes are available: 3
                                          Insufficient cpu, 5 node(s) didn't
                                          match Pod's node affinity/selector.

What is short
  Ring restricted lacks 18 GiB of memory: its pods ask for 66 GiB, its nodes
  have 48 GiB.
  Ring untrusted lacks 1 core: its pods ask for 9 cores, its nodes have 8 cores.

These cannot all be placed; leave out any one of them, and the others of this
list can
  - Deployment/payments/api
  - StatefulSet/payments/ledger

Nodes of each ring
  Ring       Nodes What they are                         Names
  restricted     3 1 node in zone-a, 1 in zone-b, 1 in   node-1, node-2, node-3
                   zone-c
  internal       3 1 node in zone-a, 1 in zone-b, 1 in   node-4, node-5, node-6
                   zone-c
  untrusted      2 1 node in zone-b, 1 in zone-c         node-7, node-8

Load of each ring
  Ring       Pods        cpu taken    Memory taken Least is free of
  restricted    6 32 % of 12 cores  14 % of 48 GiB cpu: 8.1 cores
  internal     15 74 % of 12 cores  26 % of 48 GiB cpu: 3.1 cores
  untrusted     3  19 % of 8 cores   6 % of 32 GiB cpu: 6.5 cores
  all rings    24 45 % of 32 cores 16 % of 128 GiB

What it costs
  8 nodes are divided; by packing alone 9 to 10 would do, 6 to 7 without
  separation: separation costs 2 to 4 nodes.

What may go wrong
  - 2 objects ask for what is not modelled: rollouts, every ring
  - Whoever takes over one of the 2 workloads of every ring reaches all rings.

The rest: plan with --verbose, or ask ringfence explain.
"""


def test_a_feasible_plan_on_a_wide_terminal():
    assert summary(view_plans.shop(), Paper(120)) == FEASIBLE


def test_an_infeasible_plan_on_a_narrow_terminal_says_why_and_what_would_help_first():
    assert summary(view_plans.infeasible_shop(), Paper(80)) == INFEASIBLE


@pytest.mark.parametrize("width", [40, 60, 80, 99, 100, 120, 200])
@pytest.mark.parametrize("made", [view_plans.shop, view_plans.infeasible_shop, view_plans.lone, view_plans.wordy])
def test_no_line_is_wider_than_the_terminal(made, width):
    assert max(map(len, summary(made(), Paper(width)).splitlines())) <= width


def test_colour_only_where_the_caller_wants_it():
    plan = view_plans.infeasible_shop()
    assert "\x1b" not in summary(plan, Paper(100))
    coloured = summary(plan, Paper(100, colour=True))
    assert coloured.startswith("\x1b[1;31mINFEASIBLE")


def test_neither_the_environment_nor_the_hash_seed_changes_a_byte():
    code = (
        "from tests.view import view_plans as v; from planner.view.summary.front import summary, summary_data, summary_markdown;"
        "p = v.fleet(12, 60); print(summary(p, is_verbose=True), summary_markdown(p), summary_data(p))"
    )
    seen = set()
    for seed, columns in (("0", "40"), ("1", "200"), ("12345", "80")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": columns, "FORCE_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
        seen.add(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)
    assert len(seen) == 1
    assert b"FEASIBLE fleet" in seen.pop()


def test_names_cannot_colour_move_or_mark_up_the_terminal():
    plan = replace(view_plans.shop(), name="[bold red]shop[/] :smile: \x1b[2J")
    text = summary(plan, Paper(120))
    assert "[bold red]shop[/] :smile: \\x1b[2J: 3 rings" in text
    assert "\x1b" not in text


def test_many_rings_show_their_scarcest_resource_only():
    text = summary(view_plans.fleet(40, 200), Paper(120))
    assert text.count("of 16 cores") < 40
    assert "27 rings more in the plan." in text
    assert "all rings" in text


def test_long_lists_end_with_how_much_more_there_is():
    plan = view_plans.shop()
    many = tuple(Statement(f"one {at:02}", "is not counted") for at in range(29))
    lost = tuple(replace(_lost(plan), workload=replace(plan.placements[0].workload, name=f"w{at:02}")) for at in range(30))
    text = summary(replace(plan, not_modelled=many, unplaced=lost), Paper(120), is_verbose=True)
    assert "Not guaranteed by this plan: 29" in text
    assert "one 24:" in text
    assert "one 25:" not in text
    assert "4 more in the plan." in text
    assert "20 workloads more in the plan." in text


def _lost(plan) -> Unplaced:
    return Unplaced(plan.placements[0].workload, 1, "0/8 nodes are available", view_plans.FrozenMap())


def test_an_undecided_plan_says_so():
    plan = replace(view_plans.infeasible_shop(), verdict="undecided", repairs=())
    assert summary(plan, Paper(120)).startswith(
        "UNDECIDED shop: The search stopped before it knew; 5 of 29 pods are not placed.\n"
    )


def test_a_plan_without_nodes_or_rings_is_written_too():
    plan = view_plans.shop()
    empty = replace(plan, rings=tuple(replace(ring, nodes=()) for ring in plan.rings), placements=())
    assert "restricted       0" in summary(empty, Paper(120))
    assert summary(replace(empty, rings=()), Paper(120))
    assert summary_markdown(empty)
    assert summary_data(empty)["rings"][0]["resources"] == {}


def test_the_data_is_json_and_holds_every_number():
    data = json.loads(json.dumps(summary_data(view_plans.infeasible_shop()), allow_nan=False))
    assert data["verdict"] == "infeasible"
    assert data["metadata"] == {"name": "shop"}
    ring = data["rings"][1]
    assert (ring["name"], ring["scarcest"]) == ("internal", "cpu")
    assert ring["resources"]["cpu"] == {"requested": 8900, "allocatable": 12000, "free": 3100, "share": 0.7417}
    assert ring["nodes"][0] == {"name": "node-4", "scarcest": "cpu", "share": 0.825, "groups": ["internal"]}
    assert data["separation"] == {"nodes": {"with": 10, "without": 7}, "bounds": {"with": 9, "without": 6}}
    assert data["unplaced"][0]["message"].startswith("0/8 nodes are available")
    assert data["repairs"] == [{"node": "node-1", "count": 2, "ring": "restricted"}, {"node": "node-7", "count": 1}]
    assert data["conflict"] == ["Deployment/payments/api", "StatefulSet/payments/ledger"]
    assert data["conflictSmallest"] is True


@pytest.mark.parametrize(
    ("members", "smallest", "heading"),
    [
        (1, True, "This one cannot be placed even alone"),
        (2, True, "These cannot all be placed; leave out any one of them, and the others of this list can"),
        (2, False, "These cannot all be placed; whether fewer of them already cannot was not shown"),
    ],
    ids=["one alone", "every member was shown to be needed", "no one knows whether all are needed"],
)
def test_a_contradiction_is_called_the_smallest_only_where_that_was_shown(members, smallest, heading):
    plan = view_plans.infeasible_shop()
    plan = replace(plan, conflict=plan.conflict[:members], conflict_smallest=smallest)
    assert heading in summary(plan, Paper(120)).splitlines()
    assert f"### {heading}" in summary_markdown(plan).splitlines()
    assert summary_data(plan)["conflictSmallest"] is smallest


def test_all_that_cannot_be_placed_even_alone_are_named_where_one_of_them_is_the_conflict():
    plan = view_plans.infeasible_shop()
    hopeless = tuple(replace(pending, alone="0/8 nodes are available") for pending in plan.unplaced)
    text = summary(replace(plan, conflict=plan.conflict[1:], unplaced=hopeless), Paper(120)).splitlines()
    at = text.index("None of these can be placed even alone")
    assert text[at + 1 : at + 4] == ["  - Deployment/partners/plugin-reviews", "  - StatefulSet/payments/ledger", ""]
    assert "even alone" not in summary(replace(plan, unplaced=hopeless), Paper(120))


def test_of_many_statements_those_about_the_input_come_first():
    plan = view_plans.shop()
    tried = Statement("kube-scheduler", "was simulated", code=DisclosureCode.SCHEDULER_TRIED)
    many = (tried, *(Statement(f"one {at}", "is not counted") for at in range(25)))
    text = summary(replace(plan, not_modelled=many), Paper(120), is_verbose=True)
    assert "one 24: is not counted" in text
    assert "kube-scheduler: was simulated" not in text
    assert "kube-scheduler: was simulated" in summary(replace(plan, not_modelled=many[:25]), Paper(120), is_verbose=True)


def test_of_many_statements_those_about_parts_of_the_policy_that_nobody_comes_under_are_last():
    idle = [Statement(f"level {at}", "no workload has it", code=DisclosureCode.LEVEL_UNUSED) for at in range(24)]
    many = (*idle, Statement("HorizontalPodAutoscaler shop/web", "scales Deployment wbe, which is not in the input"))
    general = Statement("devices", "are not judged", code=DisclosureCode.DEVICES_BY_CLASS)
    text = summary(replace(view_plans.shop(), not_modelled=(*many, general)), Paper(120), is_verbose=True)
    assert text.index("scales Deployment wbe") < text.index("level 0: no workload")
    assert "level 23: no workload" in text
    assert "devices: are not judged" not in text


HERE = FrozenMap({"Deployment/shop/web": 3})


@pytest.mark.parametrize(
    ("outlook", "hurts", "worst"),
    [
        pytest.param(Outlook("r", "zone", 3, 3), "0 of 3", "survives the loss of any zone", id="nothing is lost"),
        pytest.param(Outlook("r", "zone", 1, 1), "0 of 1", "survives the loss of its only zone", id="one zone that nobody needs"),
        pytest.param(
            Outlook("r", "zone", 1, 1, tying=1, worst=(Lost("a", tied=HERE),)),
            "1 of 1",
            "losing a leaves 3 pods pending: Deployment/shop/web 3; no other zone lets them in",
            id="all go with the only zone",
        ),
        pytest.param(
            Outlook("r", "node", 3, 3, failing=1, tying=2, worst=(Lost("a", HERE), Lost("b", tied=HERE))),
            "1 of 3",
            "losing a leaves 3 pods pending: Deployment/shop/web 3",
            id="what the plan could change comes first",
        ),
    ],
)
def test_what_a_ring_can_lose(outlook, hurts, worst):
    plan = replace(view_plans.shop(), losses=(outlook,))
    (row,) = rows(plan)
    assert row == ("r", f"a {outlook.of}", hurts, worst)


@pytest.mark.parametrize("zones", [0, 1])
def test_whom_survive_does_not_speak_of_is_said_where_it_is_asked_for(zones):
    plan = view_plans.shop()
    tied = Outlook("internal", "zone", 1, 1, tying=1, worst=(Lost("a", tied=HERE),))
    made = replace(plan, losses=(tied,), policy=replace(plan.policy, survive=Survive(zones=zones)))
    assert ("survive does not speak of pods that only one zone lets in" in summary(made, Paper(120), is_verbose=True)) == bool(
        zones
    )


def test_markdown_has_the_verdict_tables_and_the_picture():
    text = summary_markdown(view_plans.shop())
    assert text.startswith("## ✅ shop: feasible\n\n**3 rings on 8 nodes, 31 pods placed; no node mixes levels.**")
    assert "| **cpu, scarcest** |" in text
    assert "| --- | ---: | ---: | --- |" in text
    assert "```mermaid\n%% shop" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") in (5, 6, 9), line


CHOSEN = [
    (
        Choice(2, Goal(COST, 2.3, 2.3), True),
        "the best of 2 ways to share; the packings of the others are proven to be no cheaper; "
        "no way costs less than 2.30 per hour",
    ),
    (
        Choice(1, Goal(COST, 2.5, 2.2), False),
        "the only way to share that was planned; no way costs less than 2.20 per hour (gap 12.00 %)",
    ),
    (Choice(1, Goal(COST, 2.5, 0), False), "the only way to share that was planned"),
    (
        Choice(2, Goal("nodes", 9, 7), False),
        "the best of 2 ways to share; it needs 9 nodes, and no way needs fewer than 7 (gap 22.23 %)",
    ),
    (Choice(2, Goal("nodes", 9, 0), False), "the best of 2 ways to share; it needs 9 nodes"),
    (Choice(1), "of the ways to share 1 was planned; there may be better ones"),
    (Choice(3), "of the ways to share 3 were planned; there may be better ones"),
]


@pytest.mark.parametrize("made", [made for made, _ in CHOSEN if made.goal])
def test_what_is_proven_of_the_cost_is_said_of_these_rings_where_others_might_cost_less(made):
    goals = (Goal(COST, 2.5, 2.5 if made.whole else 2.2),)
    text = cost.sentence(replace(view_plans.shop(), choice=made, goals=goals))
    assert text.endswith("proven to be the least." if made.whole else "is needed for these rings (gap 12.00 %).")


@pytest.mark.parametrize(("made", "said"), CHOSEN)
def test_how_the_rings_were_chosen_is_said_and_a_bound_only_where_there_is_one(made, said):
    assert phrases.choice(replace(view_plans.shop(), choice=made)) == f"Rings: {said}."


@pytest.mark.parametrize("made", [None, Choice(3, whole=True), Choice(reason="maxRings: 1, and so on")])
def test_nothing_is_said_of_rings_where_there_is_no_other_way_or_none_is_allowed(made):
    assert not phrases.choice(replace(view_plans.shop(), choice=made))


@pytest.mark.parametrize(
    ("verdict", "known"),
    [("infeasible", "Levels and tenants cannot be"), ("undecided", "No way to divide levels and tenants was")],
)
def test_rings_that_are_not_allowed_are_called_so(verdict, known):
    plan = replace(view_plans.shop(), verdict=verdict, choice=Choice(reason="maxRings: 1, and so on"))
    first = summary(plan, Paper(300)).splitlines()[0]
    assert known in first
    assert first.endswith("as the policy wants; maxRings: 1, and so on. What follows does without that limit.")


def test_markdown_does_not_make_what_is_said_after_a_list_a_part_of_its_last_item():
    many = tuple(Statement(f"one {at}", "is not counted") for at in range(26))
    text = summary_markdown(replace(view_plans.shop(), not_modelled=many))
    assert "\n- one 23: is not counted\n- one 24: is not counted\n\n1 more in the plan.  \n" in text


def test_markdown_shows_names_as_text_and_calls_nobody():
    plan = view_plans.hostile()
    text = summary_markdown(replace(plan, name="@everyone [x](//y) <b> # 1", unenforced=(Statement("@team", "see #12 `x`"),)))
    outside = (
        text.partition("```mermaid")[0]
        .replace("<details><summary>Picture</summary>", "")
        .replace("<details><summary>Details</summary>", "")
        .replace("</details>", "")
    )
    assert "<" not in outside
    assert "@" not in outside
    assert "\\[x\\]" in outside
    assert "&#64;&#8203;everyone" in outside
    assert "\\#&#8203;12" in outside


def test_markdown_fits_into_one_comment():
    plan = view_plans.wordy()
    many = tuple(
        Unplaced(replace(plan.unplaced[0].workload, name=f"w{at}"), 1, "x" * 5000, view_plans.FrozenMap()) for at in range(25)
    )
    text = summary_markdown(replace(plan, unplaced=many))
    assert len(text) <= 65_000
    assert "it is in the plan" in text


def _at_peak(surge):
    plan = view_plans.shop()
    workloads = tuple(
        replace(w, surge=surge, counted="5 replicas and more") if w.id.name == "api" else w for w in plan.cluster.workloads
    )
    return replace(plan, cluster=replace(plan.cluster, workloads=workloads))


def test_pods_that_are_counted_for_rollouts_are_summed_up():
    assert "Pods are counted at their peak: 2 more pods than their controllers keep, for rollouts; " in summary(
        _at_peak(2), Paper(120), is_verbose=True
    )
    assert "counted at their peak: 1 more pod than" in summary(_at_peak(1), Paper(120), is_verbose=True)
    assert "at their peak" not in summary(view_plans.shop(), Paper(120), is_verbose=True)


def test_the_data_say_how_pods_were_counted():
    counted = {"workload": "Deployment/payments/api", "pods": 6, "surge": 1, "counted": "5 replicas and more"}
    assert summary_data(_at_peak(1))["counted"] == [counted]
    assert summary_data(view_plans.shop())["counted"] == []
