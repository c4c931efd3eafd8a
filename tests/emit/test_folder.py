import os
import stat
import sys
import threading

import pytest

from planner.emit import folder as room
from planner.emit.folder import write, write_file
from planner.errors import BadInput

MARKED = "# Written by ringfence 0.1.0 from plan shop\n"
FILES = {
    "kustomization.yaml": MARKED + "a: 1\n",
    "workloads/shop/web.yaml": MARKED + "é: 2\n",
    "nodes/apply.sh": "#!/bin/sh\n" + MARKED,
}
OTHERS = {"kustomization.yaml": MARKED + "b: 1\n"}

root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


def tree(folder):
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask():
    """Set a umask that is not the usual one."""
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_a_folder_is_made_with_its_parents(tmp_path):
    write(tmp_path / "a" / "b", FILES)
    assert tree(tmp_path / "a" / "b") == FILES
    assert os.listdir(tmp_path / "a") == ["b"]


def test_scripts_can_be_run_and_the_umask_is_kept(tmp_path, umask):
    write(tmp_path / "out", FILES)
    assert mode(tmp_path / "out" / "nodes" / "apply.sh") == 0o750
    assert mode(tmp_path / "out" / "kustomization.yaml") == 0o640
    assert mode(tmp_path / "out") == 0o750


def test_our_own_folder_is_replaced_and_keeps_its_mode(tmp_path):
    write(tmp_path / "out", FILES)
    (tmp_path / "out").chmod(0o700)
    write(tmp_path / "out", OTHERS)
    assert tree(tmp_path / "out") == OTHERS
    assert mode(tmp_path / "out") == 0o700
    assert os.listdir(tmp_path) == ["out"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", FILES)
    assert tree(tmp_path / "out") == FILES


FOREIGN = [
    ("a file without our mark", lambda out: (out / "notes.md").write_text("mine\n")),
    ("a file that mentions us further down", lambda out: (out / "notes.md").write_text("mine\n\n" + MARKED)),
    ("a file below", lambda out: (out / "workloads" / "notes.md").write_text("mine\n")),
    ("an empty file", lambda out: (out / "notes.md").touch()),
    ("a binary file", lambda out: (out / "notes.md").write_bytes(b"\xff\x00" * 999)),
    ("a hidden file", lambda out: (out / ".gitignore").write_text("x\n")),
    ("a link to a file of ours", lambda out: (out / "link.yaml").symlink_to("kustomization.yaml")),
    ("a link to a folder", lambda out: (out / "link").symlink_to("workloads")),
    ("a broken link", lambda out: (out / "link").symlink_to("nowhere")),
    ("a pipe", lambda out: os.mkfifo(out / "pipe")),
    ("folders deeper than ours", lambda out: (out / "/".join("abcdefghij")).mkdir(parents=True)),
]


@pytest.mark.parametrize("spoil", [row[1] for row in FOREIGN], ids=[row[0] for row in FOREIGN])
def test_what_is_not_ours_is_never_replaced(tmp_path, spoil):
    write(tmp_path / "out", FILES)
    spoil(tmp_path / "out")
    before = sorted(os.walk(tmp_path))
    with pytest.raises(BadInput) as error:
        write(tmp_path / "out", OTHERS)
    assert [fault.reason for fault in error.value.faults] == ["is in the folder to be written, and ringfence did not write it"]
    assert sorted(os.walk(tmp_path)) == before


def test_many_foreign_files_are_counted(tmp_path):
    for at in range(25):
        (tmp_path / f"{at}.md").touch()
    with pytest.raises(BadInput) as error:
        write(tmp_path, FILES)
    assert len(error.value.faults) == 11
    assert any("15 more files" in fault.reason for fault in error.value.faults)


def test_a_file_in_the_way_is_kept(tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="is a file"):
        write(tmp_path / "out", FILES)
    with pytest.raises(BadInput, match="cannot be written"):
        write(tmp_path / "out" / "below", FILES)
    assert tree(tmp_path) == {"out": "mine"}


def test_the_folder_one_is_in_is_not_replaced(tmp_path, monkeypatch):
    write(tmp_path / "out", FILES)
    monkeypatch.chdir(tmp_path / "out" / "nodes")
    with pytest.raises(BadInput, match="the folder you are in"):
        write("..", OTHERS)
    assert tree(tmp_path / "out") == FILES


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", FILES)
    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path / "real") == FILES


def test_a_failure_half_way_leaves_the_old_folder(tmp_path, monkeypatch):
    write(tmp_path / "out", FILES)
    with pytest.raises(TypeError):
        write(tmp_path / "out", {**OTHERS, "broken": 5})  # type: ignore[dict-item]
    assert tree(tmp_path / "out") == FILES
    assert os.listdir(tmp_path) == ["out"]


@pytest.fixture
def in_two_steps(monkeypatch):
    """Be on a system that cannot let two folders change places."""
    monkeypatch.setattr(room, "_exchange", lambda *_: False)


def test_a_folder_is_replaced_where_the_system_cannot_do_it_in_one_step(tmp_path, in_two_steps):
    write(tmp_path / "out", FILES)
    write(tmp_path / "out", OTHERS)
    assert tree(tmp_path / "out") == OTHERS
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets two folders change places")
def test_a_folder_is_replaced_in_one_step(tmp_path, monkeypatch):
    write(tmp_path / "out", FILES)
    monkeypatch.setattr(room.Path, "rename", None)
    write(tmp_path / "out", OTHERS)
    assert tree(tmp_path / "out") == OTHERS
    assert os.listdir(tmp_path) == ["out"]


def test_a_failed_swap_puts_the_old_folder_back(tmp_path, monkeypatch, in_two_steps):
    write(tmp_path / "out", FILES)
    rename = room.Path.rename

    def full(self, target):
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(room.Path, "rename", full)
    with pytest.raises(BadInput, match="no space left on device"):
        write(tmp_path / "out", OTHERS)
    assert tree(tmp_path / "out") == FILES
    assert os.listdir(tmp_path) == ["out"]


def test_an_old_folder_that_cannot_be_put_back_is_not_lost(tmp_path, monkeypatch, in_two_steps):
    write(tmp_path / "out", FILES)
    rename = room.Path.rename

    def once(self, target):
        if self.name == "out":
            return rename(self, target)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.Path, "rename", once)
    with pytest.raises(BadInput, match="no space left on device"):
        write(tmp_path / "out", OTHERS)
    (workshop,) = tmp_path.iterdir()
    assert tree(workshop / "old") == FILES


@pytest.mark.parametrize("path", ["../evil", "/evil", "a/../../evil"])
def test_no_file_is_written_outside(tmp_path, path):
    with pytest.raises(ValueError, match="leads out of the folder"):
        write(tmp_path / "out", {path: MARKED})
    assert os.listdir(tmp_path) == []


@root
def test_a_place_one_may_not_write_to(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    for attempt in (lambda path: write(path, FILES), lambda path: write_file(path, "x")):
        with pytest.raises(BadInput, match="permission denied"):
            attempt(tmp_path / "closed" / "out")


def test_the_system_s_complaint_becomes_a_fault(tmp_path):
    long = tmp_path / ("x" * 300)
    for attempt in (lambda: write(long, FILES), lambda: write_file(long, "x")):
        with pytest.raises(BadInput, match="cannot be written: file name too long"):
            attempt()
    assert os.listdir(tmp_path) == []


def test_a_file_is_made_with_its_parents(tmp_path, umask):
    write_file(tmp_path / "a" / "plan.yaml", "é\n")
    assert (tmp_path / "a" / "plan.yaml").read_bytes() == "é\n".encode()
    assert mode(tmp_path / "a" / "plan.yaml") == 0o640
    assert os.listdir(tmp_path / "a") == ["plan.yaml"]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path):
    file, link = tmp_path / "plan.yaml", tmp_path / "link.yaml"
    write_file(file, "old")
    file.chmod(0o600)
    link.symlink_to("plan.yaml")
    write_file(link, b"\x89PNG")
    assert link.is_symlink()
    assert file.read_bytes() == b"\x89PNG"
    assert mode(file) == 0o600


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    write_file(tmp_path / "plan.yaml", "old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room.os, "fsync", full)
    with pytest.raises(BadInput, match="no space left on device"):
        write_file(tmp_path / "plan.yaml", "new")
    assert tree(tmp_path) == {"plan.yaml": "old"}


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(BadInput, match="is a directory"):
        write_file(tmp_path, "x")


def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_file, args=(pipe, "through"))
    writer.start()
    assert pipe.read_text(encoding="utf-8") == "through"
    writer.join()
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_written_to_and_stays():
    write_file(os.devnull, "x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
