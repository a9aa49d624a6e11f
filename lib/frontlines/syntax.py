"""Words and phrases of a spaCy tree, asked for in one way for French and English."""

import re
from functools import cache
from operator import attrgetter

from frontlines.lexicon import classes, infinitives
from frontlines.trees import Word, once

NOMINAL = {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "X", "SYM"}
CLAUSAL = {"acl", "acl:relcl", "relcl", "advcl", "advcl:cleft", "ccomp", "csubj", "parataxis", "xcomp"}
SUBJECT = {"nsubj", "nsubj:pass", "nsubjpass", "csubj", "nsubj:caus", "expl:subj"}
OBJECT = {"obj", "dobj", "attr", "oprd", "dative"}


def words(token: Word, name: str) -> frozenset[str]:
    """Give the words of a class in a token's own language; none where the language lacks the class."""
    return _class(token.lang_, name)


def is_a(word: Word, name: str) -> bool:
    """Tell whether a word is of a class, by its lemma."""
    return lemma(word) in words(word, name)


def has(word: Word, name: str, *links: str) -> bool:
    """Tell whether a word of a class hangs from another, by one of some links if any are given."""
    some = words(word, name)
    return any(c.lower_ in some and (not links or c.dep_ in links) for c in word.children)


@cache
def _class(language: str, name: str) -> frozenset[str]:
    return classes(language).get(name, frozenset())


@once
def phrase(head: Word) -> list[Word]:
    """
    Give the tokens of a noun phrase, without its clauses and without what is coordinated with it.

    Parameters
    ----------
    head
        The phrase's head.

    Returns
    -------
    list of trees.Word
        In the order of the text.
    """
    found = [(head, False)]
    for word, whole in found:
        for child in word.children:
            if child.dep_ in CLAUSAL and not (whole and child.dep_ == "acl"):
                continue
            if child.dep_ in ("conj", "cc") and not whole:
                continue
            found.append((child, whole or child.dep_ != "appos"))
    return sorted((word for word, _ in found), key=attrgetter("i"))


def coordinated(head: Word) -> list[Word]:
    """
    Give a phrase's head and the heads coordinated with it.

    Parameters
    ----------
    head
        The first of them.

    Returns
    -------
    list of trees.Word
        In the order of the text.
    """
    found, waiting = [], [head]
    while waiting:
        word = waiting.pop()
        found.append(word)
        joined = [c for c in word.children if c.dep_ == "conj" and c.pos_ in NOMINAL]
        waiting += reversed(joined)
    return found


@once
def is_passive(verb: Word) -> bool:
    """
    Tell whether a verb is in the passive, a bare past participle included.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True for "was taken", "a été prise", "[a town] taken by"; False for "sont entrés", "se sont emparés".
    """
    if any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children):
        return True
    been = (child.dep_ == "agent" or (child.lemma_, child.dep_) == ("be", "aux") for child in verb.children)
    if verb.tag_ == "VBN" and any(been):
        return True
    if reflexive(verb) or lemma(verb) in words(verb, "etre"):
        return False
    auxiliaries = [child for child in verb.children if child.dep_.startswith("aux")]
    if any({child.lemma_, child.lower_} & words(verb, "being") for child in auxiliaries):
        return True
    joined = verb.dep_ == "conj" and not auxiliaries and verb.head.pos_ in ("VERB", "AUX")
    if joined and is_participle(verb) and is_participle(verb.head):
        return not any(c.dep_ in SUBJECT for c in verb.children) and is_passive(verb.head)
    fronted = any(case(c) == "par" for c in verb.children)  # "Frappé par l'aviation, le poste ..."
    fronted = fronted or (verb.lang_ == "fr" and verb.head is verb and verb.i == verb.sent.start)
    return not auxiliaries and is_participle(verb) and (verb.dep_ in ("acl", "amod", "advcl") or fronted)


@once
def is_participle(verb: Word) -> bool:
    """Tell whether a verb is a past participle."""
    past = "Part" in verb.morph.get("VerbForm", []) and "Past" in verb.morph.get("Tense", [])
    return verb.tag_ == "VBN" or past


@once
def is_verbal(token: Word) -> bool:
    """
    Tell whether a word acts as a verb: tagged as one, or taken for a noun although it has a subject.

    Parameters
    ----------
    token
        Any token.

    Returns
    -------
    bool
        True for the verb in "L'opposition avance" too.
    """
    if token.pos_ in ("VERB", "AUX"):
        return True
    if token.pos_ not in ("NOUN", "ADJ"):
        return False
    before = {c.dep_: c.lemma_ for c in token.children if c.i < token.i}
    if token.lang_ == "fr" and token.lower_ in infinitives():
        moved = infinitives()[token.lower_] in words(token, "etre")  # "sont entrées", taken for a noun
        with_etre = before.keys() & {"aux:pass", "cop"} and (moved or reflexive(token))
        if "case" in before or before.keys() >= {"cop", "det"}:
            return False  # "aux portes de X", "a été la cible de X"
        return "aux:tense" in before or bool(with_etre) or "nsubj" in before or _governs_bare(token)
    return token.pos_ == "NOUN" and "nsubj" in before and "cop" not in before


def _governs_bare(token: Word) -> bool:
    """Tell a verb taken for a noun: no article before it, one after it ("X, presse les vainqueurs")."""
    if not 0 < token.i < len(token.doc) - 1 or token.nbor(1).pos_ != "DET":
        return False
    told = any(c.dep_ in ("det", "case", "amod", "nummod") and c.i < token.i for c in token.children)
    return not told and (token.nbor(-1).is_punct or token.nbor(-1).pos_ == "PROPN")


@once
def lemma(token: Word) -> str:
    """
    Give a word's lemma, with "se" before a French reflexive verb.

    Parameters
    ----------
    token
        Any token.

    Returns
    -------
    str
        In lower case; of a verb's form that the parser does not know, the infinitive of our tables.
    """
    word = token.lemma_.lower()
    if token.lang_ != "fr":
        plural = token.pos_ == "PROPN" and word == token.lower_ and re.search("[^aious]s$", word)
        return word[:-1] if plural else word  # "Rockets fell": a noun taken for a name
    if is_verbal(token):
        known = word.endswith(("er", "ir", "re", "oir")) and token.pos_ in ("VERB", "AUX")
        word = word if known else infinitives().get(token.lower_, word)
        return f"se {word}" if reflexive(token) else word
    if token.pos_ in ("NOUN", "PROPN", "ADJ") and word == token.lower_ and word.endswith(("s", "x")):
        return word[:-1].replace("urs-", "ur-")  # "chasseurs-bombardiers"
    return word


@once
def forms(first: Word) -> frozenset[str]:
    """Give the words of the sentence that a word begins, as lemmas and as they stand."""
    return frozenset(form for word in first.sent for form in (lemma(word), word.lower_))


def is_infinitive(verb: Word) -> bool:
    """
    Tell whether a verb is an infinitive.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True for "quitter", "to leave".
    """
    return "Inf" in verb.morph.get("VerbForm", []) or verb.tag_ == "VB"


def has_auxiliary(verb: Word) -> bool:
    """Tell whether an auxiliary stands before a French verb, or before a noun that it was taken for."""
    return any(c.dep_.startswith(("cop", "aux")) and c.i < verb.i for c in verb.children)


def is_finite(verb: Word) -> bool:
    """Tell whether a French verb has a person, its own or its auxiliary's."""
    auxiliaries = [c for c in verb.children if c.dep_.startswith(("cop", "aux")) and c.i < verb.i]
    return any("Fin" in word.morph.get("VerbForm", []) for word in auxiliaries or [verb])


def aim(verb: Word) -> Word | None:
    """
    Give the noun that makes an infinitive what somebody has in mind.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    trees.Word or None
        "plans" in "has no plans to send troops", "intention" in "l'intention de quitter X".
    """
    over = verb.head
    beside = over.children if verb.dep_ == "xcomp" and lemma(over) in words(verb, "with_aim") else ()
    nouns = [over] if verb.dep_ == "acl" else [c for c in beside if c.dep_ in OBJECT and c.i < verb.i]
    return next((n for n in nouns if is_infinitive(verb) and lemma(n) in words(verb, "aim")), None)


@once
def reflexive(verb: Word) -> bool:
    """
    Tell whether a French verb is reflexive.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True for "s'emparer de".
    """
    before = [verb.nbor(-1)] if verb.i else []
    return any(word.lower_ in ("se", "s'") for word in (*verb.children, *before))


def has_case(token: Word) -> bool:
    """Tell whether a French phrase stands behind a preposition."""
    return any(child.dep_ == "case" for child in token.children)


@once
def case(token: Word) -> str:
    """Give the French preposition of a phrase, contracted articles undone; empty if it has none."""
    words = [child for child in token.children if child.dep_ == "case"]
    if not words:
        return ""
    name = words[0].lower_
    fixed = [c.lower_ for c in words[0].children if c.dep_ == "fixed"]
    if [w.lower_ for w in words] == ["hors", "de"]:
        return "hors de"
    name = {"d'": "de", "du": "de", "des": "de", "au": "à", "aux": "à", "jusqu'": "jusque"}.get(name, name)
    return " ".join([name, *fixed]) if fixed else name


@once
def governor(token: Word) -> Word:
    """
    Climb to the verb or event that a token belongs to.

    Parameters
    ----------
    token
        Any token.

    Returns
    -------
    trees.Word
        The nearest verb above it, or the root.
    """
    current = token
    while current.head != current:
        current = current.head
        if current.pos_ in ("VERB", "AUX"):
            return current
    return current


@once
def domain(predicate: Word) -> list[Word]:
    """
    Give the tokens that a predicate governs itself, without clauses that have a verb of their own.

    Parameters
    ----------
    predicate
        A verb or noun.

    Returns
    -------
    list of trees.Word
        In the order of the text, the predicate included.
    """
    found = [predicate]
    for word in found:  # no recursion: a list of a thousand towns is as deep
        for child in word.children:
            without = child.dep_ == "advcl" and any(c.lower_ in words(c, "without") for c in child.children)
            if child.dep_ in CLAUSAL and child.pos_ in ("VERB", "AUX") and not without:
                continue
            if child.dep_ == "conj" and (child.pos_ in ("VERB", "AUX") or word.pos_ in ("VERB", "AUX")):
                continue
            found.append(child)
    return sorted(found, key=attrgetter("i"))
