"""Who does what in a clause: subjects and objects, their own, inherited or astray."""

from frontlines import obliques
from frontlines.lexicon import sayings
from frontlines.obliques import antecedent
from frontlines.syntax import (
    CLAUSAL,
    NOMINAL,
    OBJECT,
    SUBJECT,
    aim,
    case,
    coordinated,
    governor,
    has_case,
    is_a,
    is_infinitive,
    is_participle,
    is_passive,
    lemma,
    reflexive,
    words,
)  # fmt: skip
from frontlines.trees import Word, once

_WHO = {"qui", "who", "which", "that"}


_INHERITING = {"conj", "xcomp", "advcl", "ccomp", "acl", "pcomp", "parataxis", "dep"}


@once
def subjects(verb: Word) -> list[Word]:
    """
    Find who does what a verb says: its subject, or the agent of a passive, its own or inherited.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    list of trees.Word
        Heads of the phrases; empty where the text names none.
    """
    if is_passive(verb):
        return _agents(verb)
    return _grammatical_subjects(verb)


@once
def objects(verb: Word) -> list[Word]:
    """
    Find what a verb is done to: the object, or the subject of a passive.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    list of trees.Word
        Heads of the phrases.
    """
    if is_passive(verb):
        return _grammatical_subjects(verb)
    found: list[Word] = _misplaced(verb)
    for child in verb.children:
        if child.dep_ in OBJECT and (not has_case(child) or _is_some(verb, child)):
            told_of = antecedent(verb) if child.lower_ in words(child, "relative") else None
            found.append(told_of or child)
    found = found or (_missed_by_fr(verb) if verb.lang_ == "fr" else _missed_by_en(verb))
    return [head for top in found for head in coordinated(top)]


def _is_some(verb: Word, noun: Word) -> bool:
    """Tell the article of "ont enlevé des habitants", "d'importants renforts", taken for a preposition."""
    if verb.lang_ != "fr" or noun.i < verb.i or reflexive(verb) or is_a(verb, "etre"):
        return False
    cases = [c for c in noun.children if c.dep_ == "case"]
    praised = bool(cases) and any(c.dep_ == "amod" and cases[-1].i < c.i < noun.i for c in noun.children)
    return any(c.lower_ in ("des", "du", *(("de", "d'", "d") if praised else ())) for c in cases)


def _missed_by_en(verb: Word) -> list[Word]:
    """Find the object that the English parser took for something else, or that is not said again."""
    left_out = verb.dep_ == "relcl" and any(c.dep_ in SUBJECT and c.lower_ not in _WHO for c in verb.children)
    nothing = not any(c.dep_ in ("xcomp", "ccomp") or _is_stranded(c) for c in verb.children)
    return [verb.head] if left_out and nothing else _bare_name(verb)  # "a town the soldiers had vacated"


def _is_stranded(word: Word) -> bool:
    """Tell the preposition in "a town the soldiers withdrew from"."""
    return word.dep_ == "prep" and not any(c.dep_ in ("pobj", "pcomp", "prep") for c in word.children)


def _missed_by_fr(verb: Word) -> list[Word]:
    """Find the object that the French parser took for something else."""
    if named := _bare_name(verb):
        return named
    some = [c for c in verb.children if c.dep_ in ("obl:arg", "obl:mod") and c.pos_ == "NOUN" and has_case(c)]
    for noun in some:
        article = noun.children[0]
        near = article.i == verb.i + 1 or (article.lower_ == "des" and article.i - verb.i < 5)
        if near and _is_some(verb, noun):
            return [noun]  # "dépêche en hâte des renforts"
    to = [c for t in some if case(t) == "à" and t.i > verb.i for c in t.children if c.dep_ == "nmod"]
    to = [c for c in to if not has_case(c)]
    taking = lemma(verb) in words(verb, "take_from")  # "a enlevé à l'armée syrienne Morek"
    named = [c for c in to if taking and c.pos_ == "PROPN"]
    if bare := named or [c for c in to if c.pos_ == "NOUN" and c.children and c.children[0].dep_ == "det"]:
        return bare[:1]  # "ont pris hier à l'armée le village de X"
    if shared := _shared(verb):
        return shared
    below = verb.dep_ == "xcomp" and is_infinitive(verb) and verb.head.lemma_ in words(verb, "tense")
    clause = verb.head if below else verb  # "une ville que l'armée vient de quitter"
    if clause.dep_ == "acl:relcl" and any(c.lower_ in ("que", "qu'") for c in clause.children):
        return [clause.head]
    if (below or clause.dep_ in ("ccomp", "advcl")) and (before := _before_que(clause)) is not None:
        return [before]
    bare = [c for c in verb.children if c.dep_ == "obl:mod" and c.pos_ == "NOUN" and c.i > verb.i]
    bare = [c for c in bare if not is_a(c, "time_word") and not (has_case(c) or reflexive(verb))]
    # "a bouclé hier les issues", "a envoyé à X dix camions"
    return [c for c in bare if any(g.dep_ in ("det", "nummod") for g in c.children)][:1]


def _shared(verb: Word) -> list[Word]:
    """Find an object that stands behind the second of two verbs: "a préparé puis expédié des vivres"."""
    first = verb.head.children if verb.dep_ == "conj" and verb.head.pos_ == "VERB" else ()
    return [c for c in first if c.dep_ == "obj" and c.i > verb.i and not has_case(c)]


def _bare_name(verb: Word) -> list[Word]:
    """Find a name behind a verb that the parser did not see as its object: "also captured Abu Kamal"."""
    after = [c for c in verb.children if c.i == verb.i + 1 and c.pos_ == "PROPN" and not has_case(c)]
    if verb.lang_ == "en":
        return [c for c in after if c.dep_ == "npadvmod"]
    return [] if reflexive(verb) else after


def _before_que(verb: Word) -> Word | None:
    """Find what a relative clause is about that the parser took for a complement: ", que X a quitté"."""
    que = next((c for c in verb.children if c.lower_ in ("que", "qu'") and c.dep_ == "mark"), None)
    return None if que is None else _noun_before(que)


def _noun_before(relative: Word) -> Word | None:
    """Find the noun before the comma that a relative pronoun stands behind."""
    if relative.i < 2 or relative.nbor(-1).text != ",":
        return None
    before = relative.nbor(-2)
    while (
        before.dep_ in ("flat:name", "nmod", "amod", "conj")
        and before.head.pos_ in ("NOUN", "PROPN")
        and before.head.i < before.i
        and (case(before) in ("", "de") or before.lower_ in words(before, "makeup"))
        and before.head.lower_ not in words(before, "taking")
        # "un drapeau à X, qu'elles ont prise": not the flag
    ):
        before = before.head
    return before if before.pos_ in ("NOUN", "PROPN") else None


def _agents(verb: Word) -> list[Word]:
    found = []
    for child in verb.children:
        if child.dep_ == "agent":
            found += [t for c in child.children if c.dep_ == "pobj" for t in coordinated(c)]
        elif child.dep_ == "obl:agent" or (child.dep_.startswith(("obl", "nmod")) and case(child) == "par"):
            found += coordinated(child)
    after = [child for child in verb.children if child.i > verb.i and case(child) != "comme"]
    astray = [c for child in after for c in child.children if case(c) == "par"]
    return found or [t for c in astray if verb.lang_ == "fr" for t in coordinated(c)]  # "cernée de X par Y"


def _grammatical_subjects(verb: Word, depth: int = 0) -> list[Word]:
    if inverted := inverted_subject(verb):
        return coordinated(inverted)
    own = [c for c in verb.children if c.dep_ in SUBJECT and c.pos_ in {*NOMINAL, "DET"}]
    misplaced = _misplaced(verb) if own else []
    own = [c for c in own if c not in misplaced and c.lower_ != "dont"] or _under_an_aside(verb)
    if own:
        return _own_subjects(verb, min(own, key=lambda t: t.i))
    if depth > 6:
        return []
    if depth == 0 and (near := _just_before(verb)) is not None:
        return [near]
    return _inherited_subjects(verb, depth)


def _under_an_aside(verb: Word) -> list[Word]:
    """Find a subject that the parser hung on an aside behind it: "un cabinet, censé gérer X, a été formé"."""
    asides = [c for c in verb.children if verb.lang_ == "fr" and c.dep_ == "advcl" and c.i < verb.i]
    if not asides:
        return []
    found = [s for a in asides for s in a.children if s.dep_ in SUBJECT and s.pos_ in NOMINAL and s.i < a.i]
    # "profitant du chaos, l'armée, appuyée par X, a pris Y": taken for "du chaos, de l'armée"
    joined = [t for aside in asides for t in aside.subtree if t.dep_ == "conj" and t.i > aside.i]
    if len(joined) == 1 and not any(c.dep_ == "cc" for c in joined[0].children):
        return joined
    return [s for s in found if s.doc[1 + max(t.i for t in s.subtree if not t.is_punct)].text == ","]


def _inherited_subjects(verb: Word, depth: int) -> list[Word]:
    head = verb.head
    found = _subjects_by_noun(verb, depth) if head.pos_ in NOMINAL or head == verb else None
    if found is not None:
        return found
    if verb.dep_ not in _INHERITING or head == verb:
        return []
    above = head if head.pos_ in ("VERB", "AUX") else head.head
    if verb.dep_ == "pcomp" and above.dep_ == "dobj":  # "began the last stage of encircling X"
        above = above.head
    return _controller(verb, above, depth) if above.pos_ in ("VERB", "AUX") and above != verb else []


def _subjects_by_noun(verb: Word, depth: int) -> list[Word] | None:
    """Find who does what a verb below a noun says, "leur intention de prendre X"; None if no noun tells."""
    head, own = verb.head, verb.lang_ == "fr"
    if head.lower_ == "tour" and is_infinitive(verb):  # "c'est au tour de X de tomber"
        return [t for name, t in obliques.of(head) if name == "de" and t is not verb]
    marks = [c.lower_ for c in verb.children if c.dep_ == "mark"]
    if own and verb.dep_ == "acl" and is_infinitive(verb) and not {"de", "d'"}.isdisjoint(marks):
        whose = [c for c in head.children if c.dep_ == "det" and c.lower_ in words(c, "possessive")]
        return whose or ([] if governor(head) == head else _grammatical_subjects(governor(head), depth + 1))
    if verb.lang_ == "en" and aim(verb) is head:
        whose = [c for c in head.children if c.dep_ == "poss"]  # "had no plans to send troops"
        return whose or ([] if governor(head) == head else subjects(governor(head)))
    relative = verb.dep_ in ("relcl", "acl:relcl") and any(c.lower_ in _WHO for c in verb.children)
    told = own and verb.dep_ == "acl:relcl" and head.head is head  # "14 000 personnes, dont X, ont fui"
    told = told and not any(t.lower_ in words(t, "relative") for t in verb.subtree if t.i < verb.i)
    return [head] if told or relative or verb.dep_ in ("acl", "amod") else None


def _controller(verb: Word, above: Word, depth: int) -> list[Word]:
    """Choose between subject and object of the verb above: "a fait entrer X"."""
    controlled = verb.dep_ in ("xcomp", "ccomp") and above.lemma_ in words(above, "object_control")
    made = above.lemma_ == "faire" and any(c.dep_ == "obj" and c.i > verb.i for c in verb.children)
    if not controlled or made:  # "a fait bombarder X"
        return _grammatical_subjects(above, depth + 1)
    if above.lemma_ in words(verb, "letting"):  # "laisser entrer des soldats": they enter
        return objects(above) or [c for c in verb.children if c.dep_ in OBJECT and not has_case(c)]
    return objects(above) or _grammatical_subjects(above, depth + 1)


_ATTACHED = ("acl", "amod", "acl:relcl")


@once
def inverted_subject(verb: Word) -> Word | None:
    """
    Find the subject of a verb set behind what is said: ", a déclaré le ministre", ", Reuters said".

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    trees.Word or None
        The head right behind the verb, where a comma or quotation mark stands before it and no subject does.
    """
    auxiliaries = [c.i for c in verb.children if c.dep_.startswith("aux") and c.i < verb.i]
    first = min([*auxiliaries, verb.i, *(c.i for c in verb.children if c.lower_ in ("se", "s'"))])
    if first <= verb.sent.start or verb.doc[first - 1].text not in (",", "»", "”", '"', "-"):
        return None
    finite = verb.lang_ == "fr" and "Fin" in verb.morph.get("VerbForm", [])  # "près de X, rapporte Y"
    if verb.lang_ == "fr" and not (finite or auxiliaries):
        return None  # ", faisant dix morts"
    if (verb.dep_ in _ATTACHED and not finite) or (is_participle(verb) and not auxiliaries):
        return None
    warned = any(c.lower_ == "garde" for c in verb.children)  # "a mis en garde X"
    if verb.lang_ == "fr" and not warned and lemma(verb) not in sayings():
        return None
    kinds = {"nsubj", "nsubj:pass", "obj", "obl:mod", "obl:arg"} if verb.lang_ == "fr" else {"nsubj"}
    after = [c for c in verb.children if c.i > verb.i and c.dep_ in kinds and not has_case(c)]
    asking = [c for c in verb.children if c.i > first and c.lower_ == "-t"]  # "a-t-il ajouté"
    after = after or [c for c in asking if c.nbor(1).lower_ != "-on"]
    left = [c for c in verb.children if c.i < first and c.dep_ in SUBJECT]
    return min(after, key=lambda t: t.i) if after and not left else None


@once
def quoted(verb: Word) -> list[Word]:
    """
    Find what a French verb set behind it says: "Israël doit partir, a exigé X".

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    list of trees.Word
        Heads of the clauses before it, and of what one must or can.
    """
    if verb.lang_ != "fr" or inverted_subject(verb) is None:
        return []
    before = [verb.head, *(c for c in verb.children if c.dep_ in CLAUSAL)]
    found = [t for t in before if t.i < verb.i]
    must = [t for t in found if t.lemma_ in words(t, "tense")]
    return found + [c for t in must for c in t.children if c.dep_ in ("xcomp", "ccomp")]


def _misplaced(verb: Word) -> list[Word]:
    """Find objects that the parser took for subjects: "avoir quitté Hama"."""
    subjects = [c for c in verb.children if verb.lang_ == "fr" and c.dep_ in SUBJECT]
    if not subjects or subjects[-1].i < verb.i:
        return []
    auxiliaries = [c for c in verb.children if c.dep_.startswith("aux")]
    perfect = any(is_infinitive(c) or c.lower_ == "ayant" for c in auxiliaries)
    if not (perfect or is_infinitive(verb) or (subjects[0].i < verb.i and auxiliaries)):
        return []
    return [c for c in subjects if c.i > verb.i]


def _own_subjects(verb: Word, first: Word) -> list[Word]:
    others = [c for c in verb.children if c.dep_ in SUBJECT and first.i < c.i < verb.i]
    # "l'émissaire de l'ONU Geir Pedersen", "Sa Majesté le roi"
    if others and verb.lang_ == "fr" and (others[0].pos_ == "PROPN" or others[0].nbor(-2) is first):
        return [*coordinated(first), *others]
    if first.lower_ in words(first, "relative") and (noun := antecedent(verb)) is not None:
        if noun.pos_ == "VERB":  # "a reçu X, lequel a promis ..."
            noun = _noun_before(first) or noun
        return coordinated(noun) if verb.dep_ != "relcl" else [noun]
    links = [c for c in [*first.children, *verb.children] if c.dep_ == "cc" and c.i < first.i]
    if links and verb.dep_ == "conj" and verb.head.pos_ in ("PROPN", "NOUN"):
        return [verb.head, *coordinated(first)]  # "Rome et Vienne plaident", read as two clauses
    return coordinated(first)


def _just_before(verb: Word) -> Word | None:
    """Find a subject that the parser hung elsewhere: a noun phrase right before a verb."""
    first = min(
        [verb.i, *(c.i for c in verb.children if c.dep_.startswith(("aux", "expl")) and c.i < verb.i)]
    )
    while (
        first > verb.sent.start
        and verb.doc[first - 1].pos_ in ("PRON", "ADV", "AUX")
        and verb.doc[first - 1].dep_ not in SUBJECT
    ):
        first -= 1
    told = {"Fin", "Part"} & set(verb.morph.get("VerbForm", []))
    if first <= verb.sent.start or not told or verb.dep_ in ("acl", "amod", "xcomp"):
        return None
    if "Part" in verb.morph.get("VerbForm", []) and first == verb.i:
        return None
    noun = verb.doc[first - 1]
    if noun.dep_ in ("amod", "nmod") and noun.pos_ == "ADJ" and noun.head.i < noun.i:
        noun = noun.head
    if verb.dep_ == "acl:relcl" and noun.head.lower_ in words(noun, "relative") and _is_some(verb.head, noun):
        return noun  # "selon lesquelles des avions ont visé X", taken for "lesquelles de ces avions"
    while has_case(noun) and noun.head.pos_ in ("NOUN", "PROPN") and noun.head.i < noun.i:
        noun = noun.head
    behind = noun.lang_ == "fr" and noun.dep_ == "obj" and noun.head.i < noun.i  # ", les combattants ont"
    other = noun.dep_ in ("pobj", "obj", "dobj", "nsubj", "nsubj:pass", "flat:name") and not behind
    if other or noun.pos_ not in ("NOUN", "PROPN") or has_case(noun):
        return None
    links = {c.i for c in noun.children if c.dep_ == "cc"}
    start = min(t.i for t in noun.subtree if t.i not in links)
    before = verb.doc[start - 1] if start > verb.sent.start else None
    joined = before is not None and before.dep_ == "cc" and not behind
    return noun if before is None or joined or before.is_punct else None
