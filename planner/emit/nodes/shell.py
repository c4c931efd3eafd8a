"""Shell scripts of a few steps, which stop at the first command that fails and may run again."""

from collections.abc import Mapping, Sequence

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
    # The last stage gives a node its taint twice, once for each effect.
    [ "$found" = "$3=$5" ] || [ "$found" = "$3=$5 $5" ]
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
"""
# Who joined a group since apply.sh has its ring from elsewhere, and perhaps pods of it: it keeps what it has.
_MEMBERS = """
members() { # SELECTOR NODES: let members be those of the nodes that are there; name others that are selected
    there=$($KUBECTL get nodes -o "jsonpath={.items[*].metadata.name}")
    members=
    for node in $2; do
        case " $there " in *" $node "*) members="$members $node" ;; esac
    done
    selected=$($KUBECTL get nodes -l "$1" -o "jsonpath={.items[*].metadata.name}")
    for node in $selected; do
        case " $2 " in
        *" $node "*) ;;
        *) echo "$1 selects node/$node, which the plan does not know: it keeps what it has" >&2 ;;
        esac
    done
}
"""
_UNLABEL_GROUP = """
unlabel_group() { # SELECTOR NODES KEY: take the label from the nodes of the plan, and from no other
    members "$1" "$2"
    [ -z "$members" ] || $KUBECTL label node $members "$3-"
}
"""
_UNTAINT_GROUP = """
untaint_group() { # SELECTOR NODES KEY EFFECT: take the taint from the nodes of the plan, and from no other
    members "$1" "$2"
    for node in $members; do
        untaint "$node" "$3" "$4"
    done
}
"""
# What a check finds is told line by line; all is looked at before it ends.
_EXPECT = """
failed=0
expect() { # WHAT WANTED FOUND: FOUND is a list
    case " $3 " in *" $2 "*) return ;; esac
    echo "$1 is '$3', and should be '$2'"
    failed=1
}
"""
_COMPLETE = """
complete() { # RESOURCE NAMESPACE
    $KUBECTL rollout status "$1" -n "$2" --timeout=1s >/dev/null 2>&1 && return
    echo "$1 in namespace $2 is not rolled out"
    failed=1
}
"""
# How the pods of a node answer a taint that evicts: only those are named that it would evict at once.
_EVICTED = """
evicted() { # NODE KEY RING: name the pods there that do not tolerate the taint KEY=RING:NoExecute
    there=$($KUBECTL get pods -A --field-selector "spec.nodeName=$1" -o "jsonpath=$_PODS") || exit 1
    echo "$there" | while read -r pod phase tolerations; do
        case "$phase,$tolerations" in
        "," | Succeeded,* | Failed,*) ;;
        *",:Exists::,"* | *",:Exists::NoExecute,"* | *",$2:Exists::,"* | *",$2:Exists::NoExecute,"*) ;;
        *",$2:Equal:$3:,"* | *",$2:Equal:$3:NoExecute,"* | *",$2::$3:,"* | *",$2::$3:NoExecute,"*) ;;
        *) echo "$pod on node $1 does not tolerate ring $3" ;;
        esac
    done
}
_PODS='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.status.phase} '
_PODS=$_PODS'{range .spec.tolerations[*]}{.key}:{.operator}:{.value}:{.effect},{end}{"\\n"}{end}'
"""
_HERE = 'here=$(cd "$(dirname "$0")" && pwd)\n'
_HELPERS: Mapping[str | tuple[str, ...], str] = {
    "group ": _GROUP,
    "expect ": _EXPECT,
    "complete ": _COMPLETE,
    "strays=": _EVICTED,
    "untaint": _UNTAINT,
    ("unlabel_group ", "untaint_group "): _MEMBERS,
    "unlabel_group ": _UNLABEL_GROUP,
    "untaint_group ": _UNTAINT_GROUP,
    "if ! has ": _HAS,
    "gone ": _GONE,
}
"""Functions, by how a command that calls one begins."""


def script(name: str, origin: str, about: str, steps: Mapping[str, list[str]], idle: str) -> str:
    """Return a script with a function for each step; without commands it says that there is nothing to do."""
    head = f"#!/bin/sh\n{MARK} {origin}.\n{about}{_CONTEXT.format(script=name)}"
    lines = [line for commands in steps.values() for line in commands]
    if not lines:
        return f'{head}\necho "{name}: {idle}."\n'
    functions = "".join(_function(step, commands) for step, commands in steps.items())
    return head + _used(lines) + functions + _choice(name, list(steps))


def plain(name: str, origin: str, about: str, lines: Sequence[str]) -> str:
    """Return a script that does one thing after the other."""
    here = _HERE if any("$here" in line for line in lines) else ""
    body = "".join(f"{line}\n" for line in lines)
    return f"#!/bin/sh\n{MARK} {origin}.\n{about}{_CONTEXT.format(script=name)}{here}{_used(lines)}\n{body}"


def _used(lines: Sequence[str]) -> str:
    return "".join(text for call, text in _HELPERS.items() if any(line.lstrip().startswith(call) for line in lines))


def _function(step: str, commands: list[str]) -> str:
    # A function with nothing in it is a syntax error to a shell.
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
