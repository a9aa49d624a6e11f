"""Filling the roles of a fired trigger: who did it, to whom, and where."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from frontlines import codebook, data, kinds, lexicon, obliques, syntax, triggers, whereabouts
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.trees import Word
from frontlines.triggers import Trigger

JOINT = {"consultation"}
SAYS_WHO = ("subj", "par", "by", "adj", "poss")
_INSIDE = ("in", "at", "à", "dans")
_WITHIN = ("in", "into", "inside", "across")
# "deplored the fighting around Aleppo"
_ABOUT = (*_WITHIN, "on", "at", "around", "near", "over", "of", "against")
_HERE = ("in", "at", "near", "around", "outside", "from", "into", "towards", "of", "out of", "obj")
_DOING = ("nsubj", "nsubjpass", "nsubj:pass", "poss")  # a state so placed acts; it is not where


@dataclass
class Found:
    """A trigger that fired, with its roles filled."""

    trigger: Trigger
    token: Word
    slots: dict[str, list[Word]]
    actors: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The type of event."""
        return self.trigger.event_type

    @property
    def family(self) -> str:
        """The family of that type."""
        return family(self.kind)


def name_places(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    """
    Name the places of an event: of its slots, of its clause, else of the clause that it hangs from.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    found
        The trigger that fired, its doers named.
    text
        The raw dispatch.

    Returns
    -------
    list of (int, str)
        Row in the place mentions and relation, one entry a place.
    """
    here = found.token.sent if found.kind == "border_closure" else ()
    named = (t for t in here if t.i in parsed.place_of)
    excepted = {t for t in named if _is_excepted(story, parsed.place_of[t.i])}
    taken = _doers_words(parsed, story, found) | excepted
    reaction, reacts = _is_talk(found), found.family == "reaction"
    if special := _special_place(parsed, story, found, text):
        return special
    lines: list[tuple[int, str]] = []
    for slot, head in _candidates(parsed, story, found, taken):
        if (slot != "any" and _is_container(parsed, head)) or head in (taken if reaction else excepted):
            continue
        rows = _of_phrase(parsed, story, found, head, text)
        kind = story.places[rows[0][0]].kind if rows else ""
        vague = kind == "country" and slot != "any" and _has_nearer(parsed, story, found)
        if rows and kind not in ("road", "river") and not vague:
            rows += _beside(parsed, story, found, slot, head, rows, text)
            return rows[:1] if reaction else rows + _in_its_wake(parsed, story, found, rows)
        lines = lines or rows
    if lines or reaction:
        return lines
    below = [t for t in found.token.subtree if t not in taken and not _in_other_event(t, found.token)]
    # "Kyiv provided drones": a capital that gives is not where it gives
    closed = found.kind == "evacuation"  # "the embassy in Damascus suspended its work"
    own = [h for h in found.slots["any"] if h in taken and (h.dep_ == "pobj" if closed else not reacts)]
    for head in [h for h in _any_places(parsed, story, found, [*below, *own]) if h not in excepted]:
        if head.i in parsed.place_of and story.places[parsed.place_of[head.i]].kind != "country":
            return whereabouts.places_in(parsed, story, head, text)
    return [] if _names_unknown(parsed, found) else _place_nearby(parsed, story, found, text)


def _of_phrase(parsed: Parse, story: Story, found: Found, head: Word, text: str) -> list[tuple[int, str]]:
    """Give the places that a phrase names; none where it names the seat or the host of who acts."""
    of = found.family
    rows = list(dict.fromkeys(whereabouts.places_in(parsed, story, head, text, frontier=of != "border")))
    before = bool(rows) and _goes_abroad(parsed, head, found)
    if rows and (of == "reaction" or before) and _is_at_home(story, found, rows[0][0]):
        return []
    # "en visite à Amman, X a appelé au dialogue en Syrie"
    visits = before and _is_talk(found) and story.places[rows[0][0]].country != "SYR"
    return [] if visits else rows


def _names_unknown(parsed: Parse, found: Found) -> bool:
    """Tell whether an act's own phrases name a place that we do not know: it is then nowhere else."""
    heads = [t for name in _HERE for t in found.slots.get(name, ()) if t.dep_ in ("pobj", "dobj")]
    heads += [t for t in found.slots.get("de", ()) if found.kind == "capture" and t.dep_ == "nmod"]
    heads = [t for t in heads if not syntax.is_a(t.head.head, "likeness")]
    bare = [t for t in heads if t.pos_ == "PROPN" and all(c.dep_ != "det" for c in t.children)]
    sites = [t for t in heads if t.pos_ == "NOUN" and syntax.is_a(t, "site_ref")]
    names = [*bare, *(c for t in sites for c in t.children if c.dep_ == "compound" and c.pos_ == "PROPN")]
    return any(t.i not in parsed.place_of and t.i not in parsed.actors_of for t in names)


def _beside(
    parsed: Parse, story: Story, found: Found, slot: str, head: Word, rows: list[tuple[int, str]], text: str
) -> list[tuple[int, str]]:
    """Add what is joined to a place and not of one list with it: "le centre de X ainsi que l'aéroport"."""
    heads = found.slots.get(slot, [])
    told = found.family in ("control", "violence")
    joined = [h for h in heads if told and h.i > head.i and h.dep_ == "conj" and h.head in heads]
    # not "Halfaya and Suran, two towns in X"
    joined = [h for h in joined if h.lang_ == "fr" or h.doc[min(t.i for t in h.subtree) - 1].dep_ == "cc"]
    joined = [h for h in joined if not any(map(kinds.is_possessive, h.children))]
    more = dict(row for h in joined for row in whereabouts.places_in(parsed, story, h, text))
    known = {story.places[row].place_id for row, _ in rows}
    near = [row for row in more.items() if story.places[row[0]].kind != "country"]
    return [row for row in near if story.places[row[0]].place_id not in known]


def _is_at_home(story: Story, found: Found, row: int) -> bool:
    """Tell the seat of who reacts: "À Varsovie, la diplomatie polonaise recommande ..."."""
    country = story.places[row].country
    return country != "SYR" and any(country in ids for ids, _ in found.actors)


def _goes_abroad(parsed: Parse, head: Word, found: Found) -> bool:
    """Tell "À Bagdad, le gouvernement a massé des troupes à la frontière" by the place that follows."""
    at = found.token.i
    return head.i < at and any(t.i > at and t.i in parsed.place_of for t in found.token.sent)


def _in_its_wake(
    parsed: Parse, story: Story, found: Found, rows: list[tuple[int, str]]
) -> list[tuple[int, str]]:
    """Add the town of which the same is said without a verb: "X est tombée mardi, Y mercredi"."""
    told = found.kind == "capture" and found.token.pos_ == "VERB" and found.token.lang_ == "fr"
    if not told or not (found.trigger.place[:1] == ("subj",) or syntax.is_passive(found.token)):
        return []
    after = [t for t in found.token.sent if t.i > found.token.i + 1 and t.i in parsed.place_of]
    named = [t for t in after if t.dep_ in ("conj", "dep", "appos", "obl:mod") and not syntax.has_case(t)]
    own = syntax.domain(found.token)
    named = [t for t in named if t.nbor(-1).lower_ in (",", "et", "puis") and t.head in own]
    lone = [parsed.place_of[t.i] for t in named if _is_settled(parsed, story, parsed.place_of[t.i], t)]
    return [(row, "") for row in lone if row not in dict(rows)]


def _special_place(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    """Name the place that the type of event asks for: an origin, where a road is cut, a seat."""
    if place := _origin(parsed, story, found, text) or _at_the_cut(parsed, story, found, text):
        return place
    if found.kind == "formation":  # "a government in Damascus": here not who governs
        heads = [h for slot in _INSIDE for h in found.slots.get(slot, ()) if h.i in parsed.place_of]
        return [(parsed.place_of[head.i], "") for head in heads[:1]]
    if found.kind == "release":  # "Dans la campagne de Damas, X a libéré les détenus de la prison d'Adra"
        jails = (t for t in found.token.subtree if _JAIL & kinds.of(parsed, story, t))
        return next(filter(None, (whereabouts.places_in(parsed, story, t, text) for t in jails)), [])
    return []


_JAIL = {"jail", "jail_word"}


def _origin(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    """Name where people flee from, where the phrase for them says it: "families from X reached Y"."""
    beside = [*found.token.children, found.token.head]
    leaving = [c for c in beside if c.lower_ in syntax.words(c, "fleeing") and c is not found.token]
    if found.family != "humanitarian" or (found.slots.get("from") and not leaving):
        return []
    left = [*found.slots.get("depuis", ()), *(t for c in leaving for t in syntax.domain(c))]
    for head in [h for h in left if h.i in parsed.place_of and h not in found.token.children]:
        return whereabouts.places_in(parsed, story, head, text)
    for head in [*found.slots.get("subj", []), *found.slots.get("of", [])]:
        for slot, inner in obliques.of(head):
            people = slot in ("of", "de") and "people" in kinds.of(parsed, story, inner)
            for word in [h for _, h in obliques.of(inner)] if people else [inner]:
                named = [parsed.place_of[t.i] for t in syntax.phrase(word) if t.i in parsed.place_of]
                told = any(story.places[row].kind != "country" for row in named)
                if told and (people or slot in ("from", "of", "de", "depuis")):
                    return whereabouts.places_in(parsed, story, word, text)
    return []


def _at_the_cut(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    """Name where a road is cut, not where it leads: "la route de X à Y, à hauteur de Z"."""
    roads = [h for h in found.slots.get("obj", ()) if "road" in kinds.of(parsed, story, h)]
    if found.kind != "encirclement" or not roads:
        return []
    after = [t for t in found.token.sent if t.i > found.token.i and t.i in parsed.place_of]
    rows = [r for t in after for r in whereabouts.places_in(parsed, story, t, text)[:1] if r[1] == "near"]
    return rows[:1]


_WAYS = ("par", "via", "à", "près de", "depuis", "at", "near", "through")


def _has_nearer(parsed: Parse, story: Story, found: Found) -> bool:
    """Tell whether a clause names a place nearer than a country: "sont entrés en Syrie par Bab al-Hawa"."""
    ways = [h for slot in _WAYS for h in found.slots.get(slot, ())]
    return any(h.i in parsed.place_of and story.places[parsed.place_of[h.i]].kind != "country" for h in ways)


def _doers_words(parsed: Parse, story: Story, found: Found) -> set[Word]:
    """Give the words that name the doers: they are no place of the act; nor, in talk, whom it is to."""
    trigger = found.trigger
    named = _words(found, [slot for slot in trigger.actor if found.actors and slot in SAYS_WHO])
    if _is_talk(found):
        lands = {i for i, row in parsed.place_of.items() if story.places[row].kind == "country"}
        addressed = _words(found, trigger.target)
        inner = [t for t in addressed if t.dep_ == "pobj" and t.head.head != found.token]
        inner = [t for t in inner if t.head.lower_ in (_WITHIN if t.i in lands else _ABOUT)]
        told_of = {word for t in inner for word in (t, *t.children)}
        about = (t for t in addressed if syntax.is_a(t, "dossier"))
        told_of |= {t for word in about for t in word.subtree}  # "avec X de l'avenir de la Syrie"
        named = _words(found, [*trigger.actor, "poss"]) | addressed - told_of
    if found.targets:
        return named
    slots = (*trigger.actor, *trigger.target, "poss")
    heads = {head for slot in slots for head in found.slots.get(slot, ())}
    inside = {t for t in named - heads if t.i in parsed.place_of or "place_ref" in kinds.of(parsed, story, t)}
    within = {t for t in inside if t.i not in parsed.place_of or syntax.case(t) in syntax.words(t, "there")}
    return named - within  # "a appelé à la retenue à X", "des habitants de la ville ont ..."


def _words(found: Found, slots: Iterable[str]) -> set[Word]:
    return {t for slot in slots for head in found.slots.get(slot, ()) for t in syntax.phrase(head)}


def _is_talk(found: Found) -> bool:
    """Tell reactions in words from those that take place somewhere."""
    return found.family == "reaction" and found.kind not in ("evacuation", "travel_advisory", "aid")


def _candidates(parsed: Parse, story: Story, found: Found, taken: set[Word]) -> Iterator[tuple[str, Word]]:
    """Give the phrases that may name the place: of the row's slots in their order, then of the clause."""
    last = () if found.kind in JOINT else ("any",)
    for slot in dict.fromkeys(found.trigger.place and (*found.trigger.place, *last)):
        heads = found.slots.get(slot, [])
        if slot == "any" and found.kind in ("travel_advisory", "appeal"):
            # "have called on their citizens in Syria to leave Damascus"
            heads = [*heads, *(t for verb in found.slots["xcomp"] for t in syntax.domain(verb))]
        if slot == "any" and found.kind in JOINT:  # "a reçu à Doha X pour évoquer la Syrie"
            aims = [c for c in found.token.children if c.dep_ == "advcl" and syntax.is_infinitive(c)]
            heads = [*heads, *(t for verb in aims for t in syntax.domain(verb))]
        if slot == "any":
            heads = _any_places(parsed, story, found, [h for h in heads if h not in taken])
        if found.kind in JOINT:
            heads = [h for h in heads if not _is_venue(h)]
        yield from ((slot, head) for head in heads)


def _is_venue(head: Word) -> bool:
    """Tell where talks are held from the place that they are about: "à X", not "la situation à X"."""
    about = syntax.words(head, "dossier") | syntax.words(head, "outcome")
    behest = syntax.is_a(head.head, "behest")  # "à la demande de Moscou"
    inside = head.lang_ == "fr" and syntax.case(head) in ("à", "au", "en")
    return behest or (inside and syntax.lemma(head.head) not in about)


def _is_gate(parsed: Parse, story: Story, head: Word) -> bool:
    return story.places[parsed.place_of[head.i]].kind in ("crossing", "border")


def _is_excepted(story: Story, row: int) -> bool:
    """Tell the gate that stays open: "closed all its crossings except Masnaa"."""
    start = story.places[row].start
    return _excepting(story.language).search(story.text[max(0, start - 60) : start]) is not None


@cache
def _excepting(language: str) -> re.Pattern[str]:
    rows = data.table("codebook/exception_words")
    words = rows.loc[(rows["lang"] == language) & (rows["side"] == "before"), "words"]
    written = "|".join(re.escape(word).replace("'", "['’]") for word in words)
    return re.compile(rf"\b(?:{written})(?:[ '’][\w-]+){{0,4}}[ '’]?$", re.IGNORECASE)


def _any_places(parsed: Parse, story: Story, found: Found, heads: list[Word]) -> list[Word]:
    named = [h for h in heads if h.i in parsed.place_of and not whereabouts.inside_actor(parsed, story, h)]
    named = [h for h in named if syntax.words(h, "except").isdisjoint((h.head.lower_, syntax.case(h)))]
    named = [h for h in named if story.places[parsed.place_of[h.i]].kind != "country" or h.dep_ not in _DOING]
    named = [h for h in named if (h.dep_, h.head.dep_) != ("poss", "appos")]  # "the SDF, Washington's ally"
    sort = {h: story.places[parsed.place_of[h.i]].kind for h in named}
    settled = [h for h in named if sort[h] not in ("country", "road", "river", "border")]
    after = [h for h in settled if h.i > found.token.i]
    if found.kind.startswith("border"):
        posts = lexicon.classes(parsed.language)["crossing_ref"]
        named = [h for h in named if _is_gate(parsed, story, h)]
        named = named or [h for h in heads if syntax.lemma(h) in posts]
        return named or [t for t in found.token.sent if t.i in parsed.place_of and _is_gate(parsed, story, t)]
    places = lexicon.classes(parsed.language)["place_ref"]
    refer = [h for h in heads if h.pos_ == "NOUN" and {syntax.lemma(h), h.lower_} & places]
    refer += [h for h in heads if syntax.is_a(h, "site_ref") and any(c.lower_ == "cette" for c in h.children)]
    own = [h for h in after if not _in_other_event(h, found.token)]
    there = [h for h in heads if h.lower_ in ("y", "en") and h.lang_ == "fr" and h.pos_ in ("PRON", "ADV")]
    if there and any(syntax.case(t) in ("à", "dans", "sur") for h in own for t in (h, h.head)):
        there = []  # "y a été suspendu à la grande horloge de X"
    borders = [h for h in heads if syntax.is_a(h, "frontier")]
    return [*there, *own, *after, *settled, *refer, *borders, *named]


def _is_container(parsed: Parse, head: Word) -> bool:
    """Tell whether a place only says where another place is: "place des Omeyyades à Damas"."""
    above = head.head.head if head.dep_ == "pobj" else head.head
    if head.lang_ == "fr" and syntax.lemma(above) == "frontière":
        return False  # "la frontière irakienne à X"
    both = [parsed.place_of.get(t.i) for t in (above, head)]
    return None not in both and both[0] != both[1] and head.dep_ != "conj"


def _in_other_event(token: Word, predicate: Word) -> bool:
    """Tell whether a place belongs to an act told in between: "after the loss of X", "while Y held X"."""
    current = token.head
    while current != predicate and current.head != current:
        told = current.pos_ == "NOUN" and (syntax.lemma(current), "NOUN") in triggers.table(token.lang_)
        if told or (current.dep_ == "advcl" and syntax.has(current, "meanwhile", "mark")):
            return True
        current = current.head
    return False


def _place_nearby(parsed: Parse, story: Story, found: Found, text: str) -> list[tuple[int, str]]:
    """Take the place of the clause that a predicate hangs from, else the only one of its sentence."""
    if found.family not in ("control", "violence", "posture", "humanitarian"):
        return []
    current = found.token
    for _ in range(4):
        if current.head == current:
            break
        current = current.head
        if current.pos_ in ("VERB", "AUX", "NOUN"):
            named = _any_places(parsed, story, found, syntax.domain(current))
            # "while at Z X fought Y", but not "in X, they took Y"
            for head in sorted(named, key=lambda h: (not _leads_in(h, current, found), h.i < current.i)):
                rows = whereabouts.places_in(parsed, story, head, text)
                if rows:
                    return rows[:1]
    here = {parsed.place_of[t.i]: t for t in found.token.sent if t.i in parsed.place_of}
    settled = [row for row, word in here.items() if _is_settled(parsed, story, row, word)]
    if len(settled) == 1:
        return [(settled[0], whereabouts.relation(text, story.places[settled[0]].start, story.language))]
    return [] if here else _of_paragraph(story, found, parsed, text)


def _leads_in(place: Word, above: Word, found: Found) -> bool:
    """Tell the place right before who acts: "tandis qu'à X les insurgés ..."."""
    first = min((t.i for head in found.slots.get("subj", ()) for t in head.subtree), default=0)
    return above.i < place.i < first and all(t.is_punct for t in place.doc[place.i + 1 : first])


def _of_paragraph(story: Story, found: Found, parsed: Parse, text: str) -> list[tuple[int, str]]:
    """Take the town that the paragraph named last, or that labels the sentence: "Souran : trente morts"."""
    start = min(parsed.starts[t.i] for t in found.token.sent)
    for row, place in islice(story.places_before(start), 3):
        between = text[place.end : start]
        if "\n" in between:
            break
        plain = place.reading == "place" and row not in story.datelines
        if place.kind in whereabouts.SETTLED and (plain or between.strip() == ":"):
            return [(row, "")]
    return []


def _is_settled(parsed: Parse, story: Story, row: int, word: Word) -> bool:
    return story.places[row].kind in whereabouts.SETTLED and not whereabouts.inside_actor(parsed, story, word)


@cache
def _families() -> dict[str, str]:
    return dict(codebook.event_types()[["event_type", "family"]].to_numpy(str))


def family(event_type: str) -> str:
    """Give the family of an event type: control, violence, posture, border, reaction or humanitarian."""
    return _families().get(event_type, "")
