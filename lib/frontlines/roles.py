"""Who: the arguments of a predicate, their classes, and the actors in them, named or referred to."""

from frontlines import attribution, clauses, obliques, syntax
from frontlines.assertion import is_negated
from frontlines.kinds import actor_types, core, is_possessive, is_pronoun, meant
from frontlines.lexicon import classes
from frontlines.parsing import Parse
from frontlines.story import Story
from frontlines.syntax import lemma
from frontlines.trees import Word, once

_BARE = ("amod", "compound", "nmod", "appos")
_PARTICLES = ("prt", "advmod", "acomp", "oprd")
_STRAYING = {
    "à", "contre", "par", "dans", "sur", "vers", "avec", "entre", "between", "to", "against", "with",
    "into", "towards",
}  # fmt: skip
_BOTH = {"between", "entre"}
_NAMED = {"name", "acronym", "leader", "institution"}
_OF = {"de", "of", "from", "par", "by", "du", "à", "'s", "poss", "within", "at", "parmi", "among"}


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
    for preposition, head in obliques.of(token):
        slots.setdefault(preposition, []).append(head)
    clause = [t for t in syntax.domain(token) if t != token]
    slots["any"] = [*clause, *(h for heads in slots.values() for h in heads if h not in clause)]
    for preposition, head in _astray(clause):
        if preposition not in slots:
            slots[preposition] = syntax.coordinated(head) if preposition in _BOTH else [head]
    if not syntax.is_verbal(token):
        _add_the_object(token, slots, clause)
    slots["xcomp"] = [c for c in token.children if c.dep_ in ("xcomp", "ccomp") and c.pos_ in ("VERB", "AUX")]
    if syntax.is_verbal(token):
        slots["subj"] = clauses.subjects(token)
        slots["obj"] = clauses.objects(token) or _behind_a_set_phrase(token, slots)
        _add_there(token, slots)
        _add_what_it_comes_from(token, slots)
        for head in slots["obj"]:
            # the parser hangs "de Palmyre" on the forces driven out, and "à quitter" on those urged
            for preposition, name in obliques.of(head):
                if name.pos_ == "PROPN" and preposition != "poss":
                    slots.setdefault(preposition, []).append(name)
        # who acts may stand in the clause above: "après avoir pilonné X, les chasseurs ..."
        slots["any"] += [h for h in slots["subj"] + slots["obj"] if h not in slots["any"]]
        slots["any"] += [token.head] * (token.dep_ == "parataxis")  # "« Inacceptable », a jugé X"
        _add_what_is_said(token, slots)
    children = list(token.children)
    if token.lang_ == "fr" and "subj" not in slots and any(c.dep_ == "cop" for c in children):
        subject = [c for c in children if c.dep_ == "nsubj"]  # "ils sont aux portes de X"
        slots["subj"] = [each for head in subject for each in syntax.coordinated(head)]
    slots["poss"] = [*slots.get("poss", []), *(c for c in children if c.dep_ == "det" and is_possessive(c))]
    slots["adj"] = [c for c in children if c.dep_ in _BARE and not any(g.dep_ == "case" for g in c.children)]
    own = ("case",) if token.lang_ == "fr" and not syntax.is_verbal(token) else ()
    slots["prt"] = [c for c in children if c.dep_ in (*_PARTICLES, *own) or _is_particle(c)]
    slots["neg"] = [token] if is_negated(token) else []
    return slots


def _behind_a_set_phrase(verb: Word, slots: dict[str, list[Word]]) -> list[Word]:
    """Find what the parser hung on a noun of the predicate: "ont mis aux prises hier l'armée et X"."""
    nouns = slots["any"] if verb.lang_ == "fr" and not syntax.is_passive(verb) else ()
    hung = [c for t in nouns if t.pos_ == "NOUN" and t.head is verb for c in t.children if c.dep_ == "obj"]
    return [each for noun in hung for each in syntax.coordinated(noun)]


def _add_there(verb: Word, slots: dict[str, list[Word]]) -> None:
    """Read "en sont partis" as "de là", "y ont envoyé" as "à cela", "lui ont repris X" as "à lui"."""
    for pronoun in verb.children if verb.lang_ == "fr" else ():
        if pronoun.lower_ in _ADVERBIAL and pronoun.pos_ == "PRON" and pronoun.i < verb.i:
            slots.setdefault(_ADVERBIAL[pronoun.lower_], [pronoun])


def _add_what_it_comes_from(verb: Word, slots: dict[str, list[Word]]) -> None:
    """Let an act done by something come from where that does: "killed by bombs from helicopters"."""
    for agent in slots["subj"] if syntax.is_passive(verb) else ():
        slots["from"] = slots.get("from", []) + [t for name, t in obliques.of(agent) if name == "from"]


_ADVERBIAL = {"y": "à", "en": "de", "lui": "à", "leur": "à"}


def _add_what_is_said(verb: Word, slots: dict[str, list[Word]]) -> None:
    """Give a verb of saying what it says before it, and who is told to act: "X doit partir, a exigé Y"."""
    for head in (*slots["obj"], *slots.get("à", ())):
        below = [c for t in syntax.phrase(head) for c in t.children if c.dep_ == "acl"]
        slots["xcomp"] += filter(syntax.is_infinitive, below)
    quoted = clauses.quoted(verb)
    slots["xcomp"] += quoted
    slots["any"] += [t for head in quoted for t in syntax.domain(head)]
    acting = [v for v in slots["xcomp"] if not any(map(syntax.is_passive, v.children))]
    slots["told"] = [t for v in acting for t in v.children if t.dep_ == "nsubj"]


def _astray(clause: list[Word]) -> list[tuple[str, Word]]:
    """Find phrases that the parser hung on another noun of the clause: "remis l'aéroport aux FDS"."""
    found = [(case, t) for t in clause if (case := syntax.case(t)) in _STRAYING]
    objects = [t for t in clause if t.dep_ == "pobj" and t.head.lower_ != "of"]
    objects = [t for t in objects if t.head.head.lower_ != "according"]
    # a name takes no phrase of its own: "the advance of HTS on Homs", "the closure of Nasib by Jordan"
    return found + [
        (t.head.lower_, t) for t in objects if t.head.lower_ in _STRAYING or t.head.head.pos_ == "PROPN"
    ]


def _add_the_object(noun: Word, slots: dict[str, list[Word]], clause: list[Word]) -> None:
    """Give an act told by a noun what it is done to where its doer stands between: "release by X of Y"."""
    if noun.lang_ == "fr":
        slots["de"] = [*slots.get("de", []), *_of_the_act(noun, clause)]
    elif "by" in slots and "of" not in slots:
        slots["of"] = [t for doer in slots["by"] for name, t in obliques.of(doer) if name == "of"]


def _of_the_act(noun: Word, clause: list[Word]) -> list[Word]:
    """Find what an act is done to behind its doer: "l'ouverture par les insurgés de la prison"."""
    doers = [t for t in clause if t.head == noun and syntax.case(t) == "par"]
    names = {t for doer in doers for t in (doer, *doer.children)}
    return [t for t in clause if t.head in names and t not in names - {t} and syntax.case(t) == "de"][-1:]


def _is_particle(token: Word) -> bool:
    return token.dep_ in ("prep", "mark") and not any(c.dep_ == "pobj" for c in token.children)


Actor = tuple[tuple[str, ...], str]  # ids, and the words used


def actors_in(parsed: Parse, story: Story, head: Word) -> list[Actor]:
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
    if "actors" not in head.known:  # whom a phrase only refers to changes as one reads on
        head.known["actors"] = _named_in(parsed, story, head) if parsed.actors_of else None
    named: list[Actor] | None = head.known["actors"]  # type: ignore[assignment]
    return (_who_said(parsed, story, head) or _referred(parsed, story, head)) if named is None else named


def _named_in(parsed: Parse, story: Story, head: Word) -> list[Actor] | None:
    """Give the actors named in a phrase, none where those named are not meant; None where nobody is."""
    tokens = [head] if head.lower_ in syntax.words(head, "latter") else list(syntax.phrase(head))
    table = classes(parsed.language)
    lead = table["lead"]
    telling = [c for t in tokens for c in t.children if c.dep_ in ("acl", "amod", "relcl", "acl:relcl")]
    for child in [c for c in telling if lemma(c) in lead or (c.pos_ == "AUX" and _whose(c, lead))]:
        tokens += [t for t in child.subtree if t not in tokens]
    tokens = [t for t in tokens if t.i in parsed.actors_of]
    if head.lang_ == "fr" and _among([head], table["civilian"]) and not _among([head], table["armed"]):
        # "un journaliste kurde" is no fighter
        tokens = [t for t in tokens if t.dep_ != "amod" or t.head is not head]
    blocked = _blocked(head) if tokens else set()
    ranked: dict[int, list[int]] = {}
    for token in tokens:
        for row in parsed.actors_of[token.i]:
            told = token not in blocked and actor_types().get(story.actors[row].actor) != "source"
            if told or token is head:
                ranked.setdefault(_rank(story, row, token, head), []).append(row)
    if not ranked:
        return None
    if min(ranked) == 3 and head.i not in parsed.actors_of and not _speaks_for_a_state(head):
        return []
    rows = list(dict.fromkeys(ranked[min(ranked)]))
    first = story.actors[rows[0]]
    if head.i not in parsed.lists:
        rows = [r for r in rows if story.actors[r].start == first.start and story.actors[r].end == first.end]
    if first.method == "antecedent" and len(rows) > 1:  # "the two ministers" speak as one
        return [(tuple(sorted(story.actors[r].actor for r in rows)), first.text)]
    return [((story.actors[r].actor,), story.actors[r].text) for r in rows]


def _whose(verb: Word, lead: frozenset[str]) -> bool:
    """Tell "a coalition whose backbone is X"."""
    return any(lemma(c) in lead and any(g.lower_ == "whose" for g in c.children) for c in verb.children)


def _called(story: Story, words: list[Word], before: int) -> tuple[str, ...]:
    """Give whose name ended in a word written as a name: "the Command", "fighters of the Room"."""
    defined = {t.lower_ for t in words if any(c.lower_ == "the" for c in t.children)}
    called = defined and defined & syntax.words(words[0], "short")
    near = story.actors_before(before) if called else ()
    return next(((a.actor,) for a in near if a.text.lower().split()[-1] in called), ())


def _same_force(story: Story, head: Word, at: int) -> tuple[str, ...]:
    """Give whose aircraft "les mêmes appareils" or "these drones" are: of the force that acted last."""
    same = _among(head.children, syntax.words(head, "same"))
    if not same or not _among([head], syntax.words(head, "air")):
        return ()
    doers = (d.ids for d in reversed(story.doers) if d.at < at)
    return next((ids for ids in doers if actor_types().get(ids[0]) in ("state", "armed_group")), ())


def _in_quotation(story: Story, at: int) -> bool:
    pairs = any(story.text.count(a, 0, at) > story.text.count(b, 0, at) for a, b in ("«»", "“”"))
    return pairs or story.text.count('"', 0, at) % 2 == 1


def _speaks_for_a_state(head: Word) -> bool:
    """Tell "the president of Lebanon" from "the neighbours of Lebanon"."""
    table = classes(head.lang_)
    kinds = ("armed", "officer", "body", "mission", "staff", "air", "artillery", "talk", "weapon", "polity")
    return any(lemma(head) in table.get(name, ()) for name in kinds)


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
    for preposition, inner in obliques.of(head):
        if preposition in ("to", "for") and syntax.is_a(head, "aide_word"):
            continue  # "a senior adviser to Khamenei", "a spokesman for X" speaks for him
        apart = classes(head.lang_)["quantity"] | classes(head.lang_)["armed"]  # "ont opposé les X à Y"
        counted = preposition == "à" and lemma(head) in apart
        member = preposition in ("in", "with") and syntax.is_a(inner, "armed_body")  # "officer in the army"
        if (preposition not in _OF and not member) or counted or syntax.is_a(inner, "reckoning"):
            blocked |= set(inner.subtree)
    lead = classes(head.lang_)["lead"]
    for word in head.children:
        if word.dep_ in ("amod", "acl", "appos") and word.pos_ in ("ADJ", "VERB") and lemma(word) not in lead:
            blocked |= {t for t in word.subtree if t != word}
    return blocked


def _referred(parsed: Parse, story: Story, head: Word) -> list[Actor]:
    at = parsed.starts[head.i]
    table = classes(parsed.language)
    words = syntax.phrase(head)
    about = core(head)
    named = [t for t in words if t.pos_ in ("NOUN", "PROPN") and t.text[0].isupper()]
    ids = _called(story, named, at) or _same_force(story, head, at)
    if ids:
        start, end = parsed.span(words)
        return [(ids, story.text[start:end].lstrip(", "))]
    whose = any(c.lower_ == "dont" for t in (head, head.head) for c in t.children)
    if whose and head.head.dep_ == "acl:relcl":
        return actors_in(parsed, story, head.head.head)  # "l'aviation russe, dont les appareils ont ..."
    own = _among(words, syntax.words(head, "ours")) and _among(words, table["armed"] | table["air"])
    if own:  # "« Nos forces ont pris X », a dit un commandant de Y"
        speakers = attribution.reporter(syntax.governor(head))[1]
        ids = next((ids for s in speakers if s != head for ids, _ in actors_in(parsed, story, s)), ())
        ids = ids or (() if _in_quotation(story, at) else ("SYR",))
    elif (near := _whose_own(head, about)) or is_pronoun(head):
        ids, _ = meant(parsed, story, near[0] if near else head, armed=syntax.is_a(head, "killer"))
    elif lemma(head) in table["armed"] and _among(words, table["definite"]):
        ids, _ = meant(parsed, story, head, armed=True)
        if _among(about, table["regular"]) and not any(actor_types().get(one) == "state" for one in ids):
            ids = ("SYR",)  # "the garrison": whoever acted last, only a state has one
    elif _among(about, table["civilian"]) and not _among(about, syntax.words(head, "under_arms")):
        ids = ("CIV",)
    else:
        # a military airfield is no soldier
        soldiers = [t for t in about if t.pos_ != "ADJ" or t == head or t.lang_ == "en"]
        ids = _of_a_town(parsed, story, head) or ("SYR",) * _among(soldiers, table["regular"])
    start, end = parsed.span(words)
    return [(ids, story.text[start:end].lstrip(", "))] if ids else []


def _who_said(parsed: Parse, story: Story, head: Word) -> list[Actor]:
    """Give whom "they" means in "X and Y said that they rejected Z"."""
    if head.head.dep_ != "ccomp" or head.lower_ not in syntax.words(head, "they"):
        return []
    heads = clauses.subjects(head.head.head)
    named = [actor for h in heads for actor in actors_in(parsed, story, h)]
    return named if len(heads) > 1 else []


def _whose_own(head: Word, about: list[Word]) -> list[Word]:
    """Give the words that say whose a phrase is: "plusieurs de ses membres", "a column of theirs"."""
    theirs = [t for name, t in obliques.of(head) if t.lower_ in syntax.words(t, "theirs")]
    if not theirs and not any(is_possessive(c) for word in about for c in word.children):
        return []
    return [*theirs, *(c for t in (*about, *head.children) for c in t.children if is_possessive(c)), head]


def _of_a_town(parsed: Parse, story: Story, head: Word) -> tuple[str, ...]:
    """Give the state of "the governor of Hama", "le gouvernorat de Kilis"."""
    whose = obliques.of(head) if syntax.is_a(head, "local_office") else ()
    places = [story.places[parsed.place_of[t.i]] for _, t in whose if t.i in parsed.place_of]
    return next(((place.country,) for place in places if place.kind != "country" and place.country), ())


def _among(tokens: list[Word], words: frozenset[str]) -> bool:
    return any(lemma(t) in words or t.lower_ in words for t in tokens)
