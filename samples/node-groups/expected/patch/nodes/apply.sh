#!/bin/sh
# Written by ringfence 0.1.0 from plan newspaper, patches 72ca84676bb7.
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

only() { # SELECTOR NODES: stop where others than these are selected, or one of these is there and is not
    selected=$($KUBECTL get nodes -l "$1" -o "jsonpath={.items[*].metadata.name}")
    for node in $selected; do
        case " $2 " in
        *" $node "*) ;;
        *)
            echo "$1 selects node/$node, which the plan does not know: export the nodes and plan again" >&2
            exit 1
            ;;
        esac
    done
    for node in $2; do
        case " $selected " in *" $node "*) continue ;; esac
        there=$($KUBECTL get node "$node" --ignore-not-found -o name)
        if [ "$there" ]; then
            echo "$1 does not select $there, which the plan has in that group: export the nodes and plan again" >&2
            exit 1
        fi
    done
}

group() { # SELECTOR NODES COMMAND: let kubectl do it to the nodes of a group, which are these and no others
    selector=$1
    known=$2
    shift 2
    only "$selector" "$known"
    $KUBECTL "$@" -l "$selector"
    only "$selector" "$known"
}

label() {
    # ring accounts, whole groups
    group eks.amazonaws.com/nodegroup=ledger 'ip-10-0-1-74.eu-central-1.compute.internal ip-10-0-2-81.eu-central-1.compute.internal ip-10-0-3-88.eu-central-1.compute.internal' label nodes ringfence.dev/ring=accounts --overwrite
    # ring newsroom, whole groups
    group eks.amazonaws.com/nodegroup=web 'ip-10-0-1-11.eu-central-1.compute.internal ip-10-0-1-32.eu-central-1.compute.internal ip-10-0-2-18.eu-central-1.compute.internal ip-10-0-2-39.eu-central-1.compute.internal ip-10-0-3-25.eu-central-1.compute.internal ip-10-0-3-46.eu-central-1.compute.internal' label nodes ringfence.dev/ring=newsroom --overwrite
    # ring readers, whole groups
    group eks.amazonaws.com/nodegroup=batch 'ip-10-0-1-53.eu-central-1.compute.internal ip-10-0-2-60.eu-central-1.compute.internal ip-10-0-3-67.eu-central-1.compute.internal' label nodes ringfence.dev/ring=readers --overwrite
    # ring system, whole groups
    group eks.amazonaws.com/nodegroup=system 'ip-10-0-1-95.eu-central-1.compute.internal ip-10-0-2-102.eu-central-1.compute.internal' label nodes ringfence.dev/ring=system --overwrite
}

taint() {
    # ring accounts, whole groups
    group eks.amazonaws.com/nodegroup=ledger 'ip-10-0-1-74.eu-central-1.compute.internal ip-10-0-2-81.eu-central-1.compute.internal ip-10-0-3-88.eu-central-1.compute.internal' taint nodes ringfence.dev/ring=accounts:NoSchedule --overwrite
    # ring newsroom, whole groups
    group eks.amazonaws.com/nodegroup=web 'ip-10-0-1-11.eu-central-1.compute.internal ip-10-0-1-32.eu-central-1.compute.internal ip-10-0-2-18.eu-central-1.compute.internal ip-10-0-2-39.eu-central-1.compute.internal ip-10-0-3-25.eu-central-1.compute.internal ip-10-0-3-46.eu-central-1.compute.internal' taint nodes ringfence.dev/ring=newsroom:NoSchedule --overwrite
    # ring readers, whole groups
    group eks.amazonaws.com/nodegroup=batch 'ip-10-0-1-53.eu-central-1.compute.internal ip-10-0-2-60.eu-central-1.compute.internal ip-10-0-3-67.eu-central-1.compute.internal' taint nodes ringfence.dev/ring=readers:NoSchedule --overwrite
    # ring system, whole groups
    group eks.amazonaws.com/nodegroup=system 'ip-10-0-1-95.eu-central-1.compute.internal ip-10-0-2-102.eu-central-1.compute.internal' taint nodes ringfence.dev/ring=system:NoSchedule --overwrite
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
