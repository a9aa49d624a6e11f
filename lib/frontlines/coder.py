"""What happened: triggers over the parse of a dispatch, to coded events with their words; claims apart."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from spacy.tokens import Token

from frontlines import actors, assertion, codebook, events, gazetteer, roles, syntax, timex, triggers
from frontlines.dispatch import Dispatch
from frontlines.errors import DispatchError
from frontlines.roles import Story
from frontlines.syntax import Parse
from frontlines.triggers import Trigger

CLAIM_COLUMNS = (
    "claim_id",
    "dispatch_id",
    "claim_type",
    "places",
    "status",
    "source",
    "start",
    "end",
    "quote",
)
LANGUAGES = ("en", "fr")
_PEACEFUL = re.compile(
    r"\bsans (?:combats?|coup férir|résistance|rencontrer de résistance|livrer combat|tirer|un coup de feu|opposition|heurts?)"
    r"|\bpacifiquement\b|\bwithout (?:a |any )?(?:fight|fighting|resistance|battle|firing|shot|opposition|struggle)"
    r"|\bunopposed\b|\bpeacefully\b|\bsans (?:qu'il y ait|aucun combat)", re.I)  # fmt: skip
_JOINT = {"consultation"}
_ASKING = {"travel_advisory", "appeal", "warning"}


@dataclass
class Found:
    """A trigger that fired, with its roles filled."""

    trigger: Trigger
    token: Token
    slots: dict[str, list[Token]]
    actors: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    words: list[Token] = field(default_factory=list)


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
    merged, told = events.merge(pd.DataFrame(rows, columns=list(events.COLUMNS)))
    claims = pd.DataFrame(concluded, columns=list(CLAIM_COLUMNS)).drop_duplicates(["claim_type", "start"])
    claims["claim_id"] = [f"{dispatch.dispatch_id}-c{number}" for number in range(1, len(claims) + 1)]
    return Coding(merged, told, claims.reset_index(drop=True))


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
            f"  actor   {event.actor or 'not named'} «{event.label_used}» from {row['actor'] or 'the subject'}",
            f"  target  {event.target or 'not named'} from {row['target'] or 'no slot'}",
            f"  place   {event.place_name or 'not named'} {event.place_relation} from {row['place'] or 'the object'}",
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
    places = gazetteer.find(dispatch.text, language=dispatch.language)
    named = actors.find(dispatch.text, language=dispatch.language, published=dispatch.published)
    times = list(
        timex.find(dispatch.text, published=dispatch.published, language=dispatch.language).itertuples()
    )
    story = Story(dispatch.language, dispatch.text, list(places.itertuples()), list(named.itertuples()))
    coded: list[dict[str, object]] = []
    claimed: list[dict[str, object]] = []
    for parsed in syntax.parse(dispatch, story.places, story.actors):
        for sentence in parsed.doc.sents:
            found = [f for token in sentence if (f := _fire(parsed, story, token, dispatch)) is not None]
            fired = {one.token for one in found}
            before = len(coded)
            for one in _combined(found):
                _write(parsed, story, one, dispatch, times, fired, coded, claimed)
            _enter_after_leaving(coded, before)
    return _told_by_headings(coded), claimed


def _enter_after_leaving(coded: list[dict[str, object]], before: int) -> None:
    """Read "entered X, which the army had left" as one handover: the leaving gets no row of its own."""
    for left in [row for row in coded[before:] if row["event_type"] == "withdrawal" and row["place_id"]]:
        for entered in coded[before:]:
            takes = entered["event_type"] in ("capture", "advance", "handover")
            if (
                takes
                and entered["place_id"] == left["place_id"]
                and entered["actor"] not in ("", left["actor"])
            ):
                entered |= {
                    "event_type": "handover",
                    "target": left["actor"],
                    "loser": left["actor"],
                    "gainer": entered["actor"],
                }
                coded.remove(left)
                break


def _told_by_headings(coded: list[dict[str, object]]) -> list[dict[str, object]]:
    """Let a headline that repeats the body be a mention of what the body says, not an event of its own."""
    body = [row for row in coded if not row["heading"]]
    for row in coded:
        if not row["heading"]:
            continue
        twin = next((other for other in body if _repeats(row, other)), None)
        if twin is not None:
            kept = {key: row[key] for key in ("start", "end", "quote", "rule")}
            row |= {key: value for key, value in twin.items() if key not in kept}
    return coded


def _repeats(heading: dict[str, object], row: dict[str, object]) -> bool:
    alike = {"capture", "handover", "advance", "withdrawal"}
    kinds = {heading["event_type"], row["event_type"]}
    if len(kinds) > 1 and not kinds <= alike:
        return False
    actors_agree = not heading["actor"] or not row["actor"] or heading["actor"] == row["actor"]
    same_place = heading["place_id"] == row["place_id"]
    if _family(str(heading["event_type"])) in ("reaction", "border"):
        return actors_agree and bool(heading["actor"] or same_place)
    return actors_agree and (
        same_place or not heading["place_id"] or (len(kinds) == 1 and _close(heading, row))
    )


def _close(a: dict[str, object], b: dict[str, object]) -> bool:
    if a["lat"] is None or b["lat"] is None:
        return False
    return (
        abs(float(str(a["lat"])) - float(str(b["lat"]))) < 0.15
        and abs(float(str(a["lon"])) - float(str(b["lon"]))) < 0.15
    )


def _fire(parsed: Parse, story: Story, token: Token, dispatch: Dispatch) -> Found | None:
    if token.pos_ not in ("VERB", "NOUN", "AUX", "PROPN", "ADJ"):
        return None
    if token.dep_ == "amod" and token.pos_ in ("VERB", "ADJ") and not syntax.subjects(token):
        return None  # "retreating troops" describes; "towns taken by X" tells
    _note_subject(parsed, story, token)
    fired = triggers.match(parsed, story, token)
    if fired is None:
        return None
    found = Found(fired[0], token, fired[1])
    found.actors = _fill_actors(parsed, story, found)
    found.targets = _fill_targets(parsed, story, found)
    found.places = _fill_places(parsed, story, found, dispatch.text)
    return found


def _note_subject(parsed: Parse, story: Story, token: Token) -> None:
    """Keep the subject of every verb in mind, event or not: "ces derniers" may mean it."""
    if token.pos_ not in ("VERB", "AUX"):
        return
    for head in syntax.subjects(token):
        if not roles.is_pronoun(head):
            for ids, label in roles.actors_in(parsed, story, head):
                kinds = {roles.actor_types().get(i, "") for i in ids}
                if "source" not in kinds:
                    armed = "armed_group" in kinds or bool({"SYR", "OPP", "HTS"} & set(ids))
                    story.remember(parsed.starts[head.i], ids, label, armed=armed)


# --- filling the roles ---


def _fill_actors(parsed: Parse, story: Story, found: Found) -> list[tuple[tuple[str, ...], str]]:
    result: list[tuple[tuple[str, ...], str]] = []
    for slot in found.trigger.actor:
        heads = found.slots.get(slot, [])
        for head in heads:
            if roles.is_possessive(head):
                ids, label = story.last_subject(parsed.starts[head.i])
                result += [(ids, label)] if ids else []
                continue
            if (
                slot in ("de", "of", "poss", "adj", "à", "to")
                and not roles.has_class(parsed, story, head, "actor")
                and not roles.has_class(parsed, story, head, "armed")
                and not roles.has_class(parsed, story, head, "people")
            ):
                continue
            result += roles.actors_in(parsed, story, head)
        if result:
            break
    if not result and found.trigger.event_type in _JOINT and found.token.pos_ == "NOUN":
        result = [
            a
            for head in syntax.subjects(syntax.governor(found.token))
            for a in roles.actors_in(parsed, story, head)
        ]
    if not result and found.trigger.event_type == "displacement":
        result = [(("CIV",), "")]
    kept: dict[tuple[str, ...], str] = {}
    for ids, label in result:
        real = tuple(i for i in ids if roles.actor_types().get(i) != "source")
        if real:
            kept.setdefault(real, label)
    if found.trigger.event_type in _JOINT and len(kept) > 1:
        joined = tuple(sorted({i for ids in kept for i in ids}))
        return [(joined, "; ".join(kept.values()))]
    return list(kept.items())


def _fill_targets(parsed: Parse, story: Story, found: Found) -> list[str]:
    doers = {i for ids, _ in found.actors for i in ids}
    for slot in found.trigger.target:
        ids: list[str] = []
        for head in found.slots.get(slot, ()):
            if ids and head.dep_ != "conj":
                break
            if head.i in parsed.place_of and slot not in (
                "avec",
                "with",
                "obj",
                "à",
                "to",
                "contre",
                "against",
                "on",
                "entre",
                "between",
            ):
                continue
            for names, _ in roles.actors_in(parsed, story, head):
                ids += [i for i in names if roles.actor_types().get(i) != "source"]
        ids = [i for i in dict.fromkeys(ids) if i not in doers]
        if ids:
            return sorted(ids)
    return []


def _fill_places(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    taken = {
        t
        for slot in found.trigger.actor
        for head in found.slots.get(slot, ())
        for t in syntax.phrase(head)
        if found.actors and slot in ("subj", "par", "by", "adj", "poss")
    }
    slots = found.trigger.place and (*found.trigger.place, "any")
    for slot in dict.fromkeys(slots):
        heads = found.slots.get(slot, [])
        if slot == "any":
            heads = _any_places(parsed, story, found, [h for h in heads if h not in taken])
        for head in heads:
            if head in taken and slot == "any":
                continue
            rows = roles.places_in(parsed, story, head, text)
            if rows:
                return list(dict.fromkeys(rows))
    return _place_nearby(parsed, story, found, text)


def _any_places(parsed: Parse, story: Story, found: Found, heads: list[Token]) -> list[Token]:
    named = [h for h in heads if h.i in parsed.place_of and not roles.inside_actor(parsed, story, h)]
    kinds = {h: story.places[parsed.place_of[h.i]].kind for h in named}
    settled = [h for h in named if kinds[h] not in ("country", "road", "river", "border")]
    after = [h for h in settled if h.i > found.token.i]
    if found.trigger.event_type.startswith("border"):
        return [h for h in named if kinds[h] in ("crossing", "border")]
    refer = [
        h
        for h in heads
        if roles.lemma(h) in syntax.classes(parsed.language)["place_ref"] and h.pos_ == "NOUN"
    ]
    return [*after, *settled, *(h for h in refer), *named]


def _place_nearby(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    """Take the place of the clause that a predicate is coordinated with or hangs from, else of its sentence."""
    family = _family(found.trigger.event_type)
    if family not in ("control", "violence", "posture"):
        return []
    current = found.token
    for _ in range(4):
        if current.head == current:
            break
        current = current.head
        if current.pos_ in ("VERB", "AUX", "NOUN"):
            for head in _any_places(parsed, story, found, syntax.domain(current)):
                rows = roles.places_in(parsed, story, head, text)
                if rows:
                    return rows[:1]
    return []


@cache
def _families() -> dict[str, str]:
    types = codebook.event_types()
    return dict(zip(types["event_type"], types["family"], strict=True))


def _family(event_type: str) -> str:
    return _families().get(event_type, "")


# --- from what fired to rows ---


def _combined(found: list[Found]) -> list[Found]:
    """Join a noun and the verb it hangs from where both tell one act: "des frappes ont visé Damas"."""
    kept: list[Found] = []
    asked = [one.token for one in found if one.trigger.event_type in _ASKING]
    for one in found:
        if any(_is_asked(one.token, token) for token in asked):
            continue
        governor = next((o for o in found if o is not one and _tells_same(o, one)), None)
        if governor is None:
            kept.append(one)
            continue
        governor.actors = governor.actors or one.actors
        governor.targets = governor.targets or one.targets
        governor.places = governor.places or one.places
        governor.words.append(one.token)
    return kept


def _is_asked(token: Token, asking: Token) -> bool:
    """Tell whether a predicate is only what somebody asks or warns of: "urged them to leave"."""
    if token == asking or asking not in token.ancestors:
        return False
    current = token
    while current.head != asking:
        current = current.head
    return (
        current.dep_ in ("xcomp", "ccomp", "acl", "pcomp", "advcl", "obl:arg", "prep")
        and current.i > asking.i
    )


def _tells_same(verb: Found, noun: Found) -> bool:
    if verb.trigger.event_type.startswith(("=", "claim")) or noun.trigger.event_type.startswith(
        ("=", "claim")
    ):
        return False
    if noun.token.pos_ == "VERB" or verb.token == noun.token:
        return (
            noun.trigger.event_type == "civilian_attack"
            and verb.trigger.event_type in ("shelling", "air_strike", "bombing")
            and noun.token.dep_ in ("advcl", "conj", "acl", "xcomp")
            and verb.token in noun.token.ancestors
        )
    if noun.token not in verb.token.subtree:
        return False
    same = verb.trigger.event_type == noun.trigger.event_type
    strike = {"air_strike", "shelling", "clash", "bombing"}
    near = syntax.governor(noun.token) == verb.token or noun.token.head == verb.token
    return near and (same or {verb.trigger.event_type, noun.trigger.event_type} <= strike)


def _write(
    parsed: Parse,
    story: Story,
    found: Found,
    dispatch: Dispatch,
    times: list[Any],
    fired: set[Token],
    coded: list[dict[str, object]],
    claimed: list[dict[str, object]],
) -> None:
    kind = found.trigger.event_type
    status, source = _assert(parsed, story, found)
    if status is None:
        return
    start, end = _quote_span(parsed, found)
    if kind.startswith("claim:"):
        claimed.append(_claim(found, story, dispatch, kind[6:], status, source, start, end))
        return
    if kind == "=agent":
        _name_agent(coded, found)
        return
    if kind == "=same":
        kind = str(coded[-1]["event_type"]) if coded else ""
        if not kind:
            return
    kind = _peaceful(kind, found)
    assert dispatch.published is not None  # noqa: S101 - _read has checked it
    published = dispatch.published
    row = _timex_of(parsed, found, times, fired)
    if row is not None and row.method == "background":
        return
    day = _when(row, published, expected=status == "expected")
    base = {
        "dispatch_id": dispatch.dispatch_id, "status": status, "source": source, "start": start, "end": end,
        "quote": dispatch.text[start:end], "coder": "auto", "event_type": kind, "heading": parsed.heading,
        "rule": f"{dispatch.language}:{found.trigger.number}:{found.trigger.trigger}", **day,
    }  # fmt: skip
    if not found.actors and (_family(kind) == "reaction" or not (found.places or found.targets)):
        return
    for ids, label in found.actors or [((), "")]:
        for place in _event_places(kind, story, found, ids):
            row = (
                base
                | place
                | {
                    "actor": ";".join(ids),
                    "label_used": label,
                    "target": ";".join(t for t in found.targets if t not in ids),
                }
            )
            coded.append(row | _control(row, ceded=found.trigger.event_type == "handover"))


def _event_places(kind: str, story: Story, found: Found, ids: tuple[str, ...]) -> list[dict[str, object]]:
    rows = []
    for index, relation in found.places:
        place = story.places[index]
        rows.append({
            "place_id": place.place_id, "place_name": place.name or place.text, "place_relation": relation if place.place_id else "",
            "lat": place.lat, "lon": place.lon, "precision_km": place.precision_km,
        })  # fmt: skip
    if not rows and kind.startswith("border"):
        rows = [_home(actor) for actor in ids[:1]]
    return rows or [
        {
            "place_id": "",
            "place_name": "",
            "place_relation": "",
            "lat": None,
            "lon": None,
            "precision_km": None,
        }
    ]


@cache
def _home_row(actor: str) -> dict[str, object] | None:
    places = gazetteer.places()
    rows = places[(places["kind"] == "country") & (places["country"] == actor)]
    if not len(rows):
        return None
    row = rows.iloc[0]
    return {
        "place_id": row["place_id"],
        "place_name": row["name"],
        "place_relation": "",
        "lat": row["lat"],
        "lon": row["lon"],
        "precision_km": row["precision_km"],
    }


def _home(actor: str) -> dict[str, object]:
    return _home_row(actor) or {
        "place_id": "",
        "place_name": "",
        "place_relation": "",
        "lat": None,
        "lon": None,
        "precision_km": None,
    }


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


def _peaceful(kind: str, found: Found) -> str:
    if kind not in ("capture", "advance"):
        return kind
    words = (
        " ".join(t.text for t in syntax.domain(found.token))
        + " "
        + " ".join(t.text for t in found.token.subtree)
    )
    return "handover" if _PEACEFUL.search(words.replace("' ", "'")) else kind


def _name_agent(coded: list[dict[str, object]], found: Found) -> None:
    """Give the actor told in a sentence of its own ("the drones were sent by ...") to the strike before it."""
    for row in reversed(coded[-3:]):
        if row["event_type"] in ("air_strike", "shelling", "bombing") and not row["actor"] and found.actors:
            row["actor"], row["label_used"] = ";".join(found.actors[0][0]), found.actors[0][1]
            return


def _claim(
    found: Found, story: Story, dispatch: Dispatch, kind: str, status: str, source: str, start: int, end: int
) -> dict[str, object]:
    inside = [m.place_id for m in story.places if m.start >= start and m.end <= end and m.place_id]
    return {
        "claim_id": "", "dispatch_id": dispatch.dispatch_id, "claim_type": kind,
        "places": ";".join(dict.fromkeys(inside)), "status": status, "source": source,
        "start": start, "end": end, "quote": dispatch.text[start:end],
    }  # fmt: skip


def _assert(parsed: Parse, story: Story, found: Found) -> tuple[str | None, str]:
    token = found.token
    said, heads = assertion.reporter(token)
    sources = _source_ids(parsed, story, heads)
    own_words = (
        _family(found.trigger.event_type) == "reaction"
        and bool(sources)
        and {i for (i,) in [(s,) for s in sources]} == {i for ids, _ in found.actors for i in ids}
    )
    negated = assertion.is_negated(token) and ("neg", frozenset({"*"})) not in found.trigger.with_
    source = ";".join(sorted(sources))
    if said == "deny":
        return "denied", source
    if negated:
        return ("denied", source) if said else (None, "")
    pledged = _family(found.trigger.event_type) == "reaction" and assertion.is_pledged(token)
    if assertion.is_expected(token) and not own_words and not pledged:
        return "expected", source
    if said and not own_words:
        return "attributed", source
    if token.pos_ in ("VERB", "AUX") and assertion.is_hearsay(token):
        return "attributed", ""
    return "stated", ""


def _source_ids(parsed: Parse, story: Story, heads: list[Token]) -> set[str]:
    ids: set[str] = set()
    for head in heads:
        for names, _ in roles.actors_in(parsed, story, head):
            ids |= set(names)
        ids |= {
            story.actors[r].actor
            for t in syntax.phrase(head)
            for r in parsed.actors_of.get(t.i, ())
            if roles.actor_types().get(story.actors[r].actor) == "source" and not ids
        }
    return ids


def _quote_span(parsed: Parse, found: Found) -> tuple[int, int]:
    tokens = [t for t in syntax.domain(found.token) if not t.is_punct]
    return parsed.span([found.token, *found.words, *tokens])


def _when(row: Any, published: date, *, expected: bool) -> dict[str, str]:
    if row is None:
        return {"date": published.isoformat(), "date_end": "", "date_precision": "inferred"}
    day = row.date_future if expected and row.date_future else row.date
    return {"date": day, "date_end": row.date_end, "date_precision": row.date_precision}


def _timex_of(parsed: Parse, found: Found, times: list[Any], fired: set[Token]) -> Any:
    """Choose the time that a predicate has: in its own clause, else in the clause that it hangs from."""
    sentence = found.token.sent
    low, high = parsed.starts[sentence.start], parsed.ends[sentence.end - 1]
    near = [
        row for row in times
        if low <= row.start and row.end <= high and row.method != "dateline"
    ]  # fmt: skip
    owners = [(row, _owner(parsed, row.start, row.end, fired)) for row in near]
    chain = [found.token, *found.words]
    current = found.token
    while current.head != current and len(chain) < 5:
        if current.dep_ in ("acl:relcl", "relcl", "advcl", "acl", "ccomp") and _pluperfect(current):
            break
        current = current.head
        chain.append(current)
    for predicate in chain:
        own = [row for row, owner in owners if owner == predicate]
        if own:
            return min(own, key=lambda row: abs(row.start - parsed.starts[found.token.i]))
    return near[0] if len(near) == 1 and len(fired) == 1 else None


def _pluperfect(verb: Token) -> bool:
    return any(
        c.dep_.startswith("aux") and ("Imp" in c.morph.get("Tense", []) or c.lower_ == "had")
        for c in verb.children
    )


def _owner(parsed: Parse, start: int, end: int, fired: set[Token]) -> Token | None:
    """Find the predicate that a time expression belongs to: by the tree, unless a comma parts them and another is near."""
    tokens = [t for t in parsed.doc if parsed.starts[t.i] < end and parsed.ends[t.i] > start]
    if not tokens:
        return None
    before = _verb_before(tokens[0])
    inside = set(tokens)
    current = next((t for t in tokens if t.head not in inside), tokens[0])
    while current.head != current:
        current = current.head
        if current.pos_ in ("VERB", "AUX") or current in fired:
            parted = any(
                t.text in (",", ";")
                for t in parsed.doc[min(current.i, tokens[0].i) : max(current.i, tokens[0].i)]
            )
            return before if before is not None and parted else current
    return before or current


def _verb_before(token: Token) -> Token | None:
    """Give the verb that stands before a word in the same stretch between commas."""
    for other in reversed(token.doc[token.sent.start : token.i]):
        if other.is_punct:
            return None
        if other.pos_ == "VERB":
            return other
    return None
