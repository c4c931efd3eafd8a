#!/bin/sh
# Written by ringfence 0.1.0 from plan tickets, patches 4264276575d8.
# Changes nothing: node groups are to be made or to grow first, and then comes a new plan. README.md says how.

echo 'Before nodes get a ring:' >&2
echo '1. let node group partners grow from 0 to 2 nodes; those that come have label ringfence.dev/ring=partners' >&2
echo '2. let node group vault grow from 2 to 3 nodes; those that come have label ringfence.dev/ring=payments' >&2
echo '3. let node group web grow from 2 to 4 nodes; those that come have label ringfence.dev/ring=shop' >&2
echo '4. export the nodes and plan again: the steps that give nodes and workloads their ring come with that plan' >&2
exit 1
