"""The site, the slider and JupyterLab in a real browser, with the network cut."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import axe_playwright_python
import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from frontlines import data, job

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed to open the pages in")

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# colours are looked at in light and dark; on a phone, what may come to lie otherwise there
LOOKS = {
    "light": ("light", DESK, {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}),
    "dark": ("dark", DESK, {"runOnly": ["color-contrast"]}),
    "phone": ("light", PHONE, {"runOnly": ["target-size", "scrollable-region-focusable", "button-name",
                                           "link-name", "aria-hidden-focus", "label"]}),
}  # fmt: skip
# `make trust ONLY=pages` asks for the whole: every page, nothing taken out, folds open, each look, each rule
WHOLE = os.environ.get("FRONTLINES_AXE") == "whole"
if WHOLE:
    RULES = {"runOnly": [*LOOKS["light"][2]["runOnly"], "best-practice"]}
    LOOKS = {
        f"{scheme} {size['width']}": (scheme, size, RULES)
        for scheme in ("light", "dark")
        for size in (DESK, PHONE)
    }
# pages that differ in their words alone: of triggers and rooms two each, of data one long and one short
PASSED_OVER = re.compile(
    r"triggers-\w\w-(?!capture|border_closure)|library-(?!coder|maps)|data-(?!gold|record)"
)
# what is alike is looked at in part, or it takes minutes: rows, tables of a folder, entries, words of code
ALIKE = """() => {
    ["tbody tr:nth-child(n+3)", "section > dl.py:nth-of-type(n+3)", "dl.glossary-list > :nth-child(n+9)",
     ".told li:nth-child(n+4)", "#index dd",
     "section[id^=data-data] > section:nth-of-type(n+5)", "#the-codebook > section:nth-of-type(n+5)",
     ".sidebar-tree li:nth-child(n+4)", ".toc-tree li li:nth-child(n+4)"]
        .forEach(css => document.querySelectorAll(css).forEach(one => one.remove()));
    const seen = {};
    document.querySelectorAll(".highlight span").forEach(word => {
        seen[word.className] = (seen[word.className] || 0) + 1;
        if (seen[word.className] > 3) word.remove();
    });
}"""
IMPACTS = [*["minor", "moderate"] * WHOLE, "serious", "critical"]
OPENED = """() => document.querySelectorAll("details").forEach(fold => fold.open = true)"""
FAULTS = """({runOnly, impacts}) => axe.run(document, {runOnly, preload: false, resultTypes: ["violations"]})
    .then(found => found.violations.filter(one => impacts.includes(one.impact)).flatMap(one =>
        one.nodes.slice(0, 3).map(node =>
            `${one.impact} ${one.id}: ${node.target} ${node.html.slice(0, 120)}`)))"""
ROOT = data.data_dir().parent


class Quiet(SimpleHTTPRequestHandler):
    """A file server that keeps its log to itself."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the whole site once, from the committed chapters, and serve it on the loopback address."""
    out = tmp_path_factory.mktemp("out")
    job.site(out)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=out))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield out / "site", f"http://127.0.0.1:{server.server_port}/site/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page, with what it says on the console and what it asks of other machines."""

    def __init__(self, browser):
        self.context = browser.new_context(viewport=DESK, reduced_motion="reduce")
        self.said, self.outside = [], []
        self.context.route("**/*", self._guard)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _guard(self, route):
        if re.match(r"(file|data|blob):|(https?|ws)://(127\.0\.0\.1|localhost)[:/]", route.request.url):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()


@pytest.fixture
def watched(browser):
    made = []

    def opened():
        made.append(Watched(browser))
        return made[-1]

    yield opened
    for one in made:
        one.context.close()


def test_no_page_has_a_serious_fault_in_light_in_dark_or_on_a_phone(site, watched):
    folder, address = site
    window = watched()
    window.page.set_default_timeout(600_000)
    faults = []
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    assert len(names) > 100
    names = [name for name in names if WHOLE or not PASSED_OVER.match(name)]
    for name in names:
        window.page.goto(address + name)
        faults += [f"{name}: {fault}" for fault in _too_wide(window.page)]
        window.page.evaluate(OPENED if WHOLE else ALIKE)
        window.page.evaluate(AXE)
        for look, (scheme, size, rules) in LOOKS.items():
            window.page.emulate_media(color_scheme=scheme)
            window.page.set_viewport_size(size)
            found = window.page.evaluate(FAULTS, rules | {"impacts": IMPACTS})
            faults += [f"{name} in {look}: {fault}" for fault in found]
    print(
        "\n".join([f"looked at: {len(names)} pages, {len(LOOKS)} looks each, {len(faults)} faults", *faults])
    )
    assert faults == []
    assert window.outside == []
    assert window.said == []


def _too_wide(page):
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.set_viewport_size(DESK)
    return [f"{wide} px too wide for a phone"] if wide > 0 else []


def test_headings_do_not_skip_a_level(site, watched):
    _folder, address = site
    page = watched().page
    for name in ("index.html", "slider.html", "triggers-fr.html", "data-record.html", "glossary.html"):
        page.goto(address + name)
        levels = page.eval_on_selector_all(
            "main h1, main h2, main h3, main h4, article h1, article h2, article h3",
            "found => found.filter(h => h.offsetParent).map(h => Number(h.tagName[1]))",
        )
        assert levels[0] == 1, name
        assert all(b - a <= 1 for a, b in pairwise(levels)), (name, levels)


@pytest.fixture
def slider(site, watched):
    window = watched()
    window.page.goto(site[0].with_name("slider.html").as_uri())
    yield window.page
    assert window.said == []
    assert window.outside == []


def told(page):
    return page.locator("article:not([hidden])").get_attribute("data-day")


def test_the_slider_is_a_small_file(site):
    for path in site[0].parent.glob("slider*.html"):
        assert path.stat().st_size < 1_000_000


def test_keys_move_the_slider(slider):
    assert told(slider) == "2024-11-26"
    slider.keyboard.press("ArrowRight")
    assert told(slider) == "2024-11-27"
    slider.keyboard.press("End")
    assert told(slider) == "2024-12-15"
    expect(slider.locator(".now")).to_contain_text("last report 11 December 2024")
    slider.keyboard.press("ArrowLeft")
    assert told(slider) == "2024-12-14"
    slider.keyboard.press("Home")
    assert told(slider) == "2024-11-26"
    expect(slider.locator("button.previous")).to_be_disabled()


def test_the_handle_moves_the_map_and_the_list(slider):
    slider.locator("input[type=range]").fill("10")
    assert told(slider) == "2024-12-06"
    expect(slider.locator("figure > svg")).to_have_attribute("aria-label", re.compile("On 6 December 2024"))
    expect(slider.locator("input[type=range]")).to_have_attribute("aria-valuetext", "6 December 2024")
    before = slider.locator("use[data-sides]").evaluate_all(
        "all => all.map(u => u.getAttribute('href')).join()"
    )
    slider.locator("button.next").click()
    assert told(slider) == "2024-12-07"
    after = slider.locator("use[data-sides]").evaluate_all(
        "all => all.map(u => u.getAttribute('href')).join()"
    )
    assert before != after


def test_it_plays_and_pauses(slider):
    slider.clock.install()
    slider.keyboard.press(" ")
    expect(slider.locator("button.play")).to_have_attribute("aria-pressed", "true")
    slider.clock.run_for(2600)  # motion is reduced: a day stays for two seconds and a half
    assert told(slider) == "2024-11-27"
    slider.locator("button.play").click()
    slider.clock.run_for(20_000)
    assert told(slider) == "2024-11-27"
    slider.locator("button.play").click()
    slider.clock.run_for(60_000)
    assert told(slider) == "2024-12-15"
    expect(slider.locator("button.play")).to_have_attribute("aria-pressed", "false")


def test_a_swipe_turns_the_day(slider):
    box = slider.locator("figure > svg").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for to, day in ((-120, "2024-11-27"), (-120, "2024-11-28"), (120, "2024-11-27")):
        slider.mouse.move(x, y)
        slider.mouse.down()
        slider.mouse.move(x + to, y)
        slider.mouse.up()
        assert told(slider) == day


def test_an_address_names_a_day(slider):
    slider.goto(slider.url + "#2024-12-06")
    assert told(slider) == "2024-12-06"


def test_paper_shows_the_day_alone(slider):
    slider.keyboard.press("ArrowRight")
    slider.emulate_media(media="print")
    assert slider.locator("article:visible").count() == 1
    assert slider.locator(".bar:visible").count() == 0
    assert slider.locator("figure > svg").is_visible()


def test_without_a_script_one_map_and_all_lists(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site[0].with_name("slider.ar.html").as_uri())
    assert page.locator("article:visible").count() == 20
    assert page.locator("g[data-days]:not([hidden])").count() < 12
    assert page.locator("html").get_attribute("dir") == "rtl"
    context.close()


CHAPTER = "08-who-calls-whom-what.ipynb"


@pytest.fixture
def lab(tmp_path):
    """Serve a chapter without its outputs by JupyterLab, without a token, on the loopback address."""
    chapter = nbformat.read(ROOT / "notebooks" / CHAPTER, as_version=4)
    for cell in (cell for cell in chapter.cells if cell.cell_type == "code"):
        cell.outputs, cell.execution_count = [], None
    (tmp_path / "notebooks").mkdir()
    nbformat.write(chapter, tmp_path / "notebooks" / CHAPTER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {name: str(tmp_path / name.lower()) for name in
            ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}  # fmt: skip
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--port-retries=0", "--allow-root",
               "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.root_dir=notebooks",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
               "--LabApp.news_url=None"]  # fmt: skip
    with (tmp_path / "lab.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyter", "lab", *options], cwd=tmp_path,
                                  env=os.environ | home, stdout=log, stderr=log)  # fmt: skip
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/lab/tree/"
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()


def _wait_for(port, seconds=60):
    for _ in range(seconds * 5):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not answer within {seconds} s")


def test_a_chapter_runs_in_jupyterlab(lab, watched, tmp_path):
    window = watched()
    page = window.page
    page.set_default_timeout(60_000)
    page.goto(f"{lab}{CHAPTER}?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    cells = _saved(page, tmp_path / "notebooks" / CHAPTER)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    faults = [out for cell in cells for out in cell.outputs if out.output_type == "error"]
    assert faults == []
    assert any("image/png" in out.get("data", {}) for cell in cells for out in cell.outputs)
    assert window.outside == []


def _saved(page, path, seconds=180):
    """Save until every code cell has run or one has failed; give the code cells of the file."""
    for _ in range(seconds):
        # JupyterLab asks for a kernel where the one of the notebook is not up yet
        if page.locator(".jp-Dialog .jp-mod-accept").count():
            page.locator(".jp-Dialog .jp-mod-accept").first.click()
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1000)
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        failed = any(out.output_type == "error" for cell in cells for out in cell.outputs)
        if failed or all(cell.execution_count for cell in cells):
            return cells
    page.screenshot(path=path.with_suffix(".png"))
    raise AssertionError(f"the chapter did not finish within {seconds} s")
