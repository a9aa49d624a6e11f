"""Who says so: the verbs and phrases of saying that an act stands under."""

from frontlines import assertion, clauses, obliques, syntax
from frontlines.trees import Word


def reporter(token: Word) -> tuple[str, list[Word]]:
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
    sources : list of trees.Word
        Heads of the phrases that name who says so; empty where nobody is named.
    """
    governing = _told_of(token) or _governing_speech(token)
    if governing is not None:
        kind, verb = governing
        return kind, _speaker(verb)
    participle = _reported_beside(token)
    if participle is not None:
        return "say", clauses.subjects(participle)
    aside = _inserted_speech(token)
    said = ("", []) if aside is not None else _according(token)
    if aside is None and not said[0]:
        aside = _around_quotation(token)
    if aside is not None:
        speakers = _speaker(aside)
        if any(syntax.is_a(head, "own_reporter") for head in speakers):
            return "", []  # "a constaté notre correspondant": the dispatch itself says so
        return "say", speakers
    return said


def _governing_speech(token: Word) -> tuple[str, Word] | None:
    table = assertion.speech(token.lang_)
    current, apart, content = token, False, clauses.quoted(token)
    for _ in range(12):
        head, apart = current.head, apart or current.dep_ == "relcl"
        if head == current or head in content:
            return None
        if current.dep_ in ("ccomp", "csubj", "xcomp") and _is_untrue(head):
            outer = _governing_speech(head)
            return "deny", outer[1] if outer else head
        kind = table.get((syntax.lemma(head), "VERB" if head.pos_ in ("VERB", "AUX") else "NOUN"))
        kind = "say" if kind == "deny" and assertion.spoken(head) == "expect" else kind
        below = current.dep_ in (
            "ccomp", "xcomp", "obj", "dobj", "csubj", "advcl", "acl", "acl:relcl", "obl:arg", "obl:mod",
            "nsubj:pass", "nsubjpass", "pcomp", "parataxis", "dep", "prep",
        )  # fmt: skip
        spoken = assertion.spoken(head.head) if head.lower_ in ("of", "about") else None
        if current is token and current.dep_ == "pobj" and spoken == "say" and head.head.pos_ == "VERB":
            return "say", head.head  # "residents spoke of gunfire"
        told = below or current.dep_ == "nmod"  # "une information sur l'évacuation de X"
        if kind == "say" and head.pos_ == "NOUN" and told and (over := _judged(head)) is not None:
            return over
        if kind == "deny" and apart:
            return None  # "denied that X had entered Y, to which the army has sent men": that it has
        if kind in ("say", "deny") and below and _is_content(current, head, token):
            of_a_report = kind == "say" and head.dep_ == "acl" and head.head.pos_ == "NOUN"
            return (_judged(head.head) if of_a_report else None) or (kind, head)
        current = head
    return None


def _is_untrue(verb: Word) -> bool:
    """Tell "it is untrue that", "il est faux que"."""
    words = [verb, *(c for c in verb.children if c.dep_ in ("acomp", "attr", "xcomp"))]
    return any(word.lower_ in syntax.words(word, "untrue") for word in words)


def _reported_beside(noun: Word) -> Word | None:
    """Find who tells of an act in an aside: "the murder of X in Y, reported by the Observatory"."""
    for word in noun.subtree if noun.pos_ == "NOUN" else ():
        told = word.dep_ in ("acl", "amod") and assertion.spoken(word) == "say"
        if told and word.i > noun.i and syntax.is_passive(word) and clauses.subjects(word):
            return word
    return None


def _is_reported(verb: Word) -> bool:
    """Tell "un communiqué que HTC a pris Hama" from a relative clause: its "que" is no object."""
    return any(c.dep_ == "mark" and c.lower_ in ("que", "qu'") for c in verb.children)


def _judged(noun: Word) -> tuple[str, Word] | None:
    """Read "dismissed reports that ..." and "claims that ... are false": the report itself is denied."""
    verb = noun.head if noun.dep_ == "nsubj" else syntax.governor(noun)
    said = [verb, *verb.children, *(c for c in noun.children if c.dep_ == "amod")]
    if assertion.spoken(verb) == "deny" and (verb.i < noun.i or syntax.is_passive(verb)):
        return "deny", verb
    if any(c.lower_ in syntax.words(c, "untrue") for c in said):
        if syntax.is_a(verb, "call_so"):
            return "deny", verb
        outer = _governing_speech(verb)
        return ("deny", outer[1]) if outer else ("deny", _inserted_speech(verb) or noun)
    return None


def _told_of(token: Word) -> tuple[str, Word] | None:
    """Read "l'information selon laquelle X a pris Y est fausse": what the report tells is denied."""
    for word in token.sent[: token.i - token.sent.start]:
        noun = word.nbor(-1) if word.lower_ == "selon" and word.i > word.sent.start else word
        if noun is not word and word.nbor(1).lower_ in syntax.words(word, "relative"):
            noun = next((c for c in (noun, noun.head) if c.pos_ == "NOUN"), noun)
            return _judged(noun)
    return None


def _is_content(current: Word, head: Word, token: Word) -> bool:
    """Tell what is said from what merely stands beside it: "selon" phrases, times, relative clauses."""
    if current.dep_ in ("ccomp", "csubj", "parataxis", "dep", "xcomp", "pcomp"):
        return True
    if current.dep_ in ("nsubj:pass", "nsubjpass"):
        return current == token
    done = token.dep_ == "acl" and token.head is current  # "signale cinq civils tués par des obus"
    if done and head.lang_ == "fr" and current.dep_ in ("obj", "obl:arg"):
        return True
    if current.dep_ == "obl:arg" and current == token:
        return syntax.reflexive(head) or head.lemma_ == "parler"  # "se défend de tout retrait"
    if current.dep_ in ("obj", "dobj"):
        part = current.lower_ in syntax.words(current, "part_in")  # "nie toute implication dans les raids"
        own = token in syntax.coordinated(current) and head.lower_ not in ("évoquant", "citing")
        return own or part or current.pos_ == "VERB"
    if current.dep_ == "prep":  # "denied any part in the raid"
        return assertion.spoken(head) == "deny" and syntax.has(head, "part_in", "dobj")
    if current.dep_ == "acl":
        return current.pos_ == "VERB" and head.pos_ == "NOUN"
    marked = {c.lower_ for c in current.children if c.dep_ in ("mark", "case", "aux", "prep")}
    if current.dep_ == "advcl" and _is_reported(current):
        return True  # "il a été signalé que"
    # French "X, a déclaré Y": the parser often hangs X under the verb of saying as an adverbial clause
    before = current.dep_ == "advcl" and current.i < head.i and not _stands_bare(current)
    return before and not marked & syntax.words(head, "circumstance")


def _stands_bare(verb: Word) -> bool:
    """Tell "reçu par X, il a assuré ...": the participle is nothing that he said."""
    auxiliaries = any(c.dep_.startswith("aux") for c in verb.children)
    return verb.lang_ == "fr" and not auxiliaries and syntax.is_participle(verb)


def _inserted_speech(token: Word) -> Word | None:
    """Find ", a déclaré Y" or ", Y said" set beside what is said."""
    for verb in token.sent:
        if verb.pos_ != "VERB" or verb is token:
            continue
        said = assertion.spoken(verb) == "say"
        if not (said or (verb.lang_ == "fr" and clauses.inverted_subject(verb))):
            continue
        behind = [c for c in verb.subtree if verb.i < c.i < verb.i + 4]
        if any(c.lower_ in ("que", "qu'", "that") and c.dep_ in ("mark", "obj") for c in behind):
            continue
        if clauses.inverted_subject(verb) is not None and token.i < verb.i:
            return verb
        if verb.dep_ == "parataxis" and token in verb.head.subtree and token not in verb.subtree:
            return verb
    return None


def _around_quotation(token: Word) -> Word | None:
    """Find who is quoted over several sentences: "« A », a déclaré X. « B. »", "X a dit : « A. B. »"."""
    doc = token.doc
    opened = next((w for w in reversed(doc[: token.i]) if w.text in "«»“”"), None)
    if opened is None or opened.text not in "«“":
        return None
    closed = next((w for w in doc[token.i :] if w.text in "»”"), None)
    behind = doc[closed.i : closed.i + 8] if closed is not None else []
    before = reversed(doc[: opened.i])
    for verb in [*behind, *before]:
        said = verb.pos_ == "VERB" and assertion.spoken(verb) == "say"
        apart = ":" in [w.text for w in (*doc[max(0, opened.i - 1) : opened.i], *behind[1:2])]
        if said and (apart or clauses.inverted_subject(verb) is not None):
            return verb
    return None


def _speaker(verb: Word) -> list[Word]:
    if verb.pos_ == "NOUN":
        return [t for p, t in obliques.of(verb) if p in ("de", "of", "by", "par", "poss")]
    return clauses.subjects(verb)


def says(verb: Word) -> bool:
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
    lost = syntax.has(verb, "life_word", "dobj")
    return assertion.spoken(verb) == "say" and not lost


_CITING = frozenset(("selon", "d'après", "d'", "according", "by"))


def _according(token: Word) -> tuple[str, list[Word]]:
    for part in token.sent if _CITING & syntax.forms(token.sent[0]) else ():
        after = part.i + 1 < len(part.doc) and (part.lower_, part.nbor(1).lower_) == ("d'", "après")
        if after or part.lower_ in ("selon", "d'après"):
            heads = syntax.coordinated(part.head)  # not "selon l'OSDH, sept civils"
            return "say", heads if any(c.dep_ == "cc" for h in heads[1:] for c in h.children) else heads[:1]
        if part.lower_ == "according":
            return "say", [t for t in part.subtree if t.dep_ == "pobj"][:1]
        for noun in part.children if (part.lower_, part.dep_) == ("by", "prep") else ():
            own = syntax.has(noun, "possessive")  # "by its own account"
            if syntax.is_a(noun, "reckoning") and (who := clauses.subjects(token) if own else _speaker(noun)):
                return "say", who  # "by the count of X", not "by all accounts"
    return "", []
