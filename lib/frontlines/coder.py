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
    attribution,
    clauses,
    conjugation,
    doers,
    events,
    filling,
    gazetteer,
    kinds,
    parsing,
    roles,
    syntax,
    telling,
    timex,
    triggers,
)  # fmt: skip
from frontlines.dispatch import Dispatch
from frontlines.errors import DispatchError
from frontlines.filling import Found, family
from frontlines.parsing import Parse
from frontlines.story import Doer, Story
from frontlines.toponyms import in_bulk
from frontlines.trees import Sentence, Word, let_go

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
            _note_topic(parsed, story, sentence)
            found = [f for token in sentence if (f := _fire(parsed, story, token, dispatch)) is not None]
            fired = {one.token for one in found}
            before = len(coded)
            for one in telling.combined(found):
                annotation.write(parsed, story, one, dispatch, fired, coded, claimed)
            telling.enter_after_leaving(coded, before)
            _note_main(parsed, story, sentence)
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
    if token.pos_ not in ("VERB", "NOUN", "AUX", "PROPN", "ADJ"):
        return None
    if (token.tag_, token.dep_) == ("VBG", "amod") or (token.pos_, token.dep_) == ("NOUN", "compound"):
        return None  # "artillery college"
    if token.dep_ == "amod" and token.pos_ in ("VERB", "ADJ") and not clauses.subjects(token):
        return None  # "retreating troops" describes; "towns taken by X" tells
    if token.pos_ == "NOUN" and syntax.has(token, "pointing"):
        return None  # "those raids" have been told
    _note_subject(parsed, story, token)
    fired = triggers.match(parsed, story, token)
    if fired is None:
        return None
    found = Found(fired[0], token, fired[1])
    found.actors = doers.name_actors(parsed, story, found)
    if token.pos_ == "NOUN" or "subj" not in fired[0].actor:  # "X fell to HTS"
        _remember(parsed, story, token, found.actors, behind=1)
    together = {one for ids, _ in found.actors for one in ids}
    if fired[0].event_type in filling.JOINT and len(together) > 1:  # "X, Y and Z met. They ..."
        _remember(parsed, story, token, [(tuple(sorted(together)), "")], behind=-1)
    found.targets = doers.name_targets(parsed, story, found)
    if fired[0].event_type == "formation":  # "banded together as X; its men ..."
        formed: list[roles.Actor] = [((a.actor,), a.text) for a in story.actors if a.actor in found.targets]
        _remember(parsed, story, token, formed[:1], behind=0)
    found.places = filling.name_places(parsed, story, found, dispatch.text)
    if family(fired[0].event_type) in _LOOSE_TALK and triggers.is_doubtful(parsed, story, token, *fired):
        return None
    return found


def _note_subject(parsed: Parse, story: Story, token: Word) -> None:
    """Keep the subject of every verb in mind, event or not: "ces derniers" may mean it."""
    aside = token.dep_ in _ASIDE or (token.dep_ == "advcl" and syntax.is_participle(token))
    heads = clauses.subjects(token) if syntax.is_verbal(token) else []
    own = heads and token.lang_ == "fr"  # in English "they" is more often who acts, or says
    told = clauses.objects(token) if own and syntax.is_passive(token) else []  # "X a été reçu par Y"
    named = [c for c in token.children if c.dep_ == "nsubj"]  # "l'armée est en déroute"
    for head in [*told, *heads] or named:
        if not kinds.is_pronoun(head):
            second = own and ((bool(told) and head in heads) or attribution.says(token))
            after = token.lang_ == "en" and attribution.says(token) and _stands_behind(token)
            behind = 2 * (aside or _in_relative(head)) or int(bool(second or after))
            _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=behind)


def _stands_behind(verb: Word) -> bool:
    """Tell ", X said" from "X said that ...": the next sentence goes on with what is told."""
    said = [c.i < verb.i for c in verb.children if c.dep_ == "ccomp"]
    return verb.dep_ == "parataxis" or (bool(said) and all(said))


_ASIDE = ("acl", "acl:relcl", "relcl", "amod")


def _in_relative(head: Word) -> bool:
    """Tell a relative clause by what its subject stands behind: "X, que les troupes venaient d'évacuer"."""
    first = min([head.i, *(c.i for c in head.children if c.i < head.i)])
    before = head.doc[max(head.sent.start, first - 2) : first]
    relative = bool(before) and before[-1].lower_ in syntax.words(head, "relative")
    behind = relative and (before[0].text == "," or before[0].pos_ in ("NOUN", "PROPN"))
    return behind or (relative and before[-1].lower_ not in ("que", "qu'"))


def _note_topic(parsed: Parse, story: Story, sentence: Sentence) -> None:
    """Keep in mind whom a sentence without a verb names: "Et le Hezbollah ? Il a ..."."""
    behind = [t.head for t in sentence if t.dep_ == "case"]
    for head in [t for t in behind if syntax.case(t) in syntax.words(t, "as_for")]:  # "Quant à X, il"
        _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=-1)
    # "Qu'en est-il de X ?"
    told = len(sentence) > _LABEL or any(t.pos_ in ("VERB", "AUX") for t in sentence)
    if told and sentence[-1].text != "?":
        return
    named = {row: t for t in sentence for row in parsed.actors_of.get(t.i, ())}
    if len(named) == 1:
        row, head = named.popitem()
        actor = story.actors[row]
        _remember(parsed, story, head, [((actor.actor,), actor.text)], behind=-1)


_LABEL = 6  # words of a sentence that only names what follows is about


def _remember(
    parsed: Parse, story: Story, head: Word, named: list[tuple[tuple[str, ...], str]], *, behind: int
) -> None:
    at, sentence = parsed.starts[head.i], parsed.starts[head.sent.start]
    for ids, label in named:
        if "source" not in map(kinds.actor_types().get, ids):
            armed = kinds.are_armed(ids)
            story.remember(Doer(at, ids, label, sentence, *kinds.agreement(head, label), behind, armed))


def _note_main(parsed: Parse, story: Story, sentence: Sentence) -> None:
    """Keep in mind of whom a whole sentence tells: "they" in the next are not those of its last clause."""
    root = next((t for t in sentence if t.head is t), None)
    if root is None or not syntax.is_verbal(root) or attribution.says(root):
        return
    for head in clauses.subjects(root):
        _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=0)
