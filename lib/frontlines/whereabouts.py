"""Where: the places that a phrase names, lists of them, what refers back to one, and relations to one."""

import re
from functools import cache, lru_cache
from itertools import islice
from types import SimpleNamespace
from typing import Any

from frontlines import data, gazetteer, syntax
from frontlines.lexicon import classes
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.syntax import lemma
from frontlines.trees import Word

_SETTLEMENTS = {"city", "town", "village", "neighbourhood"}
_FIXED = {"site", "square", "crossing"}
_REMEMBERED = 100  # places back to which "the town" may refer
SETTLED = _SETTLEMENTS | _FIXED


_ACTING = ("nsubj", "nsubjpass")
_CLAUSES = syntax.CLAUSAL | {"conj"}


@cache
def _leading(language: str) -> frozenset[str]:
    """Give the words through which a phrase leads to a place: "the outskirts of", "forces in"."""
    names = ("place", "site", "border", "road", "quantity", "armed", "mission")
    return frozenset().union(*(classes(language)[name] for name in names))


@cache
def _capitals() -> dict[str, str]:
    rows = data.table("codebook/capitals")
    return dict(zip(rows["adm1"], rows["place_id"], strict=True))


@cache
def _relations(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Give the patterns that stand before a place; the first is all of them, for most places have none."""
    rows = data.table(f"codebook/relations.{language}")
    patterns = ["|".join(rows["pattern"]), *rows["pattern"]]
    ends = [re.compile(rf"(?:^|[\s'(])(?:{pattern})$", re.I) for pattern in patterns]
    return tuple(zip(ends, ["", *rows["relation"]], strict=True))


def place_words(parsed: Parse, head: Word) -> list[Word]:
    """Follow a phrase down to the names in it, through words for places."""
    found = [head]
    leading = _leading(parsed.language)
    for token in found:
        word = lemma(token)
        if token.pos_ == "ADP":
            found += [c for c in token.children if c.dep_ == "pobj"]
        elif token.i in parsed.place_of or word in leading or (token is not head and _stores(token)):
            below = [c for c in token.children if c.dep_ not in _CLAUSES and c not in found]
            # "des dizaines de villages", but not "des dizaines de soldats à Homs"
            counted = token.lang_ == "fr" and word in syntax.words(token, "quantity")
            below = [c for c in below if not counted or syntax.case(c) in ("", "de")]
            found += [c for c in below if token.lang_ != "fr" or syntax.case(c) != "avec"]
        elif token.dep_ == "advmod" and token.lang_ == "fr":  # "un dépôt près de X"
            found += [c for c in token.children if c.i in parsed.place_of]
    return sorted(found, key=lambda token: token.i)


def _stores(noun: Word) -> bool:
    """Tell what a site holds: "un dépôt de munitions de X", "un centre de recherche à X"."""
    return noun.lang_ == "fr" and syntax.is_a(noun.head, "site") and syntax.case(noun) == "de"


def places_in(
    parsed: Parse, story: Story, head: Word, text: str, *, frontier: bool = True
) -> list[tuple[int, str]]:
    """
    Name the places that a phrase stands for.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    head
        Head of the phrase.
    text
        The raw dispatch.
    frontier
        Whether "its frontier" is a place; who closes it closes that of the whole country.

    Returns
    -------
    list of (int, str)
        Row in the place mentions and relation, one entry a place.
    """
    if frontier and lemma(head) in classes(parsed.language)["frontier"] and head.i not in parsed.place_of:
        return [(_frontier(parsed, story, head), relation(text, parsed.starts[head.i], story.language))]
    if head.dep_ == "appos" and head.head.i in parsed.place_of and head.i not in parsed.place_of:
        head = head.head  # "X, a town south of Y seized by Z"
    named = [t for t in place_words(parsed, head) if t.i in parsed.place_of]
    named.sort(key=lambda t: t.dep_ == "poss")  # "Aleppo's X quarter"
    rows = [parsed.place_of[t.i] for t in named if not inside_actor(parsed, story, t)]
    if rows:
        found = listed(story, rows[0], text)
        if len(found) == 1:
            return found
        acting = [t.dep_ in _ACTING and parsed.place_of.get(t.i, -1) for t in head.sent if t not in named]
        end = next((at for at, (row, _) in enumerate(found) if at and row in acting), len(found))
        return found[:end]  # "left Syria, and Russia told ..."
    return _place_referred(parsed, story, head, text)


def listed(story: Story, row: int, text: str) -> list[tuple[int, str]]:
    """
    Follow a list of places from its first: "Rastan, Talbiseh and Homs".

    Parameters
    ----------
    story
        What is known so far.
    row
        Row of the first place in the mentions.
    text
        The raw dispatch.

    Returns
    -------
    list of (int, str)
        Row and relation of each place of the list.
    """
    first = story.places[row]
    relation_of_first = relation(text, first.start, story.language)
    found = [(row, relation_of_first)]
    last_end = first.end
    pending: list[tuple[int, str]] = []
    for index in range(row + 1, story.named):
        other = story.places[index]
        if other.reading != "place" or other.start == first.start:
            continue
        joiner = _joiner(_without_asides(story, last_end, other.start), story.language)
        if joiner is None or (other.kind == "country" and first.kind != "country"):
            break
        pending.append((index, relation(text, other.start, story.language) or relation_of_first))
        if joiner == "and":
            found += pending
            pending = []
        last_end = other.end
    return found


def _without_asides(story: Story, start: int, end: int) -> str:
    """Give what stands between two names of a list, without times and brackets: "X on Friday and Y"."""
    gap = list(story.text[start:end])
    for time in story.times_within(start, end):
        gap[time.start - start : time.end - start] = " " * (time.end - time.start)
    return re.sub(r"\([^()]*\)", "", "".join(gap))


def _joiner(gap: str, language: str) -> str | None:
    """Tell how two names are joined: "and", "," or not at all; an aside only before "ainsi que"."""
    table = classes(language)
    words = re.findall(r"[^\W_]+'?|[^\s\w]", gap.lower().replace("’", "'"))
    late = next((i for i, word in enumerate(words) if word in table["as_well"]), None)
    if late is not None and len(gap) < 90 and "." not in words:
        words = ["and" if language == "en" else "et", *words[late + 1 :]]
    if any(word not in table["joiner"] and word not in table["between"] and word != "," for word in words):
        return None
    if any(word in table["joiner"] for word in words):
        return "and"
    return "," if "," in words else None


def _place_referred(parsed: Parse, story: Story, head: Word, text: str) -> list[tuple[int, str]]:
    table = classes(parsed.language)
    words = syntax.phrase(head)
    at = parsed.starts[head.i]
    refers = [t for t in words if {lemma(t), t.lower_} & table["place_ref"] and not _is_some(t)]
    apart = {t.lower_ for t in (*words, *head.children)} & syntax.words(head, "separation")
    israel = any(actor.actor == "ISR" for actor in story.actors)
    after = [t.i for t in head.doc[head.i + 1 : head.i + 5] if t.i in parsed.place_of]
    behind = {story.places[parsed.place_of[i]].kind for i in after}  # "the zone on the Golan Heights"
    if apart and lemma(head) == "zone" and israel and "region" not in behind:
        return [(_said_only(story, "fl:undof-buffer-zone"), relation(text, at, story.language))]
    if head.lower_ in table["place_pronoun"]:
        refers = []
    elif not refers:
        return _site_referred(parsed, story, head, text)
    aside = _told_aside(parsed, head) if refers else set()
    if refers and (seat := _seat(parsed, story, head, refers, aside, text)):
        return seat
    of_town = head not in refers and head.lang_ == "fr" and lemma(head) in table["site_ref"]
    if refers and of_town and (site := _site_of_town(story, head, at)):
        return site  # "l'aéroport de la ville"
    kinds = _SETTLEMENTS if refers else (*SETTLED, *(("crossing", "region") if head.lower_ in _THERE else ()))
    subject = [c for c in head.head.children if head.lower_ in _THERE and c.dep_.startswith("nsubj")]
    doing = {parsed.place_of.get(t.i) for c in subject for t in c.subtree}
    central = {lemma(t) for t in words} & table["central"]
    barred = {*story.datelines, *doing, *aside}
    near = ((i, m) for i, m in story.places_before(at) if m.reading == "place" and m.place_id)
    # "moved into the heights after the army had left it"
    here = parsed.starts[head.sent.start] if head.lower_ in syntax.words(head, "Sing") else at
    fits = (i for i, m in near if m.kind in kinds or (m.kind == "region" and m.start >= here))
    fits = (i for i in fits if i not in barred)
    before = list(islice(fits, _REMEMBERED))[::-1]
    if not before:
        return []
    before = _called_so(story, refers, before)
    if len(before) > 1 and re.fullmatch(
        r",? à ", text[story.places[before[-2]].end : story.places[before[-1]].start]
    ):
        before = before[:-1]  # "le quartier de X, à Y": Y only says where X is
    if head.lower_ in _THERE:  # not the city that the place meant is only said to be near
        plain = [i for i in before[-3:] if not relation(text, story.places[i].start, story.language)]
        before = plain or before
    if head.lower_ in table["both"]:
        return [(i, "") for i in before[-2:]]
    start = parsed.starts[min(t.i for t in words)]
    own = relation(text, parsed.starts[refers[0].i] if refers else start, story.language)
    capitals = _capitals().values() if central else ()
    cities = [i for i in before if story.places[i].place_id in capitals] if central else before
    return [((cities or before)[-1], "centre" if central else own)]


def _told_aside(parsed: Parse, head: Word) -> set[int]:
    """Find what is named in a clause within a clause only: "in X, which leads to Y, reached the city"."""
    before = [t for t in head.sent if t.i < head.i and t.i in parsed.place_of]
    deep = {t: sum(a.dep_ in ("relcl", "acl:relcl") for a in (t, *t.ancestors)) for t in before}
    return {parsed.place_of[t.i] for t in before if deep[t] > min(deep.values())}


def _seat(
    parsed: Parse, story: Story, head: Word, refers: list[Word], aside: set[int], text: str
) -> list[tuple[int, str]]:
    """Name the capital, or the seat of the province that a sentence is about by "the city centre"."""
    table = classes(parsed.language)
    if any(lemma(t) in table["capital"] for t in refers):
        start = parsed.starts[min(t.i for t in refers)]
        return [(_said_only(story, _capitals()["SY-DI"]), relation(text, start, story.language))]
    if not aside or not {lemma(t) for t in syntax.phrase(head)} & table["central"]:
        return []
    before = [parsed.place_of[t.i] for t in head.sent if t.i < head.i and t.i in parsed.place_of]
    last = next(story.places[row] for row in reversed(before) if row not in aside)
    seat = _capitals().get(last.adm1) if last.kind == "governorate" else None
    return [(_said_only(story, seat), "centre")] if seat else []


def _called_so(story: Story, refers: list[Word], before: list[int]) -> list[int]:
    """Leave out the big cities where "the town" refers: "X, an hour from Damascus ... the town"."""
    small = refers and {lemma(t) for t in refers} <= syntax.words(refers[0], "small_town")
    seats = _capitals().values() if small else ()
    return [i for i in before if story.places[i].place_id not in seats] or before


def _is_some(noun: Word) -> bool:
    """Tell "villages" and "several towns", which refer to none named before, from "the town"."""
    before = {c.lower_ for c in noun.children if c.dep_ in ("det", "poss", "nmod", "case")}
    plural = "Plur" in noun.morph.get("Number", [])
    return plural and noun.lang_ == "en" and not before & {*classes("en")["definite"], "whose"}


def _site_referred(parsed: Parse, story: Story, head: Word, text: str) -> list[tuple[int, str]]:
    """Follow "the bridge", "the post", "the suburb" back to the last place so named, or of that kind."""
    word, at = lemma(head), parsed.starts[head.i]
    table = classes(parsed.language)
    definite = any(c.lower_ in table["definite"] for c in head.children if c.i < head.i)
    kinds = {kind for name, kind in _REFERS if word in table[name]}
    unknown = [c for c in head.children if c.dep_ == "compound" and c.pos_ == "PROPN" and c.lang_ == "en"]
    if not definite or not kinds or any(c.i not in parsed.actors_of for c in unknown):
        return []  # "the T4 airbase" is not the one named before
    for index, place in story.places_before(at):
        if place.reading != "place" or not place.place_id:
            continue
        called = word in f"{place.text} {place.name}".lower()
        if called or (place.kind in kinds and place.kind != "site"):
            return [(index, relation(text, at, story.language))]
    return _site_of_town(story, head, at) if story.language == "fr" else []


def _site_of_town(story: Story, head: Word, at: int) -> list[tuple[int, str]]:
    """Take "the citadel", "the military airport" for that of the town named last, if it is known."""
    named = (m for _, m in story.places_before(at) if m.reading == "place" and m.place_id)
    town = next((m for m in named if m.kind in ("city", "town")), None)
    if town is None:
        return []
    called = [head.text, *(c.text for c in head.children if c.dep_ == "amod" and c.i > head.i)]
    place = _named_after(" ".join(called).lower(), head.text.lower(), town.name, town.text)
    if place is None:
        return []
    return [(_add(story, place, str(place["name"])), "")]


@cache
def _named_after(phrase: str, noun: str, *town: str) -> dict[str, object] | None:
    for called in (phrase, noun):
        for name in town:
            found = gazetteer.read(f"Ils ont pris {called} de {name}.", language="fr")
            site = next((m for m in found if m.kind == "site" and m.place_id), None)
            if site is not None:
                return dict(gazetteer.lookup([site.place_id]).iloc[0].to_dict())
    return None


_REFERS = (
    ("site_ref", "site"), ("crossing_ref", "crossing"), ("quarter_ref", "neighbourhood"),
    ("heights_ref", "region"),
)  # fmt: skip
_THERE = ("y", "en")


def _frontier(parsed: Parse, story: Story, head: Word) -> int:
    """Find the border that "its frontier with Syria" means, or add one for its doer's state to name."""
    named = {story.places[parsed.place_of[t.i]].country for t in head.subtree if t.i in parsed.place_of}
    place_id = "fl:border-" + "-".join(sorted(country.lower() for country in named | {"SYR"}))
    known = place_id in set(gazetteer.places()["place_id"])
    place = gazetteer.lookup([place_id]).iloc[0].to_dict() if known else _UNNAMED | {"kind": "border"}
    return _add(story, place, head.text)


_UNNAMED = {"lat": None, "lon": None, "precision_km": None, "place_id": "", "name": "", "country": ""}


def _said_only(story: Story, place_id: str) -> int:
    """Add a place of which only "the capital", "the buffer zone" is said."""
    place = gazetteer.lookup([place_id]).iloc[0].to_dict()
    return _add(story, place, str(place["name"]))


def _add(story: Story, place: dict[str, Any], text: str) -> int:
    story.places.append(SimpleNamespace(**place, start=-1, end=-1, text=text, reading="place"))
    return len(story.places) - 1


def inside_actor(parsed: Parse, story: Story, token: Word) -> bool:
    """Tell whether a place name is only part of an actor's name ("l'administration de Damas")."""
    place = story.places[parsed.place_of[token.i]]
    for row in parsed.actors_of.get(token.i, ()):
        actor = story.actors[row]
        longer = actor.start < place.start or actor.end > place.end
        if longer and min(actor.end, place.end) > max(actor.start, place.start):
            return True  # but not another of a list: "Lattaquié, Homs et Damas"
    return bool(place.reading == "actor")


def relation(text: str, start: int, language: str) -> str:
    """
    Read the relation that stands before a place: "au sud de", "near", "the outskirts of".

    Parameters
    ----------
    text
        The raw dispatch.
    start
        Offset of the place's name.
    language
        ``fr`` or ``en``.

    Returns
    -------
    str
        A `place_relation` of the codebook, or empty.
    """
    return _relation(text[max(0, start - 70) : start].replace("’", "'").replace("\n", " "), language)


@lru_cache(10_000)
def _relation(before: str, language: str) -> str:
    (some, _), *each = _relations(language)
    told = some.search(before) is not None
    return next((name for pattern, name in each if told and pattern.search(before)), "")
