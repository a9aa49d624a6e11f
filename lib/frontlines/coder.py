"""What happened: triggers over the parse of a dispatch, to coded events with their words; claims apart."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from frontlines import (
    actors,
    annotation,
    clauses,
    conjugation,
    doers,
    events,
    filling,
    foreground,
    gazetteer,
    parsing,
    syntax,
    telling,
    timex,
    triggers,
)  # fmt: skip
from frontlines.dispatch import Dispatch
from frontlines.errors import DispatchError
from frontlines.filling import Found, family
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.toponyms import in_bulk
from frontlines.trees import Word, let_go

# families whose words are common: a row fires only when all of it holds
_LOOSE_TALK = {"", "reaction", "posture", "humanitarian"}
CLAIM_COLUMNS = (
    "claim_id", "dispatch_id", "claim_type", "places", "status", "source", "start", "end", "quote",
)  # fmt: skip
LANGUAGES = ("en", "fr")
Rows = list[dict[str, object]]
_AT_ONCE = 20_000  # characters parsed together


@dataclass(frozen=True)
class Coding:
    """
    What one dispatch was coded to.

    Attributes
    ----------
    events
        An events table (`events.COLUMNS`), repeats merged, in the order of first mentions; days are UTC+3.
    event_mentions
        Columns event_id, start, end, quote: every mention of every event.
    claims
        Columns of `CLAIM_COLUMNS`: what the dispatch concludes; places are ids joined by ``;``.
    """

    events: pd.DataFrame
    event_mentions: pd.DataFrame
    claims: pd.DataFrame


def code(dispatch: Dispatch) -> Coding:
    """
    Code a dispatch.

    Parameters
    ----------
    dispatch
        A dispatch in French or English with a day of publication.

    Returns
    -------
    Coding
        Its events, all mentions of them, and its claims.

    Raises
    ------
    DispatchError
        If the language is not coded, or the day of publication is missing.
    """
    ((rows, concluded),) = _read([dispatch])
    merged, told = events.merge(rows)
    claims = pd.DataFrame(concluded, columns=list(CLAIM_COLUMNS)).drop_duplicates(["claim_type", "start"])
    claims["claim_id"] = [f"{dispatch.dispatch_id}-c{number}" for number in range(1, len(claims) + 1)]
    return Coding(merged, told, claims.reset_index(drop=True))


def events_of(dispatches: Sequence[Dispatch]) -> list[list[dict[str, Any]]]:
    """
    Code dispatches to plain rows, of which `events.framed` makes one table for many of them.

    Parameters
    ----------
    dispatches
        Dispatches in French or English with a day of publication; they are parsed some at a time.

    Returns
    -------
    list of list of dict
        For each its events by column, repeats merged, in the order of first mentions.

    Raises
    ------
    DispatchError
        If a language is not coded, or a day of publication is missing.
    """
    return [events.merged(rows)[0] for rows, _ in _read(dispatches)]


def explain(dispatch: Dispatch) -> str:
    """
    Say for every event of a dispatch which words and which rule it rests on.

    Parameters
    ----------
    dispatch
        A dispatch in French or English with a day of publication.

    Returns
    -------
    str
        A paragraph an event: the words, the row of the trigger table, each role and why.

    Raises
    ------
    DispatchError
        If the language is not coded, or the day of publication is missing.
    """
    coding = code(dispatch)
    table = triggers.source(dispatch.language)
    lines = []
    for event in coding.events.itertuples():
        row = table.iloc[int(event.rule.split(":")[1]) - 2]
        asks = "; ".join(f"{name} {row[name]}" for name in ("with", "needs") if row[name]) or "nothing else"
        lines += [
            f"{event.event_id}  {event.event_type}, {event.status}, {event.date} ({event.date_precision})",
            f"  words   «{event.quote}» at {event.start}-{event.end}, told {event.n_mentions} time(s)",
            f"  rule    triggers.{dispatch.language}.csv row {event.rule.split(':')[1]}: "
            f"{event.rule.split(':')[2]} ({row['pos']}), asks for {asks}",
            f"  actor   {event.actor or '-'} «{event.label_used}» from {row['actor'] or 'the subject'}",
            f"  target  {event.target or 'not named'} from {row['target'] or 'no slot'}",
            f"  place   {event.place_name or '-'} {event.place_relation} from {row['place'] or 'the object'}",
            f"  source  {event.source or 'the dispatch itself'}",
            "",
        ]
    return "\n".join(lines)


def _read(dispatches: Sequence[Dispatch]) -> Iterator[tuple[Rows, Rows]]:
    for one in dispatches:
        _check(one)
    for some in _batches(dispatches):
        # trees point at themselves: to look for them once a batch is enough, but not with a book in hand
        with in_bulk() if sum(len(one.text) for one in some) <= _AT_ONCE else nullcontext():
            stories = [_begin(one) for one in some]
            read = [(one, s.places, s.actors, s.times) for one, s in zip(some, stories, strict=True)]
            parses = parsing.parse_all(read)
            told = [_tell(*each) for each in zip(some, stories, parses, strict=True)]
        yield from told


def _batches(dispatches: Sequence[Dispatch]) -> Iterator[list[Dispatch]]:
    """Put dispatches together that are short enough to be held in memory at once."""
    some: list[Dispatch] = []
    for one in dispatches:
        if some and sum(len(each.text) for each in (*some, one)) > _AT_ONCE:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _check(dispatch: Dispatch) -> date:
    """Give the day of publication of a dispatch that can be coded."""
    if dispatch.language not in LANGUAGES:
        raise DispatchError(
            f"{dispatch.name}: events are coded in {' and '.join(LANGUAGES)}, this dispatch is in "
            f"{dispatch.language!r}; `frontlines mentions` finds its places"
        )
    if dispatch.published is None:
        raise DispatchError(
            f"{dispatch.name}: the day of publication is needed to date the events; "
            "give it with --published, for example --published 2024-12-06"
        )
    return dispatch.published


def _begin(dispatch: Dispatch) -> Story:
    text, language, published = dispatch.text, dispatch.language, _check(dispatch)
    places = gazetteer.read(text, language=language)
    named = actors.read(text, language=language, published=published)
    told = language == "fr"
    story = Story(
        language,
        text,
        [m for m in places if not (told and conjugation.is_act(text, m.start, m.end))],
        [m for m in named if not (told and conjugation.is_act(text, m.start, m.end))],
        list(timex.read(text, published=published, language=language)),
    )
    story.datelines.update(_in_names(story))
    return story


def _tell(dispatch: Dispatch, story: Story, parses: Iterator[Parse]) -> tuple[Rows, Rows]:
    coded: Rows = []
    claimed: Rows = []
    for parsed in parses:
        story.datelines.update(parsed.datelines)
        for sentence in parsed.sentences:
            foreground.note_topic(parsed, story, sentence)
            found = [f for token in sentence if (f := _fire(parsed, story, token, dispatch)) is not None]
            fired = {one.token for one in found}
            before = len(coded)
            for one in telling.combined(found):
                annotation.write(parsed, story, one, dispatch, fired, coded, claimed)
            telling.enter_after_leaving(coded, before)
            foreground.note_main(parsed, story, sentence)
            for verb, heads in telling.contested(sentence):
                _contest(parsed, story, verb, heads, coded)
        let_go(parsed.sentences)
    return telling.told_by_headings(coded), claimed


def _contest(
    parsed: Parse, story: Story, verb: Word, heads: list[Word], coded: list[dict[str, object]]
) -> None:
    """Tell the act told last once more, denied: "X aurait pris Y, ce que Z dément"."""
    at = parsed.starts[verb.i]
    last = next((row for row in reversed(coded) if int(str(row["start"])) < at), None)
    if last is None or last["status"] == "denied" or last["heading"] != parsed.heading:
        return
    source = ";".join(sorted(annotation.source_ids(parsed, story, heads)))
    if last["event_type"] == "condemnation" and source == last["target"]:
        return  # it is what X accuses them of that they deny
    start, end = parsed.span([t for t in verb.subtree if not t.is_punct])
    quote = story.text[start:end]
    coded.append(last | {"status": "denied", "source": source, "start": start, "end": end, "quote": quote})


def _in_names(story: Story) -> Iterator[int]:
    """Find the places that only stand in a person's name: "Mazlum Abdi"."""
    starts = [place.start for place in story.places]
    for actor in story.actors:
        if actor.form == "leader":
            for row in range(bisect_left(starts, actor.start), bisect_left(starts, actor.end)):
                if story.places[row].kind not in ("country", "border"):
                    yield row


def _fire(parsed: Parse, story: Story, token: Word, dispatch: Dispatch) -> Found | None:
    if not _can_tell(token):
        return None
    foreground.note_subject(parsed, story, token)
    fired = triggers.match(parsed, story, token)
    if fired is None:
        return None
    found = Found(fired[0], token, fired[1])
    found.actors = doers.name_actors(parsed, story, found)
    foreground.note_doers(parsed, story, found)
    found.targets = doers.name_targets(parsed, story, found)
    foreground.note_formed(parsed, story, found)
    found.places = filling.name_places(parsed, story, found, dispatch.text)
    if family(fired[0].event_type) in _LOOSE_TALK and triggers.is_doubtful(parsed, story, token, *fired):
        return None
    return found


def _can_tell(token: Word) -> bool:
    if token.pos_ not in ("VERB", "NOUN", "AUX", "PROPN", "ADJ"):
        return False
    if (token.tag_, token.dep_) == ("VBG", "amod") or (token.pos_, token.dep_) == ("NOUN", "compound"):
        return False  # "artillery college"
    if token.dep_ == "amod" and token.pos_ in ("VERB", "ADJ") and not clauses.subjects(token):
        return False  # "retreating troops" describes; "towns taken by X" tells
    return token.pos_ != "NOUN" or not syntax.has(token, "pointing")  # "those raids" have been told
