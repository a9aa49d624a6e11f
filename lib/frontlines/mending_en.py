"""English trees put right where the parser often goes wrong: reduced clauses, clefts, verbs for nouns."""

from collections.abc import Callable
from functools import cache

from frontlines import syntax
from frontlines.mending import move
from frontlines.trees import Sentence, Word


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
            for fits, put_right in (*_mends().get(word.dep_, ()), (_said_behind, _reduce)):
                if fits(word):
                    put_right(word)
                    break


@cache
def _mends() -> dict[str, tuple[tuple[Callable[[Word], object], Callable[[Word], None]], ...]]:
    """Give by the link that the parser saw what may be wrong with it, and how that is put right."""
    subject, cleft = (_is_doing, _take_subject), (_is_cleft, _say_of_what)
    told = (_counts, _count)
    late = (_is_late_object, lambda word: move(word, word.head, "dobj"))
    return {
        "acl": (
            (_is_only_verb, _say_of),
            (lambda verb: verb.tag_ == "VBN" and verb.nbor(-1).text == ",", _hang_on_top),
            (_is_first_of_two, _join),
        ),
        "amod": ((_is_perfect, _take_over),),
        "compound": ((_is_perfect, _take_over), (_is_opening, _open)),
        "prep": (
            (_is_beside, _add_subject),
            (_by_whom, _rise),
            (_in_numbers, _rise),
            (_in_last, _hang_behind),
        ),
        "advmod": ((_is_home, _set_aside),),
        "appos": ((_parted, _hang_on_idiom),),
        "advcl": (cleft, (_is_done_to, lambda word: move(word, word.nbor(-2), "acl"))),
        "ccomp": (cleft, late, (_is_let_in, _take_subject), (_stands_apart, _part)),
        "auxpass": ((_is_behind, _turn),),
        "dep": (late,),
        "conj": ((_is_told, _tell), (_is_alike, _rise)),
        "xcomp": ((_is_describing, _describe),),
        "csubj": (subject,),
        "dobj": (told,),
        "nsubj": (told,),
        "nsubjpass": (told,),
        "csubjpass": (subject,),
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
    elif word.pos_ in ("ADJ", "NOUN") and below & {"auxpass", "agent"} and (lemma := _lemma(word)):
        word.pos_, word.tag_, word.lemma_ = "VERB", "VBN", lemma  # "was encircled by X", "was overrun"
    elif word.pos_ == "ADJ" and "nsubj" in below and below & {"dobj", "npadvmod"} and (lemma := _lemma(word)):
        word.pos_, word.tag_, word.lemma_ = "VERB", "VBD", lemma  # "wrested X from the army"


def _name_link(word: Word) -> None:
    """Tell what is said from what stands beside it: "claims that X had ...", "pleaded for X to be ..."."""
    if word.dep_ == "case" and word.pos_ == "NUM":
        word.dep_ = "nummod"  # "US B-52 bombers"
    elif word.dep_ == "relcl" and any(c.lower_ == "that" and c.dep_ == "mark" for c in word.children):
        word.dep_ = "acl"
    elif word.dep_ == "advcl":
        marks = {c.lower_ for c in word.children if c.dep_ in ("mark", "aux")}
        said = word.tag_ == "VBG" and word.nbor(-1).lemma_ in syntax.words(word, "admitting")
        asked = word.head.lemma_ in syntax.words(word, "object_control") and "to" in marks
        word.dep_ = "xcomp" if {"for", "to"} <= marks or said or asked else word.dep_
    if word.lemma_ == "call" and word.dep_ in ("relcl", "pcomp", "ccomp") and _is_naming(word):
        word.lemma_ = "term"


def _is_naming(verb: Word) -> bool:
    """Tell "what it calls a cordon", "a body they call X" from calling somebody."""
    before = {c.lower_ for c in verb.children if c.i < verb.i}
    return "what" in before or (verb.dep_ == "relcl" and not before & {"who", "that", "which"})


def _drop_label(verb: Word) -> None:
    """Let a label or a clock time at the head of a line be no subject: "Funding: the UN has pledged"."""
    subjects = [c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass") and c.i < verb.i]
    if len(subjects) < 2:
        return
    between = verb.doc[subjects[0].i : subjects[1].i]
    if subjects[0].pos_ == "NUM" or any(t.text == ":" for t in between):
        subjects[0].dep_ = "dep"


def _counts(word: Word) -> list[Word]:
    """Find the talks in "a new round of talks on X"."""
    if word.lemma_ not in syntax.words(word, "series_word"):
        return []
    return [g for c in word.children if c.lower_ == "of" for g in c.children if g.dep_ == "pobj"]


def _count(word: Word) -> None:
    talks, of = _counts(word)[0], _counts(word)[0].head
    move(talks, word.head, word.dep_)
    move(word, talks, "nmod")
    move(of, word, "case")


def _rise(word: Word) -> None:
    """Hang a word two phrases further up."""
    move(word, word.head.head.head, word.dep_)


def _hang_behind(word: Word) -> None:
    move(word, word.nbor(-1), word.dep_)


def _part(verb: Word) -> None:
    move(verb.head, verb, "conj")


def _set_aside(word: Word) -> None:
    """Read it as a clause of its own: ", which is home to a college"."""
    move(word, word.nbor(-2), "acl")
    word.pos_ = "VERB"


def _by_whom(word: Word) -> bool:
    """Tell who does an act told by a noun: "the takeover of the buffer zone by Israel"."""
    of, act = word.head.head, word.head.head.head
    below = word.lower_ == "by" and word.head.dep_ == "pobj" and of.lower_ == "of"
    return below and act.pos_ == "NOUN" and act.lemma_ in syntax.acts("en", "NOUN")


def _in_numbers(word: Word) -> bool:
    """Tell where of "deployed in greater numbers along the frontier": no numbers are along it."""
    how, over = word.head, word.head.head
    told = how.dep_ == "pobj" and how.lower_ in syntax.words(how, "manner_word")
    return told and over.lower_ == "in" and over.head.pos_ == "VERB"


def _in_last(word: Word) -> bool:
    """Tell where the last of two is, the first known by name: "hit the X air base and depots in Y"."""
    last = word.nbor(-1) if word.i > word.sent.start else word
    if last.dep_ != "conj" or last.head.dep_ != "dobj" or last.head.head is not word.head:
        return False
    named = [t.pos_ for t in last.head.subtree if t.i < last.i and t.dep_ in ("compound", "pobj")]
    bare = [c.pos_ for c in last.children if c.dep_ == "compound"]
    return word.lower_ in syntax.words(word, "inside") and "PROPN" in named and "PROPN" not in bare


def _is_home(word: Word) -> bool:
    """Tell ", home to a college" behind a place."""
    behind = any(c.lower_ in ("to", "of") and c.i == word.i + 1 for c in word.children)
    return behind and word.pos_ == "NOUN" and word.nbor(-1).text == ","


def _stands_apart(verb: Word) -> bool:
    """Tell "X backed Y; Z urged restraint", read as something that Z urged."""
    last = verb.head
    parted = any(t.text == ";" for t in verb.doc[verb.i : last.i]) and last.head is last
    return parted and any(c.dep_.startswith("nsubj") and c.i > verb.i for c in last.children)


def _is_alike(noun: Word) -> bool:
    """Tell two of a kind: "the base in the desert and the base north of X", "the port of X and depots"."""
    first, inner = noun.head.head.head, noun.head
    alike = noun.lemma_ == first.lemma_ or (inner.pos_ == "PROPN" and inner.head.lower_ == "of")
    return alike and noun.pos_ == first.pos_ == "NOUN" and inner.dep_ == "pobj"


def _is_describing(verb: Word) -> list[Word]:
    """Find who is in "robbed fleeing families": they flee, and are robbed; not in "began moving men"."""
    if verb.lower_ not in syntax.words(verb, "moving_word") or verb.nbor(-1) is not verb.head:
        return []
    whom = [c for c in verb.children if c.dep_ == "dobj" and c.tag_.endswith("S")]
    begun = verb.head.lemma_ in syntax.words(verb, "own_act") or verb.nbor(1).dep_ == "poss"
    return [c for c in whom if min(t.i for t in c.subtree) == verb.i + 1 and not begun]


def _describe(verb: Word) -> None:
    whom = _is_describing(verb)[0]
    for word in [c for c in verb.children if c.i >= whom.i]:
        move(word, verb.head, word.dep_)
    move(verb, whom, "amod")


def _is_beside(word: Word) -> list[Word]:
    """Find who does so too: "X, along with Y, called for calm"."""
    late = word.i > word.head.i and word.head.pos_ == "VERB"
    if word.lower_ not in ("along", "together") or word.nbor(-1).text != "," or late:
        return []
    return [g for c in word.children if c.lower_ == "with" for g in c.children if g.dep_ == "pobj"]


def _add_subject(word: Word) -> None:
    for subject in [c for c in (word.head, *word.head.children) if c.dep_ in ("nsubj", "nsubjpass")][:1]:
        move(_is_beside(word)[0], subject, "conj")


def _is_first_of_two(verb: Word) -> bool:
    """Tell "X, which ..., called for calm, and Z urged restraint", read as one clause with two subjects."""
    noun, last = verb.head, verb.head.head
    others = [c for c in last.children if c.dep_ == "nsubj" and c.i > verb.i]
    joined = any(t.dep_ == "cc" for o in others for t in verb.doc[verb.i : o.i])
    return verb.tag_ == "VBD" and verb.nbor(-1).text == "," and noun.dep_ == "nsubj" and joined


def _join(verb: Word) -> None:
    noun, last = verb.head, verb.head.head
    move(verb, last.head if last.head is not last else verb, last.dep_)
    move(noun, verb, "nsubj")
    move(last, verb, "conj")


def _is_told(verb: Word) -> bool:
    """Tell "rejected any attempt to divide X and called for calm": what is told does not follow "to"."""
    below = any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.head.children)
    own = any(c.dep_ in ("nsubj", "nsubjpass", "aux", "auxpass") for c in verb.children)
    return verb.tag_ == "VBD" and verb.head.tag_ == "VB" and below and not own


def _tell(verb: Word) -> None:
    move(verb, next((w for w in verb.ancestors if w.tag_ == "VBD"), verb.head), "conj")


def _is_late_object(noun: Word) -> bool:
    """Tell the object behind an aside: "occupied, without firing a shot, army posts"."""
    own = any(c.dep_ in ("nsubj", "nsubjpass", "cop") for c in noun.children)
    free = not any(c.dep_ == "dobj" for c in noun.head.children)
    return noun.pos_ in ("NOUN", "PROPN") and noun.i > noun.head.i and not own and free


def _is_behind(word: Word) -> bool:
    """Tell "also taken on Friday were X and Y": what was taken stands behind."""
    return word.i > word.head.i and any(c.dep_ in ("nsubj", "attr") for c in word.children)


def _turn(word: Word) -> None:
    for child in [c for c in word.children if c.dep_ in ("nsubj", "attr", "parataxis")]:
        move(child, word.head, "parataxis" if child.dep_ == "parataxis" else "nsubjpass")


def _is_doing(verb: Word) -> bool:
    told = verb.tag_ == "VBG" or (verb.tag_ in ("VBN", "VBD") and verb.i < verb.head.i)
    ends = [max(t.i for t in c.subtree) for c in verb.children if c.dep_ == "nsubj"]
    return told and verb.i - 1 in ends


def _is_let_in(verb: Word) -> bool:
    """Tell those let in who do something from what is admitted: "admits only citizens coming home"."""
    below = {c.dep_ for c in verb.children}
    told = verb.tag_ == "VBG" and "nsubj" in below and below.isdisjoint(("mark", "aux"))
    return told and verb.head.lemma_ in syntax.words(verb, "let_in")


def _take_subject(verb: Word) -> None:
    """Let a noun stand for its clause, and the participle say more of it: "clashes pitting X against Y"."""
    noun = next(c for c in verb.children if c.dep_ == "nsubj")
    move(noun, verb.head, {"ccomp": "dobj", "csubj": "nsubj", "csubjpass": "nsubjpass"}[verb.dep_])
    move(verb, noun, "acl")


def _said_behind(word: Word) -> Word | None:
    """Find the verb of a sentence whose participle was taken for it: "men opposed to X, led by Y, took Z"."""
    own = [c for c in word.children if c.i < word.i]
    if word.tag_ not in ("VBN", "VBD") or not any(
        c.dep_ in ("nsubj", "nsubjpass") and c.pos_ != "PRON" for c in own
    ):
        return None
    beside = word.nbor(-1).text == "," or any(c.dep_ == "advcl" for c in word.children)
    if not beside or any(c.dep_.startswith("aux") or c.dep_ in ("cc", "dobj") for c in word.children):
        return None
    verb = next(iter(_main_behind(word)), None)
    if verb is None or any(c.dep_.startswith("nsubj") for c in verb.children):
        return None
    first = min(t.i for t in verb.subtree)
    return verb if verb.tag_ != "VBG" and verb.doc[first - 1].text == "," else None


def _main_behind(word: Word) -> list[Word]:
    """Find the verb behind such a participle: beside it, or under it ("jets, thought to be X, bombed Y")."""
    verbs = [c for c in word.children if c.pos_ == "VERB"]
    bare = [v for v in verbs if v.tag_ in ("VBN", "VBD") and all(c.lower_ != "having" for c in v.children)]
    joined = [v for v in verbs if v.dep_ == "conj"]
    return joined or [v for v in bare if v.dep_ == "advcl" and v.i > word.i]


def _reduce(word: Word) -> None:
    """Make a participle say more of the noun before it, and the verb behind it the sentence's own."""
    verb = _main_behind(word)[0]
    noun = next(c for c in word.children if c.dep_ in ("nsubj", "nsubjpass"))
    beside = [c for c in word.children if c.dep_ == "advcl" and c.tag_ == "VBN" and c.i < verb.i]
    passive = any(c.dep_ == "auxpass" for c in verb.children)
    move(word, verb, "acl")
    move(noun, verb, "nsubjpass" if passive else "nsubj")
    for participle in (word, *beside):
        move(participle, noun, "acl")


def _is_only_verb(verb: Word) -> bool:
    """Tell "Some conscripts deserted.", read as a noun with a participle: a sentence needs a verb."""
    noun = _root(verb)
    near = verb.head is noun or any(w.tag_ == "VBG" and w.head is noun for w in verb.ancestors)
    if not near or noun.pos_ not in ("NOUN", "PROPN") or verb.sent[-1].text != ".":
        return False
    below = {c.lower_ if c.dep_ == "aux" else c.dep_ for c in verb.children}
    others = [w for w in noun.children if w.pos_ in ("VERB", "AUX") and w is not verb and w.tag_ != "VBG"]
    return verb.tag_ == "VBN" and not below & {"agent", "auxpass", "having"} and not others


def _root(word: Word) -> Word:
    return next((w for w in word.ancestors if w.head is w), word)


def _say_of(verb: Word) -> None:
    """Let a participle be said of the noun before it, or that its sentence is about."""
    noun = _root(verb)
    move(noun, verb, "nsubj")
    verb.tag_, verb.morph = "VBD", verb.morph | {"VerbForm": ["Fin"]}


def _is_perfect(verb: Word) -> bool:
    """Tell "had trapped soldiers", read as the having of trapped soldiers."""
    have, noun = verb.nbor(-1) if verb.i > verb.sent.start else verb, verb.head
    if verb.tag_ != "VBN" and verb.lower_ not in syntax.words(verb, "unchanging"):
        return False
    return noun.dep_ == "dobj" and noun.head is have and have.lemma_ == "have" and noun.i > verb.i


def _take_over(verb: Word) -> None:
    """Let a participle govern what the parser gave to its auxiliary."""
    noun, have = verb.head, verb.head.head
    below = [*have.children, *(c for c in noun.children if c.dep_ == "prep")]
    move(have, verb, "aux")
    for word in below:
        move(word, verb, word.dep_)
    have.pos_, verb.pos_, verb.tag_ = "AUX", "VERB", "VBN"
    verb.lemma_ = _lemma(verb) or verb.lemma_


def _is_opening(word: Word) -> bool:
    """Tell "Entering X, they came upon tanks", read as a name."""
    return word.i == word.sent.start and word.lower_ in _gerunds() and word.head.dep_.startswith("nsubj")


def _open(word: Word) -> None:
    name, verb = word.head, word.head.head
    move(word, verb, "advcl")
    move(name, word, "dobj")
    word.pos_, word.tag_, word.lemma_ = "VERB", "VBG", _gerunds()[word.lower_]


def _hang_on_idiom(word: Word) -> None:
    """Hang an object on the verb that an idiom parts it from: "took under its control the centre of X"."""
    move(word, word.head.head.head, "dobj")


def _parted(word: Word) -> bool:
    preposition = word.head.head
    verb = preposition.head
    near = word.head.dep_ == "pobj" and min(t.i for t in word.subtree) == word.head.i + 1
    free = verb.pos_ == "VERB" and not any(c.dep_ == "dobj" for c in verb.children)
    return near and free and preposition.dep_ in ("prep", "prt")


def _hang_on_top(participle: Word) -> None:
    """Hang ", headed by X," on the noun that a whole phrase is about: "groups opposing the regime, ..."."""
    top = participle.head
    while top.dep_ in ("dobj", "pobj") and top.head.dep_ in ("prep", "acl") and top.head.head.pos_ == "NOUN":
        top = top.head.head
    by = any(c.dep_ == "agent" for c in participle.children)
    if by and top is not participle.head and top.dep_.startswith("nsubj"):
        move(participle, top, "acl")


def _is_done_to(word: Word) -> bool:
    """Tell "the fate of a barracks in X, blown up by Y": what stands before the comma was."""
    by = word.tag_ == "VBN" and word.i > word.head.i and any(c.dep_ == "agent" for c in word.children)
    return by and word.nbor(-1).text == "," and word.nbor(-2).pos_ == "PROPN"


def _is_cleft(verb: Word) -> list[Word]:
    """Find what is said of in "it was a Russian jet that bombed X"."""
    it = any(c.lower_ == "it" and c.dep_[:5] == "nsubj" for c in verb.head.children)
    that = any(c.lower_ in ("that", "who", "which") and c.dep_ == "nsubj" for c in verb.children)
    fits = verb.head.lemma_ == "be" and it and that
    return [c for c in verb.head.children if c.dep_ == "attr" and fits]


def _say_of_what(verb: Word) -> None:
    move(verb, _is_cleft(verb)[0], "relcl")


@cache
def _past() -> dict[str, str]:
    """Give the regular past forms of the verbs of the English table."""
    return {verb + ("d" if verb.endswith("e") else "ed"): verb for verb in sorted(syntax.acts("en", "VERB"))}


def _lemma(participle: Word) -> str:
    """Give the verb of a participle that looks like a noun or adjective: "had overrun X", "has shut Y"."""
    if participle.lower_ in syntax.words(participle, "unchanging"):
        return participle.lower_.replace("taken", "take")
    return _past().get(participle.lower_, "")


@cache
def _gerunds() -> dict[str, str]:
    """Give the participles of the verbs of the English table."""
    return {verb.removesuffix("e") + "ing": verb for verb in _past().values()}
