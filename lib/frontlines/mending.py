"""French trees put right where the parser often goes wrong: nouns taken for verbs, verbs for adjectives."""

from functools import cache

from frontlines import conjugation, syntax
from frontlines.syntax import acts, has_case
from frontlines.trees import Sentence, Word

_OF = ("de", "des", "du", "d'", "par", "vers", "sur", "dans")
_FREE = ("NOUN", "PROPN", "PRON", "NUM")
# of these nothing is put right
_SMALL = {("DET", "det"), ("ADP", "case"), ("PUNCT", "punct"), ("CCONJ", "cc"), ("SCONJ", "mark")}


def mend(sentences: list[Sentence]) -> None:
    """
    Put the trees of a paragraph right, in place.

    Parameters
    ----------
    sentences
        Its sentences, as `trees.read` gives them.
    """
    for sentence in sentences:
        telling = [word for word in sentence if (word.pos_, word.dep_) not in _SMALL]
        for word in telling:
            _name_kind(word)
        for word in telling:
            _hang_on_neighbour(word)
            _free_day(word)
            _join_list(word)
            _make_subject(word)
            _act_beside_place(word)
            _behind_idiom(word)
            _expect(word)
            _set_apart(word)
            _oppose(word)
            _by_which(word)
            _hang_whose(word)
            _begin_clause(word)
            _tell_first(word)
            _tell_around(word)
            _come_after(word)
            _tell_behind_aside(word)
            _hang_what_was_done(word)
            _by_doing(word)
            _join_causative(word)


def _name_kind(word: Word) -> None:
    """Tell nouns taken for verbs, and verbs taken for nouns, by what stands around them."""
    if word.pos_ == "VERB" and word.lower_.endswith(("rait", "raient")):
        stem = word.lower_.removesuffix("aient").removesuffix("ait")
        if stem.endswith(("er", "dr")) or stem in (word.lemma_, word.lemma_[:-1]):
            word.morph = {**word.morph, "Mood": ["Cnd"]}  # the parser reads it as a past
    if word.pos_ == "VERB" and word.lower_ in _acts() and _stands_alone(word):
        word.pos_, word.lemma_ = "NOUN", word.lower_
    elif word.pos_ not in ("NOUN", "ADJ") or any(c.dep_ == "det" and c.i < word.i for c in word.children):
        return
    elif verb := _done(word):
        word.pos_, word.lemma_ = "VERB", verb
        word.morph = {"VerbForm": ["Part"], "Tense": ["Past"]}
    elif word.lower_ in _doing() and word.i and word.nbor(-1).lower_ == "en":
        word.pos_, word.morph = "VERB", {"VerbForm": ["Part"], "Tense": ["Pres"]}


def _done(word: Word) -> str:
    """Give the verb of a participle taken for a noun: "sont parties", "se sont intensifiés"."""
    if _has_auxiliary(word) and word.lower_ in conjugation.moved():
        return conjugation.moved()[word.lower_][0]
    if _has_auxiliary(word) and _is_reflexive(word):
        return word.lower_.rstrip("es").removesuffix("é") + "er"
    before = word.nbor(-1).lower_ if word.i > word.sent.start else ""
    return conjugation.participles().get(word.lower_, "") if before in syntax.words(word, "have") else ""


def _is_reflexive(word: Word) -> bool:
    """Tell "se sont intensifiés", taken for an adjective."""
    ended = next((end for end in ("ées", "és", "ée", "é") if word.lower_.endswith(end)), "")
    return bool(ended) and any(c.lower_ in ("se", "s'") and c.i < word.i for c in word.children)


def _has_auxiliary(word: Word) -> bool:
    return any(c.dep_.startswith(("cop", "aux")) and c.i < word.i for c in word.children)


def move(word: Word, head: Word, dep: str) -> None:
    """
    Hang a word from another; one that hung below it takes its place first.

    Parameters
    ----------
    word, head
        The word, and the one to hang it from; itself for a root.
    dep
        The link.
    """
    if word in head.ancestors:
        over = head if word.head is word else word.head
        move(head, over, word.dep_)
    if word.head is not word:
        word.head.children.remove(word)
    word.head, word.dep_ = head, dep
    if word is not head:
        head.children.append(word)
        head.children.sort(key=lambda child: child.i)


def _behind_idiom(word: Word) -> None:
    """Hang an object on its verb behind a fixed phrase: "ont pris d'assaut plusieurs barrages"."""
    idiom = word.head
    loose = ("nmod", "appos", "flat:name", "obl:mod", "dep")
    if word.pos_ not in ("NOUN", "PROPN") or word.dep_ not in loose:
        return
    verb = idiom.head
    if idiom.pos_ != "NOUN" or verb.pos_ != "VERB" or verb is idiom or idiom.i < verb.i:
        return
    kinds = {c.dep_ for c in idiom.children if c.i < idiom.i}
    bare = not has_case(word)
    adjacent = min(t.i for t in word.subtree) == idiom.i + 1
    own = any(c.lower_ in ("des", "du") for c in word.children) or any(c.dep_ == "obj" for c in verb.children)
    counted = any(c.dep_ in ("det", "nummod") for c in word.children)
    if bare and adjacent and not own and "case" in kinds and (counted or "det" not in kinds):
        move(word, verb, "obj")


def _free_day(word: Word) -> None:
    """Read a day as a time, and not as what is done: "a ordonné vendredi à l'armée de ..."."""
    hour, day = (word.lower_ in syntax.words(word, name) for name in ("hour_word", "day_word"))
    if not (hour or day) or word.dep_.startswith("nsubj"):
        return
    verb, own = word.head, any(c.dep_ in ("det", "case") for c in word.children)
    if not (hour if own else day):
        return
    if own and word.dep_ == "obj" and any(c.lower_ == "même" for c in word.children):
        word.dep_ = "obl:mod"  # "que les soldats avaient désertée le matin même"
    if not own and verb.pos_ in ("VERB", "ADJ"):
        word.dep_ = "obl:mod"
    for name in [c for c in word.children if own and c.pos_ == "PROPN" and c.dep_ == "nmod"]:
        if (act := syntax.governor(word)).pos_ == "VERB":
            move(name, act, "obl:arg")  # "se sont emparés le soir de X", "en fin de matinée de X"


def _join_list(word: Word) -> None:
    """Hang a further object on the one before it: "a pris le centre de X ainsi que l'aéroport"."""
    verb = word.head
    if word.pos_ not in ("NOUN", "PROPN") or verb.pos_ != "VERB" or word.i < verb.i:
        return
    own = {c.dep_ for c in word.children}
    cases = [c for c in word.children if c.dep_ == "case"]
    as_well = word.dep_ == "obl:mod" and any(g.lower_ == "que" for c in cases for g in c.children)
    wanted = [c.lower_ for c in cases if not as_well]
    if not as_well and (word.dep_ != "conj" or "cc" not in own or own & {"cop", "nsubj"}):
        return
    days = syntax.words(word, "day_word")
    for other in reversed([c for c in verb.children if verb.i < c.i < word.i and c.lower_ not in days]):
        known = other.pos_ in _FREE and other.dep_ in ("obj", "obl:arg", "obl:mod")
        if known and wanted == [c.lower_ for c in other.children if c.dep_ == "case"]:
            move(word, other, "conj")
            break


def _make_subject(word: Word) -> None:
    """Take a name before a verb that has no subject for its subject."""
    if word.dep_.startswith("nsubj") and word.head.pos_ == "VERB" and word.i < word.head.i:
        if {c.dep_ for c in word.children} >= {"cop", "nsubj"}:
            word.dep_ = "ccomp"  # "ils sont à 5 km de X, a assuré Y": a clause is no subject
        elif word.lower_ in ("leur", "lui") and word.pos_ == "PRON":
            word.dep_ = "iobj"
    if word.dep_ != "dep" or word.pos_ not in ("NOUN", "PROPN", "PRON") or word.i > word.head.i:
        return
    free = word.head.pos_ == "VERB" and not any(c.dep_.startswith("nsubj") for c in word.head.children)
    if free and not has_case(word):
        word.dep_ = "nsubj"


def _act_beside_place(word: Word) -> None:
    """Take who is named beside a place for the subject: "À Beyrouth, le Premier ministre, X, a reçu ..."."""
    place, verb = word.head, word.head.head
    if word.dep_.startswith("nsubj") and place.dep_.startswith("aux"):
        move(word, verb, word.dep_)  # "Elle a par contre dépêché"
    some = next((c for c in word.children if c.lower_ == "des" and c.nbor(-1).text == ","), word)
    if word.dep_ == "nmod" and some is not word:
        word.dep_, some.dep_ = "appos", "det"  # "Sur le littoral, des chasseurs ont visé X"
    if word.dep_ != "appos" or word.pos_ != "NOUN" or verb.pos_ != "VERB" or not word.i < verb.i:
        return
    free = _is_finite(verb) and not any(c.dep_.startswith("nsubj") for c in verb.children)
    parted = any(t.text == "," for t in word.doc[place.i + 1 : word.i])
    named = any(c.dep_ == "det" for c in word.children) and not has_case(word)
    if free and parted and named and has_case(place):
        move(word, verb, "nsubj")


def _set_apart(word: Word) -> None:
    """Read "L'armée ayant décampé, HTS est entré" as two clauses, with a subject each."""
    noun, past = word.head, "Past" in word.morph.get("Tense", [])
    if word.dep_ not in ("acl", "nmod") or not past or noun.pos_ not in _FREE or noun.i > word.i:
        return
    done = word.lower_ in conjugation.moved() or any(c.lower_ in ("ayant", "étant") for c in word.children)
    rest = word.doc[1 + max(t.i for t in word.subtree) : word.sent.end] if done else []
    subject = next((t for t in rest if t.pos_ in _FREE and not t.dep_.startswith("expl")), word)
    verb = next((t for t in rest if t.pos_ == "VERB" and t.i > subject.i), word)
    if not rest or rest[0].text != "," or word in (subject, verb) or has_case(subject) or has_case(noun):
        return
    move(subject, verb, "nsubj")
    move(word, verb, "advcl")
    move(noun, word, "nsubj")


def _oppose(word: Word) -> None:
    """Read "contre" behind a participle as the preposition that it is: "s'est insurgé contre une ..."."""
    if word.lower_ != "contre" or word.pos_ != "VERB":
        return
    verb = next((c for c in word.children if c.i == word.i - 1 and c.pos_ == "VERB"), None)
    nouns = [c for c in word.children if c.dep_ == "obj" and c.i > word.i]
    if verb is not None and nouns:
        for child in [c for c in word.children if c is not verb]:
            move(child, verb, "obl:arg" if child is nouns[0] else child.dep_)
        word.pos_ = "ADP"
        move(word, verb, "dep")
        move(word, nouns[0], "case")


def _by_which(word: Word) -> None:
    """Read "a nié les rumeurs selon lesquelles des soldats ont fui", taken for rumours that fled."""
    relative = word.lower_ in syntax.words(word, "relative")
    if not relative or not any(c.lower_ == "selon" for c in word.children):
        return
    noun, verb = word.head, word.head.head
    if noun.dep_.startswith("nsubj") and verb.pos_ == "VERB" and noun.i < word.i < verb.i:
        move(noun, verb.head, "obj")
        move(verb, noun, "acl:relcl")
    verb = verb if verb.i > word.i else noun
    for doer in [c for c in word.children if word.i < c.i < verb.i and c.pos_ in _FREE]:
        move(doer, verb, "nsubj")


def _hang_whose(word: Word) -> None:
    """Hang "dont les avions ont frappé Y" on the noun before it: "la cible de X, dont ..."."""
    if word.lower_ != "dont" or word.i < 2:
        return
    verb, noun = word.head.head, word.nbor(-2)
    if verb.pos_ != "VERB" or verb.dep_ == "acl:relcl" or word.nbor(-1).text != ",":
        return
    noun = noun.head if noun.pos_ == "ADJ" else noun
    if noun in verb.subtree and verb.head is not verb:
        move(noun, verb.head, "nsubj")
    if noun not in verb.subtree and noun.pos_ in _FREE:
        move(verb, noun, "acl:relcl")


def _tell_first(word: Word) -> None:
    """Read "À X, que Y venait de quitter, Z est entré" as what Z did where Y left."""
    left = word.head
    later = left.i < word.i and word.dep_ in ("conj", "parataxis", "advcl")
    if not later or left.head is not left or not word.pos_ == left.pos_ == "VERB":
        return
    place = next((c for c in left.children if c.dep_.startswith("obl")), word)
    that = next((c for c in left.children if c.lower_ in ("que", "qu'") and c.i < left.i), word)
    behind = [c for v in left.children if v.dep_ == "xcomp" for c in v.children if c.dep_ == "obj"]
    near = [c for c in (*word.children, *behind) if left.i < c.i < word.i]
    doers = [c for c in near if c.dep_ in ("nsubj", "nsubj:pass", "obj")]
    if doers and place.i < that.i < left.i and that.nbor(-1).text == "," and has_case(place):
        move(word, word, "ROOT")
        move(place, word, "obl:mod")
        move(left, place, "acl:relcl")
        move(doers[0], word, "nsubj")


def _tell_around(said: Word) -> None:
    """Read "X, a affirmé Y, a frappé Z" as what X did, and Y told."""
    if said.pos_ != "VERB" or syntax.lemma(said) not in syntax.sayings():
        return
    first = next((c for c in said.children if c.dep_.startswith("aux") and c.i < said.i), said)
    nouns = [c for c in said.children if c.dep_.startswith("nsubj") and c.i < first.i and c.pos_ in _FREE]
    teller = next((c for c in said.children if c.i > said.i and c.dep_ == "obj" and not has_case(c)), said)
    behind = [said.head, *(c for c in said.children if c.dep_ == "conj")]
    verb = next((v for v in behind if v.i > teller.i and v.pos_ == "VERB"), said)
    if not (nouns and _is_finite(said)) or said in (teller, verb) or first.nbor(-1).text != ",":
        return
    if sum(t.text == "," for t in said.doc[nouns[0].i : first.i]) == 1:
        move(verb, *((verb.head, verb.dep_) if verb is said.head else (said.head, said.dep_)))
        move(nouns[0], verb, "nsubj")
        move(said, verb, "parataxis")
        teller.dep_ = "nsubj"


def _tell_behind_aside(verb: Word) -> None:
    """Give a verb behind an aside its subject: "Des familles, emportant leurs biens, ont fui X"."""
    if verb.pos_ != "VERB" or verb.dep_ == "acl" or not _is_finite(verb):
        return
    if verb.dep_ == "conj" and _is_finite(verb.head):
        return
    first = verb
    while first.i > verb.sent.start and (before := first.nbor(-1)).head is verb and before.pos_ in _CLITIC:
        first = before
    taken = any(c.dep_.startswith("nsubj") or c.dep_ == "cc" for c in verb.children if c.i < verb.i)
    if first.i == verb.sent.start or first.nbor(-1).text != "," or taken:
        return
    nouns = [t for t in verb.sent[: first.i - verb.sent.start] if t.pos_ == "NOUN" and not has_case(t)]
    noun = next((t for t in nouns if t.dep_.startswith("nsubj") or _begins(t)), verb)
    above = noun.head
    if noun is verb or syntax.lemma(verb) in syntax.sayings():
        return
    if noun.dep_.startswith("nsubj"):
        done = "Part" in above.morph.get("VerbForm", []) and not _has_auxiliary(above)
        if not (noun in verb.ancestors or (done and noun.i < above.i < verb.i)):
            return
        move(verb, verb, "ROOT")
        move(noun, verb, "nsubj")
        move(above, *((noun, "acl") if above.i < verb.i else (verb, "parataxis")))
    elif noun not in verb.ancestors:
        move(noun, verb, "nsubj")


def _is_finite(verb: Word) -> bool:
    auxiliaries = [c for c in verb.children if c.dep_.startswith(("cop", "aux")) and c.i < verb.i]
    told = any("Fin" in c.morph.get("VerbForm", []) for c in auxiliaries)
    return told or (not auxiliaries and "Fin" in verb.morph.get("VerbForm", []))


_CLITIC = ("AUX", "PRON", "ADV")


def _begins(noun: Word) -> bool:
    """Tell a noun behind a comma that no preposition hangs on one before it: "Partis de X, les soldats"."""
    left = min(t.i for t in noun.subtree)
    counted = any(c.dep_ in ("det", "nummod") and c.i < noun.i for c in noun.children)
    if left == noun.sent.start and noun.dep_ == "obl:mod":
        return counted and syntax.lemma(noun) not in syntax.words(noun, "time_word")
    loose = noun.dep_ in ("nmod", "appos", "obl:mod", "obj") and noun.head.i < noun.i
    return loose and counted and noun.doc[left - 1].text == ","


def _come_after(word: Word) -> None:
    """Read "Après avoir pris X, les Y sont entrés dans Z" as what the Y did, under what they did then."""
    named = any(c.dep_.startswith("nsubj") and c.i < word.i for c in word.children)
    if word.head is not word or word.pos_ != "VERB" or named or _is_finite(word):
        return
    below = (c for c in word.children if c.dep_ in ("conj", "advcl") and c.pos_ == "VERB" and c.i > word.i)
    verb = next((v for v in below if _is_finite(v)), word)
    if verb is word or any(c.dep_ in ("cc", "mark") for c in verb.children):
        return
    move(verb, verb, "ROOT")
    move(word, verb, "advcl")
    for noun in [c for c in word.children if c.i < verb.i and not has_case(c) and _begins(c)]:
        move(noun, verb, "nsubj")
    for noun in [c for c in verb.children if c.dep_ == "nsubj" and c.i < word.i and c.pos_ == "NOUN"]:
        move(word, noun, "acl")  # "des raids, menés par X, ont touché Y"


def _hang_what_was_done(verb: Word) -> None:
    """Read "a condamné les raids que X a menés" as raids that X did: the participle agrees with them."""
    that = next((c for c in verb.children if c.lower_ in ("que", "qu'") and c.i < verb.i), verb)
    agrees = verb.dep_ in ("acl", "ccomp") and verb.lower_.endswith(("és", "ée", "ées", "ises"))
    agrees = agrees and that is not verb
    noun = that.nbor(-1) if agrees and that.i else verb
    noun = noun.head if noun.pos_ == "ADJ" else noun
    if agrees and noun.pos_ == "NOUN" and verb.head in (noun, noun.head) and _has_auxiliary(verb):
        that.pos_, that.dep_ = "PRON", "obj"
        move(verb, noun, "acl:relcl")


def _by_doing(verb: Word) -> None:
    """Hang "en dépêchant des renforts à X" on the verb before it, with what the parser hung on a noun."""
    noun, by = verb.head, next((c for c in verb.children if c.lower_ == "en" and c.i == verb.i - 1), verb)
    main = noun if noun.pos_ == "VERB" else syntax.governor(noun)
    if verb.dep_ not in ("nmod", "obl:mod", "obl:arg") or by is verb or verb.pos_ != "VERB" or main is verb:
        return
    move(verb, main, "advcl")
    by.dep_ = "mark"
    for child in [c for c in (*noun.children, *verb.children) if c.i > verb.i and c.dep_ == "nmod"]:
        some = next((c for c in child.children if c.lower_ == "des" and c.dep_ == "case"), child)
        some.dep_ = "det" if some is not child else some.dep_
        move(child, verb, "obj" if some is not child else "obl:arg")


def _begin_clause(word: Word) -> None:
    """Read "a réuni un conseil, et son ministre, X, a reçu Y" as two clauses, not one."""
    if word.pos_ == "VERB" and word.dep_ == "conj" and syntax.is_infinitive(word.head):
        own = any(c.dep_.startswith("nsubj") and c.i < word.i for c in word.children)
        main = syntax.governor(word.head)
        if own and _has_auxiliary(word) and main.pos_ == "VERB":
            move(word, main, "conj")  # "a prié X de partir, et Y a fermé ..."
    if word.dep_ != "conj" or word.pos_ != "NOUN" or has_case(word):
        return
    if not any(c.dep_ == "cc" and c.nbor(-1).text == "," for c in word.children):
        return
    rest = word.doc[1 + max(t.i for t in word.subtree) : word.sent.end]
    verb = next((t for t in rest if t.pos_ not in ("AUX", "PRON", "ADV", "PUNCT")), word)
    if _has_auxiliary(verb) and not any(c.dep_.startswith("nsubj") for c in verb.children):
        move(word, verb, "nsubj")


def _expect(word: Word) -> None:
    """Read "s'attend à ce que X entre" as "attend que"."""
    that = word.head
    if word.pos_ == "VERB" and word.dep_ == "acl" and that.lower_ == "ce" and that.head is not that:
        move(word, that.head, "ccomp")


def _join_causative(word: Word) -> None:
    """Let "faire" and the infinitive behind it share their phrases: "a fait sortir de X ses gens"."""
    if word.lower_ not in syntax.words(word, "making"):
        return
    after = word.doc[word.i + 1 : word.i + 3]
    infinitive = next((w for w in after if syntax.is_infinitive(w) and w.sent is word.sent), None)
    if infinitive is None or infinitive.lemma_ not in syntax.words(word, "causative"):
        return
    word.pos_, word.lemma_ = "VERB", "faire"
    above = word.head
    if above is infinitive or (above.i > word.i and word.dep_ in ("advmod", "amod", "acl", "dep")):
        move(above, word, "obj")
    move(infinitive, word, "xcomp")
    for child in list(infinitive.children):
        early = child.i < word.i
        kind = "nsubj" if early and child.dep_ == "dep" and child.pos_ in _FREE else child.dep_
        if not early and child.dep_ in ("appos", "nsubj", "dep", "punct") and child.pos_ in _FREE:
            kind = "obj"
        move(child, word, kind)
        for inner in [
            c for c in child.children if child.pos_ == "PROPN" and c.pos_ == "NOUN" and c.i > child.i
        ]:
            if not any(c.dep_ == "case" for c in inner.children):
                move(inner, word, "obj")  # "de Syrie ses diplomates"


def _hang_on_neighbour(word: Word) -> None:
    """Hang a phrase on the noun right before it, if the parser hung it on one further to the left."""
    case = next((c for c in word.children if c.dep_ == "case"), None)
    if case is None or case.lower_ not in _OF or case.i == word.sent.start:
        return
    before = word.doc[case.i - 1]
    if before.pos_ != "NOUN" or before.i <= word.head.i or word.head.pos_ not in ("NOUN", "PROPN"):
        return
    move(word, before, "nmod")


@cache
def _acts() -> frozenset[str]:
    """Give the nouns for acts that are participles too: "prise", "poussée", "entrée"."""
    return frozenset(
        noun for noun in acts("fr", "NOUN") if noun.endswith(("ée", "ise", "ie", "ite", "erte", "ue"))
    )


@cache
def _doing() -> frozenset[str]:
    """Give the present participles of the verbs of our table: "bombardant" is taken for a noun."""
    return frozenset(form for form in syntax.infinitives() if form.endswith("ant"))


def _stands_alone(word: Word) -> bool:
    """Tell "Prise de Hama par ..." from "une ville prise ..." and "la ville a été prise"."""
    first = word.i == word.sent.start or word.nbor(-1).text in (",", ";", ":", "-", "et")
    return first and word.i + 1 < len(word.doc) and word.nbor(1).lower_ in _OF
