"""Who: the arguments of a predicate, their classes, and the actors in them, named or referred to."""

from functools import cache

from frontlines import clauses, data, syntax, whereabouts
from frontlines.assertion import is_negated
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.syntax import classes, lemma
from frontlines.trees import Word, once

_BARE = ("amod", "compound", "nmod", "appos")
_PARTICLES = ("prt", "advmod", "acomp", "oprd")
_STRAYING = {
    "à",
    "contre",
    "par",
    "dans",
    "sur",
    "vers",
    "avec",
    "entre",
    "to",
    "against",
    "with",
    "into",
    "towards",
}
_NAMED = {"name", "acronym", "leader", "institution"}
_FOLK = {"people", "people_word", "civilian"}
_NEAR = 250  # characters within which "it" may mean a place named before
_OF = {"de", "of", "from", "par", "by", "du", "à", "'s", "poss", "within", "at", "parmi", "among"}


@cache
def actor_types() -> dict[str, str]:
    """
    Read what kind of actor each id is.

    Returns
    -------
    dict
        Actor id to its type (state, organisation, armed_group, generic, source).
    """
    rows = data.table("codebook/actors")
    return dict(zip(rows["actor"], rows["type"], strict=True))


def is_pronoun(token: Word) -> bool:
    """Tell whether a word stands for somebody named before."""
    return token.lower_ in classes(token.lang_)["pronoun"]


def is_possessive(token: Word) -> bool:
    """Tell whether a word says "of somebody named before"."""
    return token.lower_ in classes(token.lang_)["possessive"]


@once
def arguments(token: Word) -> dict[str, list[Word]]:
    """
    Lay out the arguments of a predicate.

    Parameters
    ----------
    token
        A verb or noun.

    Returns
    -------
    dict
        Slot (subj, obj, poss, adj, prt, xcomp, neg, any, and each preposition) to heads of phrases.
    """
    slots: dict[str, list[Word]] = {}
    for preposition, head in clauses.obliques(token):
        slots.setdefault(preposition, []).append(head)
    clause = [t for t in syntax.domain(token) if t != token]
    slots["any"] = [*clause, *(h for heads in slots.values() for h in heads if h not in clause)]
    for preposition, head in _astray(clause):
        if preposition not in slots:
            slots[preposition] = [head]
    if not syntax.is_verbal(token) and token.lang_ == "fr":
        slots.setdefault("de", []).extend(_of_the_act(token, clause))
    slots["xcomp"] = [c for c in token.children if c.dep_ in ("xcomp", "ccomp") and c.pos_ in ("VERB", "AUX")]
    if syntax.is_verbal(token):
        slots["subj"] = clauses.subjects(token)
        slots["obj"] = clauses.objects(token)
        for head in slots["obj"]:
            # the parser hangs "de Palmyre" on the forces driven out, and "à quitter" on those urged
            for preposition, name in clauses.obliques(head):
                if name.pos_ == "PROPN":
                    slots.setdefault(preposition, []).append(name)
            slots["xcomp"] += [c for c in head.children if c.dep_ == "acl" and syntax.is_infinitive(c)]
        # who acts may stand in the clause above: "après avoir pilonné X, les chasseurs ..."
        slots["any"] += [h for h in slots["subj"] + slots["obj"] if h not in slots["any"]]
    children = list(token.children)
    if token.lang_ == "fr" and "subj" not in slots and any(c.dep_ == "cop" for c in children):
        subject = [c for c in children if c.dep_ == "nsubj"]  # "ils sont aux portes de X"
        slots["subj"] = [each for head in subject for each in syntax.coordinated(head)]
    slots["poss"] = [*slots.get("poss", []), *(c for c in children if c.dep_ == "det" and is_possessive(c))]
    slots["adj"] = [c for c in children if c.dep_ in _BARE and not any(g.dep_ == "case" for g in c.children)]
    slots["prt"] = [c for c in children if c.dep_ in _PARTICLES or _is_particle(c)]
    slots["neg"] = [token] if is_negated(token) else []
    return slots


def _astray(clause: list[Word]) -> list[tuple[str, Word]]:
    """Find phrases that the parser hung on another noun of the clause: "remis l'aéroport aux FDS"."""
    found = [(syntax.case(t), t) for t in clause if syntax.case(t) in _STRAYING]
    objects = [t for t in clause if t.dep_ == "pobj" and t.head.lower_ != "of"]
    # a name takes no phrase of its own: "the advance of HTS on Homs", "the closure of Nasib by Jordan"
    return found + [
        (t.head.lower_, t) for t in objects if t.head.lower_ in _STRAYING or t.head.head.pos_ == "PROPN"
    ]


def _of_the_act(noun: Word, clause: list[Word]) -> list[Word]:
    """Find what an act is done to behind its doer: "l'ouverture par les insurgés de la prison"."""
    doers = [t for t in clause if t.head == noun and syntax.case(t) == "par"]
    names = {t for doer in doers for t in (doer, *doer.children)}
    return [t for t in clause if t.head in names and t not in names - {t} and syntax.case(t) == "de"][-1:]


def _is_particle(token: Word) -> bool:
    return token.dep_ in ("prep", "mark") and not any(c.dep_ == "pobj" for c in token.children)


def has_class(parsed: Parse, story: Story, head: Word, wanted: str) -> bool:
    """
    Tell whether a phrase is of a class: by its head's lemma, or by a mention in it.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    head
        Head of the phrase.
    wanted
        ``actor``, ``state``, ``armed``, ``place``, ``person``, or a class of `classes.<lang>.csv`.

    Returns
    -------
    bool
        Whether the phrase is of that class.
    """
    table = classes(parsed.language)
    words = _core(head, table)
    if wanted in _FOLK:
        if _counts_people(head, table):
            return True
        if lemma(head) in table["armed"] | table["place"]:  # "local fighters", "the Christian town of X"
            words = [head]
    seats = table.get("position", frozenset())  # "their positions" are somebody's, and a place
    named = any(_types(parsed, story, t) for t in words if lemma(t) not in seats)
    if _among(words, table.get(wanted, frozenset())) and (wanted != "place" or not named):
        return True
    return _is_meant(parsed, story, head, wanted)


def _is_meant(parsed: Parse, story: Story, head: Word, wanted: str) -> bool:
    """Tell whether a phrase is of a class by whom or what is named in it, or meant by it."""
    table = classes(parsed.language)
    if head.i in parsed.place_of and wanted in ("jail", "jail_word", "prison_site", "prisoner"):
        named = set(story.places[parsed.place_of[head.i]].text.lower().split())
        return bool(named & table[wanted])
    if wanted in _fighting(parsed.language) and _fights(parsed, story, head):
        return True
    if wanted in ("actor", "armed", "state", "person", "people", "officer", "civilian", "syrian"):
        return _actor_class(parsed, story, head, wanted)
    if wanted.startswith("leader") or wanted == "envoy":  # "the troops of Bashar al-Assad" are no leader
        rows = parsed.actors_of.get(head.i, ())
        fights = lemma(head) in table["armed"]
        return not fights and any(story.actors[row].form == "leader" for row in rows)
    if wanted == "nationals":
        return _are_nationals(parsed, story, head)
    if wanted in ("place", "land", "site", "border", "crossing", "road"):
        return _place_class(parsed, story, head, wanted)
    if wanted == "pair":
        return len(syntax.coordinated(head)) > 1
    return wanted == "some"


def _are_nationals(parsed: Parse, story: Story, head: Word) -> bool:
    """Tell people named by their state; what Syrians are told at home is no advice to travellers."""
    rows = [story.actors[row] for row in parsed.actors_of.get(head.i, ())]
    home = ("SYR", "CIV") if parsed.language == "fr" else ()
    return any(row.form == "demonym" and row.actor not in home for row in rows)


def _counts_people(head: Word, table: dict[str, frozenset[str]]) -> bool:
    """Tell a number of people of whom no more is said: "tens of thousands fled"."""
    if lemma(head) in table.get("count_word", ()):
        below = [t for p, t in clauses.obliques(head) if p == "of"]
        return all(_counts_people(t, table) for t in below) and not any(
            c.dep_ in ("nmod", "compound", "amod") and c.pos_ in ("NOUN", "PROPN") for c in head.children
        )
    return False


@cache
def _fighting(language: str) -> frozenset[str]:
    """Give the classes of words for who fights: a group's name, or "they" that means one, is of them too."""
    troop = {"en": "troop", "fr": "troupe"}[language]
    names = {name for name, words in classes(language).items() if troop in words}
    return frozenset(names - {"officer", "regular", "captive_word", "soldier_word"})


def _fights(parsed: Parse, story: Story, head: Word) -> bool:
    if is_pronoun(head) or is_possessive(head):
        ids, label = story.last_subject(parsed.starts[head.i])
        kinds = {actor_types().get(one) for one in ids}
        if "state" not in kinds or is_possessive(head):
            return bool({"armed_group", "state"} & kinds)
        armed = classes(parsed.language)["armed"]  # "Israel said it had struck": a state is no troop
        return any({word, word.removesuffix("s")} & armed for word in label.lower().split())
    return "armed_group" in _types(parsed, story, head)


def _actor_class(parsed: Parse, story: Story, head: Word, wanted: str) -> bool:
    table = classes(parsed.language)
    kinds = _types(parsed, story, head, inside=True)
    if wanted in ("people", "civilian"):
        return "CIV" in kinds
    if wanted == "armed" and lemma(head) in table["mission"] | table["leader"]:
        return False
    if wanted == "person":
        return bool(kinds) or head.pos_ == "PROPN"
    if wanted == "state":
        return bool({"state", "organisation"} & kinds) or _refers_back(head)
    if wanted in ("officer", "syrian"):
        return "SYR" in kinds
    if wanted == "actor" and lemma(head) in table["armed"]:
        return True
    if head.pos_ == "PRON" or is_pronoun(head) or is_possessive(head):
        return True
    kinds -= {"source", "CIV"}
    return bool(kinds)


def _place_class(parsed: Parse, story: Story, head: Word, wanted: str) -> bool:
    if head.lower_ in classes(parsed.language)["place_pronoun"]:
        named = (m for _, m in story.places_before(parsed.starts[head.i]) if m.reading == "place")
        last = next(named, None)
        if last is None or parsed.starts[head.i] - last.end >= _NEAR:
            return False
        return wanted == "place" or (wanted in ("border", "crossing") and last.kind in ("border", "crossing"))
    kinds = {
        story.places[parsed.place_of[t.i]].kind
        for t in whereabouts.place_words(parsed, head)
        if t.i in parsed.place_of
    }
    if wanted in ("border", "crossing"):
        return bool(kinds & {"crossing", "border"})
    if wanted == "road":
        return "road" in kinds
    if wanted == "site":
        return bool(kinds & {"site", "square", "crossing"})
    if wanted == "land":
        return bool(kinds)
    return bool(kinds - {"country", "border", "road", "river"})


def _core(head: Word, table: dict[str, frozenset[str]]) -> list[Word]:
    """Give the words that say what a phrase is about: its head, or what a number of them is of."""
    words = [head]
    for word in words:  # "dizaines de milliers d'alaouites"
        if lemma(word) in table["quantity"] or word.pos_ == "NUM":
            below = [t for p, t in clauses.obliques(word) if p in ("de", "of")]
            below += [c for c in word.children if c.dep_ in ("nmod", "pobj")]
            words += [t for t in below if t not in words]
    words += [c for c in head.children if c.dep_ in ("compound", "amod", "appos", "flat:name")]
    words += [c for w in words for c in w.children if c.dep_ == "compound"]
    return words


def _types(parsed: Parse, story: Story, head: Word, *, inside: bool = False) -> set[str]:
    tokens = syntax.phrase(head) if inside else [head]
    ids = {story.actors[row].actor for t in tokens for row in parsed.actors_of.get(t.i, ())}
    return {actor_types().get(actor, "") for actor in ids - {"CIV"}} | (ids & {"CIV", "SYR"})


def _refers_back(head: Word) -> bool:
    return head.pos_ == "PRON" or is_pronoun(head) or any(is_possessive(c) for c in head.children)


def actors_in(parsed: Parse, story: Story, head: Word) -> list[tuple[tuple[str, ...], str]]:
    """
    Name the actors that a phrase stands for.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    head
        Head of the phrase; what is coordinated with it counts apart.

    Returns
    -------
    list of (tuple of str, str)
        Ids and the words used, one entry an actor that acts separately.
    """
    tokens = syntax.phrase(head)
    lead = classes(parsed.language)["lead"]
    for child in [
        c
        for t in tokens
        for c in t.children
        if c.dep_ in ("acl", "amod", "relcl", "acl:relcl") and lemma(c) in lead
    ]:
        tokens += [t for t in child.subtree if t not in tokens]
    blocked = _blocked(head)
    ranked: dict[int, list[int]] = {}
    for token in tokens:
        for row in parsed.actors_of.get(token.i, ()):
            if (
                token not in blocked and actor_types().get(story.actors[row].actor) != "source"
            ) or _is_source_head(token, head):
                ranked.setdefault(_rank(story, row, token, head), []).append(row)
    if min(ranked, default=0) == 3 and head.i not in parsed.actors_of and not _speaks_for_a_state(head):
        return []
    if ranked:
        rows = list(dict.fromkeys(ranked[min(ranked)]))
        if head.i in parsed.lists:
            return [((story.actors[r].actor,), story.actors[r].text) for r in rows]
        first = story.actors[rows[0]]
        same = [r for r in rows if story.actors[r].start == first.start and story.actors[r].end == first.end]
        return [((story.actors[r].actor,), story.actors[r].text) for r in same]
    return _referred(parsed, story, head)


def _last_named(story: Story, before: int) -> tuple[str, ...]:
    """Give who was named last: "arraché à ces derniers" means them, subject or not."""
    for actor in reversed(story.actors):
        named = actor.end <= before and actor.form not in ("adjective", "demonym", "source")
        if named and actor_types().get(actor.actor) != "source" and actor.actor != "CIV":
            return (actor.actor,)
    return ()


def _in_quotation(story: Story, at: int) -> bool:
    return (
        story.text.count("«", 0, at) > story.text.count("»", 0, at) or story.text.count('"', 0, at) % 2 == 1
    )


def _speaks_for_a_state(head: Word) -> bool:
    """Tell "the president of Lebanon" from "the neighbours of Lebanon"."""
    table = classes(head.lang_)
    kinds = ("armed", "officer", "body", "mission", "staff", "air", "artillery", "talk", "weapon")
    return any(lemma(head) in table[name] for name in kinds)


def _is_source_head(token: Word, head: Word) -> bool:
    return token == head


def _rank(story: Story, row: int, token: Word, head: Word) -> int:
    form = story.actors[row].form
    kind = actor_types().get(story.actors[row].actor, "")
    country = kind == "state" and form in ("name", "metonym")
    if token.head == head and token.dep_ == "poss":
        return 0
    if form in _NAMED and not country:
        return 0
    generic = story.actors[row].actor == "OPP"  # "gunmen from an SNA faction" are the faction's
    if token == head or (kind == "armed_group" and not generic):
        return 2 if generic else 1
    return 3 if country else 2


def _blocked(head: Word) -> set[Word]:
    """Find phrases inside a phrase that do not say who it is: "an attack against X", "forces in X"."""
    blocked: set[Word] = set()
    for preposition, inner in clauses.obliques(head):
        counted = preposition == "à" and lemma(head) in classes(head.lang_)["quantity"]
        if preposition == "to" and lemma(head) in syntax.words(head, "aide_word"):
            continue  # "a senior adviser to Khamenei" speaks for him
        if preposition not in _OF or counted:
            blocked |= set(inner.subtree)
    lead = classes(head.lang_)["lead"]
    for word in head.children:
        if word.dep_ in ("amod", "acl", "appos") and word.pos_ in ("ADJ", "VERB") and lemma(word) not in lead:
            blocked |= {t for t in word.subtree if t != word}
    return blocked


def _referred(parsed: Parse, story: Story, head: Word) -> list[tuple[tuple[str, ...], str]]:
    at = parsed.starts[head.i]
    table = classes(parsed.language)
    words = syntax.phrase(head)
    core = _core(head, table)
    ids: tuple[str, ...] = ()
    own = any(c.lower_ in syntax.words(c, "ours") for c in head.children) and lemma(head) in table["armed"]
    if head.lower_ in syntax.words(head, "latter") and (last := _last_named(story, at)):
        ids = last
    elif own and not _in_quotation(story, at):
        ids = ("SYR",)
    elif is_pronoun(head) or any(is_possessive(c) for c in head.children):
        ids, _ = story.last_subject(at)
    elif lemma(head) in table["armed"] and _among(words, table["definite"]):
        ids, _ = story.last_subject(at, armed=True)
        if _among(core, table["regular"]) and not any(actor_types().get(one) == "state" for one in ids):
            ids = ("SYR",)  # "the garrison": whoever acted last, only a state has one
    elif _among(core, table["civilian"]):
        ids = ("CIV",)
    elif _among(core, table["regular"]):
        ids = ("SYR",)
    start, end = parsed.span(words)
    return [(ids, story.text[start:end])] if ids else []


def _among(tokens: list[Word], words: frozenset[str]) -> bool:
    return any(lemma(t) in words or t.lower_ in words for t in tokens)
