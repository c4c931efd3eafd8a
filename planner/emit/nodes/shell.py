"""Shell scripts of a few steps, which stop at the first command that fails and may run again."""

from collections.abc import Mapping

from planner import MARK

_CONTEXT = """\
# KUBECTL says which kubectl and which cluster: KUBECTL="kubectl --context NAME" sh {script}
# shellcheck disable=SC2086
set -eu
KUBECTL=${{KUBECTL:-kubectl}}
"""
# kubectl fails on a taint that is not there; a script that stopped half-way must be able to run again.
_UNTAINT = """
untaint() { # NODE KEY EFFECT
    effects=$($KUBECTL get node "$1" -o "jsonpath={.spec.taints[?(@.key==\\"$2\\")].effect}")
    case " $effects " in *" $3 "*) $KUBECTL taint node "$1" "$2:$3-" ;; esac
}
"""
# Who runs the script again must not drain pods that have come since; set -e does not hold in conditions.
_HAS = """
has() { # NODE LABEL VALUE TAINT VALUES: say whether it has this label, and taints with these values
    found=$($KUBECTL get node "$1" -o \\
        "jsonpath={.metadata.labels.$2}={.spec.taints[?(@.key==\\"$4\\")].value}") || exit 1
    [ "$found" = "$3=$5" ]
}
"""
_GONE = """
gone() { # NODE NAMESPACE DAEMONSET: wait until it has no pod there
    while :; do
        left=$($KUBECTL get pods -n "$2" --field-selector "spec.nodeName=$1" -o \\
            "jsonpath={.items[?(@.metadata.ownerReferences[0].name==\\"$3\\")].metadata.name}")
        [ "$left" ] || break
        sleep 1
    done
}
"""
# A node says itself of which group it is: one that the plan does not know is not given a ring because it says so.
_GROUP = """
only() { # SELECTOR NODES: stop where others than these are selected
    selected=$($KUBECTL get nodes -l "$1" -o name)
    for node in $selected; do
        case " $2 " in
        *" ${node#node/} "*) ;;
        *)
            echo "$1 selects $node, which the plan does not know: export the nodes and plan again" >&2
            exit 1
            ;;
        esac
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
"""
_UNTAINT_ALL = """
untaint_all() { # SELECTOR KEY EFFECT
    selected=$($KUBECTL get nodes -l "$1" -o name)
    for node in $selected; do
        untaint "${node#node/}" "$2" "$3"
    done
}
"""
_HELPERS = {"group ": _GROUP, "untaint": _UNTAINT, "untaint_all ": _UNTAINT_ALL, "if ! has ": _HAS, "gone ": _GONE}
"""Functions, by how a command that calls one begins."""


def script(name: str, origin: str, about: str, steps: Mapping[str, list[str]], idle: str) -> str:
    """Return a script with a function for each step; without commands it says that there is nothing to do."""
    head = f"#!/bin/sh\n{MARK} {origin}.\n{about}{_CONTEXT.format(script=name)}"
    lines = [line for commands in steps.values() for line in commands]
    if not lines:
        return f'{head}\necho "{name}: {idle}."\n'
    used = "".join(text for call, text in _HELPERS.items() if any(line.lstrip().startswith(call) for line in lines))
    functions = "".join(_function(step, commands) for step, commands in steps.items())
    return head + used + functions + _choice(name, list(steps))


def _function(step: str, commands: list[str]) -> str:
    body = commands or [f'echo "No {step} to change."']
    return f"\n{step}() {{\n" + "".join(f"    {line}\n" for line in body) + "}\n"


def _choice(name: str, steps: list[str]) -> str:
    cases = "".join(f"{step}) {step} ;;\n" for step in steps)
    every = "".join(f"    {step}\n" for step in steps)
    return f"""
case "${{1:-all}}" in
{cases}all)
{every}    ;;
*)
    echo "usage: {name} [{"|".join(steps)}]" >&2
    exit 2
    ;;
esac
"""
