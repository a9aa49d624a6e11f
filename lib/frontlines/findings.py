"""What a chart finds, in words: a title and a sentence from the table that is drawn, in four languages."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from frontlines.figures import actor_names, gate_names, short_day, wrap
from frontlines.phrases import day_words, number, say

_SHUT, _PASSABLE = ["closed", "damaged"], ["open", "restricted"]


def titled(key: str, language: str, **values: Any) -> tuple[str, str]:
    """
    Put a finding into a title and a sentence.

    Parameters
    ----------
    key
        The words ``<key>_title`` and ``<key>_sentence`` of `data/codebook/words.csv`.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.
    **values
        What their fields are filled with.

    Returns
    -------
    title, sentence : str
        The sentence holds the title.
    """
    title = say(f"{key}_title", language, **values)
    sentence = say(f"{key}_sentence", language, title=title, **values)
    return title, sentence.replace("..", ".")  # a short month may end in a stop


def listed(parts: Sequence[str], language: str) -> str:
    """
    Join parts into a list.

    Parameters
    ----------
    parts
        The words.
    language
        Arabic has its own comma.

    Returns
    -------
    str
        The list.
    """
    return ("، " if language == "ar" else ", ").join(parts)


def with_colon(name: str, words: object, language: str) -> str:
    """
    Put a name and what is told of it together.

    Parameters
    ----------
    name, words
        The two parts.
    language
        French sets a space before the colon.

    Returns
    -------
    str
        For example ``6 Dec: 8.7``.
    """
    return f"{name}\u00a0: {words}" if language == "fr" else f"{name}: {words}"


def shut_gates(states: pd.DataFrame, gates: pd.DataFrame, language: str) -> tuple[str, str]:
    """
    Say how many gates were shut on the first, the worst and the last day.

    Parameters
    ----------
    states
        What `borders.strip` gives.
    gates
        Its gates, one row each, with their names.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    title, sentence : str
        The finding, short and in full.
    """
    shut = states["state"].isin(_SHUT).groupby(states["day"]).sum()
    changed = gates[gates["crossing_id"].isin(states.loc[states["changed"] == "yes", "crossing_id"])]
    told = _told(shut, shut.idxmax(), language) | {"n": len(gates), "changed": len(changed)}
    return titled("strip", language, list=listed(gate_names(changed, language), language), **told)


def passable_gates(counts: pd.DataFrame, neighbours: Sequence[str], language: str) -> tuple[str, str]:
    """
    Say of the neighbour whose passable gates fell most how many were left.

    Parameters
    ----------
    counts
        What `borders.open_by_neighbour` gives.
    neighbours
        The neighbours, in the order in which they are told.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    title, sentence : str
        The finding, short and in full.
    """
    counts = counts.assign(n=counts[_PASSABLE].sum(axis=1))
    passable = counts.pivot_table(index="day", columns="other_country", values="n").astype(int)
    most = str((passable.iloc[0] - passable.min()).idxmax())
    known = actor_names(language)
    parts = [
        f"{known.get(c, c)} {n.iloc[0]} – {n.iloc[-1]} ({n.min()})"
        for c, n in passable[list(neighbours)].items()
    ]
    told = _told(passable[most], passable[most].idxmin(), language) | {"country": known.get(most, most)}
    gates = counts.loc[counts["other_country"] == most, "crossings"].max()
    key = "open" if passable[most].min() < passable[most].iloc[0] else "open_same"
    return titled(key, language, n=gates, list=listed(parts, language), **told)


def busiest_actors(counts: pd.DataFrame, rows: Sequence[str], language: str) -> tuple[str, str]:
    """
    Say who did most.

    Parameters
    ----------
    counts
        What `reactions.matrix` gives.
    rows
        The name of each row.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    title, sentence : str
        The finding, short and in full.
    """
    top = counts["acts"].sort_values(ascending=False, kind="stable").head(3)
    most = listed([f"{rows[i]} {n}" for i, n in top.items()], language)
    return titled("matrix", language, list=most, n=len(counts))


def acts_by_day(single: pd.DataFrame, called: pd.Series, rows: str, language: str) -> tuple[str, str]:
    """
    Say how many acts there were, and on which day most.

    Parameters
    ----------
    single
        Acts, one row an act and lane (a bloc or an actor).
    called
        What the lanes are called.
    rows
        ``bloc`` or ``actor``.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    title, sentence : str
        The finding, short and in full.
    """
    per_day = single.groupby("day")["event_id"].nunique()
    per_lane = single.groupby("lane")["event_id"].nunique().sort_values(ascending=False, kind="stable")
    parts = [f"{called.get(lane, lane)} {n}" for lane, n in per_lane.items()]
    told = _told(per_day, per_day.idxmax(), language) | {"n": single["event_id"].nunique()}
    title = say("timeline_title" if len(per_day) > 1 else "timeline_day_title", language, **told)
    key = "timeline_sentence" if rows == "bloc" else "timeline_actor_sentence"
    return title, say(key, language, title=title, list=listed(parts, language)).replace("..", ".")


def busiest_phase(counts: pd.DataFrame, language: str) -> tuple[str, str]:
    """
    Say when most acts a day were reported, and how many in the phase before.

    Parameters
    ----------
    counts
        What `reactions.phases` gives.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    title, sentence : str
        The finding, short and in full.
    """
    spans = counts.groupby("from_day").agg(
        to=("to_day", "first"), days=("days", "first"), acts=("acts", "sum")
    )
    told = [tuple(short_day(str(day), language) for day in pair) for pair in spans["to"].items()]
    rates = [number(n, language) for n in spans["acts"] / spans["days"]]
    parts = [with_colon(" – ".join(span), n, language) for span, n in zip(told, rates, strict=True)]
    top = int((spans["acts"] / spans["days"]).to_numpy().argmax())
    first, last = told[top]
    values = {"first": first, "last": last, "most": rates[top], "before": rates[max(top - 1, 0)]}
    title = say("phases_title" if top else "phases_title_first", language, **values)
    apart = {"ar": "؛ ", "fr": "\u00a0; "}.get(language, "; ").join(parts)  # some parts hold a decimal comma
    return title, say("phases_sentence", language, title=title, list=apart)


def meetings(
    pairs: pd.DataFrame, shares: pd.Series, known: Mapping[str, str], since: str | None, language: str
) -> tuple[str, str]:
    """
    Say how many meetings and calls there were, and of whom most.

    Parameters
    ----------
    pairs
        What `reactions.consultations` gives.
    shares
        Meetings of each actor.
    known
        Their names.
    since
        ISO day that parts them, if any.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    title, sentence : str
        The finding, short and in full.
    """
    top = shares.sort_values(ascending=False, kind="stable").head(3)
    days = pairs["days"].str.split(";").explode()
    before = int((days < (since or "")).sum())
    most = listed([f"{known.get(str(actor), str(actor))} {n}" for actor, n in top.items()], language)
    return titled("network" if since else "network_all", language, pairs=len(pairs), n=len(days), list=most,
                  day=short_day(since, language) if since else "", first_n=before,
                  last_n=len(days) - before)  # fmt: skip


def phase_names(counts: pd.DataFrame, days: Mapping[str, str], language: str) -> dict[str, str]:
    """
    Name each phase by the fall that it begins with, and its days.

    Parameters
    ----------
    counts
        What `reactions.phases` gives.
    days
        The days that begin a phase, with the names of what happened.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    dict of str to str
        First day to name, in two lines or more.
    """
    spans = counts.drop_duplicates("from_day")[["from_day", "to_day"]].to_numpy(str)
    named = {}
    for i, (first, last) in enumerate(spans):
        following = spans[i + 1][0] if i + 1 < len(spans) else ""
        key, place = ("after", days[first]) if first in days else ("before", days.get(following, ""))
        days_told = " – ".join(dict.fromkeys(short_day(day, language) for day in (first, last)))
        named[str(first)] = f"{wrap(say(key, language, place=place), 24)}\n{days_told}"
    return named


def _told(series: pd.Series, peak: object, language: str) -> dict[str, object]:
    """Give the words for the first, the most telling and the last day of a count by day."""
    first, last = str(series.index[0]), str(series.index[-1])
    return {
        "first": short_day(first, language), "peak": short_day(str(peak), language),
        "last": day_words(last, language).replace(" ", "\u00a0"),
        "first_n": series.iloc[0], "peak_n": series[peak], "last_n": series.iloc[-1],
    }  # fmt: skip
