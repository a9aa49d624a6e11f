"""How a text asserts something: stated, denied or expected."""

import re
from functools import cache

from frontlines import data, syntax
from frontlines.trees import Word, once


@cache
def speech(language: str) -> dict[tuple[str, str], str]:
    """
    Read the verbs and nouns of saying, denying and expecting.

    Parameters
    ----------
    language
        ``fr`` or ``en``.

    Returns
    -------
    dict
        (lemma, part of speech) to ``say``, ``deny`` or ``expect``.
    """
    rows = data.table(f"codebook/speech.{language}")
    return {(row.lemma, row.pos): row.kind for row in rows.itertuples()}


def spoken(verb: Word) -> str:
    """Tell what a verb of the speech table does: ``say``, ``deny`` or ``expect``; empty for others."""
    kind = speech(verb.lang_).get((syntax.lemma(verb), "VERB"), "")
    open_to = kind == "deny" and syntax.is_a(verb, "rule_out") and is_negated(verb)  # "n'exclut pas"
    return "expect" if open_to else kind


def is_without(noun: Word) -> bool:
    """
    Tell whether a noun is said to be absent: "sans combat", "without a fight", "no strikes".

    Parameters
    ----------
    noun
        A noun.

    Returns
    -------
    bool
        True after a word of the class ``without``.
    """
    before = {c.lower_ for c in noun.children if c.dep_ in ("case", "det", "neg", "mark")}
    before |= {noun.head.lower_} if noun.dep_ == "pobj" else set()
    before |= {c.lower_ for c in noun.head.children if c.dep_ == "mark" and noun.dep_.startswith("nsubj")}
    return bool(before & syntax.words(noun, "without"))


_NONE = re.compile(r"(?:pas|aucun|aucune|nul|nulle|personne|rien|jamais)\b")


def _is_no_act(noun: Word) -> bool:
    """Tell an act told by a noun that did not happen: "sans retrait", "no strikes hit X"."""
    head, subject = noun.head, noun.dep_ in ("nsubj", "nsubj:pass", "nsubjpass")
    without = syntax.has(head, "without", "mark")
    happens = subject and syntax.is_a(head, "occur")
    return is_without(noun) or without or (happens and is_negated(head))


@once
def is_negated(verb: Word) -> bool:
    """
    Tell whether a predicate is negated.

    Parameters
    ----------
    verb
        A verb or noun.

    Returns
    -------
    bool
        True for "have not moved", "n'a pas fermé", "no strikes"; False for "n'en ont pas moins atteint" and
        for the restriction "n'autorise que".
    """
    if verb.head.lower_ == "question" and verb.head.i and verb.head.nbor(-1).lower_ == "pas":
        return True  # "pas question d'un retrait", "pas question d'envoyer"
    if verb.pos_ in ("NOUN", "PROPN"):
        return _is_no_act(verb)
    if verb.dep_ == "xcomp" and verb.head.lemma_ == "faire":
        return is_negated(verb.head)  # "n'a pas fait reculer X"
    if syntax.has(verb, "without", "mark", "case"):
        return True
    if (aim := syntax.aim(verb)) is not None:
        none, has = any(c.lower_ in ("no", "aucun", "aucune") for c in aim.children), syntax.governor(aim)
        return none or (syntax.is_a(has, "with_aim") and is_negated(has))
    bare = verb.lang_ == "fr" and any(c.lower_ in ("ne", "n'") for c in verb.children)
    if _by_nobody(verb) or (bare and _NONE.match(verb.sent.text.lower().lstrip("« "))):
        return True
    if verb.lang_ == "fr":
        full = {"pas", "plus", "jamais", "aucun", "aucune", "guère", "point", "ni"}
        close = {t.lower_ for t in verb.doc[max(verb.sent.start, verb.i - 4) : verb.i + 3]}
        told = bool(close & full) and bool(close & {"ne", "n'"})
        if not (told or bare):
            return False
        beside = [t.lower_ for t in verb.doc[max(verb.sent.start, verb.i - 6) : verb.i + 9]]
        around = set(beside[min([i for i, word in enumerate(beside) if word in ("ne", "n'")], default=0) :])
        if "moins" in around or (not around & {"pas", "jamais"} and _is_restricted(verb)):
            return False
        return told and _same_verb_group(verb)
    near = ("neg", "advmod", "det", "preconj")
    words = [child for child in verb.children if child.dep_ in near and child.i < verb.i + 4]
    words += [inner for child in verb.children if child.dep_.startswith("aux") for inner in child.children]
    return not {"not", "n't", "never", "no", "neither", "hardly"}.isdisjoint(word.lower_ for word in words)


def _by_nobody(verb: Word) -> bool:
    """Tell "no soldier has left", "not one plane has left"."""
    subjects = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass", "nsubj:pass")]
    nobody = {"neither", "no", "aucun", "aucune", "ni", "pas", *syntax.words(verb, "nobody")}
    none = any(c.lower_ in nobody for s in subjects for c in (s, *s.children))
    apart = verb.lang_ == "en" and any(t.lower_ == "not" and t.i < s.i for s in subjects for t in s.subtree)
    return none or apart


def _is_restricted(verb: Word) -> bool:
    """Tell "n'autorise que X", "n'autorise plus le passage qu'à X" from "que X n'autorise plus"."""
    first = next((c.i for c in verb.children if c.lower_ in ("ne", "n'")), verb.i)
    only = [t for t in verb.doc[first : min(verb.i + 17, verb.sent.end - 1)] if t.lower_ in ("que", "qu'")]
    near = [t for t in only if t.i < verb.i + 9 or t.head is verb]
    return bool(near) or any(t.nbor(1).lower_ in ("à", "aux", "au", "pour", "par") for t in only)


def _same_verb_group(verb: Word) -> bool:
    near = [t for t in verb.doc[max(verb.sent.start, verb.i - 4) : verb.i + 3] if t.lower_ in ("ne", "n'")]
    return any(verb in (t.head, t.head.head) or t.head in verb.children for t in near[:1])


@once
def is_expected(token: Word) -> bool:
    """
    Tell whether a predicate is future, conditional, hypothetical, purposed or feared.

    Parameters
    ----------
    token
        A verb or noun.

    Returns
    -------
    bool
        True where the text does not say that it has happened.
    """
    if token.pos_ in ("NOUN", "PROPN"):
        return _noun_expected(token)
    words = [token, *(c for c in token.children if c.dep_.startswith(("aux", "cop")))]
    if any(w.lower_ in syntax.words(w, "future") for w in words[1:]):
        return True
    if any("Fut" in w.morph.get("Tense", []) for w in words):
        return True
    if any("Cnd" in w.morph.get("Mood", []) for w in words) and not is_hearsay(token):
        return True
    if token.lower_ in syntax.words(token, "awaited") and syntax.is_passive(token):
        return True  # "est attendu à X"
    below = _is_hypothetical(token) or is_purposed(token) or _is_to_be(token)
    return below or _under_expectation(token)


def _is_hypothetical(verb: Word) -> bool:
    current = verb
    for _ in range(3):
        marks = [c for c in current.children if c.dep_ == "mark"]
        marks = [c for c in marks if c.lower_ != "s'" or c.nbor(1).lower_.startswith("il")]  # "s'y sont"
        if any(c.lower_ in syntax.words(c, "hypothesis") for c in marks):
            return True
        if current.dep_ not in ("xcomp", "conj", "ccomp") or current.head == current:
            return False
        current = current.head
    return False


def is_hearsay(verb: Word) -> bool:
    """
    Tell whether a verb stands in the French press conditional ("aurait pris") or beside "reportedly".

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True where the text passes on what it does not vouch for.
    """
    if syntax.has(verb, "hearsay"):
        return True
    auxiliaries = [c for c in verb.children if c.dep_.startswith("aux")]
    past = any("Cnd" in c.morph.get("Mood", []) and c.lemma_ in ("avoir", "être") for c in auxiliaries)
    conditional = any(t.lower_ in ("si", "s'") for t in verb.sent)
    return past and "Part" in verb.morph.get("VerbForm", []) and not conditional


def is_purposed(verb: Word) -> bool:
    """
    Tell whether a predicate is what somebody acts for: "pour prendre X", "to take X".

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True for an infinitive of purpose.
    """
    if not syntax.is_infinitive(verb) or syntax.is_a(verb.head, "ordinal"):
        return False  # "was the first to enter X"
    marks = [c for c in verb.children if c.dep_ in ("mark", "aux", "case")]
    if verb.lang_ == "fr":  # "en ont profité pour prendre X": they took it
        purposed = any(m.lower_ in syntax.words(m, "purpose") for m in marks)
        return purposed and not syntax.is_a(verb.head, "seizing")
    return verb.dep_ in ("advcl", "acl", "relcl") and any(m.lower_ == "to" for m in marks)


def _is_to_be(verb: Word) -> bool:
    """Tell "are to meet on Friday": an infinitive that nothing but "be" stands over."""
    over = verb.head
    apart = ("attr", "acomp", "prep", "advmod", "expl")
    bare = not any(c.dep_ in apart and c.i < verb.i for c in over.children)
    return verb.dep_ == "xcomp" and over.lemma_ == "be" and verb.tag_ == "VB" and bare


_GOVERNED = ("nmod", "pobj", "prep", "obl:arg", "obl:mod", "obj", "dobj", "conj")
_EXPECTED = ("xcomp", "ccomp", "acl", "obl:arg", "obj", "advcl", "pcomp", "obl:mod")


def _under_expectation(token: Word) -> bool:
    current = token
    for _ in range(4):
        head = current.head
        if head == current:
            return False
        if head.pos_ in ("VERB", "AUX", "ADJ", "NOUN") and current.dep_ in _EXPECTED:
            ahead = spoken(head) == "expect" and head.lower_ not in syntax.words(head, "over_with")
            if ahead and (current.dep_ in ("xcomp", "ccomp") or "Inf" in current.morph.get("VerbForm", [])):
                return True
            if head.lower_ in syntax.words(head, "expecting") and current.dep_ in _EXPECTED[:4]:
                return True
            if current.dep_ == "advcl" and syntax.has(head, "only_time"):
                return True  # "it is a matter of hours before X falls"
        told = "Fin" in current.morph.get("VerbForm", []) or any(
            c.dep_ == "aux:tense" for c in current.children
        )
        if current.dep_ == "advcl" and current.lang_ == "fr" and told:
            return False  # "a promis de tenir X après que Y fut tombée"
        seen = current.dep_ == "acl" and syntax.is_infinitive(current)  # "s'attend à voir X entrer"
        if current.dep_ not in ("xcomp", "ccomp", "conj", "obj", "advcl") and not seen:
            return False
        current = head
    return False


def is_under(token: Word, name: str) -> bool:
    """
    Tell whether a predicate is what its doer promises or decides.

    Parameters
    ----------
    token
        A verb.
    name
        A class of verbs: ``pledge`` (stated by its own author), or ``decision`` (of a border it is the act).

    Returns
    -------
    bool
        True under "pledged to", "a décidé de".
    """
    below = token.dep_ in ("xcomp", "ccomp", "obj", "dobj")
    return below and syntax.is_a(token.head, name)


def _noun_expected(noun: Word) -> bool:
    head = noun.head
    if noun.dep_ in ("nsubj", "nsubj:pass", "nsubjpass"):
        acts = any(c.dep_ in syntax.OBJECT for c in head.children)  # "has set off a chain of departures"
        likely = head.lower_ in syntax.words(head, "expecting") and not acts
        likely = likely or (spoken(head) == "expect" and syntax.is_a(head, "rule_out"))
        likely = likely or syntax.has(head, "expecting", "xcomp", "acomp", "attr", "oprd", "advmod", "ccomp")
        if likely or syntax.is_a(head, "consequence"):
            return True
        return is_expected(head) if head.pos_ in ("VERB", "AUX") else False
    current = noun
    while current.dep_ in _GOVERNED and current.head != current:
        current = current.head
        if current.pos_ == "VERB" and spoken(current) == "expect":
            return True
        if current.pos_ == "ADJ" and current.lower_ in syntax.words(current, "expecting"):
            return True  # "juge probable la prise de X"
        if current.pos_ in ("VERB", "AUX"):
            return (current.dep_ != "ROOT" and is_purposed(current)) or syntax.has(current, "future", "aux")
    return False


def is_ordered(token: Word) -> bool:
    """
    Tell whether an act is ordered: the codebook states an order to prepare or to send troops.

    Parameters
    ----------
    token
        A verb or noun.

    Returns
    -------
    bool
        True under "ordered", "a ordonné".
    """
    above = syntax.governor(token)
    return syntax.is_a(above, "order") and above != token


def is_rule(verb: Word) -> bool:
    """
    Tell whether a modal verb states a rule in force: "only residents may enter".

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True beside "may" and "can".
    """
    return any(c.lower_ in ("may", "can") for c in verb.children if c.dep_ == "aux")
