"""How a text asserts something: stated, attributed, denied or expected, and by whom."""

from functools import cache

from spacy.tokens import Token

from frontlines import data, syntax


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


def is_without(noun: Token) -> bool:
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
    return bool(before & _words(noun, "without"))


def is_negated(verb: Token) -> bool:
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
    if verb.pos_ in ("NOUN", "PROPN"):
        happens = verb.dep_ in ("nsubj", "nsubj:pass", "nsubjpass") and syntax.lemma(verb.head) in _words(
            verb, "occur"
        )
        return is_without(verb) or (happens and is_negated(verb.head))
    words = [
        child
        for child in verb.children
        if child.dep_ in ("neg", "advmod", "det", "preconj") and child.i < verb.i + 4
    ]
    if any(c.lower_ in _words(c, "without") for c in verb.children if c.dep_ in ("mark", "case")):
        return True
    subjects = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass", "nsubj:pass")]
    if any(c.lower_ in ("neither", "no", "aucun", "aucune", "ni") for s in subjects for c in s.children):
        return True
    words += [inner for child in verb.children if child.dep_.startswith("aux") for inner in child.children]
    lowered = {word.lower_ for word in words}
    if verb.lang_ == "fr":
        around = {t.lower_ for t in verb.doc[max(verb.sent.start, verb.i - 6) : verb.i + 9]}
        full = {"pas", "plus", "jamais", "aucun", "aucune", "guère", "point", "ni"}
        if "moins" in around or (
            around & {"que", "qu'"} and not around & {"pas", "jamais"} and around & {"ne", "n'"}
        ):
            return False
        bare = any(c.lower_ in ("ne", "n'") for c in verb.children)
        if bare and any(
            t.lower_ in ("ni", "nul", "nulle", "personne") for t in verb.sent[: verb.i - verb.sent.start]
        ):
            return True
        close = {t.lower_ for t in verb.doc[max(verb.sent.start, verb.i - 4) : verb.i + 3]}
        return bool(close & full) and bool(close & {"ne", "n'"}) and _same_verb_group(verb)
    return bool(lowered & {"not", "n't", "never", "no", "neither", "hardly"})


def _same_verb_group(verb: Token) -> bool:
    for token in verb.doc[max(verb.sent.start, verb.i - 4) : verb.i + 3]:
        if token.lower_ in ("ne", "n'"):
            return token.head == verb or token.head.head == verb or token.head in verb.children
    return False


def is_expected(token: Token) -> bool:
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
    words = [token, *(c for c in token.children if c.dep_.startswith("aux"))]
    if any(w.lower_ in _words(w, "future") for w in words[1:]):
        return True
    if any("Fut" in w.morph.get("Tense", []) for w in words):
        return True
    if any("Cnd" in w.morph.get("Mood", []) for w in words) and not is_hearsay(token):
        return True
    if _is_hypothetical(token):
        return True
    if _is_purpose(token):
        return True
    return _under_expectation(token)


def _is_hypothetical(verb: Token) -> bool:
    current = verb
    for _ in range(3):
        if any(c.dep_ == "mark" and c.lower_ in _words(c, "hypothesis") for c in current.children):
            return True
        if current.dep_ not in ("xcomp", "conj", "ccomp") or current.head == current:
            return False
        current = current.head
    return False


def is_hearsay(verb: Token) -> bool:
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
    if any(child.lower_ in _words(child, "hearsay") for child in verb.children):
        return True
    auxiliaries = [c for c in verb.children if c.dep_.startswith("aux")]
    past = any("Cnd" in c.morph.get("Mood", []) and c.lemma_ in ("avoir", "être") for c in auxiliaries)
    conditional = any(t.lower_ in ("si", "s'") for t in verb.sent)
    return past and "Part" in verb.morph.get("VerbForm", []) and not conditional


def _is_purpose(verb: Token) -> bool:
    infinitive = "Inf" in verb.morph.get("VerbForm", []) or verb.tag_ == "VB"
    if not infinitive:
        return False
    marks = [c for c in verb.children if c.dep_ in ("mark", "aux", "case")]
    if verb.lang_ == "fr":
        return any(m.lower_ in _words(m, "purpose") for m in marks)
    return verb.dep_ in ("advcl", "acl", "relcl") and any(m.lower_ == "to" for m in marks)


def _under_expectation(token: Token) -> bool:
    current = token
    table = speech(token.lang_)
    for _ in range(4):
        head = current.head
        if head == current:
            return False
        if head.pos_ in ("VERB", "AUX", "ADJ", "NOUN") and current.dep_ in (
            "xcomp",
            "ccomp",
            "acl",
            "obl:arg",
            "obj",
            "advcl",
            "pcomp",
            "obl:mod",
        ):
            if table.get((syntax.lemma(head), "VERB")) == "expect" and (
                current.dep_ in ("xcomp", "ccomp") or "Inf" in current.morph.get("VerbForm", [])
            ):
                return True
            if head.lower_ in _words(head, "expecting") and current.dep_ in (
                "xcomp",
                "ccomp",
                "acl",
                "obl:arg",
            ):
                return True
        if current.dep_ not in ("xcomp", "ccomp", "conj", "obj", "advcl"):
            return False
        current = head
    return False


def is_pledged(token: Token) -> bool:
    """
    Tell whether a predicate is what its doer promises: a pledge by its own author is stated.

    Parameters
    ----------
    token
        A verb.

    Returns
    -------
    bool
        True under "pledged to", "a promis de".
    """
    return token.dep_ in ("xcomp", "ccomp") and syntax.lemma(token.head) in _words(token, "pledge")


def _noun_expected(noun: Token) -> bool:
    if any(c.lower_ in _words(c, "expecting") for c in noun.children):
        return True
    head = noun.head
    if noun.dep_ in ("nsubj", "nsubj:pass", "nsubjpass"):
        complements = {
            c.lower_ for c in head.children if c.dep_ in ("xcomp", "acomp", "attr", "oprd", "advmod", "ccomp")
        }
        if (
            head.lower_ in _words(head, "expecting")
            or complements & _words(head, "expecting")
            or syntax.lemma(head) in _words(head, "consequence")
        ):
            return True
        return is_expected(head) if head.pos_ in ("VERB", "AUX") else False
    table = speech(noun.lang_)
    current = noun
    while (
        current.dep_ in ("nmod", "pobj", "prep", "obl:arg", "obl:mod", "obj", "dobj", "conj")
        and current.head != current
    ):
        current = current.head
        if table.get((syntax.lemma(current), "VERB")) == "expect" and current.pos_ == "VERB":
            return True
        if current.pos_ in ("VERB", "AUX"):
            return (current.dep_ != "ROOT" and _is_purpose(current)) or any(
                c.lower_ in _words(c, "future") for c in current.children if c.dep_ == "aux"
            )
    return False


def _words(token: Token, name: str) -> frozenset[str]:
    return syntax.classes(token.lang_).get(name, frozenset())


def reporter(token: Token) -> tuple[str, list[Token]]:
    """
    Find the saying or denying that a predicate stands under.

    Parameters
    ----------
    token
        A verb or noun.

    Returns
    -------
    kind : str
        ``say``, ``deny``, or empty where the text speaks for itself.
    sources : list of spacy.tokens.Token
        Heads of the phrases that name who says so; empty where nobody is named.
    """
    governing = _governing_speech(token)
    if governing is not None:
        kind, verb = governing
        return kind, _speaker(verb)
    aside = _inserted_speech(token)
    if aside is not None:
        return "say", _speaker(aside)
    return _according(token)


def _governing_speech(token: Token) -> tuple[str, Token] | None:
    table = speech(token.lang_)
    current = token
    for _ in range(12):
        head = current.head
        if head == current:
            return None
        kind = (
            table.get((syntax.lemma(head), "VERB"))
            if head.pos_ in ("VERB", "AUX")
            else table.get((syntax.lemma(head), "NOUN"))
        )
        below = current.dep_ in (
            "ccomp",
            "xcomp",
            "obj",
            "dobj",
            "csubj",
            "advcl",
            "acl",
            "acl:relcl",
            "obl:arg",
            "obl:mod",
            "nsubj:pass",
            "nsubjpass",
            "pcomp",
            "parataxis",
            "dep",
        )
        if kind == "say" and head.pos_ == "NOUN" and below and (over := _judged(head, table)) is not None:
            return over
        if kind in ("say", "deny") and below and _is_content(current, head, token):
            return kind, head
        current = head
    return None


def _judged(noun: Token, table: dict[tuple[str, str], str]) -> tuple[str, Token] | None:
    """Read "dismissed reports that ..." and "claims that ... are false": the report itself is denied."""
    verb = syntax.governor(noun)
    if verb.pos_ not in ("VERB", "AUX"):
        return None
    if (table.get((syntax.lemma(verb), "VERB")) == "deny" and verb.i < noun.i) or (
        syntax.is_passive(verb) and table.get((syntax.lemma(verb), "VERB")) == "deny"
    ):
        return "deny", verb
    if any(c.lower_ in _words(c, "untrue") for c in verb.children):
        outer = _governing_speech(verb)
        return ("deny", outer[1]) if outer else ("deny", noun)
    return None


def _is_content(current: Token, head: Token, token: Token) -> bool:
    """Tell what is said from what merely stands beside it: "selon" phrases, times, relative clauses."""
    if current.dep_ in ("ccomp", "csubj", "parataxis", "dep"):
        return True
    if current.dep_ in ("nsubj:pass", "nsubjpass"):
        return current == token
    if current.dep_ in ("xcomp", "pcomp"):
        return True
    if current.dep_ in ("obj", "dobj"):
        return (current == token and head.lower_ not in ("évoquant", "citing")) or current.pos_ == "VERB"
    if current.dep_ == "acl:relcl":  # "les informations selon lesquelles"
        return head.pos_ == "NOUN" and any(t.lower_ == "selon" for t in current.subtree if t.i < current.i)
    if current.dep_ in ("acl",):
        return current.pos_ == "VERB" and head.pos_ == "NOUN"
    infinitive = "Inf" in current.morph.get("VerbForm", [])
    marked = {c.lower_ for c in current.children if c.dep_ in ("mark", "case", "aux", "prep")}
    if infinitive and not marked & (_words(head, "circumstance") | {"to"}):
        return True
    # French "X, a déclaré Y": the parser often hangs X under the verb of saying as an adverbial clause
    return current.dep_ == "advcl" and current.i < head.i and not marked & _words(head, "circumstance")


def _inserted_speech(token: Token) -> Token | None:
    """Find ", a déclaré Y" or ", Y said" set beside what is said."""
    table = speech(token.lang_)
    for verb in token.sent:
        said = table.get((syntax.lemma(verb), "VERB")) == "say"
        if (
            verb.pos_ != "VERB"
            or verb == token
            or not (said or (verb.lang_ == "fr" and syntax.inverted_subject(verb)))
        ):
            continue
        if any(
            c.lower_ in ("que", "qu'", "that") and c.dep_ in ("mark", "obj")
            for c in verb.subtree
            if c.i > verb.i and c.i < verb.i + 4
        ):
            continue
        if syntax.inverted_subject(verb) is not None and token.i < verb.i:
            return verb
        if verb.dep_ == "parataxis" and token in verb.head.subtree and token not in verb.subtree:
            return verb
    return None


def _speaker(verb: Token) -> list[Token]:
    if verb.pos_ == "NOUN":
        return [t for p, t in syntax.obliques(verb) if p in ("de", "of", "by", "par", "poss")]
    return syntax.subjects(verb)


def is_ordered(token: Token) -> bool:
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
    return syntax.lemma(above) in _words(token, "order") and above != token


def is_rule(verb: Token) -> bool:
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


def says(verb: Token) -> bool:
    """
    Tell whether a predicate is itself a verb of saying: "announced the closure of".

    Parameters
    ----------
    verb
        A verb or noun.

    Returns
    -------
    bool
        True for verbs of the speech table.
    """
    return speech(verb.lang_).get((syntax.lemma(verb), "VERB")) == "say"


def _according(token: Token) -> tuple[str, list[Token]]:
    for part in token.sent:
        lowered = part.lower_
        if lowered in ("selon", "d'après") or (
            lowered == "d'" and part.i + 1 < len(part.doc) and part.nbor(1).lower_ == "après"
        ):
            head = part.head
            if head.pos_ in ("NOUN", "PROPN", "PRON", "X", "ADJ"):
                return "say", syntax.coordinated(head)
            return "say", [t for t in part.subtree if t.pos_ in ("NOUN", "PROPN")][:1]
        if lowered == "croire" and part.i > part.sent.start + 1 and part.nbor(-1).lower_ == "en":
            return "say", [c for c in part.children if c.dep_ in ("obj", "obl:arg")]
        if lowered == "according":
            return "say", [t for t in part.subtree if t.dep_ == "pobj"][:1]
        if lowered in ("quoting", "citing", "citant"):
            return "say", [c for c in part.children if c.dep_ in ("dobj", "obj", "pobj")]
    return "", []
