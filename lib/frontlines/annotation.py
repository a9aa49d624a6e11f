"""From a trigger with its roles to rows: type, status, source, place, day, who holds it then; claims."""

import re
from functools import cache
from types import SimpleNamespace
from typing import Any

from frontlines import assertion, attribution, clauses, dating, gazetteer, kinds, roles, syntax, telling
from frontlines.dispatch import Dispatch
from frontlines.filling import Found, family
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.trees import Word

# reactions that consist in saying so: by their own author they are stated
_SAID = {"travel_advisory", "endorsement", "condemnation", "appeal", "warning"}


def _is_same_talk(found: Found, coded: list[dict[str, object]]) -> bool:
    """Tell "they discussed Syria" behind "A met B": the one act."""
    talks = bool(coded) and coded[-1]["event_type"] == found.kind == "consultation"
    both = {"they", "both", "two", "pair", "sides"}
    return talks and any(both & {t.lower_ for t in syntax.phrase(h)} for h in found.slots.get("subj", ()))


def write(
    parsed: Parse,
    story: Story,
    found: Found,
    dispatch: Dispatch,
    fired: set[Word],
    coded: list[dict[str, object]],
    claimed: list[dict[str, object]],
) -> None:
    """
    Add what a fired trigger tells to the rows coded so far, or to the claims.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    found
        The trigger, its roles filled.
    dispatch
        The dispatch, with its day of publication.
    fired
        The words of the sentence that fired a trigger: a time belongs to the nearest.
    coded, claimed
        The rows so far; added to.
    """
    kind = found.kind
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
    ahead = _is_ahead(found, kind, status)
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
        for index, place in _event_places(kind, story, found, ids, source.split(";")):
            day = dating.when(times.get(index, time), published, expected=ahead)
            target = ";".join(t for t in found.targets if t not in ids)
            row = base | day | place | {"actor": ";".join(ids), "label_used": label, "target": target}
            coded.append(row | _control(row, ceded=ceded))


def _is_ahead(found: Found, kind: str, status: str) -> bool:
    """Tell what is to come ("will send X on Monday") from what was done for it: "had come to take X"."""
    if family(kind) == "reaction" and assertion.is_expected(found.token):
        return True
    purposed = assertion.is_purposed(found.token)
    return status == "expected" and (not purposed or assertion.is_expected(syntax.governor(found.token)))


def _kind(parsed: Parse, story: Story, found: Found, coded: list[dict[str, object]]) -> str:
    """Give the type that a row's type comes to here; empty where it adds nothing to what is coded."""
    kind = found.kind.partition(":")[0]
    if kind == "=same" or _is_same_talk(found, coded):
        return str(coded[-1]["event_type"]) if coded and kind == "=same" else ""
    kind = _peaceful(kind, found)
    if kind == "advance" and [ids for ids, _ in found.actors] == [("CIV",)]:
        return "displacement"
    if kind == "advance" and _is_sent(parsed, story, found):
        return "reinforcement"
    abroad = {"armed_group", "state"}  # "Iraq's troops crossed into Syria"
    groups = found.actors and all(kinds.actor_types().get(i[0]) in abroad for i, _ in found.actors)
    groups = groups and ("SYR",) not in [ids for ids, _ in found.actors]
    own = groups and not (found.targets or "obj" in found.trigger.actor)
    home = any(story.places[row].country == "SYR" for row, _ in found.places)
    aside = found.trigger.with_ or syntax.is_a(found.token, "changing_sides")
    if kind != "defection" or not own or aside:
        return kind
    if home:  # a militia that crosses into Syria, or flees in it
        return "withdrawal" if syntax.is_a(found.token, "flight") else "advance"
    return "" if found.places else kind  # "le chef de la diplomatie turque s'est rendu à Doha"


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
    south = any(getattr(story.places[index], "adm1", "") in _SOUTH for index, _ in found.places)
    local = syntax.words(found.token, "faction") if south else frozenset()
    if abroad not in _NEIGHBOURS or found.kind == "defection":
        return [
            (("FSA",) if ids == ("OPP",) and local & set(label.lower().split()) else ids, label)
            for ids, label in found.actors
        ]
    there: dict[tuple[str, ...], tuple[str, ...]] = {("SYR",): (abroad,)}
    return [(there.get(ids, ids) if label.lower() in plain else ids, label) for ids, label in found.actors]


def _speak_for_itself(found: Found, kind: str, base: dict[str, object]) -> None:
    """Take who is quoted for who reacts: "whoever threatens us will pay, the minister said"."""
    source = str(base["source"])
    own = any(map(kinds.is_possessive, (c for head in found.slots.get("subj", ()) for c in head.children)))
    if (own or kind == "reinforcement") and not found.actors:  # "its men had left, the ministry said"
        found.actors = [((one,), "") for one in source.split(";") if kinds.are_armed((one,))]
    if found.actors or family(kind) != "reaction" or base["status"] == "denied" or not source:
        return
    found.actors = [((one,), "") for one in source.split(";") if kinds.actor_types().get(one) != "source"]
    base |= {"status": "stated", "source": ""}


_TOWNS = ("city", "town", "village", "district", "governorate", "neighbourhood")
_SOUTH = ("SY-DR", "SY-QU")  # Daraa and Quneitra: their factions are those of the south
_NEIGHBOURS = ("LBN", "IRQ", "JOR", "TUR", "ISR")
_SITES = ("site", "crossing", "square")
_UNNAMED: dict[str, object] = dict.fromkeys(("place_id", "place_name", "place_relation"), "")
_NOWHERE = _UNNAMED | dict.fromkeys(("lat", "lon", "precision_km"))


def _event_places(
    kind: str, story: Story, found: Found, ids: tuple[str, ...], told: list[str]
) -> list[tuple[int, dict[str, object]]]:
    rows = []
    for index, relation in found.places:
        place = story.places[index]
        words = set(place.text.lower().split()) if not place.place_id else set()
        if kind == "border_closure" and place.kind == "country" and ids and place.country not in ids:
            continue  # "Lebanon closed its crossings with Syria"
        if words & syntax.words(found.token, "frontier"):
            place = next((b for b in map(_border_of, (*ids, *told)) if b is not None), place)
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
    actor, target, kind = (str(row[key]) for key in ("actor", "target", "event_type"))
    if kind in ("capture", "handover"):
        given = ceded and kind == "handover"
        return {"gainer": target, "loser": actor} if given else {"gainer": actor, "loser": target}
    return {"gainer": "", "loser": actor if kind == "withdrawal" else ""}


def _peaceful(kind: str, found: Found) -> str:
    if kind not in ("capture", "advance"):
        return kind
    above = found.token.head  # "c'est sans combattre que ..."
    whole = above if found.token.dep_ == "ccomp" and above.lower_ == "combattre" else found.token
    others = [c for c in whole.children if c.dep_ == "conj" and any(g.dep_ == "nsubj" for g in c.children)]
    apart = {t for other in others for t in other.subtree}  # "X took A, and Y took B without a shot"
    words = " ".join(t.lower_ for t in whole.subtree if t not in apart).replace("' ", "'")
    peaceful = syntax.words(found.token, "peaceful")
    return "handover" if any(f" {phrase}" in f" {words}" for phrase in peaceful) else kind


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
    token, kind = found.token, found.kind
    said, heads = attribution.reporter(token)
    if not said and family(kind) not in ("reaction", "border") and attribution.says(token):
        said, heads = "say", clauses.subjects(token)
    sources = source_ids(parsed, story, heads)
    source = ";".join(sorted(sources))
    own = bool(sources) and sources == {i for ids, _ in found.actors for i in ids}
    if said == "deny":
        return "denied", source
    if ("neg", frozenset({"*"})) in found.trigger.with_:
        return "stated", "" if found.actors else source  # the row tells of a refusal: "will not tolerate"
    heads = [h for slot in ("subj", "obj") for h in found.slots.get(slot, ())]
    none_do = [h for h in heads if h.lower_ in syntax.words(h, "nobody")]
    nobody = any(not h.children for h in none_do)
    if assertion.is_negated(token) and not (none_do and kind == "border_restriction"):
        contrary = any(t.lower_ in syntax.words(t, "contrary") for t in token.sent)
        none = any(c.lower_ in ("aucun", "aucune", "no") for c in token.children)  # not "without a fight"
        told = (said or contrary) and not nobody and (none or not assertion.is_without(token))
        return ("denied", source) if told else (None, "")
    expected = _is_expected(kind, token)
    by_author = own and (kind in _SAID or (expected and kind != "consultation"))
    if family(kind) == "reaction" and (assertion.is_under(token, "pledge") or by_author):
        return "stated", ""
    if family(kind) == "border" and assertion.is_under(token, "decision"):
        return "stated", ""
    if expected:
        return "expected", source
    hearsay = assertion.is_hearsay(token)
    return ("attributed", source) if said or hearsay else ("stated", "")


def _is_expected(kind: str, token: Word) -> bool:
    will = "Fut" in token.morph.get("Tense", []) or token.head.lemma_ == "aller"
    if (kind == "reinforcement" and assertion.is_ordered(token)) or (kind == "aid" and will):
        return False  # an order, a pledge
    return assertion.is_expected(token) and not (kind == "border_restriction" and assertion.is_rule(token))


def source_ids(parsed: Parse, story: Story, heads: list[Word]) -> set[str]:
    """
    Name who says so.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    heads
        Heads of the phrases for the speakers.

    Returns
    -------
    set of str
        Actor ids.
    """
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
