#!/bin/sh
# Written by ringfence 0.1.0 from plan newspaper, patches 72ca84676bb7.
# Gives nodes back what they had before apply.sh. Where the policies of policy/ are in force, take them back first.
# The order that strands no pod:
#   1  undo.sh taint
#   2  the workloads without the patches, until every rollout is complete
#   3  undo.sh label
# Without a step it does 1 and 3.
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh undo.sh
# shellcheck disable=SC2086
set -eu
KUBECTL=${KUBECTL:-kubectl}

untaint() { # NODE KEY EFFECT
    effects=$($KUBECTL get node "$1" -o "jsonpath={.spec.taints[?(@.key==\"$2\")].effect}")
    case " $effects " in *" $3 "*) $KUBECTL taint node "$1" "$2:$3-" ;; esac
}

members() { # SELECTOR NODES: let members be those of the nodes that are there; name others that are selected
    there=$($KUBECTL get nodes -o "jsonpath={.items[*].metadata.name}")
    members=
    for node in $2; do
        case " $there " in *" $node "*) members="$members $node" ;; esac
    done
    selected=$($KUBECTL get nodes -l "$1" -o "jsonpath={.items[*].metadata.name}")
    for node in $selected; do
        case " $2 " in
        *" $node "*) ;;
        *) echo "$1 selects node/$node, which the plan does not know: it keeps what it has" >&2 ;;
        esac
    done
}

unlabel_group() { # SELECTOR NODES KEY: take the label from the nodes of the plan, and from no other
    members "$1" "$2"
    [ -z "$members" ] || $KUBECTL label node $members "$3-"
}

untaint_group() { # SELECTOR NODES KEY EFFECT: take the taint from the nodes of the plan, and from no other
    members "$1" "$2"
    for node in $members; do
        untaint "$node" "$3" "$4"
    done
}

taint() {
    # ring accounts, whole groups
    untaint_group eks.amazonaws.com/nodegroup=ledger 'ip-10-0-1-74.eu-central-1.compute.internal ip-10-0-2-81.eu-central-1.compute.internal ip-10-0-3-88.eu-central-1.compute.internal' ringfence.dev/ring NoSchedule
    # ring newsroom, whole groups
    untaint_group eks.amazonaws.com/nodegroup=web 'ip-10-0-1-11.eu-central-1.compute.internal ip-10-0-1-32.eu-central-1.compute.internal ip-10-0-2-18.eu-central-1.compute.internal ip-10-0-2-39.eu-central-1.compute.internal ip-10-0-3-25.eu-central-1.compute.internal ip-10-0-3-46.eu-central-1.compute.internal' ringfence.dev/ring NoSchedule
    # ring readers, whole groups
    untaint_group eks.amazonaws.com/nodegroup=batch 'ip-10-0-1-53.eu-central-1.compute.internal ip-10-0-2-60.eu-central-1.compute.internal ip-10-0-3-67.eu-central-1.compute.internal' ringfence.dev/ring NoSchedule
    # ring system, whole groups
    untaint_group eks.amazonaws.com/nodegroup=system 'ip-10-0-1-95.eu-central-1.compute.internal ip-10-0-2-102.eu-central-1.compute.internal' ringfence.dev/ring NoSchedule
}

label() {
    # ring accounts, whole groups
    unlabel_group eks.amazonaws.com/nodegroup=ledger 'ip-10-0-1-74.eu-central-1.compute.internal ip-10-0-2-81.eu-central-1.compute.internal ip-10-0-3-88.eu-central-1.compute.internal' ringfence.dev/ring
    # ring newsroom, whole groups
    unlabel_group eks.amazonaws.com/nodegroup=web 'ip-10-0-1-11.eu-central-1.compute.internal ip-10-0-1-32.eu-central-1.compute.internal ip-10-0-2-18.eu-central-1.compute.internal ip-10-0-2-39.eu-central-1.compute.internal ip-10-0-3-25.eu-central-1.compute.internal ip-10-0-3-46.eu-central-1.compute.internal' ringfence.dev/ring
    # ring readers, whole groups
    unlabel_group eks.amazonaws.com/nodegroup=batch 'ip-10-0-1-53.eu-central-1.compute.internal ip-10-0-2-60.eu-central-1.compute.internal ip-10-0-3-67.eu-central-1.compute.internal' ringfence.dev/ring
    # ring system, whole groups
    unlabel_group eks.amazonaws.com/nodegroup=system 'ip-10-0-1-95.eu-central-1.compute.internal ip-10-0-2-102.eu-central-1.compute.internal' ringfence.dev/ring
}

case "${1:-all}" in
taint) taint ;;
label) label ;;
all)
    taint
    label
    ;;
*)
    echo "usage: undo.sh [taint|label]" >&2
    exit 2
    ;;
esac
