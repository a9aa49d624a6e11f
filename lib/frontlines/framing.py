"""Who calls whom what: the very words that dispatches use for each actor, counted, loaded words marked."""

import numpy as np
import pandas as pd

from frontlines import actors, data
from frontlines.dispatch import Dispatch

MENTION_COLUMNS = ("source", "dispatch_id", "actor", "label", "loaded", "method", "candidate", "start", "end",
                   "quote")  # fmt: skip
LABEL_COLUMNS = ("source", "actor", "label", "loaded", "n", "n_events", "dispatches", "dispatch_id", "start",
                 "end", "quote")  # fmt: skip
COMPARE_COLUMNS = (
    "actor", "source", "mentions", "labels", "loaded", "loaded_share", "most_used", "loaded_labels",
)  # fmt: skip
KNOWN_COLUMNS = ("actor", "name", "lang", "form", "loaded", "basis", "named_at")
# what actors.find gives as candidates only: a country's name is most often a place, an adjective an adjective
_WEAK = ("metonym", "adjective", "demonym")


def mentions(dispatch: Dispatch, *, source: str = "") -> pd.DataFrame:
    """
    Find the words that a dispatch uses for actors.

    Parameters
    ----------
    dispatch
        A dispatch in French, English, Arabic or Turkish.
    source
        Whose words they are, for example the publisher; the file name if not given.

    Returns
    -------
    pandas.DataFrame
        Columns of `MENTION_COLUMNS`, a row a mention and actor, by start: source, dispatch_id, actor (id),
        label (the very words), loaded (``yes`` where the codebook marks them as one party's words), method
        (of `actors.find`), candidate (``yes``: a country, capital or adjective, which may mean the place),
        start and end (offsets into the raw text), quote (the sentence).
    """
    found = actors.find(dispatch.text, language=dispatch.language, published=dispatch.published)
    types = _actor_table()["type"]
    state = (found["form"] == "name") & (found["actor"].map(types) == "state")
    sentences = dispatch.sentences()
    row = np.searchsorted(sentences["start"].to_numpy(), found["start"].to_numpy(), side="right") - 1
    return found.rename(columns={"text": "label"}).assign(
        source=source or dispatch.name,
        dispatch_id=dispatch.dispatch_id,
        candidate=np.where(found["form"].isin(_WEAK) | state, "yes", ""),
        quote=sentences["text"].to_numpy()[row] if len(found) else "",
    )[list(MENTION_COLUMNS)].astype({"candidate": "str", "quote": "str"})  # fmt: skip


def labels(found: pd.DataFrame, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Count the labels of each actor, source by source.

    Parameters
    ----------
    found
        What `mentions` gives, of one dispatch or of several concatenated.
    events
        The events coded from them: a candidate counts as a label where an event has it as its doer's words
        (`label_used`); without events candidates are left out.

    Returns
    -------
    pandas.DataFrame
        Columns of `LABEL_COLUMNS`, a row a source, actor and label (spellings that differ in case only are
        one), the most frequent first: loaded, n (mentions), n_events (events whose doer is called so),
        dispatches (how many), and the first mention as example: dispatch_id, start, end, quote.
    """
    used = _used(events)
    keys = list(zip(found["dispatch_id"], found["actor"], found["label"].map(_fold), strict=True))
    frame = found.assign(key=[key[2] for key in keys], n_events=[used.get(key, 0) for key in keys])
    frame = frame[(frame["candidate"] == "") | (frame["n_events"] > 0)]
    per_dispatch = frame.drop_duplicates(["source", "dispatch_id", "actor", "key"])
    by = ["source", "actor", "key"]
    counted = frame.sort_values(["dispatch_id", "start"], kind="stable").groupby(by, sort=False)
    first = {c: (c, "first") for c in ("label", "dispatch_id", "start", "end", "quote")}
    table = counted.agg(
        loaded=("loaded", "max"), n=("start", "size"), dispatches=("dispatch_id", "nunique"), **first
    )
    table["n_events"] = per_dispatch.groupby(by)["n_events"].sum().reindex(table.index).astype(int)
    order = table.reset_index().sort_values(
        ["source", "actor", "n", "key"], ascending=[True, True, False, True]
    )
    return order[list(LABEL_COLUMNS)].reset_index(drop=True)


def compare(counted: pd.DataFrame) -> pd.DataFrame:
    """
    Set the sources side by side, actor by actor.

    Parameters
    ----------
    counted
        What `labels` gives.

    Returns
    -------
    pandas.DataFrame
        Columns of `COMPARE_COLUMNS`, by actor and source: mentions, labels (different ones), loaded
        (mentions in loaded words), loaded_share (0-1), most_used (the label), loaded_labels (joined by
        ``;``).
    """
    rows = []
    for (actor, source), part in counted.groupby(["actor", "source"], sort=True):
        loaded = part[part["loaded"] == "yes"]
        share = round(float(loaded["n"].sum() / part["n"].sum()), 2)
        rows.append((actor, source, int(part["n"].sum()), len(part), int(loaded["n"].sum()), share,
                     part["label"].iloc[0], ";".join(loaded["label"])))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COMPARE_COLUMNS))


def known(actor_ids: list[str], *, loaded_only: bool = False) -> pd.DataFrame:
    """
    List the names that the codebook knows for some actors.

    Parameters
    ----------
    actor_ids
        Ids of `data/codebook/actors.csv`.
    loaded_only
        Leave out the names that take no side.

    Returns
    -------
    pandas.DataFrame
        Columns of `KNOWN_COLUMNS`, by actor, loaded first, language and name. basis: ``found`` (named_at is
        a page on which the actor is named) or ``background``.

    Notes
    -----
    A page is no evidence that its publisher uses that very name: it may use another spelling of the row's
    actor, or quote somebody. Who uses which label is known only of texts that `mentions` has read.
    """
    table = data.table("codebook/actor_names")
    table = table[table["actor"].isin(actor_ids) & ((table["loaded"] == "yes") | (not loaded_only))]
    cited = table["source"].str.startswith("http")
    table = table.assign(
        named_at=table["source"].where(cited, ""),
        basis=np.where(cited, "found", "background"),
        plain=table["loaded"] != "yes",
    ).astype({"basis": "str"})
    order = table.sort_values(["actor", "plain", "lang", "name"], kind="stable")
    return order[list(KNOWN_COLUMNS)].drop_duplicates(["actor", "name", "lang"]).reset_index(drop=True)


def parties(counted: pd.DataFrame) -> pd.DataFrame:
    """
    Keep the labels of those who fight: armed groups, and states with a side.

    Parameters
    ----------
    counted
        What `labels` or `compare` gives.

    Returns
    -------
    pandas.DataFrame
        The rows whose actor has a side in `data/codebook/actors.csv`, or is an armed group.
    """
    table = _actor_table()
    fighting = table.index[(table["side"] != "") | (table["type"] == "armed_group")]
    return counted[counted["actor"].isin(fighting)].reset_index(drop=True)


def _actor_table() -> pd.DataFrame:
    table = data.table("codebook/actors")
    return (
        table.sort_values("side", ascending=False, kind="stable").drop_duplicates("actor").set_index("actor")
    )


def _fold(label: str) -> str:
    return " ".join(label.casefold().replace("’", "'").split())


def _used(events: pd.DataFrame | None) -> dict[tuple[str, str, str], int]:
    """Count the events by dispatch, doer and the words for the doer."""
    counts: dict[tuple[str, str, str], int] = {}
    for event in events.itertuples() if events is not None else ():
        for actor in str(event.actor).split(";"):
            key = (str(event.dispatch_id), actor, _fold(str(event.label_used)))
            counts[key] = counts.get(key, 0) + 1
    return counts
