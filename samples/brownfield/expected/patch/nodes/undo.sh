#!/bin/sh
# Written by ringfence 0.1.0 from plan brownfield, patches 0122c847a189.
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

taint() {
    # ring internal
    untaint worker-4 ringfence.dev/ring NoSchedule
    untaint worker-5 ringfence.dev/ring NoSchedule
    # ring restricted
    untaint worker-3 ringfence.dev/ring NoSchedule
    # ring untrusted
    untaint worker-2 ringfence.dev/ring NoSchedule
    untaint worker-6 ringfence.dev/ring NoSchedule
}

label() {
    # ring internal
    $KUBECTL label node worker-4 ringfence.node-restriction.kubernetes.io/ring-
    $KUBECTL label node worker-5 ringfence.node-restriction.kubernetes.io/ring-
    # ring restricted
    $KUBECTL label node worker-3 ringfence.node-restriction.kubernetes.io/ring-
    # ring untrusted
    $KUBECTL label node worker-2 ringfence.node-restriction.kubernetes.io/ring-
    $KUBECTL label node worker-6 ringfence.node-restriction.kubernetes.io/ring-
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
