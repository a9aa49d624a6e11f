"""When: the days that a dispatch speaks of, from its words and its day of publication."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from frontlines import time_cues
from frontlines.data import legible
from frontlines.dispatch import lines
from frontlines.errors import UnknownCodeError
from frontlines.time_cues import Cue, Grammar, grammar, lookup

_MONTH_DAYS = 30  # a unit this long, or a day this far off, is background
_BACKGROUND_DAYS = 92
_RANGE_RULES = {"since", "since_day", "since_ago", "week", "weekend", "span", "span_ago", "range", "month"}
_ANCHORS = {"day", "weekday", "weekday_before", "weekday_after", "date", "iso", "slash", "ago"}
_DATELINE_END = re.compile(r"[,\s]*(?:\d{4})?\s*(?:\([^)\n]{2,40}\))?\s*(?:[)\]]|[-–—:])")


class Time(NamedTuple):
    """An expression as `find` gives it, without the table around it."""

    start: int
    end: int
    text: str
    date: str
    date_end: str
    date_precision: str
    method: str
    date_future: str


COLUMNS = list(Time._fields)


def find(text: str, *, published: date, language: str) -> pd.DataFrame:
    """
    Find the expressions of time in a text and resolve them to days.

    Parameters
    ----------
    text
        The raw text; offsets count its characters.
    published
        The day of publication (UTC+3).
    language
        ``fr`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        One row an expression, by start, none overlapping: start, end, text; date (ISO 8601, the last such
        day; the publication day counts as itself), date_end (last day of a range, else ``""``),
        date_precision (``day`` or ``range``), method, date_future (weekdays: the coming such day, for
        planned acts).
        Method names the rule of `data/codebook/timex.<lang>.csv`: ``day``, ``weekday``, ``date``, ``anchor``,
        ``shift``, ``ago`` ...; ``dateline`` and ``background`` (another year, the far past; date may be
        ``""``) date no act of the dispatch.

    Raises
    ------
    UnknownCodeError
        If the language is neither French nor English.

    Notes
    -----
    "The day before", "the same day" and the like count from the last day named in the same paragraph, else
    from the day of publication. A night belongs to the day into which it runs.
    """
    return pd.DataFrame(read(text, published=published, language=language), columns=COLUMNS)


def read(text: str, *, published: date, language: str) -> list[Time]:
    """
    Find the expressions of time in a text, as plain rows.

    Parameters
    ----------
    text, published, language
        As for `find`.

    Returns
    -------
    list of Time
        The rows of `find`.

    Raises
    ------
    UnknownCodeError
        If the language is neither French nor English.
    """
    text = legible(text)
    cues = time_cues.read(text, language)
    starts = [line.start for line in lines(text)]
    _resolve_all(cues, text, starts, published, grammar(language))
    rows = []
    for cue in cues:
        first, last = cue.days
        if first is None and cue.rule != "background":
            continue
        method = "dateline" if _is_dateline(text, cue) else _far(cue, published)
        rows.append(
            Time(cue.start, cue.end, text[cue.start : cue.end], _iso(first), _iso(last),
             "range" if last or first is None else "day", method, _iso(cue.future))
        )  # fmt: skip
    return rows


def resolve(
    cues: Iterable[str],
    *,
    anchor: date,
    language: str,
    direction: str = "past",
    published: date | None = None,
) -> pd.DataFrame:
    """
    Resolve expressions of time one by one.

    Parameters
    ----------
    cues
        The expressions, for example ``"lundi"`` or ``"two days later"``.
    anchor
        The day that "the day before" and the like count from.
    language
        ``fr`` or ``en``.
    direction
        ``past``: "Monday" is the last Monday; ``future``: the coming one.
    published
        The day that "yesterday", "Monday" and the like count from; `anchor` if not given.

    Returns
    -------
    pandas.DataFrame
        One row a cue, in order: query, date, date_end, date_precision, method; empty cells where it is no
        expression of time.

    Raises
    ------
    UnknownCodeError
        If the language or the direction is not one of those named.

    Examples
    --------
    >>> from datetime import date
    >>> resolve(["Monday"], anchor=date(2024, 12, 8), language="en", direction="future")["date"].item()
    '2024-12-09'
    """
    if direction not in ("past", "future"):
        raise UnknownCodeError(f"direction was {direction!r} but is expected to be 'past' or 'future'")
    rows = []
    for query in cues:
        found = time_cues.read(query, language)[:1]
        for cue in found:
            _resolve(cue, published or anchor, anchor, anchor, grammar(language))
        row = ("", "", "", "")
        if found:
            first, last = found[0].days
            if direction == "future" and found[0].future:
                first = found[0].future
            row = (_iso(first), _iso(last), "range" if last or first is None else "day",
                   _far(found[0], published or anchor))  # fmt: skip
        rows.append((query, *row))
    return pd.DataFrame(rows, columns=["query", "date", "date_end", "date_precision", "method"])


def _resolve_all(cues: list[Cue], text: str, starts: list[int], published: date, words: Grammar) -> None:
    paragraph, explicit, last, before, opens, told = -1, published, published, published, True, 0
    for cue in cues:
        here = bisect_right(starts, cue.start)
        if here != paragraph:
            paragraph, explicit, last, before, opens, told = here, published, published, last, True, 0
        # a paragraph that opens with "the same day" or "the next day" goes on from the one above
        goes_on = cue.rule == "anchor" and cue.value >= 0 and opens
        # "the same day" goes with whatever day was named last, "two days earlier" with an explicit one
        base = explicit if cue.rule == "shift" else last
        _resolve(cue, published, before if goes_on else last, base, words)
        day = cue.days[1] or cue.days[0] if cue.rule == "range" else cue.days[0]
        # "on Friday, having left X the day before. By nightfall ...": on Friday
        aside = cue.rule == "anchor" and cue.value < 0 and told and ". " not in text[told : cue.start]
        if day is None or aside or cue.rule in ("background", "month"):
            continue
        told = cue.end
        if cue.rule in _ANCHORS:
            explicit, last, opens = day, day, False
        elif cue.rule not in _RANGE_RULES:
            last = day
    for cue, following in pairwise(cues):
        if cue.rule == "shift_next" and following.days[0]:
            cue.days = (following.days[0] + _steps(cue, words), None)


def _resolve(cue: Cue, published: date, anchor: date, base: date, words: Grammar) -> None:
    try:
        if cue.rule in ("anchor", "hours"):
            cue.days = (anchor + timedelta(days=cue.value), None)
        elif cue.rule in ("ago", "shift", "since_ago", "span_ago"):
            _count(cue, published if cue.rule != "shift" else base, words)
        elif cue.rule == "since" and "rule" in cue.groups:
            inner = Cue(cue.start, cue.end, cue.groups["rule"], int(cue.groups["value"]), cue.groups)
            _resolve(inner, published, anchor, base, words)
            cue.days = (inner.days[0], published)
        elif cue.rule.startswith("weekday"):
            _weekday(cue, published, words)
        else:
            cue.days = _absolute(cue, published, words)
    except (ValueError, OverflowError):
        cue.days = (None, None)  # 31 November: words that look like a day and are none


def _absolute(cue: Cue, published: date, words: Grammar) -> tuple[date | None, date | None]:
    if cue.rule in ("day", "since_day"):
        return published + timedelta(days=cue.value), published if cue.rule == "since_day" else None
    if cue.rule in ("date", "iso", "slash", "range"):
        return _calendar(cue, published, words)
    if cue.rule == "month":
        return _month(cue, published, words)
    if cue.rule in ("week", "weekend", "span"):
        return _week(cue, published)
    if "year1" in cue.groups:
        year = int(cue.groups["year1"])
        return date(year, 1, 1), date(year, 12, 31)
    return None, None


def _weekday(cue: Cue, published: date, words: Grammar) -> None:
    names = [value for name, value in sorted(cue.groups.items()) if name.startswith("weekday")]
    wanted = lookup(words, "weekday", names[-1])
    past = published - timedelta(days=(published.weekday() - wanted) % 7)
    future = published + timedelta(days=(wanted - published.weekday()) % 7)
    if cue.rule == "weekday_before" and past == published:
        past -= timedelta(days=7)
    if cue.rule == "weekday_after":
        past = future = future if future > published else future + timedelta(days=7)
    cue.days, cue.future = (past, None), None if cue.rule == "weekday_before" else future


def _calendar(cue: Cue, published: date, words: Grammar) -> tuple[date, date | None]:
    groups = cue.groups
    if cue.rule == "iso":
        year, month, day = (int(part) for part in groups["iso1"].split("-"))
        return date(year, month, day), None
    if cue.rule == "slash":
        day, month, year = (int(part) for part in re.split(r"[/.]", groups["slash1"]))
        day, month = (month, day) if month > 12 else (day, month)
        return date(year + 2000 if year < 100 else year, month, day), None
    if "weekday2" in groups and "month1" not in groups:
        last, first = (lookup(words, "weekday", groups[name]) for name in ("weekday2", "weekday1"))
        end = published - timedelta(days=(published.weekday() - last) % 7)
        return end - timedelta(days=(last - first) % 7), end
    days = [_dated(groups, number, published, words) for number in ("1", "2") if f"daynum{number}" in groups]
    return (days[0], days[-1]) if cue.rule == "range" else (days[-1], None)


def _dated(groups: dict[str, str], number: str, published: date, words: Grammar) -> date:
    day = int(re.sub(r"\D", "", groups[f"daynum{number}"]))
    if "month1" not in groups:  # "le 12": the last such day of this month or the one before
        back = published.replace(day=1) - timedelta(days=1)
        within = published if 0 < day <= published.day else back
        return within.replace(day=min(day or 1, within.day))
    month = lookup(words, "month", groups.get(f"month{number}") or groups["month1"])
    year = groups.get(f"year{number}") or groups.get("year1") or groups.get("year2")
    if year:
        return date(int(year), month, day)
    choices = [date(published.year + step, month, day) for step in (-1, 0, 1)]
    return min(choices, key=lambda choice: abs(choice - published))


def _month(cue: Cue, published: date, words: Grammar) -> tuple[date, date]:
    month = lookup(words, "month", cue.groups["month1"])
    year = int(cue.groups.get("year1", published.year if month <= published.month else published.year - 1))
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, min(last, published) if first <= published else last


def _count(cue: Cue, base: date, words: Grammar) -> None:
    if abs(_steps(cue, words).days) >= _MONTH_DAYS:
        cue.rule = "background"
    elif cue.rule in ("since_ago", "span_ago"):
        cue.days = (base - abs(_steps(cue, words)), base)
    else:
        cue.days = (base + _steps(cue, words), None)


def _steps(cue: Cue, words: Grammar) -> timedelta:
    number = cue.groups.get("number1", "1")
    count = int(number) if number.isdigit() else lookup(words, "number", number)
    unit = lookup(words, "unit", cue.groups["unit1"]) if "unit1" in cue.groups else 1
    return timedelta(days=count * unit * (cue.value or 1))


def _week(cue: Cue, published: date) -> tuple[date, date]:
    monday = published - timedelta(days=published.weekday())
    if cue.rule == "span":
        return published + timedelta(days=cue.value), published
    if cue.rule == "weekend":
        within = published.weekday() >= 5 and not cue.value
        saturday = monday + timedelta(days=5 if within else -2)
        return saturday, saturday + timedelta(days=1)
    monday += timedelta(days=7 * cue.value)
    return monday, published if cue.value == 0 else monday + timedelta(days=6)


def _far(cue: Cue, published: date) -> str:
    first, last = cue.days
    if first is None or cue.rule == "background":
        return "background"
    if cue.rule == "month":
        now = last and (last.year, last.month) == (published.year, published.month)
        return "month" if now else "background"
    return "background" if abs((first - published).days) > _BACKGROUND_DAYS else cue.rule


def _is_dateline(text: str, cue: Cue) -> bool:
    near = max(0, cue.start - 61)
    line = max(near, text.rfind("\n", near, cue.start) + 1)
    before = text[line : cue.start].rstrip(" \t–—-").lstrip()
    if cue.start - line > 60 or cue.rule not in _ANCHORS or not _DATELINE_END.match(text, cue.end):
        return False
    bracketed = before.startswith(("(", "["))
    words = re.findall(r"[^\W\d_]+", before)
    capitals = all(word[0].isupper() or word in ("de", "al", "el", "et", "and") for word in words)
    closed = bracketed or before.endswith((",", ")")) or (before.isupper() and len(words) <= 2)
    return 0 < len(words) <= 6 and capitals and closed


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
