"""A page in the distribution's own Chromium, driven by Playwright's library: no browser is ever downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), "")
MISSING = "no chromium on this machine (apt-get install chromium)"
PATIENCE = 120_000
"""Milliseconds for what a busy machine takes long for; nothing waits as long where all is well."""
SIZES = {"wide": (1400, 1000), "phone": (390, 844)}


@contextmanager
def launched() -> Iterator[Any]:
    """Start the browser. Where there is none the test is left out; not in continuous integration, unless .ci/run said so."""
    if not CHROMIUM:
        if os.environ.get("RINGFENCE_CI") and not os.environ.get("RINGFENCE_NO_BROWSER"):
            pytest.fail(f"{MISSING}, and continuous integration must not skip")
        pytest.skip(MISSING)
    with _library("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, timeout=PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Any) -> list[tuple[str, list[Any]]]:
    """Return what axe-core has to say against a page as it stands, and where."""
    told = _library("axe_playwright_python.sync_playwright").Axe().run(page).response["violations"]
    return [(fault["id"], [part["target"] for part in fault["nodes"]]) for fault in told]


def _library(name: str) -> Any:
    if os.environ.get("RINGFENCE_CI"):
        return import_module(name)
    return pytest.importorskip(name, reason="it comes with requirements/dev.txt: run make test")


@contextmanager
def opened(browser: Any, page: Path, size: str = "wide", dark: bool = False, link: str = "") -> Iterator[Any]:
    """Open a page in a window of its own; what it says on its console, and errors of its script, fail the test."""
    width, height = SIZES[size]
    scheme = "dark" if dark else "light"
    window = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=size == "phone")
    shown = window.new_page()
    shown.set_default_timeout(PATIENCE)
    said: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    try:
        shown.goto(f"{page.as_uri()}{link}")
        yield shown
    finally:
        window.close()
    if said:
        raise AssertionError("; ".join(said))
