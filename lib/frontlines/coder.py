"""What happened: triggers over the parse of a dispatch, to coded events with their words; claims apart."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import pandas as pd

from frontlines import (
    actors,
    assertion,
    attribution,
    clauses,
    conjugation,
    dating,
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
from frontlines.trees import Sentence, Word

# reactions that consist in saying so: by their own author they are stated
_SAID = {"travel_advisory", "endorsement", "condemnation", "appeal", "warning"}
# families whose words are common: a row fires only when all of it holds
_LOOSE_TALK = {"", "reaction", "posture", "humanitarian"}
CLAIM_COLUMNS = (
    "claim_id", "dispatch_id", "claim_type", "places", "status", "source", "start", "end", "quote",
)  # fmt: skip
LANGUAGES = ("en", "fr")


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
    rows, concluded = _read(dispatch)
    merged, told = events.merge(rows)
    claims = pd.DataFrame(concluded, columns=list(CLAIM_COLUMNS)).drop_duplicates(["claim_type", "start"])
    claims["claim_id"] = [f"{dispatch.dispatch_id}-c{number}" for number in range(1, len(claims) + 1)]
    return Coding(merged, told, claims.reset_index(drop=True))


def events_of(dispatch: Dispatch) -> list[dict[str, Any]]:
    """
    Code a dispatch to plain rows, of which `events.framed` makes one table for many dispatches.

    Parameters
    ----------
    dispatch
        A dispatch in French or English with a day of publication.

    Returns
    -------
    list of dict
        Its events by column, repeats merged, in the order of first mentions.

    Raises
    ------
    DispatchError
        If the language is not coded, or the day of publication is missing.
    """
    return events.merged(_read(dispatch)[0])[0]


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
            f"{row['trigger']} ({row['pos']}), asks for {asks}",
            f"  actor   {event.actor or '-'} «{event.label_used}» from {row['actor'] or 'the subject'}",
            f"  target  {event.target or 'not named'} from {row['target'] or 'no slot'}",
            f"  place   {event.place_name or '-'} {event.place_relation} from {row['place'] or 'the object'}",
            f"  source  {event.source or 'the dispatch itself'}",
            "",
        ]
    return "\n".join(lines)


# --- reading a dispatch ---


def _read(dispatch: Dispatch) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
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
    text, language, published = dispatch.text, dispatch.language, dispatch.published
    places, named = (
        gazetteer.read(text, language=language),
        actors.read(text, language=language, published=published),
    )
    told = language == "fr"
    story = Story(
        language,
        text,
        [m for m in places if not (told and conjugation.is_act(text, m.start, m.end))],
        [m for m in named if not (told and conjugation.is_act(text, m.start, m.end))],
        list(timex.read(text, published=published, language=language)),
    )
    story.datelines.update(_in_names(story))
    coded: list[dict[str, object]] = []
    claimed: list[dict[str, object]] = []
    for parsed in parsing.parse(dispatch, story.places, story.actors, story.times):
        story.datelines.update(parsed.datelines)
        for sentence in parsed.sentences:
            _note_topic(parsed, story, sentence)
            found = [f for token in sentence if (f := _fire(parsed, story, token, dispatch)) is not None]
            fired = {one.token for one in found}
            before = len(coded)
            for one in telling.combined(found):
                _write(parsed, story, one, dispatch, fired, coded, claimed)
            telling.enter_after_leaving(coded, before)
            _note_main(parsed, story, sentence)
            for verb, heads in telling.contested(sentence):
                _contest(parsed, story, verb, heads, coded)
    return telling.told_by_headings(coded), claimed


def _contest(
    parsed: Parse, story: Story, verb: Word, heads: list[Word], coded: list[dict[str, object]]
) -> None:
    """Tell the act told last once more, denied: "X aurait pris Y, ce que Z dément"."""
    at = parsed.starts[verb.i]
    last = next((row for row in reversed(coded) if int(str(row["start"])) < at), None)
    if last is None or last["status"] == "denied" or last["heading"] != parsed.heading:
        return
    source = ";".join(sorted(_source_ids(parsed, story, heads)))
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
    if token.dep_ == "amod" and token.tag_ == "VBG":
        return None
    if token.dep_ == "amod" and token.pos_ in ("VERB", "ADJ") and not clauses.subjects(token):
        return None  # "retreating troops" describes; "towns taken by X" tells
    _note_subject(parsed, story, token)
    fired = triggers.match(parsed, story, token)
    if fired is None:
        return None
    found = Found(fired[0], token, fired[1])
    found.actors = filling.name_actors(parsed, story, found)
    if token.pos_ == "NOUN" or "subj" not in fired[0].actor:  # "X fell to HTS"
        _remember(parsed, story, token, found.actors, behind=1)
    found.targets = filling.name_targets(parsed, story, found)
    found.places = filling.name_places(parsed, story, found, dispatch.text)
    if family(fired[0].event_type) in _LOOSE_TALK and triggers.is_doubtful(parsed, story, token, *fired):
        return None
    return found


def _note_subject(parsed: Parse, story: Story, token: Word) -> None:
    """Keep the subject of every verb in mind, event or not: "ces derniers" may mean it."""
    aside = token.dep_ in _ASIDE or (token.dep_ == "advcl" and syntax.is_participle(token))
    heads = clauses.subjects(token) if syntax.is_verbal(token) else []
    for head in heads or [c for c in token.children if c.dep_ == "nsubj"]:  # "l'armée est en déroute"
        if not kinds.is_pronoun(head):
            behind = 2 * (aside or _in_relative(head))
            _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=behind)


_ASIDE = ("acl", "acl:relcl", "relcl", "amod")


def _in_relative(head: Word) -> bool:
    """Tell a relative clause by what its subject stands behind: "X, que les troupes venaient d'évacuer"."""
    first = min([head.i, *(c.i for c in head.children if c.i < head.i)])
    before = head.doc[max(head.sent.start, first - 2) : first]
    relative = bool(before) and before[-1].lower_ in syntax.words(head, "relative")
    return relative and (
        before[-1].lower_ not in ("que", "qu'")
        or before[0].text == ","
        or before[0].pos_ in ("NOUN", "PROPN")
    )


def _note_topic(parsed: Parse, story: Story, sentence: Sentence) -> None:
    """Keep in mind whom a sentence without a verb names: "Et le Hezbollah ? Il a ..."."""
    if len(sentence) > _LABEL or any(t.pos_ in ("VERB", "AUX") for t in sentence):
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


def _is_same_talk(found: Found, coded: list[dict[str, object]]) -> bool:
    """Tell "they discussed Syria" behind "A met B": the one talk."""
    talks = bool(coded) and coded[-1]["event_type"] == found.trigger.event_type == "consultation"
    both = {"they", "both", "two", "pair", "sides"}
    return talks and any(both & {t.lower_ for t in syntax.phrase(h)} for h in found.slots.get("subj", ()))


def _write(
    parsed: Parse,
    story: Story,
    found: Found,
    dispatch: Dispatch,
    fired: set[Word],
    coded: list[dict[str, object]],
    claimed: list[dict[str, object]],
) -> None:
    kind = found.trigger.event_type
    status, source = _assert(parsed, story, found)
    if status is None:
        return
    start, end = _quote_span(parsed, found)
    if kind.startswith("claim:"):
        claimed.append(_claim(story, dispatch, kind[6:], status, source, start, end))
        return
    if kind == "=agent":
        telling.name_agent(coded, found)
        return
    ceded = kind == "handover"
    kind = _kind(parsed, story, found, coded)
    if not kind:
        return
    assert dispatch.published is not None  # noqa: S101 - _read has checked it
    published = dispatch.published
    time = dating.time_of(parsed, found, story, fired)
    if time is not None and time.method == "background":
        return
    time = dating.day_before(parsed, story, found, published) or time
    times = dating.of_each(story, found.places)
    base = {
        "dispatch_id": dispatch.dispatch_id, "status": status, "source": source, "start": start, "end": end,
        "quote": dispatch.text[start:end], "coder": "auto", "event_type": kind, "heading": parsed.heading,
        "rule": f"{dispatch.language}:{found.trigger.number}:{found.trigger.trigger}",
    }  # fmt: skip
    _speak_for_itself(found, kind, base)
    if not found.actors and family(kind) == "border":
        found.actors = _of_label(story, start)
    told = kind == "travel_advisory" and syntax.is_passive(found.token)  # "Britons were told to leave"
    if not found.actors and not told and (family(kind) == "reaction" or not (found.places or found.targets)):
        return
    for ids, label in _armies_of_their_own(story, found) or [((), "")]:
        for index, place in _event_places(kind, story, found, ids):
            day = dating.when(times.get(index, time), published, expected=status == "expected")
            target = ";".join(t for t in found.targets if t not in ids)
            row = base | day | place | {"actor": ";".join(ids), "label_used": label, "target": target}
            coded.append(row | _control(row, ceded=ceded))


def _kind(parsed: Parse, story: Story, found: Found, coded: list[dict[str, object]]) -> str:
    """Give the type that a row's type comes to here; empty where it adds nothing to what is coded."""
    kind = found.trigger.event_type.partition(":")[0]
    if kind == "=same" or _is_same_talk(found, coded):
        return str(coded[-1]["event_type"]) if coded and kind == "=same" else ""
    kind = _peaceful(kind, found, parsed.language)
    if kind == "advance" and _is_sent(parsed, story, found):
        return "reinforcement"
    groups = found.actors and all(kinds.actor_types().get(i[0]) == "armed_group" for i, _ in found.actors)
    home = groups and any(story.places[row].country == "SYR" for row, _ in found.places)
    return "advance" if kind == "defection" and home else kind  # a militia that crosses into Syria


def _is_sent(parsed: Parse, story: Story, found: Found) -> bool:
    """Tell "has slipped 2,000 men into X" from "has slipped into X"."""
    sent = [h for h in found.slots.get("obj", ()) if h.i > found.token.i and not kinds.is_pronoun(h)]
    named = [ids for head in sent for ids, _ in roles.actors_in(parsed, story, head)]
    own = all(ids in [doer for doer, _ in found.actors] for ids in named)
    men = syntax.words(found.token, "officer") | syntax.words(found.token, "troops")
    return own and any(syntax.lemma(head) in men for head in sent)


_BULLET = re.compile(r"[-\u2013\u2022*\s]*")


def _of_label(story: Story, at: int) -> list[tuple[tuple[str, ...], str]]:
    """Name the state that a line has for its label: "Lebanon: only residents are let in at Masnaa"."""
    line = story.text.rfind("\n", 0, at) + 1
    first = line + len(_BULLET.match(story.text, line)[0])  # type: ignore[index]
    named = [a for a in story.actors_before(first + 1)[:2] if a.start == first]
    labels = [a for a in named if story.text[a.end : a.end + 1] == ":"]
    return [((a.actor,), a.text) for a in labels if kinds.actor_types().get(a.actor) == "state"]


def _armies_of_their_own(story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    """Read "the army" as that of the country whose town it acts in: "l'armée a étoffé son dispositif à X"."""
    where = {story.places[index].country for index, _ in found.places if story.places[index].kind in _TOWNS}
    abroad = where.pop() if len(where) == 1 else "SYR"
    plain = syntax.words(found.token, "plain_army")
    if abroad not in _NEIGHBOURS:
        return found.actors
    return [
        ((abroad,) if ids == ("SYR",) and label.lower() in plain else ids, label)
        for ids, label in found.actors
    ]


def _speak_for_itself(found: Found, kind: str, base: dict[str, object]) -> None:
    """Take who is quoted for who reacts: "whoever threatens us will pay, the minister said"."""
    source = str(base["source"])
    if kind == "reinforcement" and not found.actors:  # "fresh brigades were on their way, the ministry said"
        found.actors = [((one,), "") for one in source.split(";") if kinds.are_armed((one,))]
    if found.actors or family(kind) != "reaction" or base["status"] == "denied" or not source:
        return
    found.actors = [((one,), "") for one in source.split(";") if kinds.actor_types().get(one) != "source"]
    base |= {"status": "stated" if base["status"] == "attributed" else base["status"], "source": ""}


_TOWNS = ("city", "town", "village", "district", "governorate", "neighbourhood")
_NEIGHBOURS = ("LBN", "IRQ", "JOR", "TUR", "ISR")
_SITES = ("site", "crossing", "square")
_NOWHERE: dict[str, object] = {
    "place_id": "", "place_name": "", "place_relation": "", "lat": None, "lon": None,
    "precision_km": None,
}  # fmt: skip


def _event_places(
    kind: str, story: Story, found: Found, ids: tuple[str, ...]
) -> list[tuple[int, dict[str, object]]]:
    rows = []
    for index, relation in found.places:
        place = story.places[index]
        words = set(place.text.lower().split()) if not place.place_id else set()
        if words & syntax.classes(story.language)["frontier"]:
            place = next((b for b in map(_border_of, ids) if b is not None), place)
        row = {key: getattr(place, key) for key in ("place_id", "lat", "lon", "precision_km")}
        known = bool(place.place_id)
        if place.kind in _SITES and relation in ("outskirts", "centre"):
            relation = ""  # the gates of a prison are the prison
        named = {"place_name": place.name if known else place.text, "place_relation": relation * known}
        rows.append((index, row | named))
    if not rows and kind.startswith("border"):
        rows = [(-1, _home(actor)) for actor in ids[:1]]
    return rows or [(-1, _NOWHERE)]


@cache
def _border_of(actor: str) -> Any:
    """Give a neighbour's border with Syria: "the Syrian border" is that of who acts on it."""
    name = "fl:border-" + "-".join(sorted((actor.lower(), "syr")))
    rows = gazetteer.lookup([name]) if name in set(gazetteer.places()["place_id"]) else None
    if rows is None:
        return None
    return SimpleNamespace(**rows.iloc[0].to_dict(), text=rows.iloc[0]["name"])


@cache
def _home(actor: str) -> dict[str, object]:
    """Give a state's own country: where "Jordan closed its borders" names no crossing."""
    places = gazetteer.places()
    rows = places[(places["kind"] == "country") & (places["country"] == actor)].to_dict("records")
    keys = ("place_id", "lat", "lon", "precision_km")
    named = {"place_name": rows[0]["name"], "place_relation": ""} if rows else {}
    return {k: rows[0][k] for k in keys} | named if rows else _NOWHERE


def _control(row: dict[str, object], *, ceded: bool) -> dict[str, str]:
    actor, target = str(row["actor"]), str(row["target"])
    kind = row["event_type"]
    if kind == "capture":
        return {"gainer": actor, "loser": target}
    if kind == "handover":
        return {"gainer": target, "loser": actor} if ceded else {"gainer": actor, "loser": target}
    if kind == "withdrawal":
        return {"gainer": "", "loser": actor}
    return {"gainer": "", "loser": ""}


def _peaceful(kind: str, found: Found, language: str) -> str:
    if kind not in ("capture", "advance"):
        return kind
    if any(clauses.subjects(c) for c in _left_before(found.token)):
        return "handover"  # "l'armée ayant décampé, HTS est entré à X"
    words = " ".join(t.lower_ for t in found.token.subtree).replace("' ", "'")
    peaceful = syntax.classes(language)["peaceful"]
    return "handover" if any(f" {phrase}" in f" {words}" for phrase in peaceful) else kind


def _left_before(token: Word) -> list[Word]:
    """Find the verbs, each with a subject of its own, that say who left before somebody entered."""
    own = [c for c in token.children if c.dep_ == "advcl" and syntax.is_participle(c) and c.i < token.i]
    return [c for c in own if syntax.lemma(c) in syntax.words(c, "leaving") and c.children[0].dep_ == "nsubj"]


def _claim(
    story: Story, dispatch: Dispatch, kind: str, status: str, source: str, start: int, end: int
) -> dict[str, object]:
    inside = [m.place_id for m in story.places if m.start >= start and m.end <= end and m.place_id]
    return {
        "claim_id": "", "dispatch_id": dispatch.dispatch_id, "claim_type": kind,
        "places": ";".join(dict.fromkeys(inside)), "status": status, "source": source,
        "start": start, "end": end, "quote": dispatch.text[start:end],
    }  # fmt: skip


def _assert(parsed: Parse, story: Story, found: Found) -> tuple[str | None, str]:
    """Give status and source; no status where the text says in its own voice that it did not happen."""
    token, kind = found.token, found.trigger.event_type
    said, heads = attribution.reporter(token)
    if not said and family(kind) != "reaction" and attribution.says(token):
        said, heads = "say", clauses.subjects(token)
    sources = _source_ids(parsed, story, heads)
    source = ";".join(sorted(sources))
    if said == "cite" and not sources:
        said = ""  # "citing security reasons"
    own = bool(sources) and sources == {i for ids, _ in found.actors for i in ids}
    if said == "deny":
        return "denied", source
    if ("neg", frozenset({"*"})) in found.trigger.with_:
        return "stated", "" if found.actors else source  # the row tells of a refusal: "will not tolerate"
    if assertion.is_negated(token):
        contrary = any(t.lower_ in syntax.words(t, "contrary") for t in token.sent)
        return ("denied", source) if (said or contrary) and not assertion.is_without(token) else (None, "")
    expected = _is_expected(kind, token)
    by_author = own and (kind in _SAID or (expected and kind != "consultation"))
    if family(kind) == "reaction" and (assertion.is_under(token, "pledge") or by_author):
        return "stated", ""
    if family(kind) == "border" and assertion.is_under(token, "decision"):
        return "stated", ""
    if expected:
        return "expected", source
    hearsay = syntax.is_verbal(token) and assertion.is_hearsay(token)
    return ("attributed", source) if said or hearsay else ("stated", "")


def _is_expected(kind: str, token: Word) -> bool:
    if kind == "reinforcement" and assertion.is_ordered(token):
        return False
    return assertion.is_expected(token) and not (kind == "border_restriction" and assertion.is_rule(token))


def _source_ids(parsed: Parse, story: Story, heads: list[Word]) -> set[str]:
    ids: set[str] = set()
    for head in heads:
        for names, _ in roles.actors_in(parsed, story, head):
            ids |= set(names)
        if not ids:
            near = [t for t in head.subtree if t.i <= head.i + 8]
            named = {story.actors[row].actor for t in near for row in parsed.actors_of.get(t.i, ())}
            ids |= {name for name in named if kinds.actor_types().get(name) == "source"}
    # residents who speak are a source, not a side
    return {"LOCAL_SOURCES" if name == "CIV" else name for name in ids}


def _quote_span(parsed: Parse, found: Found) -> tuple[int, int]:
    tokens = [t for t in syntax.domain(found.token) if not t.is_punct]
    return parsed.span([found.token, *found.words, *tokens])
