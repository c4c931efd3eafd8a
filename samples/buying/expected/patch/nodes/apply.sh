#!/bin/sh
# Written by ringfence 0.1.0 from plan shop, patches 612eb5cf3a66.
# Gives nodes their ring. The policies of policy/ come after the last step.
# The order that strands no pod:
#   1  apply.sh label    pods of a ring find its nodes
#   2  the workload patches, until every rollout is complete
#   3  apply.sh taint    nothing else is scheduled on them
# Without a step it does 1 and 3. Neither moves a pod that runs: drain nodes that run pods of another ring.
# Bought nodes (6) are not touched here: apply pools/karpenter.yaml before the patches; they register with label and taint.
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh apply.sh
# shellcheck disable=SC2086
set -eu
KUBECTL=${KUBECTL:-kubectl}

label() {
    # ring internal
    $KUBECTL label node node-1b ringfence.node-restriction.kubernetes.io/ring=internal --overwrite
    $KUBECTL label node node-2a ringfence.node-restriction.kubernetes.io/ring=internal --overwrite
    # ring restricted
    $KUBECTL label node node-1a ringfence.node-restriction.kubernetes.io/ring=restricted --overwrite
}

taint() {
    # ring internal
    $KUBECTL taint node node-1b ringfence.dev/ring=internal:NoSchedule --overwrite
    $KUBECTL taint node node-2a ringfence.dev/ring=internal:NoSchedule --overwrite
    # ring restricted
    $KUBECTL taint node node-1a ringfence.dev/ring=restricted:NoSchedule --overwrite
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
