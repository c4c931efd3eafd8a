#!/bin/sh
# Written by ringfence 0.1.0 from plan sharing, patches 33b533ffc7d5.
# Gives nodes back what they had before apply.sh. Where the policies of policy/ are in force, take them back first.
# The order that strands no pod:
#   1  undo.sh taint
#   2  the workloads without the patches, until every rollout is complete
#   3  undo.sh label
# Without a step it does 1 and 3.
# Bought nodes (4) are not touched here: they go with their pools.
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh undo.sh
# shellcheck disable=SC2086
set -eu
KUBECTL=${KUBECTL:-kubectl}

echo "undo.sh: there is nothing to do: all nodes are bought, and register with what they need."
