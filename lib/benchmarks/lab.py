"""Open JupyterLab on the first chapter, and say how long it took from the command to the answer.

    python lib/benchmarks/lab.py SECONDS_SINCE_1970_AT_THE_START

`make lab` runs it. The first chapter is committed with its map, so an answering JupyterLab shows it.
"""

import subprocess
import sys
import time
import urllib.error
import urllib.request

from jupyter_server.serverapp import list_running_servers

CHAPTER = "notebooks/00-start-here.ipynb"


def answers(pid: int) -> bool:
    """Tell whether the server that a process has started answers."""
    servers = [one for one in list_running_servers() if one["pid"] == pid]
    try:
        for one in servers:
            urllib.request.urlopen(f"{one['url']}api", timeout=2).close()  # noqa: S310
    except (urllib.error.URLError, OSError):
        return False
    return bool(servers)


def main(start: float) -> int:
    lab = subprocess.Popen([sys.executable, "-m", "jupyterlab", CHAPTER, *sys.argv[2:]])
    try:
        while lab.poll() is None and not answers(lab.pid):
            time.sleep(0.2)
        if lab.poll() is None:
            print(f"JupyterLab answers, {time.time() - start:.0f} s after the command", flush=True)
        return lab.wait()
    except KeyboardInterrupt:
        lab.terminate()
        return 130


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
