#!/bin/sh
# Written by ringfence 0.1.0 from plan shop, patches 612eb5cf3a66.
# Gives nodes back what they had before apply.sh. Where the policies of policy/ are in force, take them back first.
# The order that strands no pod:
#   1  undo.sh taint
#   2  the workloads without the patches, until every rollout is complete
#   3  undo.sh label
# Without a step it does 1 and 3.
# Bought nodes (6) are not touched here: they go with their pools.
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh undo.sh
# shellcheck disable=SC2086
set -eu
KUBECTL=${KUBECTL:-kubectl}

untaint() { # NODE KEY EFFECT
    effects=$($KUBECTL get node "$1" -o "jsonpath={.spec.taints[?(@.key==\"$2\")].effect}")
    case " $effects " in *" $3 "*) $KUBECTL taint node "$1" "$2:$3-" ;; esac
}

taint() {
    # ring internal
    untaint node-1b ringfence.dev/ring NoSchedule
    untaint node-2a ringfence.dev/ring NoSchedule
    # ring restricted
    untaint node-1a ringfence.dev/ring NoSchedule
}

label() {
    # ring internal
    $KUBECTL label node node-1b ringfence.node-restriction.kubernetes.io/ring-
    $KUBECTL label node node-2a ringfence.node-restriction.kubernetes.io/ring-
    # ring restricted
    $KUBECTL label node node-1a ringfence.node-restriction.kubernetes.io/ring-
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
