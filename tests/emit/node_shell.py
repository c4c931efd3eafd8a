"""A shell in which the scripts of a plan run against nodes in a file, with a kubectl that keeps them there."""

import ast
import os
import shlex
import subprocess
import sys

from planner.emit.patch import patches

# Stands for kubectl: keeps nodes in a file, and is as strict as kubectl about what is there and what is not. It has no pods;
# a DaemonSet's is there for as many looks as the file of waits says. It imports nothing, as a script calls it a hundred times.
FAKE = r"""
import os, sys

def carry_out(verb, what, labels, taints, overwrite, arguments):
    if verb == "get":
        asked = arguments[4].removeprefix("jsonpath=")
        labelled, known, field = asked.rpartition('{.spec.taints[?(@.key=="')
        key, ends, field = field.partition('")].')
        assert known and ends and field in ("effect}", "value}"), asked
        label = labelled.removeprefix("{.metadata.labels.").removesuffix("}=")
        assert labelled in ("", "{.metadata.labels." + label + "}="), asked
        found = [one[("effect}", "value}").index(field) + 1] for one in taints if one[0] == key]
        print((labels.get(label.replace("\\", ""), "") + "=" if labelled else "") + " ".join(found), end="")
    elif verb == "label":
        key, equals, value = what.partition("=")
        if not equals:
            labels.pop(key.removesuffix("-"), None)
        else:
            assert overwrite or key not in labels, f"{key} already has a value"
            labels[key] = value
    elif verb == "taint":
        text, colon, effect = what.rpartition(":")
        key, _, value = text.partition("=")
        assert effect.removesuffix("-") in ("NoSchedule", "PreferNoSchedule", "NoExecute"), "invalid taint effect"
        rest = [one for one in taints if one[:2] != [key, effect.removesuffix("-")]]
        if effect.endswith("-"):
            assert len(rest) < len(taints), "taint not found"
        else:
            assert overwrite or len(rest) == len(taints), "already has a taint"
            rest.append([key, effect, value])
        taints = rest
    else:
        raise SystemExit(f"unknown command: {verb}")
    return labels, taints

state, arguments = os.environ["STATE"], sys.argv[1:]
nodes = eval(open(state).read())
with open(state + ".log", "a") as log:
    log.write(" ".join(arguments) + "\n")
if os.environ["FAILS"] and " ".join(arguments).startswith(os.environ["FAILS"]):
    raise SystemExit("the server does not answer")
overwrite = "--overwrite" in arguments
arguments = [word for word in arguments if word != "--overwrite"]
if arguments[0] in ("cordon", "drain", "uncordon"):
    assert arguments[1] in nodes, arguments
    assert arguments[2:] == (["--ignore-daemonsets"] if arguments[0] == "drain" else []), arguments
    raise SystemExit
if arguments[:2] == ["get", "pods"]:
    waits = state + ".waits"
    left = int(open(waits).read()) if os.path.exists(waits) else 0
    print("a-pod" * bool(left), end="")
    open(waits, "w").write(str(max(0, left - 1)))
    raise SystemExit
NAMES = ["-o", "jsonpath={.items[*].metadata.name}"]
if arguments == ["get", "nodes", *NAMES]:
    print(" ".join(nodes), end="")
    raise SystemExit
if arguments[:2] == ["get", "node"] and arguments[3:] == ["--ignore-not-found", "-o", "name"]:
    print("node/" + arguments[2] if arguments[2] in nodes else "")
    raise SystemExit
if "-l" in arguments:
    at = arguments.index("-l")
    wanted, _, value = arguments[at + 1].partition("=")
    names = [name for name, (labels, _) in nodes.items() if labels.get(wanted) == value]
    rest = arguments[:at] + arguments[at + 2 :]
    assert rest[1] == "nodes", arguments
    if rest[0] == "get":
        assert rest[2:] == NAMES, arguments
        print(" ".join(names), end="")
        raise SystemExit
    targets, verb, what = names, rest[0], rest[2]
else:
    verb, kind, *targets = arguments
    assert kind == "node", arguments
    targets, what = (targets[:-1], targets[-1]) if verb == "label" else (targets[:1], targets[1])
for name in targets:
    labels, taints = nodes[name]
    nodes[name] = carry_out(verb, what, labels, taints, overwrite, arguments)
with open(state, "w") as file:
    file.write(repr(nodes))
"""


class Shell:
    """Runs the scripts of a plan against nodes in a file."""

    def __init__(self, folder, made):
        self.files = patches(made)
        self.folder, self.state = folder, folder / "state.json"
        (folder / "kubectl.py").write_text(FAKE, encoding="utf-8")
        for name in ("apply.sh", "undo.sh"):
            (folder / name).write_text(self.files[f"nodes/{name}"], encoding="utf-8")
        self.save(made.cluster.nodes)

    def save(self, nodes):
        state = {one.name: [dict(one.labels), [[t.key, t.effect, t.value] for t in one.taints]] for one in nodes}
        self.state.write_text(repr(state), encoding="utf-8")

    def load(self):
        return normal(ast.literal_eval(self.state.read_text(encoding="utf-8")))

    def run(self, script, *steps, shell="sh", fails=""):
        command = f"{shlex.quote(sys.executable)} -I -S {shlex.quote(str(self.folder / 'kubectl.py'))}"
        given = {**os.environ, "STATE": str(self.state), "KUBECTL": command, "FAILS": fails}
        return subprocess.run([shell, script, *steps], cwd=self.folder, env=given, capture_output=True, text=True, check=False)

    def log(self):
        log = self.folder / "state.json.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def normal(state):
    return {name: (labels, sorted(map(tuple, taints))) for name, (labels, taints) in state.items()}


def state_of(nodes):
    return normal({one.name: (dict(one.labels), [(t.key, t.effect, t.value) for t in one.taints]) for one in nodes})
