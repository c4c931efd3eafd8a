#!/bin/sh
# Written by ringfence 0.1.0 from plan tenants, patches 8218b18c2ee5.
# Gives nodes their ring. The policies of policy/ come after the last step.
# The order that strands no pod:
#   1  apply.sh label    pods of a ring find its nodes
#   2  the workload patches, until every rollout is complete
#   3  apply.sh taint    nothing else is scheduled on them
# Without a step it does 1 and 3. Neither moves a pod that runs: drain nodes that run pods of another ring.
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh apply.sh
# shellcheck disable=SC2086
set -eu
KUBECTL=${KUBECTL:-kubectl}

label() {
    # ring internal
    $KUBECTL label node node-5 ringfence.node-restriction.kubernetes.io/ring=internal --overwrite
    # ring restricted.blue
    $KUBECTL label node node-1 ringfence.node-restriction.kubernetes.io/ring=restricted.blue --overwrite
    $KUBECTL label node node-2 ringfence.node-restriction.kubernetes.io/ring=restricted.blue --overwrite
    # ring restricted.green
    $KUBECTL label node node-3 ringfence.node-restriction.kubernetes.io/ring=restricted.green --overwrite
    $KUBECTL label node node-4 ringfence.node-restriction.kubernetes.io/ring=restricted.green --overwrite
}

taint() {
    # ring internal
    $KUBECTL taint node node-5 ringfence.dev/ring=internal:NoSchedule --overwrite
    # ring restricted.blue
    $KUBECTL taint node node-1 ringfence.dev/ring=restricted.blue:NoSchedule --overwrite
    $KUBECTL taint node node-2 ringfence.dev/ring=restricted.blue:NoSchedule --overwrite
    # ring restricted.green
    $KUBECTL taint node node-3 ringfence.dev/ring=restricted.green:NoSchedule --overwrite
    $KUBECTL taint node node-4 ringfence.dev/ring=restricted.green:NoSchedule --overwrite
}

case "${1:-all}" in
label) label ;;
taint) taint ;;
all)
    label
    taint
    ;;
*)
    echo "usage: apply.sh [label|taint]" >&2
    exit 2
    ;;
esac
