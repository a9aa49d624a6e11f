"""The trigger tables, and the question whether a word of a parsed text fires one of their rows.

A row lists lemmas that say the same, of one part of speech; ``with`` names words that must stand in a slot,
``needs`` classes of phrases; ``actor``, ``target`` and ``place`` say which slots fill the roles, the
first that does.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property

import pandas as pd

from frontlines import assertion, clauses, data, kinds, lexicon, obliques, roles, syntax
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.trees import Word

Slots = dict[str, list[Word]]
Need = tuple[bool, tuple[str, ...], frozenset[str]]  # that it must not hold, the slots, the classes


@dataclass(frozen=True)
class Trigger:
    """One row of a trigger table, read for one of its words."""

    number: int
    trigger: str
    pos: str
    event_type: str
    with_: tuple[tuple[str, frozenset[str]], ...]
    needs: tuple[Need, ...]
    actor: tuple[str, ...]
    target: tuple[str, ...]
    place: tuple[str, ...]

    @cached_property
    def asks(self) -> frozenset[str]:
        """Words of which one must stand in the sentence; none where any does."""
        words = frozenset().union(*(words for _, words in self.with_))
        return frozenset() if "*" in words else words

    @property
    def weight(self) -> int:
        """How much the row asks for: the most exacting row that fits wins."""
        return 2 * len(self.with_) + len(self.needs)


def source(language: str) -> pd.DataFrame:
    """
    Read the trigger table of a language as it stands.

    Parameters
    ----------
    language
        ``fr`` or ``en``.

    Returns
    -------
    pandas.DataFrame
        Columns trigger (lemmas between ``|``), pos, with, event_type, actor, target, place, needs.
    """
    return data.table(f"codebook/triggers.{language}")


@cache
def table(language: str) -> dict[tuple[str, str], tuple[Trigger, ...]]:
    """
    Read the trigger table of a language.

    Parameters
    ----------
    language
        ``fr`` or ``en``.

    Returns
    -------
    dict
        (lemma, part of speech) to the rows that it may fire, the most exacting first.
    """
    read: dict[tuple[str, str], list[Trigger]] = defaultdict(list)
    for row in source(language).itertuples():
        verb = row.pos == "VERB"
        defaults = ("subj", "obj|any") if verb else ("par|by|poss|adj", "any")
        common = Trigger(
            number=row.Index + 2,
            trigger="",
            pos=row.pos,
            event_type=row.event_type,
            with_=_read_with(row[3]),
            needs=_read_needs(row.needs),
            actor=_split(row.actor or defaults[0]),
            target=_split(row.target),
            place=_split(row.place or defaults[1]),
        )
        for word in row.trigger.split("|"):
            read[word, row.pos].append(replace(common, trigger=word))
    return {key: tuple(sorted(rows, key=lambda t: (-t.weight, t.number))) for key, rows in read.items()}


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip() and part.strip() != "-")


def _read_with(cell: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Read ``obj:contrôle|possession``: one of the pairs must hold; one without a slot keeps the last."""
    pairs: dict[str, set[str]] = {}
    slot = "any"
    for part in _split(cell):
        name, _, word = part.rpartition(":")
        slot = name or slot
        pairs.setdefault(slot, set()).add(word)
    return tuple((slot, frozenset(words)) for slot, words in pairs.items())


def _read_needs(cell: str) -> tuple[Need, ...]:
    """Read ``obj=place|site;!any=air``: every one must hold; ``!`` means that it must not."""
    rows = []
    for part in filter(None, cell.split(";")):
        negative = part.startswith("!")
        slots, _, wanted = part.lstrip("!").partition("=")
        rows.append((negative, tuple(slots.split("|")), frozenset(wanted.split("|"))))
    return tuple(rows)


def match(parsed: Parse, story: Story, token: Word) -> tuple[Trigger, dict[str, list[Word]]] | None:
    """
    Find the trigger that a word fires.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    token
        A verb or noun.

    Returns
    -------
    tuple of (Trigger, dict) or None
        The most exacting row whose conditions hold, and the arguments by slot.
    """
    rows = table(parsed.language)
    verbal = syntax.is_verbal(token)
    pos = "VERB" if verbal else "NOUN"
    if not verbal and token.i in parsed.place_of:
        return None
    names = [syntax.lemma(token), token.lemma_.lower(), token.lower_][: 1 if verbal else 3]
    candidates = [t for name in dict.fromkeys(names) for t in rows.get((name, pos), ())]
    around = syntax.forms(token.sent[0]) if candidates else frozenset()
    fitting = [t for t in candidates if not (t.asks and t.asks.isdisjoint(around))]
    if not fitting:
        return None
    slots = roles.arguments(token)
    if pos == "NOUN":
        slots = _borrow(token, slots)
    held = Held(parsed, story, token, slots)
    for trigger in fitting:
        merged = _with_holds(trigger, held)
        if merged is not None and all(map(merged.has, trigger.needs)):
            return trigger, merged.slots
    plain = verbal and token.dep_ not in ("acl", "amod")
    return _nearly(candidates, held) if plain else None


class Held:
    """What stands in the slots of a word: the words and classes of its phrases."""

    def __init__(self, parsed: Parse, story: Story, token: Word, slots: Slots) -> None:
        self.parsed, self.story, self.token, self.slots = parsed, story, token, slots

    def has(self, need: Need) -> bool:
        """Tell whether a condition of a row holds."""
        negative, names, wanted = need
        holds = self._is_among((head for name in names for head in self.slots.get(name, ())), wanted)
        holds = holds or ("pair" in wanted and len(self.slots.get(names[0], ())) > 1)
        if not holds and not negative and "any" in names and not _PLACES.isdisjoint(wanted):
            # one may stand in another clause of the sentence
            holds = self._is_among((t for t in self.token.sent if t.i in self.parsed.place_of), wanted)
        return holds != negative

    def _is_among(self, heads: Iterable[Word], wanted: frozenset[str]) -> bool:
        return any(not wanted.isdisjoint(kinds.of(self.parsed, self.story, head)) for head in heads)

    def heads(self, slot: str) -> list[Word]:
        """Give the heads of a slot, with phrases that the parser hung on another noun of the clause."""
        return [*self.slots.get(slot, ()), *_further(slot, self.slots)]


def is_doubtful(
    parsed: Parse, story: Story, token: Word, trigger: Trigger, slots: dict[str, list[Word]]
) -> bool:
    """
    Tell whether a trigger fired with a condition unmet.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    token, trigger, slots
        The word, and what `match` gives for it.

    Returns
    -------
    bool
        True where the word's own meaning alone vouches for the event.
    """
    return not all(map(Held(parsed, story, token, slots).has, trigger.needs))


def _nearly(candidates: list[Trigger], held: Held) -> tuple[Trigger, dict[str, list[Word]]] | None:
    """Let a verb that tells of one type only fire with one condition unmet: its meaning vouches for it."""
    if len({trigger.event_type for trigger in candidates}) > 1:
        return None
    for trigger in candidates:
        if trigger.with_ or len(trigger.needs) < 2:
            continue
        unmet = [need for need in trigger.needs if not held.has(need)]
        if len(unmet) == 1 and not unmet[0][0] and _WHO_OR_WHERE.issuperset(unmet[0][2]):
            return trigger, held.slots
    return None


def _borrow(noun: Word, slots: dict[str, list[Word]]) -> dict[str, list[Word]]:
    """Let a noun under a light verb ("ont mené des frappes", "clashes broke out") take its arguments."""
    inner = noun
    above = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ == "of" else noun.head
    if noun.dep_ in ("nmod", "pobj") and syntax.is_a(above, "quantity"):
        noun = above  # "des dizaines de frappes ont visé X", "carried out dozens of strikes"
    verb = noun.head
    if noun.dep_ == "pobj" and verb.dep_ in ("prep", "agent"):
        verb = verb.head
    if verb.pos_ not in ("VERB", "AUX") or verb == noun:
        return slots
    slots = {**slots, "any": [t for t in slots["any"] if t != inner]}
    if noun.lang_ == "fr" and not slots.get("par") and not syntax.is_passive(verb):
        behind = [t for name, t in obliques.of(verb) if name == "par" and t.i > noun.i > verb.i]
        slots = {**slots, "par": behind} if behind else slots  # "ont péri dans le bombardement de X par Y"
    light = syntax.lemma(verb).removeprefix("se ") in lexicon.classes(noun.lang_)["light"]
    subject = noun.dep_ in ("nsubj", "nsubj:pass", "nsubjpass")
    if not (light or subject):
        later = [(name, t) for name, t in obliques.of(verb) if t.i > noun.i and noun.dep_ == "obj"]
        return {name: [t for n, t in later if n == name] for name, _ in later} | slots
    borrowed, own = dict(slots), {"obj", "any", "neg", "prt", "xcomp", "adj"}
    if subject:
        own |= {"by", "par", "with", "avec", "contre", "against", "de", "of"}
        own |= set() if syntax.is_passive(verb) else {"subj"}
    for name, heads in roles.arguments(verb).items():
        if name in own:
            continue
        kept = [h for h in heads if h != noun and noun not in h.subtree]
        borrowed[name] = [*borrowed.get(name, []), *kept]
    says = (syntax.lemma(verb), "VERB") in assertion.speech(noun.lang_)
    if light and not (subject or says or syntax.is_passive(verb)):  # who launches a strike strikes
        agent = "par" if noun.lang_ == "fr" else "by"
        borrowed[agent] = [*borrowed.get(agent, []), *clauses.subjects(verb)]
    borrowed["any"] += [t for t in syntax.domain(verb) if t != noun and t not in borrowed["any"]]
    return borrowed


def _with_holds(trigger: Trigger, held: Held) -> Held | None:
    if not trigger.with_:
        return held
    merged: Slots = {}
    for slot, words in trigger.with_:
        for particle in words & _PARTICLES & held.slots.keys() if slot == "prt" else ():
            merged = merged or dict(held.slots)
            merged["obj"] = [*merged.get("obj", []), *held.slots[particle]]  # "choked off the road"
        for head in held.heads(slot):
            if "*" in words or syntax.lemma(head) in words or head.lower_ in words:
                merged = merged or dict(held.slots)
                _lend(head, merged, clause=slot == "xcomp")
    return Held(held.parsed, held.story, held.token, merged) if merged else None


def _lend(head: Word, slots: dict[str, list[Word]], *, clause: bool) -> None:
    """Give the arguments of a word beside a trigger to the trigger: "prendre le contrôle de X"."""
    if clause:
        slots["any"] = [*slots["any"], *clauses.subjects(head), *syntax.domain(head)]
    for name, inner in obliques.of(head) if head.pos_ in ("NOUN", "PROPN") else ():
        slots[name] = [*slots.get(name, []), inner]
    extra = [c for c in head.children if c.dep_ in ("det", "poss", "amod", "compound")]
    slots["poss"] = [*slots.get("poss", []), *(c for c in extra if kinds.is_possessive(c))]
    slots["adj"] = [*slots.get("adj", []), *(c for c in extra if c.dep_ in ("amod", "compound"))]


def _further(slot: str, slots: dict[str, list[Word]]) -> list[Word]:
    """Give phrases with a preposition that the parser hung on another noun of the clause."""
    if slot in ("subj", "obj", "any", "adj", "poss", "prt", "xcomp", "neg"):
        return []
    return [t for t in slots["any"] if slot in (syntax.case(t), t.head.lower_ if t.dep_ == "pobj" else "")]


_PARTICLES = {"off", "up", "down", "out", "back", "away"}
_WHO_OR_WHERE = {
    "actor", "armed", "armedman", "force", "land", "officer", "place", "site", "state", "troop", "troops",
}  # fmt: skip
_PLACES = {"place", "site", "land", "border", "crossing"}
