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

untaint_all() { # SELECTOR KEY EFFECT
    selected=$($KUBECTL get nodes -l "$1" -o name)
    for node in $selected; do
        untaint "${node#node/}" "$2" "$3"
    done
}

taint() {
    # ring accounts, whole groups
    untaint_all eks.amazonaws.com/nodegroup=ledger ringfence.dev/ring NoSchedule
    # ring newsroom, whole groups
    untaint_all eks.amazonaws.com/nodegroup=web ringfence.dev/ring NoSchedule
    # ring readers, whole groups
    untaint_all eks.amazonaws.com/nodegroup=batch ringfence.dev/ring NoSchedule
    # ring system, whole groups
    untaint_all eks.amazonaws.com/nodegroup=system ringfence.dev/ring NoSchedule
}

label() {
    # ring accounts, whole groups
    $KUBECTL label nodes ringfence.dev/ring- -l eks.amazonaws.com/nodegroup=ledger
    # ring newsroom, whole groups
    $KUBECTL label nodes ringfence.dev/ring- -l eks.amazonaws.com/nodegroup=web
    # ring readers, whole groups
    $KUBECTL label nodes ringfence.dev/ring- -l eks.amazonaws.com/nodegroup=batch
    # ring system, whole groups
    $KUBECTL label nodes ringfence.dev/ring- -l eks.amazonaws.com/nodegroup=system
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
