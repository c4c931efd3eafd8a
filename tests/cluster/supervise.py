"""Run one program and end it when whoever started it is gone, however that came about: `supervise.py PROGRAM [ARGUMENT…]`.

Standard input is a pipe that only the starter holds. The kernel closes it when the starter ends, is killed or crashes; that works
on every system, unlike a parent-death signal. The program's exit code is passed on.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading


def main(command: list[str]) -> int:
    """Run the command until it ends or until nobody holds the other end of standard input."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    for given in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(given, lambda *_: program.kill())
    threading.Thread(target=_end_when_alone, args=(program,), daemon=True).start()
    return program.wait()


def _end_when_alone(program: subprocess.Popen[bytes]) -> None:
    """Wait for the pipe to close; nothing is ever written to it. Then kill: what these programs hold is thrown away."""
    with contextlib.suppress(OSError):
        os.read(0, 1)
    program.kill()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.exit(code if code >= 0 else 128 - code)
