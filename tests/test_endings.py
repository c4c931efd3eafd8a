"""How a run ends: what is written over, signals, and a stdout that is closed, full, left early or speaks no UTF-8."""

import fcntl
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from planner import signals
from planner.emit import folder as room
from planner.solve.runtime import interrupt
from tests.soak import later, soak_after

ROOT = Path(__file__).resolve().parent.parent
CLI = [sys.executable, str(ROOT / "cli.py")]
SAMPLE = ROOT / "samples" / "quickstart"
GIVEN = ["--nodes", "nodes.yaml", "--policy", "trust.yaml", "--packing", "exact"]
PLAN = ["plan", "workloads.yaml", *GIVEN]
MARKED = "# Written by ringfence 0.1.0 from plan shop\n"


@pytest.fixture
def shop(tmp_path):
    """A folder with the inputs of a sample."""
    for name in ("workloads.yaml", "nodes.yaml", "trust.yaml"):
        (tmp_path / name).write_bytes((SAMPLE / name).read_bytes())
    return tmp_path


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A folder with a plan."""
    folder = tmp_path_factory.mktemp("planned")
    given = ["plan", SAMPLE / "workloads.yaml", "--nodes", SAMPLE / "nodes.yaml", "--policy", SAMPLE / "trust.yaml"]
    subprocess.run([*CLI, *map(str, given), "--packing", "exact", "-o", "plan.yaml"], cwd=folder, check=True, capture_output=True)
    return folder


def run(arguments, cwd, **more):
    done = subprocess.run([*CLI, *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL, check=False, **more)
    assert b"Traceback" not in (done.stderr or b""), done.stderr
    return done


def said(arguments, cwd, **more):
    return run(arguments, cwd, capture_output=True, **more)


@pytest.fixture
def answer(forks):
    """Run a command where it says nothing of how a process ends or what its streams are: without starting Python anew."""

    def run_forked(arguments, cwd):
        done = forks.run(*arguments, cwd=cwd)
        assert b"Traceback" not in done.stderr, done.stderr
        return done

    return run_forked


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What is written over


def named(shop):
    return "workloads.yaml"


def linked(shop):
    (shop / "plan.yaml").symlink_to("workloads.yaml")
    return "plan.yaml"


def linked_hard(shop):
    os.link(shop / "workloads.yaml", shop / "plan.yaml")
    return "plan.yaml"


def policy_linked_hard(shop):
    os.link(shop / "trust.yaml", shop / "plan.yaml")
    return "plan.yaml"


def in_the_folder(shop):
    (shop / "m").mkdir()
    (shop / "workloads.yaml").rename(shop / "m" / "web.yaml")
    (shop / "workloads.yaml").symlink_to("m")
    return "m/web.yaml"


def in_the_folder_linked_hard(shop):
    target = in_the_folder(shop)
    os.link(shop / target, shop / "plan.yaml")
    return "plan.yaml"


def foreign(shop):
    (shop / "notes.md").write_text("mine\n")
    return "notes.md"


def plan_and_more(shop):
    head = "apiVersion: ringfence.dev/v1alpha1\nkind: IsolationPlan\nmetadata: {name: t}\n---\n"
    (shop / "plan.yaml").write_text(head + "kind: ConfigMap\n")
    return "plan.yaml"


def comment_of_a_plan(shop):
    (shop / "plan.yaml").write_text("# apiVersion: ringfence.dev/v1alpha1\n# kind: IsolationPlan\nkind: ConfigMap\n")
    return "plan.yaml"


def folder(shop):
    (shop / "plan.yaml").mkdir()
    return "plan.yaml"


TARGETS = [
    pytest.param(named, "is an input", id="the manifests"),
    pytest.param(linked, "is an input", id="the manifests, by a link"),
    pytest.param(linked_hard, "is an input", id="the manifests, by another name"),
    pytest.param(policy_linked_hard, "is an input", id="the policy, by another name"),
    pytest.param(in_the_folder, "is there already, and is not a plan: it would be lost", id="a file of the folder that is read"),
    pytest.param(in_the_folder_linked_hard, "is there already, and is not a plan", id="such a file, by another name"),
    pytest.param(foreign, "is there already, and is not a plan", id="somebody's notes"),
    pytest.param(plan_and_more, "is there already, and is not a plan", id="a plan with something behind it"),
    pytest.param(comment_of_a_plan, "is there already, and is not a plan", id="what only mentions a plan"),
    pytest.param(folder, "is a folder, and a file is to be written", id="a folder"),
]


@pytest.mark.parametrize(("spoil", "message"), TARGETS)
def test_a_plan_is_never_written_over_anything_else(shop, answer, spoil, message):
    target = spoil(shop)
    before = contents(shop)
    done = answer([*PLAN, "-o", target], shop)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert contents(shop) == before


@pytest.mark.parametrize("there", [None, b"", b"\n"], ids=["nothing there", "an empty file there", "a blank one there"])
def test_a_plan_may_lie_beside_its_manifests_and_be_written_again(shop, answer, there):
    (shop / "m").mkdir()
    (shop / "workloads.yaml").rename(shop / "m" / "workloads.yaml")
    if there is not None:
        (shop / "m" / "plan.yaml").write_bytes(there)
    given = ["plan", "m", *GIVEN, "-o", "m/plan.yaml"]
    first, second = answer(given, shop), answer(given, shop)
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    ("target", "kind", "message"),
    [
        pytest.param("plan.yaml", "svg", "is an input", id="the plan"),
        pytest.param("plan.svg", "svg", "is an input", id="the plan, by another name"),
        pytest.param("mine.svg", "svg", "is not a picture (.svg)", id="a file that is no picture"),
        pytest.param("other.svg", "png", "is not a picture (.png)", id="a picture of another kind"),
    ],
)
def test_a_picture_is_never_written_over_anything_else(planned, answer, tmp_path, target, kind, message):
    (tmp_path / "plan.yaml").write_bytes((planned / "plan.yaml").read_bytes())
    os.link(tmp_path / "plan.yaml", tmp_path / "plan.svg")
    (tmp_path / "mine.svg").write_text("kind: ConfigMap\n")
    (tmp_path / "other.svg").write_text("<svg/>")
    before = contents(tmp_path)
    done = answer(["graph", "plan.yaml", "-o", target, "--format", kind], tmp_path)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", ["svg", "html", "mmd", "dot", "graphml"])
def test_a_picture_may_be_drawn_again(planned, answer, kind):
    given = ["graph", "plan.yaml", "-o", f"again.{kind}"]
    assert [answer(given, planned).returncode for _ in range(2)] == [0, 0]


def test_patches_are_not_written_around_their_plan(planned, answer, tmp_path):
    (tmp_path / "plan.yaml").write_bytes((planned / "plan.yaml").read_bytes())
    done = answer(["patch", tmp_path / "plan.yaml", "-o", tmp_path], planned)
    assert done.returncode == 2
    assert "ringfence did not write it" in done.stderr.decode()
    assert os.listdir(tmp_path) == ["plan.yaml"]


# Signals


@pytest.fixture
def heeded(monkeypatch):
    """Let signals be heeded as the command line does, for one test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *signals.ENDINGS)}
    monkeypatch.setattr(signals, "WRITTEN", [])
    monkeypatch.setattr(room, "WRITTEN", signals.WRITTEN)
    signals.heed()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


ENDS = [
    pytest.param(signal.SIGINT, KeyboardInterrupt, id="Ctrl-C"),
    pytest.param(signal.SIGTERM, signals.Terminated, id="SIGTERM"),
    pytest.param(signal.SIGHUP, signals.Terminated, id="a terminal that goes away"),
]


@pytest.mark.parametrize(("number", "error"), ENDS)
def test_a_file_that_is_being_written_is_written_first(tmp_path, monkeypatch, heeded, number, error):
    monkeypatch.setattr(room.os, "fsync", lambda _: signal.raise_signal(number))
    with pytest.raises(error):
        room.write_file(tmp_path / "plan.yaml", "whole")
    assert contents(tmp_path) == {"plan.yaml": b"whole"}
    assert [str(tmp_path / "plan.yaml")] == signals.WRITTEN


@pytest.mark.parametrize(("number", "error"), ENDS)
@pytest.mark.parametrize("can", [True, False], ids=["in one step", "in two"])
def test_a_folder_that_is_being_exchanged_is_exchanged_first(tmp_path, monkeypatch, heeded, number, error, can):
    room.write(tmp_path / "out", {"old.yaml": MARKED})
    exchange = room._exchange
    signals.WRITTEN.clear()

    def disturbed(*paths):
        signal.raise_signal(number)
        return can and exchange(*paths)

    monkeypatch.setattr(room, "_exchange", disturbed)
    with pytest.raises(error):
        room.write(tmp_path / "out", {"new.yaml": MARKED})
    assert contents(tmp_path) == {"out/new.yaml": MARKED.encode()}
    assert os.listdir(tmp_path) == ["out"]
    assert [str(tmp_path / "out")] == signals.WRITTEN


def test_what_cannot_be_written_is_not_said_to_be(tmp_path, monkeypatch, heeded):
    def full(_):
        signal.raise_signal(signal.SIGTERM)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.os, "fsync", full)
    with pytest.raises(signals.Terminated):
        room.write_file(tmp_path / "plan.yaml", "whole")
    assert contents(tmp_path) == {}
    assert signals.WRITTEN == []


def test_a_signal_that_is_ignored_stays_so(heeded):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.heed()
    with signals.undisturbed():
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        pytest.param(signal.SIGINT, 3, "interrupted: there is no answer yet\n", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "ended by SIGTERM: there is no answer yet\n", id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, "ended by SIGHUP: there is no answer yet\n", id="SIGHUP"),
    ],
)
def test_an_end_that_is_asked_for_is_said(tmp_path, number, code, message):
    os.mkfifo(tmp_path / "plan.yaml")
    running = subprocess.Popen(
        [*CLI, "verify", "plan.yaml"], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with open(tmp_path / "plan.yaml", "wb"):  # which waits until it is being read
        running.send_signal(number)
        told, talk = running.communicate()
    assert (running.returncode, told, talk.decode()) == (code, b"", message)


def test_sigterm_ends_a_plan_at_once_and_leaves_nothing(shop):
    os.mkfifo(shop / "late.yaml")
    running = subprocess.Popen(
        [*CLI, "plan", "workloads.yaml", "late.yaml", *GIVEN, "-o", "plan.yaml"],
        cwd=shop,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with open(shop / "late.yaml", "wb"):
        running.send_signal(signal.SIGTERM)
        _, talk = running.communicate()
    assert (running.returncode, talk.decode()) == (143, "ended by SIGTERM: there is no answer yet\n")
    assert sorted(os.listdir(shop)) == ["late.yaml", "nodes.yaml", "trust.yaml", "workloads.yaml"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_asks_for_the_end_ends_the_solver_first(number):
    reader, writer = socket.socketpair()
    with writer:
        writer.send(bytes([number]))
    stopped = []
    try:
        with reader, interrupt.HALT.while_running(lambda: stopped.append(number)):
            interrupt._listen(reader, threading.Event())
        assert interrupt.HALT.asked
        assert stopped == [number]
    finally:
        interrupt.HALT.asked = False


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="pipes of this system cannot be made small")
@pytest.mark.parametrize(
    ("number", "code", "end"), [(signal.SIGINT, 3, "interrupted"), (signal.SIGTERM, 143, "ended by SIGTERM")]
)
def test_an_end_at_the_last_moment_says_what_is_written(shop, number, code, end):
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    running = subprocess.Popen(
        [*CLI, *PLAN, "-o", "plan.yaml", "-O", "json"], cwd=shop, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    assert os.read(reader, 1), "the plan is written before its summary, which is longer than the pipe"
    running.send_signal(number)
    _, talk = running.communicate()
    os.close(reader)
    assert (running.returncode, talk.decode()) == (code, f"{end}: plan.yaml is written whole, the rest is not\n")
    assert yaml.safe_load((shop / "plan.yaml").read_text())["verdict"] == "feasible"


# Streams


COMMANDS = [
    pytest.param(PLAN, id="plan"),
    pytest.param(["verify", "plan.yaml"], id="verify"),
    pytest.param(["explain", "plan.yaml"], id="explain"),
    pytest.param(["graph", "plan.yaml", "-o", "-", "--format", "svg"], id="graph"),
    pytest.param(["--version"], id="version"),
    pytest.param(["--help"], id="help"),
]
each = pytest.mark.parametrize("command", COMMANDS)
TEXTS = pytest.mark.parametrize("command", [COMMANDS[0], COMMANDS[2], COMMANDS[5], later(COMMANDS[1].values[0], id="verify")])


@pytest.fixture(scope="module")
def there(planned):
    """A folder with a plan and what it is made of."""
    for name in ("workloads.yaml", "nodes.yaml", "trust.yaml"):
        (planned / name).write_bytes((SAMPLE / name).read_bytes())
    return planned


def closing(which):
    """Run a command with streams closed, as a shell does it."""
    return ["sh", "-c", f'exec "$@" {which}', "sh", *CLI]


@each
def test_an_answer_that_nobody_can_hear_is_no_answer(there, command):
    done = subprocess.run([*closing(">&-"), *command], cwd=there, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == "error: the answer cannot be written: stdout is closed"
    assert b"Traceback" not in done.stderr


@TEXTS
@pytest.mark.parametrize("which", ["2>/dev/full", "2>&- <&-"], ids=["full", "closed, and stdin too"])
def test_talk_that_nobody_hears_changes_nothing(there, answer, command, which):
    done = subprocess.run([*closing(which), *command], cwd=there, stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout) == (0, answer(command, there).stdout)


@each
def test_a_full_disk_is_no_verdict(there, command):
    with open("/dev/full", "wb") as full:
        done = run(command, there, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == "error: the answer cannot be written: no space left on device"


def test_what_is_written_is_said_where_the_answer_cannot_be(shop):
    with open("/dev/full", "wb") as full:
        done = run([*PLAN, "-o", "plan.yaml"], shop, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.decode() == "error: the answer cannot be written: no space left on device, but plan.yaml is\n"


@each
def test_a_reader_that_leaves_early_leaves_the_exit_code_as_it_is(there, command):
    reader, writer = os.pipe()
    os.close(reader)
    done = run(command, there, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 0
    assert b"error" not in done.stderr


def test_a_reader_that_leaves_early_does_not_turn_a_no_into_a_yes(shop):
    nodes = list(yaml.safe_load_all((shop / "nodes.yaml").read_text()))
    for each_node in nodes:
        each_node.get("status", {}).get("allocatable", {}).update(cpu="100m")
    (shop / "nodes.yaml").write_text(yaml.safe_dump_all(nodes))
    reader, writer = os.pipe()
    os.close(reader)
    done = run(PLAN, shop, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 1


@TEXTS
@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_without_utf_8_shows_what_it_can(there, command, encoding):
    done = said(command, there, env={**os.environ, "PYTHONIOENCODING": encoding})
    assert done.returncode == 0
    assert done.stdout.decode(encoding)
    done.stderr.decode(encoding)


@pytest.mark.parametrize("command", soak_after(2, [[*PLAN, "-O", "json"], [*PLAN, "-O", "markdown"], [*PLAN, "-o", "-"]]))
def test_documents_are_utf_8_whatever_the_terminal_speaks(there, answer, command):
    plain = answer(command, there)
    other = said(command, there, env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert plain.stdout.decode("utf-8")
    assert plain.stdout == other.stdout


def test_what_a_terminal_lacks_is_written_otherwise(there):
    done = said(PLAN, there, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "----" in done.stdout.decode("ascii")
    assert "\\u2500" not in done.stdout.decode("ascii")


def test_a_terminal_gets_colours_and_nothing_else(shop):
    """The answer only; what shows progress moves the cursor, on stderr."""
    with (shop / "workloads.yaml").open("a") as manifests:
        manifests.write('---\napiVersion: example.com/v1\nkind: "a\\e]0;x\\a\\e[2Jb"\nmetadata: {name: x}\n')
        manifests.write("spec: {template: {spec: {containers: [{name: c, image: x}]}}}\n")
    ours, theirs = pty.openpty()
    colourful = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    running = subprocess.Popen(
        [*CLI, *PLAN], cwd=shop, env=colourful, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE
    )
    os.close(theirs)
    told = b""
    with suppress(OSError):  # which is how the end of a terminal reads
        while piece := os.read(ours, 1 << 16):
            told += piece
    os.close(ours)
    _, talk = running.communicate()
    assert running.returncode == 0, talk
    assert b"\x1b[1;33mFEASIBLE AS A PACKING\x1b[0m" in told
    assert b"a\\x1b]0;x\\x07\\x1b[2Jb" in told
    assert b"\x1b" not in re.sub(rb"\x1b\[[0-9;]*m", b"", told)


def test_a_fault_of_our_own_is_no_no(planned):
    code = (
        "import sys, cli\n"
        "from planner import pipeline\n"
        "pipeline.load = lambda *_: {}['gone']\n"
        "sys.argv = ['ringfence', 'verify', 'plan.yaml']\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "KeyError: 'gone'" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ringfence itself is at fault")


@pytest.fixture
def deep(tmp_path):
    """Nest folders in each other, with a file in the last of them."""
    top, before = tmp_path / "deep", os.getcwd()
    top.mkdir()

    def nested(levels, content):
        os.chdir(top)
        for _ in range(levels):
            os.mkdir("d")
            os.chdir("d")
        Path("w.yaml").write_bytes(content)
        os.chdir(before)
        return top

    yield nested
    subprocess.run(["rm", "-rf", str(top)], check=True)


def test_a_deep_folder_is_no_place_to_write_patches(planned, tmp_path, deep):
    done = said(["patch", planned / "plan.yaml", "-o", deep(2000, MARKED.encode())], tmp_path)
    assert done.returncode == 2
    assert "ringfence did not write it" in done.stderr.decode()


@pytest.mark.parametrize(
    ("levels", "code", "message"),
    [
        pytest.param(1500, 0, "wrote plan.yaml", id="deeper than functions call each other"),
        pytest.param(2500, 2, "file name too long", id="deeper than the system has names for"),
    ],
)
def test_manifests_in_a_deep_folder_are_planned_or_refused(shop, deep, levels, code, message):
    top = deep(levels, (shop / "workloads.yaml").read_bytes())
    done = said(["plan", top, *GIVEN, "-o", "plan.yaml"], shop)
    assert (done.returncode, message in done.stderr.decode()) == (code, True)
