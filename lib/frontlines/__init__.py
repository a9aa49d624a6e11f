"""Frontlines: from a news dispatch to events, maps and charts.

Each room is a noun of the field and each public function a verb: `fl.gazetteer.resolve(names)`,
`fl.coder.code(dispatch)`, `fl.control.timeline(baseline, events, day=day)`.
"""

import importlib
from types import ModuleType

__version__ = "0.1.0"

ROOMS = (
    "errors", "data", "codebook", "dispatch", "gazetteer", "actors", "timex", "events", "coder",
    "agreement", "control", "evidence", "front", "borders", "routes", "axis", "reactions", "framing",
    "verification", "acled", "exchange", "export", "corpus", "maps", "charts", "textcharts", "slider",
)  # fmt: skip

__all__ = ["ROOMS", "__version__"]


def __getattr__(name: str) -> ModuleType:
    # rooms are loaded when first used, so that `frontlines --help` does not wait for spaCy
    if name in ROOMS:
        return importlib.import_module(f"frontlines.{name}")
    raise AttributeError(f"frontlines has no room {name!r}; there are {', '.join(ROOMS)}")
