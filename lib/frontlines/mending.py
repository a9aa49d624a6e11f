"""French words and phrases put right: nouns taken for verbs, forms and moods, objects hung astray."""

from functools import cache

from frontlines import conjugation, lexicon, mending_clauses, syntax
from frontlines.lexicon import acts
from frontlines.mending_clauses import FREE
from frontlines.syntax import has_auxiliary, has_case
from frontlines.trees import Sentence, Word, move

_OF = ("de", "des", "du", "d'", "par", "vers", "sur", "dans")
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
            _read_passive(word)
            _hang_on_neighbour(word)
            _free_day(word)
            _join_alike(word)
            _join_list(word)
            _behind_idiom(word)
            _behind_aside(word)
            mending_clauses.mend(word)
            _join_causative(word)


def _name_kind(word: Word) -> None:
    """Tell nouns taken for verbs, and verbs taken for nouns, by what stands around them."""
    if word.pos_ == "VERB" and word.lower_.endswith(("rait", "raient")):
        stem = word.lower_.removesuffix("aient").removesuffix("ait")
        if stem.endswith(("er", "dr")) or stem in (word.lemma_, word.lemma_[:-1]):
            word.morph = {**word.morph, "Mood": ["Cnd"]}  # the parser reads it as a past
    counted = any(c.dep_ in ("det", "nummod") and c.i < word.i for c in word.children)
    if word.pos_ == "VERB" and word.lower_ in _acts() and _stands_alone(word):
        word.pos_, word.lemma_ = "NOUN", word.lower_
    elif counted and word.pos_ == "VERB" and word.dep_.startswith("nsubj"):
        word.pos_, word.lemma_ = "NOUN", word.lower_.removesuffix("s")  # "200 déplacés ont franchi X"
    elif counted or word.pos_ not in ("NOUN", "ADJ"):
        return
    elif verb := _done(word):
        word.pos_, word.lemma_ = "VERB", verb
        word.morph = {"VerbForm": ["Part"], "Tense": ["Past"]}
    elif word.lower_ in _doing() and word.i and word.nbor(-1).lower_ == "en":
        word.pos_, word.morph = "VERB", {"VerbForm": ["Part"], "Tense": ["Pres"]}
    elif verb := _towards(word):
        word.pos_, word.lemma_ = "VERB", verb
        word.morph = {"VerbForm": ["Fin"], "Tense": ["Pres"]}


def _towards(word: Word) -> str:
    """Give the verb of "L'opposition, indépendante de X, avance vers Y", taken for a noun."""
    beside = [t.lower_ for t in word.doc[max(0, word.i - 1) : word.i + 2]]
    return lexicon.infinitives().get(word.lower_, "") if beside == [",", word.lower_, "vers"] else ""


def _done(word: Word) -> str:
    """Give the verb of a participle taken for a noun: "sont parties", "se sont intensifiés"."""
    if has_auxiliary(word) and word.lower_ in conjugation.moved():
        return conjugation.moved()[word.lower_][0]
    if has_auxiliary(word) and _is_reflexive(word):
        return word.lower_.rstrip("es").removesuffix("é") + "er"
    before = word.nbor(-1).lower_ if word.i > word.sent.start else ""
    if before == "été" and word.lower_ in conjugation.moved("opening"):
        return conjugation.moved("opening")[word.lower_][0]  # "ont été contraintes de"
    return conjugation.participles().get(word.lower_, "") if before in syntax.words(word, "have") else ""


def _is_reflexive(word: Word) -> bool:
    """Tell "se sont intensifiés", taken for an adjective."""
    ended = word.lower_.endswith(("ées", "és", "ée", "é"))
    return ended and any(c.lower_ in ("se", "s'") for c in word.children)


def _read_passive(word: Word) -> None:
    """Read "a été prise pour cible" as a passive, not as what somebody was."""
    if (word.lower_, word.dep_, word.head.pos_) == ("été", "cop", "VERB"):
        word.dep_ = "aux:pass"


def _hang_on_neighbour(word: Word) -> None:
    """Hang a phrase on the noun right before it, if the parser hung it on one further to the left."""
    if word.head.pos_ not in ("NOUN", "PROPN"):
        return
    case = next((c for c in word.children if c.dep_ == "case"), None)
    if case is None or case.lower_ not in _OF or case.i == word.sent.start:
        return
    before = word.doc[case.i - 1]
    if before.pos_ == "NOUN" and before.i > word.head.i:
        move(word, before, "nmod")


def _free_day(word: Word) -> None:
    """Read a day as a time, and not as what is done: "a ordonné vendredi à l'armée de ..."."""
    hour, day = (word.lower_ in syntax.words(word, name) for name in ("hour_word", "day_word"))
    if not (hour or day) or word.dep_.startswith("nsubj"):
        return
    verb, own = word.head, any(c.dep_ in ("det", "case") for c in word.children)
    if own and word.dep_ == "obj" and any(c.lower_ == "même" for c in word.children):
        word.dep_ = "obl:mod"  # "que les soldats avaient désertée le matin même"
    if not own and verb.pos_ in ("VERB", "ADJ"):
        word.dep_ = "obl:mod"


def _join_list(word: Word) -> None:
    """Hang a further object on the one before it: "a pris le centre de X ainsi que l'aéroport"."""
    verb = word.head
    if word.pos_ not in ("NOUN", "PROPN") or verb.pos_ != "VERB" or word.i < verb.i:
        return
    cases = [c for c in word.children if c.dep_ == "case"]
    as_well = word.dep_ == "obl:mod" and any(g.lower_ == "que" for c in cases for g in c.children)
    wanted = [c.lower_ for c in cases if not as_well]
    if not as_well and (word.dep_ != "conj" or all(c.dep_ != "cc" for c in word.children)):
        return
    days = syntax.words(word, "day_word")
    for other in reversed([c for c in verb.children if verb.i < c.i < word.i and c.lower_ not in days]):
        known = other.pos_ in FREE and other.dep_ in ("obj", "obl:arg", "obl:mod")
        if known and wanted == [c.lower_ for c in other.children if c.dep_ == "case"]:
            move(word, other, "conj")
            break


def _join_alike(word: Word) -> None:
    """Hang a phrase on the one that it goes on: "le contrôle de X ainsi que de Y" is that of both."""
    case, first, told = syntax.case(word), word.head, acts("fr", "NOUN")
    if word.dep_ != "conj" or first.pos_ not in ("NOUN", "PROPN"):
        return
    if word.lemma_ in told:  # "la prise de X et l'arrestation de Y"
        above = [t for t in first.ancestors if t.lemma_ in told and t.dep_ == "obj"]
        same = above[:1] * (not case)
    else:
        before = [c for c in first.children if c.dep_ == "nmod" and first.i < c.i < word.i]
        same = [c for c in before if case == syntax.case(c) != "" and c.pos_ in ("PROPN", word.pos_)]
    if same and (word.lemma_ in told or word.pos_ == "PROPN" or not has_case(first)):
        move(word, same[-1], "conj")


def _behind_idiom(word: Word) -> None:
    """Hang an object on its verb behind a fixed phrase: "ont pris d'assaut plusieurs barrages"."""
    idiom, verb = word.head, word.head.head
    loose = ("nmod", "appos", "flat:name", "obl:mod", "dep", "conj")
    if word.pos_ not in ("NOUN", "PROPN") or word.dep_ not in loose or has_case(word):
        return
    if idiom.pos_ not in ("NOUN", "PROPN") or verb.pos_ != "VERB" or idiom.i < verb.i:
        return
    kinds = {c.dep_ for c in idiom.children if c.i < idiom.i}
    adjacent = min((t.i for t in word.subtree if not t.is_punct), default=0) == idiom.i + 1
    own = any(c.lower_ in ("des", "du") or c.dep_ == "cc" for c in word.children)
    own = own or any(c.dep_ == "obj" for c in verb.children)
    counted = any(c.dep_ in ("det", "nummod") for c in word.children)
    if adjacent and not own and "case" in kinds and (counted or "det" not in kinds):
        move(word, verb, "obj")


def _behind_aside(word: Word) -> None:
    """Hang an object on its verb behind an aside: "a quitté hier, sous escorte, la base de X"."""
    if word.pos_ not in ("NOUN", "PROPN") or word.dep_ not in ("appos", "conj", "nmod"):
        return
    verb, left = syntax.governor(word), min((t.i for t in word.subtree if not t.is_punct), default=word.i)
    commas = [t.i for t in word.doc[verb.i : left] if t.text == ","]
    if verb.pos_ != "VERB" or len(commas) < 2 or commas[-1] != left - 1:
        return
    own, done = {c.dep_ for c in word.children}, [c for c in verb.children if c.dep_ == "obj"]
    if word.doc[commas[-2] + 1].pos_ not in ("ADP", "ADV") or "cc" in own or syntax.is_passive(verb):
        return
    if syntax.case(word) == "de" and done and done[-1].lemma_ in acts("fr", "NOUN"):
        move(word, done[-1], "nmod")  # "la fermeture, jusqu'à nouvel ordre, du poste de X"
    bare = own & {"det", "nummod"} and not has_case(word)
    if bare and not (done or syntax.reflexive(verb)):
        move(word, verb, "obj")


def _join_causative(word: Word) -> None:
    """Let "faire" and the infinitive behind it share their phrases: "a fait sortir de X ses gens"."""
    if word.lower_ not in syntax.words(word, "making"):
        return
    after = word.doc[word.i + 1 : word.i + 3]
    infinitive = next((w for w in after if syntax.is_infinitive(w) and w.sent is word.sent), None)
    if infinitive is None or infinitive.lemma_ not in syntax.words(word, "causative"):
        return
    word.pos_, word.lemma_ = "VERB", "faire"
    move(infinitive, word, "xcomp")
    for child in list(infinitive.children):
        taken = child.i > word.i and child.dep_ in ("appos", "nsubj", "dep") and child.pos_ in FREE
        move(child, word, "obj" if taken else child.dep_)
        below = [c for c in child.children if child.pos_ == "PROPN" and c.pos_ == "NOUN"]
        for noun in [c for c in below if not has_case(c)]:
            move(noun, word, "obj")  # "de Syrie ses diplomates"


@cache
def _acts() -> frozenset[str]:
    """Give the nouns for acts that are participles too: "prise", "poussée", "entrée"."""
    ends = ("ée", "ise", "ie", "ite", "erte", "ue")
    return frozenset(noun for noun in acts("fr", "NOUN") if noun.endswith(ends))


@cache
def _doing() -> frozenset[str]:
    """Give the present participles of the verbs of our table: "bombardant" is taken for a noun."""
    return frozenset(form for form in lexicon.infinitives() if form.endswith("ant"))


def _stands_alone(word: Word) -> bool:
    """Tell "Prise de Hama par ..." from "une ville prise ..." and "la ville a été prise"."""
    first = word.i == word.sent.start or word.nbor(-1).text in (",", ";", ":", "-", "et")
    return first and word.i + 1 < len(word.doc) and word.nbor(1).lower_ in _OF
