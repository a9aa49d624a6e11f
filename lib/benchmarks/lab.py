"""Open JupyterLab on the first chapter; say when it answers, and when a kernel of it has drawn the first map.

    python lib/benchmarks/lab.py SECONDS_SINCE_1970_AT_THE_START [OPTIONS OF JUPYTERLAB]

`make lab` runs it. The chapter is committed with its map, so a page that is open shows one at once. The
second time is that of a map drawn anew: a kernel that the server starts for it runs the chapter's cells
until a picture comes back, and is shut down; the learner's own kernel and the file are left alone.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import find_connection_file
from jupyter_server.serverapp import list_running_servers

CHAPTER = Path("notebooks/00-start-here.ipynb")
LONGEST = 300  # seconds that a cell may take


def ask(server: dict, path: str, method: str = "GET", body: dict | None = None) -> dict:
    """Ask the server's API."""
    head = {"Authorization": f"token {server['token']}", "Content-Type": "application/json"}
    text = json.dumps(body).encode() if body else None
    request = urllib.request.Request(  # noqa: S310
        f"{server['url']}api{path}", data=text, headers=head, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.loads(answer.read() or "{}")


def answering(pid: int) -> dict | None:
    """Give the server that a process has started, once it answers."""
    with suppress(urllib.error.URLError, OSError):
        for server in (one for one in list_running_servers() if one["pid"] == pid):
            ask(server, "")
            return server
    return None


def ready(client: BlockingKernelClient) -> None:
    """Wait for a kernel; on a busy machine it is called dead before it has come up."""
    until = time.time() + LONGEST
    while time.time() < until:
        with suppress(RuntimeError):
            return client.wait_for_ready(timeout=LONGEST)
    raise TimeoutError("the kernel did not come up")


def draw(server: dict) -> bool:
    """Run the chapter's cells in a kernel of the server until one shows a picture; tell whether one did."""
    kernel = ask(server, "/kernels", "POST", {"name": "python3"})["id"]
    client, shown = BlockingKernelClient(), []
    client.load_connection_file(find_connection_file(f"kernel-{kernel}.json"))
    client.start_channels()
    try:
        ready(client)
        for cell in nbformat.read(CHAPTER, as_version=4).cells:
            if cell.cell_type == "code" and not any("image/png" in one for one in shown):
                client.execute_interactive(cell.source, timeout=LONGEST, store_history=False,
                    output_hook=lambda said: shown.append(said["content"].get("data", {})))  # fmt: skip
    finally:
        client.stop_channels()
        ask(server, f"/kernels/{kernel}", "DELETE")
    return any("image/png" in one for one in shown)


def tell(server: dict, start: float) -> None:
    """Say how long it took until now, and until the first map; a fault of that must not end the server."""
    print(f"JupyterLab answers, {time.time() - start:.0f} s after the command", flush=True)
    try:
        what = "the first map is drawn" if draw(server) else f"{CHAPTER} drew no map"
    except Exception as fault:
        what = f"the first map was not timed ({type(fault).__name__}: {fault})"
    print(f"{what}, {time.time() - start:.0f} s after the command", flush=True)


def main(start: float) -> int:
    lab = subprocess.Popen([sys.executable, "-m", "jupyterlab", str(CHAPTER), *sys.argv[2:]])
    try:
        while lab.poll() is None and not (server := answering(lab.pid)):
            time.sleep(0.2)
        if lab.poll() is None:
            tell(server, start)
        return lab.wait()
    except KeyboardInterrupt:
        lab.terminate()
        return 130


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
