"""English trees put right where the parser often goes wrong: reduced clauses, clefts, verbs for nouns."""

from collections.abc import Callable
from functools import cache

from frontlines import lexicon, syntax
from frontlines.trees import Sentence, Word, move

_SUBJECT = ("nsubj", "nsubjpass")
_PAST = ("VBN", "VBD")
Link = tuple[Word, str] | None  # what to hang a word from, and as what


def mend(sentences: list[Sentence]) -> None:
    """
    Put the trees of a paragraph right, in place.

    Parameters
    ----------
    sentences
        Its sentences, as `trees.read` gives them.
    """
    for sentence in sentences:
        for word in sentence:
            _name_kind(word)
            _name_link(word)
            _drop_label(word)
            _add_subject(word)
            _turn(word)
            _take_over(word)
            links = (find(word) for find in (*_mends().get(word.dep_, ()), _reduce))
            if link := next(filter(None, links), None):
                move(word, *link)


@cache
def _mends() -> dict[str, tuple[Callable[[Word], Link], ...]]:
    """Give by the link that the parser saw what may find a better one for a word."""
    return {
        "acl": (_make_whole, _hang_on_top, _part_in_two),
        "compound": (_open,),
        "prep": (_hang_on_act, _hang_on_verb, _hang_on_last),
        "advmod": (_set_aside,),
        "relcl": (_hang_on_top,),
        "appos": (_hang_on_idiom,),
        "advcl": (_uncleave, _hang_on_name),
        "ccomp": (_uncleave, _make_object, _let_in, _part),
        "dep": (_make_object,),
        "conj": (_hang_on_past, _hang_on_alike),
        **dict.fromkeys(("csubj", "csubjpass"), (_stand_for_clause,)),
        **dict.fromkeys(("dobj", "nsubj", "nsubjpass"), (_count,)),
    }


def _name_kind(word: Word) -> None:
    """Tell verbs taken for adjectives, and what a verb is that the parser guesses at: "cratered"."""
    below = {c.dep_ for c in word.children}
    if word.tag_ == "VBN" and word.dep_ in ("pobj", "dobj", "nsubj") and "det" in below:
        word.pos_, word.tag_, word.lemma_ = "NOUN", "NNS", word.lower_  # "the displaced in X"
    elif word.pos_ == "VERB" and word.lower_ in _past():
        word.lemma_ = _past()[word.lower_]
    elif word.tag_ == "VBZ" and word.dep_ == "pobj":
        word.pos_, word.tag_ = "NOUN", "NNS"  # "dismissed as fabrication reports that ..."
    elif word.pos_ == "ADJ" and {"aux", "dobj"} <= below:
        word.pos_, word.tag_, word.dep_ = "VERB", "VB", "xcomp"  # "vow to empty the prison"
    elif word.pos_ in ("ADJ", "NOUN") and below & {"auxpass", "agent"} and word.lower_ in _past():
        word.pos_, word.tag_, word.lemma_ = "VERB", "VBN", _past()[word.lower_]  # "was encircled by X"
    elif word.pos_ == "ADJ" and "nsubj" in below and below & {"dobj", "npadvmod"} and word.lower_ in _past():
        word.pos_, word.tag_, word.lemma_ = "VERB", "VBD", _past()[word.lower_]  # "wrested X from the army"


def _name_link(word: Word) -> None:
    """Tell what is said from what stands beside it: "claims that X had ...", "pleaded for X to be ..."."""
    if word.dep_ == "relcl" and any(c.lower_ == "that" and c.dep_ == "mark" for c in word.children):
        word.dep_ = "acl"
    elif word.dep_ == "advcl":
        marks = {c.lower_ for c in word.children if c.dep_ in ("mark", "aux")}
        said = word.tag_ == "VBG" and word.nbor(-1).lemma_ in syntax.words(word, "admitting")
        asked = word.head.lemma_ in syntax.words(word, "object_control") and "to" in marks
        word.dep_ = "xcomp" if {"for", "to"} <= marks or said or asked else word.dep_
    named = word.lemma_ == "call" and word.dep_ in ("relcl", "pcomp", "ccomp")
    if named and all(c.dep_ != "prt" for c in word.children):  # not "which called up a brigade"
        word.lemma_ = "term"  # "what it calls a cordon", "a body they call X"


def _drop_label(verb: Word) -> None:
    """Let a label or a clock time at the head of a line be no subject: "Funding: the UN has pledged"."""
    subjects = [c for c in verb.children if c.dep_ in _SUBJECT and c.i < verb.i]
    if len(subjects) < 2:
        return
    between = verb.doc[subjects[0].i : subjects[1].i]
    if subjects[0].pos_ == "NUM" or any(t.text == ":" for t in between):
        subjects[0].dep_ = "dep"


def _add_subject(word: Word) -> None:
    """Let those who do so too be subjects: "X, along with Y, called for calm"."""
    if word.dep_ != "prep" or word.lower_ not in ("along", "together") or word.nbor(-1).text != ",":
        return
    beside = [t for c in word.children if c.lower_ == "with" for t in c.children if t.dep_ == "pobj"]
    subjects = [c for c in (word.head, *word.head.children) if c.dep_ in _SUBJECT]
    if beside and subjects:
        move(beside[0], subjects[0], "conj")


def _turn(word: Word) -> None:
    """Read "also taken on Friday were X and Y" from behind: what was taken stands there."""
    if word.dep_ != "auxpass" or word.i < word.head.i:
        return
    for child in [c for c in word.children if c.dep_ in ("nsubj", "attr", "parataxis")]:
        move(child, word.head, "parataxis" if child.dep_ == "parataxis" else "nsubjpass")


def _take_over(verb: Word) -> None:
    """Read "had trapped soldiers" as a perfect, not as the having of trapped soldiers."""
    if verb.dep_ not in ("amod", "compound") or verb.i == verb.sent.start:
        return
    have, noun = verb.nbor(-1), verb.head
    if verb.tag_ != "VBN" and verb.lower_ not in syntax.words(verb, "unchanging"):
        return
    if noun.dep_ != "dobj" or noun.head is not have or have.lemma_ != "have":
        return
    below = [*have.children, *(c for c in noun.children if c.dep_ == "prep")]
    move(have, verb, "aux")
    for word in below:
        move(word, verb, word.dep_)
    have.pos_, verb.pos_, verb.tag_ = "AUX", "VERB", "VBN"
    verb.lemma_ = _past().get(verb.lower_, verb.lemma_)


def _count(word: Word) -> Link:
    """Read "a new round of talks on X" as talks."""
    series = word.lemma_ in syntax.words(word, "series_word")
    talks = [t for c in word.children if series and c.lower_ == "of" for t in c.children if t.dep_ == "pobj"]
    if not talks:
        return None
    talks[0].head.dep_ = "case"
    move(talks[0], word.head, word.dep_)
    return talks[0], "nmod"


def _set_aside(word: Word) -> Link:
    """Read ", home to a college" behind a place as a clause: ", which is home to a college"."""
    behind = any(c.lower_ in ("to", "of") and c.i == word.i + 1 for c in word.children)
    if not behind or word.pos_ != "NOUN" or word.nbor(-1).text != ",":
        return None
    word.pos_ = "VERB"
    return word.nbor(-2), "acl"


def _hang_on_act(by: Word) -> Link:
    """Hang who does an act told by a noun on it: "the takeover of the buffer zone by Israel"."""
    of, act = by.head.head, by.head.head.head
    below = by.lower_ == "by" and by.head.dep_ == "pobj" and of.lower_ == "of"
    fits = below and act.pos_ == "NOUN" and act.lemma_ in lexicon.acts("en", "NOUN")
    return (act, by.dep_) if fits else None


def _hang_on_verb(where: Word) -> Link:
    """Read "deployed in greater numbers along the frontier": no numbers are along it."""
    how, over = where.head, where.head.head
    told = how.dep_ == "pobj" and how.lower_ in syntax.words(how, "manner_word")
    fits = told and over.lower_ == "in" and over.head.pos_ == "VERB"
    return (over.head, where.dep_) if fits else None


def _hang_on_last(where: Word) -> Link:
    """Hang a place on the last of two, the first known by name: "hit the X air base and depots in Y"."""
    last = where.nbor(-1) if where.i > where.sent.start else where
    if last.dep_ != "conj" or last.head.dep_ != "dobj" or last.head.head is not where.head:
        return None
    named = [t.pos_ for t in last.head.subtree if t.i < last.i and t.dep_ in ("compound", "pobj")]
    bare = [c.pos_ for c in last.children if c.dep_ == "compound"]
    fits = where.lower_ in syntax.words(where, "inside") and "PROPN" in named and "PROPN" not in bare
    return (last, where.dep_) if fits else None


def _part(verb: Word) -> Link:
    """Part "X backed Y; Z urged restraint", read as something that Z urged."""
    last = verb.head
    parted = any(t.text == ";" for t in verb.doc[verb.i : last.i]) and last.head is last
    fits = parted and any(c.dep_ in _SUBJECT and c.i > verb.i for c in last.children)
    if not fits:
        return None
    move(last, verb, "conj")
    return verb, "ROOT"


def _hang_on_alike(noun: Word) -> Link:
    """Join two of a kind: "the base in the desert and the base north of X", "the port of X and depots"."""
    first, inner = noun.head.head.head, noun.head
    alike = noun.lemma_ == first.lemma_ or (inner.pos_ == "PROPN" and inner.head.lower_ == "of")
    fits = alike and noun.pos_ == first.pos_ == "NOUN" and inner.dep_ == "pobj"
    return (first, noun.dep_) if fits else None


def _part_in_two(verb: Word) -> Link:
    """Part "X, which ..., called for calm, and Z urged restraint", read as one clause with two subjects."""
    noun, last = verb.head, verb.head.head
    others = [c for c in last.children if c.dep_ == "nsubj" and c.i > verb.i]
    joined = any(t.dep_ == "cc" for o in others for t in verb.doc[verb.i : o.i])
    if verb.tag_ != "VBD" or verb.nbor(-1).text != "," or noun.dep_ != "nsubj" or not joined:
        return None
    move(last, verb, "conj")
    move(noun, verb, "nsubj")
    return verb, "ROOT"


def _hang_on_past(verb: Word) -> Link:
    """Read "rejected any attempt to divide X and called for calm": what is told does not follow "to"."""
    below = any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.head.children)
    own = any(c.dep_ in (*_SUBJECT, "aux", "auxpass") for c in verb.children)
    fits = verb.tag_ == "VBD" and verb.head.tag_ == "VB" and below and not own
    return (next((w for w in verb.ancestors if w.tag_ == "VBD"), verb.head), "conj") if fits else None


def _make_object(noun: Word) -> Link:
    """Tell the object behind an aside: "occupied, without firing a shot, army posts"."""
    own = any(c.dep_ in (*_SUBJECT, "cop") for c in noun.children)
    free = not any(c.dep_ == "dobj" for c in noun.head.children)
    fits = noun.pos_ in ("NOUN", "PROPN") and noun.i > noun.head.i and not own and free
    return (noun.head, "dobj") if fits else None


def _stand_for_clause(verb: Word) -> Link:
    """Let a noun stand for its clause, and the participle say more of it: "clashes pitting X against Y"."""
    told = verb.tag_ == "VBG" or (verb.tag_ in _PAST and verb.i < verb.head.i)
    ends = [max(t.i for t in c.subtree) for c in verb.children if c.dep_ == "nsubj"]
    return _say_more(verb) if told and verb.i - 1 in ends else None


def _let_in(verb: Word) -> Link:
    """Tell those let in who do something from what is admitted: "admits only citizens coming home"."""
    below = {c.dep_ for c in verb.children}
    told = verb.tag_ == "VBG" and "nsubj" in below and below.isdisjoint(("mark", "aux"))
    return _say_more(verb) if told and verb.head.lemma_ in syntax.words(verb, "let_in") else None


def _say_more(verb: Word) -> Link:
    noun = next(c for c in verb.children if c.dep_ == "nsubj")
    move(noun, verb.head, {"ccomp": "dobj", "csubj": "nsubj", "csubjpass": "nsubjpass"}[verb.dep_])
    return noun, "acl"


def _reduce(word: Word) -> Link:
    """Let a participle taken for the verb say more of its noun: "men opposed to X, led by Y, took Z"."""
    if word.tag_ not in _PAST:
        return None
    nouns = [c for c in word.children if c.dep_ in _SUBJECT]
    named = any(c.pos_ != "PRON" and c.i < word.i for c in nouns)
    by = any(c.dep_ == "agent" for c in word.children)  # "bombs dropped by X hit Y"
    beside = by or word.nbor(-1).text == "," or any(c.dep_ == "advcl" for c in word.children)
    own = any(c.dep_.startswith("aux") or c.dep_ in ("cc", "dobj") for c in word.children)
    verb = _main_behind(word) if named and beside and not own else word
    if verb is word or any(c.dep_ in _SUBJECT for c in verb.children):
        return None
    if not by and verb.doc[min(t.i for t in verb.subtree) - 1].text != ",":
        return None
    participles = [c for c in word.children if c.dep_ == "advcl" and c.tag_ == "VBN" and c.i < verb.i]
    passive = any(c.dep_ == "auxpass" for c in verb.children)
    word.tag_ = "VBN"
    move(word, verb, "acl")
    move(nouns[0], verb, "nsubjpass" if passive else "nsubj")
    for participle in participles:
        move(participle, nouns[0], "acl")
    return nouns[0], "acl"


def _main_behind(word: Word) -> Word:
    """Find the verb behind such a participle: beside it, or under it ("jets, thought to be X, bombed Y")."""
    verbs = [c for c in word.children if c.pos_ == "VERB"]
    bare = [v for v in verbs if v.tag_ in _PAST and all(c.lower_ != "having" for c in v.children)]
    joined = [v for v in verbs if v.dep_ in ("conj", "dep")]
    return next(iter(joined or [v for v in bare if v.dep_ == "advcl" and v.i > word.i]), word)


def _make_whole(verb: Word) -> Link:
    """Read "Some conscripts deserted.", a noun with a participle, as a sentence: it needs a verb."""
    if verb.tag_ != "VBN" or verb.sent[-1].text != ".":
        return None
    noun = next((w for w in verb.ancestors if w.head is w), verb)
    near = verb.head is noun or any(w.tag_ == "VBG" and w.head is noun for w in verb.ancestors)
    below = {c.lower_ if c.dep_ == "aux" else c.dep_ for c in verb.children}
    others = [w for w in noun.children if w.pos_ in ("VERB", "AUX") and w is not verb and w.tag_ != "VBG"]
    if not near or noun.pos_ not in ("NOUN", "PROPN") or below & {"agent", "auxpass", "having"} or others:
        return None
    move(noun, verb, "nsubj")
    verb.tag_, verb.morph = "VBD", verb.morph | {"VerbForm": ["Fin"]}
    return verb, "ROOT"


def _open(word: Word) -> Link:
    """Read "Entering X, they came upon tanks", taken for a name, as what they did."""
    if word.i > word.sent.start or word.lower_ not in _gerunds() or word.head.dep_ not in _SUBJECT:
        return None
    name, verb = word.head, word.head.head
    move(name, word, "dobj")
    word.pos_, word.tag_, word.lemma_ = "VERB", "VBG", _gerunds()[word.lower_]
    return verb, "advcl"


def _hang_on_idiom(word: Word) -> Link:
    """Hang an object on the verb that an idiom parts it from: "took under its control the centre of X"."""
    preposition, verb = word.head.head, word.head.head.head
    near = word.head.dep_ == "pobj" and min(t.i for t in word.subtree) == word.head.i + 1
    free = verb.pos_ == "VERB" and not any(c.dep_ == "dobj" for c in verb.children)
    fits = near and free and preposition.dep_ in ("prep", "prt")
    return (verb, "dobj") if fits else None


def _hang_on_top(verb: Word) -> Link:
    """Hang ", headed by X," on what a phrase is about, ", where Y ..." on X in "X, a town near Z, ..."."""
    top = verb.head
    while top.dep_ in ("dobj", "pobj") and top.head.dep_ in ("prep", "acl") and top.head.head.pos_ == "NOUN":
        top = top.head.head
    parted = verb.doc[min(t.i for t in verb.subtree)].nbor(-1).text == ","
    if verb.dep_ == "relcl":
        return (top.head, "relcl") if parted and top.dep_ == "appos" and top is not verb.head else None
    by = verb.tag_ == "VBN" and any(c.dep_ == "agent" for c in verb.children)
    return (top, "acl") if by and parted and top.dep_ in _SUBJECT else None


def _hang_on_name(word: Word) -> Link:
    """Read "the fate of a barracks in X, blown up by Y": what stands before the comma was."""
    by = word.tag_ == "VBN" and word.i > word.head.i and any(c.dep_ == "agent" for c in word.children)
    fits = by and word.nbor(-1).text == "," and word.nbor(-2).pos_ == "PROPN"
    return (word.nbor(-2), "acl") if fits else None


def _uncleave(verb: Word) -> Link:
    """Read "it was a Russian jet that bombed X" as said of the jet."""
    it = any(c.lower_ == "it" and c.dep_ in _SUBJECT for c in verb.head.children)
    that = any(c.lower_ in ("that", "who", "which") and c.dep_ == "nsubj" for c in verb.children)
    fits = verb.head.lemma_ == "be" and it and that
    what = [c for c in verb.head.children if c.dep_ == "attr" and fits]
    return (what[0], "relcl") if what else None


@cache
def _past() -> dict[str, str]:
    """Give the regular past forms of the verbs of the English table."""
    return {verb + ("d" if verb.endswith("e") else "ed"): verb for verb in sorted(lexicon.acts("en", "VERB"))}


@cache
def _gerunds() -> dict[str, str]:
    """Give the participles of the verbs of the English table."""
    return {verb.removesuffix("e") + "ing": verb for verb in _past().values()}
