"""A page in the distribution's own Chromium: what it says on its console, and what it looks like once a script has used it."""

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
DONE = "data-done"


def _run(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    profile = page.parent / "profile"
    fixed = ("--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", f"--user-data-dir={profile}")
    asked = ("--virtual-time-budget=3000", *options, page.as_uri())
    return subprocess.run([CHROMIUM, *fixed, *asked], capture_output=True, text=True, timeout=120, check=True)


def console(page: Path) -> list[str]:
    """Return what the page has said on its console: violations of its own policy, too."""
    said = _run(page, "--dump-dom").stderr
    return [line for line in said.splitlines() if ":CONSOLE" in line]


def pdf(page: Path) -> bytes:
    """Print the page."""
    paper = page.parent / "page.pdf"
    _run(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    return paper.read_bytes()


def used(page: Path, script: str, width: int = 1400, dark: bool = False) -> Any:
    """Run a script on the page that returns something, and return that; the page's policy lets that script in, and no other."""
    text = page.read_text(encoding="utf-8")
    body = f'document.body.setAttribute("{DONE}", JSON.stringify((() => {{ {script} }})()));'
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src 'sha256-{digest}' ", 1).replace("</body>", f"<script>{body}</script></body>")
    copy = page.with_name("used.html")
    copy.write_text(text, encoding="utf-8")
    scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    dumped = _run(copy, "--dump-dom", f"--window-size={width},1000", *scheme).stdout
    (answer,) = re.findall(rf'{DONE}="([^"]*)"', dumped)
    return json.loads(html.unescape(answer))
