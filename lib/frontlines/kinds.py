"""Of what classes a phrase is: by its words, and by whom or what is named in it or meant by it."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from frontlines import attribution, clauses, obliques, syntax, whereabouts
from frontlines.actor_names import actors
from frontlines.lexicon import classes
from frontlines.parsing import Parse
from frontlines.story import Story, Wanted
from frontlines.syntax import lemma
from frontlines.trees import Word

_FOLK = frozenset({"people", "people_word", "civilian"})
_JAILS = frozenset({"jail", "jail_word", "prison_site", "prisoner"})
_NEAR = 250  # characters within which "it" may mean a place named before
_NONE: frozenset[str] = frozenset()
_SOME = frozenset({"some"})
_ARMS_CLASSES = frozenset({"armed", "troop", "armedman"})
_NAMES = ("NOUN", "PROPN")
_POINTING = {"armed", "place_pronoun"}  # classes of words that mean somebody, or some place, without a name


def actor_types() -> dict[str, str]:
    """
    Read what kind of actor each id is.

    Returns
    -------
    dict
        Actor id to its type (state, organisation, armed_group, generic, source).
    """
    return actors("type")


def are_armed(ids: tuple[str, ...]) -> bool:
    """Tell whether an actor has men under arms."""
    return any(actor_types().get(one) == "armed_group" or one in ("SYR", "OPP", "HTS") for one in ids)


def is_pronoun(token: Word) -> bool:
    """Tell whether a word stands for somebody named before."""
    return token.lower_ in classes(token.lang_)["pronoun"]


def is_possessive(token: Word) -> bool:
    """Tell whether a word says "of somebody named before"."""
    return token.lower_ in classes(token.lang_)["possessive"]


def agreement(token: Word, label: str = "") -> tuple[str, str]:
    """
    Give the number and gender of a phrase, or those that a pronoun asks of whom it means.

    Parameters
    ----------
    token
        A pronoun, a possessive, or the head of a phrase.
    label
        The words of the text, where the parser was given another name to read.

    Returns
    -------
    tuple of str
        As in ``("Plur", "Masc")``; empty where the words do not tell, as English ones of gender.
    """
    words = [token.lower_] if is_pronoun(token) or is_possessive(token) else []
    words = words or [c.lower_ for c in token.children if c.dep_ == "det" and not is_possessive(c)][:1]
    words += [word for word in label.lower().split() if word not in syntax.words(token, "possessive")][:1]
    number, gender = (
        next((told[word] for word in words if word in told), "") for told in _agreeing(token.lang_)
    )
    known = token.morph if token.pos_ == "NOUN" and token.lower_ in label.lower() else {}
    return number or known.get("Number", [""])[0], gender or known.get("Gender", [""])[0]


@cache
def _agreeing(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give the number that small words tell, and the gender."""
    number, gender = (
        {word: name for name in names for word in classes(language).get(name, ())}
        for names in (("Plur", "Sing"), ("Fem", "Masc"))
    )
    return number, gender


def meant(parsed: Parse, story: Story, token: Word, *, armed: bool = False) -> tuple[tuple[str, ...], str]:
    """Give the ids and label of whom a pronoun, a possessive or "the forces" means."""
    asked = f"meant by {armed} after {len(story.doers)}"  # the same until one doer more is known
    if asked not in token.known:
        token.known[asked] = _meant(parsed, story, token, armed=armed)
    return token.known[asked]  # type: ignore[return-value]


def _meant(parsed: Parse, story: Story, token: Word, *, armed: bool) -> tuple[tuple[str, ...], str]:
    at = parsed.starts[token.i]
    if token.dep_ == "iobj":  # "ils lui ont repris X": not from themselves
        at = min([at, *(parsed.starts[head.i] for head in clauses.subjects(token.head))])
    number, gender = agreement(token)
    if token.lower_ in syntax.words(token, "latter") and (last := _last_named(story, at, number)):
        return last, token.text
    says = token.lang_ == "en" and attribution.says(token.head)  # "It added": who spoke before
    wanted = Wanted(parsed.starts[token.sent.start], number, gender, says)
    if (row := _announced(parsed, token, number)) >= 0:
        return (story.actors[row].actor,), story.actors[row].text
    return story.last_subject(at, armed=armed, wanted=wanted)


def _last_named(story: Story, before: int, number: str) -> tuple[str, ...]:
    """Give who was named last: "arraché à ces derniers" means them, subject or not."""
    for last in story.actors_before(before):
        named = last.form not in ("adjective", "demonym", "source") and last.end <= before
        one = last.text.split()[0]
        unlike = one.islower() and number == ("Sing" if one.endswith("s") else "Plur")
        if named and not unlike and actor_types().get(last.actor) != "source" and last.actor != "CIV":
            return tuple(sorted({a.actor for a in story.actors_before(before) if a.start == last.start}))
    return ()


def _announced(parsed: Parse, token: Word, number: str) -> int:
    """Give who follows as the subject, "après leur entrée dans X, ils", or "X, who said their"."""
    verb = syntax.governor(token)
    follows = verb.i > token.i and token.dep_ == "det" and token.lang_ == "fr" and is_possessive(token)
    heads = [h for h in clauses.subjects(verb) if h.i > token.i] if follows else _who_tells(verb, token)
    heads = [h for h in heads if agreement(h)[0] in ("", number or "Sing")]
    return next((row for h in heads for t in syntax.phrase(h) for row in parsed.actors_of.get(t.i, ())), -1)


def _who_tells(verb: Word, token: Word) -> list[Word]:
    """Find who speaks of himself in a relative clause: "X, which said that its men had left Y"."""
    told = verb.dep_ == "ccomp" and obliques.antecedent(verb.head) is not None and attribution.says(verb.head)
    own = told and any(token in head.subtree for head in clauses.subjects(verb))
    return clauses.subjects(verb.head) if own else []


def of(parsed: Parse, story: Story, head: Word) -> frozenset[str]:
    """
    Give the classes that a phrase is of: by its head's lemma, or by a mention in it.

    Parameters
    ----------
    parsed, story
        The paragraph, and what is known so far.
    head
        Head of the phrase.

    Returns
    -------
    frozenset of str
        ``actor``, ``state``, ``armed``, ``place``, ``person`` and the like; classes of `classes.<lang>.csv`.
    """
    known: frozenset[str] | None = head.known.get("classes")  # type: ignore[assignment]
    if known is None:
        refers = is_pronoun(head) or is_possessive(head)
        bare = not head.children and head.i not in parsed.place_of and head.i not in parsed.actors_of
        known = _alone(head.lang_, lemma(head), head.lower_) if bare else _by_words(parsed, head)
        if head.dep_ == "amod" and head.pos_ == "ADJ" and head.lang_ == "fr":
            known -= _FOLK  # "des combattants kurdes"
        if not bare or refers or head.pos_ in ("PRON", "PROPN") or known & _POINTING:
            known |= _by_names(parsed, story, head)
            known -= _ARMS_CLASSES if "convoy" in known else _NONE  # "un convoi de l'ONU"
        if not refers:  # whom these mean changes as one reads on
            head.known["classes"] = known
    return known


@cache
def _of_words(language: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, words in classes(language).items():
        for word in words:
            found[word].add(name)
    return {word: frozenset(names) for word, names in found.items()}


@lru_cache(50_000)
def _of_word(language: str, lemma: str, form: str) -> frozenset[str]:
    known = _of_words(language)
    return known.get(lemma, _NONE) | known.get(form, _NONE)


@lru_cache(50_000)
def _alone(language: str, lemma: str, form: str) -> frozenset[str]:
    """Give the classes of a word that nothing hangs from and nobody is named in."""
    counts = lemma in classes(language).get("count_word", ())
    return _SOME | _of_word(language, lemma, form) | (_FOLK if counts else _NONE)


def _by_words(parsed: Parse, head: Word) -> frozenset[str]:
    table, known = classes(parsed.language), _of_words(parsed.language)
    words = core(head)
    found = _SOME.union(*[_of_word(parsed.language, lemma(word), word.lower_) for word in words])
    if _counts_people(head, table):
        found |= _FOLK
    elif _loads_people(head, words, table):
        found -= known.get(lemma(head), _NONE)
    elif len(words) > 1 and lemma(head) in table["armed"] | table["place"]:
        # "local fighters", "the Christian town of X"
        own = known.get(lemma(head), _NONE) | known.get(head.lower_, _NONE)
        found = found - _FOLK | own & _FOLK
    if "place" in found and parsed.actors_of:
        seats = table.get("position", _NONE)  # "their positions" are somebody's, and a place
        if any(t.i in parsed.actors_of and lemma(t) not in seats for t in words):
            found -= {"place"}
    return found


def _loads_people(head: Word, words: list[Word], table: dict[str, frozenset[str]]) -> bool:
    """Tell a convoy or a stream of people or goods, of whom none is armed."""
    if not syntax.is_a(head, "stream"):
        return False
    loads = {lemma(word) for word in words} - {lemma(head)}
    return bool(loads & (table["people"] | syntax.words(head, "cargo"))) and not loads & table["armed"]


def _by_names(parsed: Parse, story: Story, head: Word) -> set[str]:
    """Give the classes of a phrase by whom or what is named in it, or meant by it."""
    table = classes(parsed.language)
    found = _actor_classes(parsed, story, head) | _place_classes(parsed, story, head)
    if _fights(parsed, story, head):
        found |= _fighting(parsed.language)
        found |= {"grounded"} if is_pronoun(head) and are_armed(meant(parsed, story, head)[0]) else set()
    elif head.lower_ in syntax.words(head, "they") and meant(parsed, story, head)[0] == ("CIV",):
        found = found - {"armed"} | _FOLK  # "residents said they had fled"
    rows = {row for t in (head, *core(head)) for row in parsed.actors_of.get(t.i, ()) if t.dep_ != "amod"}
    forms = {(story.actors[row].form, story.actors[row].actor) for row in rows}
    if any(form == "leader" for form, _ in forms) and lemma(head) not in table["armed"]:
        found |= _leading(parsed.language)  # "the troops of Bashar al-Assad" are no leader
    # what Syrians are told is no advice to travellers
    home = ("SYR", "CIV") if parsed.language == "fr" else ()
    if any(form == "demonym" and actor not in home for form, actor in forms):
        found.add("nationals")
    bombing = head.lower_ in syntax.words(head, "bombing_word")
    if bombing and "state" in _types(parsed, story, syntax.phrase(head)):
        found |= {"air", "weapon"}  # "Russian bombing": by aircraft
    # "the ministers of Egypt and Jordan"
    if len(syntax.coordinated(head)) > 1 or sum(name in ("of", "de") for name, _ in obliques.of(head)) > 1:
        found.add("pair")
    if head.lower_ in syntax.words(head, "he") and story.named_a_leader(parsed.starts[head.i]):
        found = found - {"armed"} | _leading(parsed.language)
    if head.i in parsed.place_of:
        named = set(story.places[parsed.place_of[head.i]].text.lower().split())
        found = found - _JAILS | {name for name in _JAILS if named & table.get(name, _NONE)}
    return found


def _counts_people(head: Word, table: dict[str, frozenset[str]]) -> bool:
    """Tell a number of people of whom no more is said: "tens of thousands fled"."""
    if lemma(head) not in table.get("count_word", ()):
        return False
    named = [c for c in head.children if c.dep_ in ("nmod", "compound", "amod") and c.pos_ in _NAMES]
    return not named and all(_counts_people(t, table) for p, t in obliques.of(head) if p == "of")


@cache
def _fighting(language: str) -> frozenset[str]:
    """Give the classes of words for who fights: a group's name, or "they" that means one, is of them too."""
    troop = {"en": "troop", "fr": "troupe"}[language]
    names = {name for name, words in classes(language).items() if troop in words}
    return frozenset(names - {"officer", "regular", "captive_word", "soldier_word"})


@cache
def _leading(language: str) -> frozenset[str]:
    return frozenset(name for name in classes(language) if name.startswith("leader")) | {"envoy"}


def _fights(parsed: Parse, story: Story, head: Word) -> bool:
    if is_pronoun(head) or is_possessive(head):
        ids, label = meant(parsed, story, head)
        kinds = {actor_types().get(one) for one in ids}
        if "state" not in kinds or is_possessive(head):
            return bool({"armed_group", "state"} & kinds)
        armed = classes(parsed.language)["armed"]  # "Israel said it had struck": a state is no troop
        return any({word, word.removesuffix("s")} & armed for word in label.lower().split())
    return "armed_group" in _types(parsed, story, [head])


def _actor_classes(parsed: Parse, story: Story, head: Word) -> set[str]:
    table = classes(parsed.language)
    kinds = _types(parsed, story, syntax.phrase(head)) if parsed.actors_of else set()
    pronoun = head.pos_ == "PRON" or is_pronoun(head)
    found = set()
    if "CIV" in kinds:
        found |= {"people", "civilian"}
    if "SYR" in kinds:
        found |= {"officer", "syrian"}
    if kinds or head.pos_ == "PROPN":
        found.add("person")
    if not kinds.isdisjoint(("state", "organisation")) or pronoun or any(map(is_possessive, head.children)):
        found.add("state")
    if pronoun or is_possessive(head) or kinds - {"source", "CIV"}:
        found |= {"actor", "armed"}
    if lemma(head) in table["armed"]:
        found.add("actor")
    if lemma(head) in _without_arms(parsed.language):
        found.discard("armed")
    return found


@cache
def _without_arms(language: str) -> frozenset[str]:
    return frozenset().union(*(classes(language).get(name, ()) for name in ("mission", "leader", "unarmed")))


def _place_classes(parsed: Parse, story: Story, head: Word) -> set[str]:
    if head.lower_ in classes(parsed.language)["place_pronoun"]:
        named = (m for _, m in story.places_before(parsed.starts[head.i]) if m.reading == "place")
        last = next(named, None)
        if last is None or parsed.starts[head.i] - last.end >= _NEAR:
            return set()
        return {"place", "border", "crossing"} if last.kind in ("border", "crossing") else {"place"}
    words = whereabouts.place_words(parsed, head) if parsed.place_of else ()
    kinds = {story.places[parsed.place_of[t.i]].kind for t in words if t.i in parsed.place_of}
    return {name for name, fits in _PLACE_KINDS.items() if fits(kinds)} if kinds else kinds


_PLACE_KINDS: dict[str, Callable[[set[str]], bool]] = {
    "border": lambda kinds: not kinds.isdisjoint(("crossing", "border")),
    "crossing": lambda kinds: not kinds.isdisjoint(("crossing", "border")),
    "road": lambda kinds: "road" in kinds,
    "site": lambda kinds: not kinds.isdisjoint(("site", "square", "crossing")),
    "land": bool,
    "place": lambda kinds: bool(kinds - {"country", "border", "road", "river"}),
}


def core(head: Word) -> list[Word]:
    """Give the words that say what a phrase is about: its head, or what a number of them is of."""
    quantity, loaded = classes(head.lang_)["quantity"], syntax.words(head, "load_of")
    words = [head]
    if not head.children:
        return words
    for word in words:  # "dizaines de milliers d'alaouites"
        if lemma(word) in quantity or word.pos_ == "NUM" or lemma(word) in loaded:
            below = [t for p, t in obliques.of(word) if p in ("de", "of")]
            below += [c for c in word.children if c.dep_ in ("nmod", "pobj")]
            words += [t for t in below if t not in words]
    words += _carried(head)
    words += [c for c in head.children if c.dep_ in ("compound", "amod", "appos", "flat:name")]
    told = [c for c in head.children if c.dep_ in ("acl", "acl:relcl")]
    words += [c for c in told if syntax.is_a(c, "trap")]
    words += [c for w in words for c in w.children if c.dep_ == "compound"]
    return words


def _folk(named: Any) -> str:
    """Read the name of a people whose group has it too as its people: "Kurds fled"."""
    of_a_group = named.form == "demonym" and actor_types().get(named.actor) == "armed_group"
    return "CIV" if of_a_group else str(named.actor)


def _carried(head: Word) -> list[Word]:
    """Give what is carried by what a phrase is about: "un convoi de bus transportant des familles"."""
    cars = [c for c in (head, *head.children) if syntax.is_a(c, "carrier")]
    below = [c for car in cars for c in car.children if c.dep_ in ("acl", "nmod")]
    verbs = [c for c in below if syntax.is_a(c, "carry")]
    loads = [t for v in verbs for p, t in obliques.of(v) if p in ("de", "with")]
    loads += [t for v in verbs if not syntax.is_passive(v) for t in clauses.objects(v)]
    return [t for load in loads for t in core(load)]


def _types(parsed: Parse, story: Story, tokens: list[Word]) -> set[str]:
    rows = [row for t in tokens for row in parsed.actors_of.get(t.i, ())]
    if not rows:
        return set()
    ids = {_folk(story.actors[row]) for row in rows}
    return {actor_types().get(actor, "") for actor in ids - {"CIV"}} | (ids & {"CIV", "SYR"})
