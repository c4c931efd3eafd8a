#!/bin/sh
# Written by ringfence 0.1.0 from plan sharing, patches 33b533ffc7d5.
# Gives nodes their ring. The policies of policy/ come after the last step.
# The order that strands no pod:
#   1  apply.sh label    pods of a ring find its nodes
#   2  the workload patches, until every rollout is complete
#   3  apply.sh taint    nothing else is scheduled on them
# Without a step it does 1 and 3. Neither moves a pod that runs: drain nodes that run pods of another ring.
# Bought nodes (4) are not touched here: apply pools/karpenter.yaml before the patches; they register with label and taint.
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh apply.sh
# shellcheck disable=SC2086
set -eu
KUBECTL=${KUBECTL:-kubectl}

echo "apply.sh: there is nothing to do: all nodes are bought, and register with what they need."
