"""French trees put right where the parser goes wrong: nouns taken for verbs, phrases hung too high."""

from functools import cache

from frontlines import data
from frontlines.trees import Sentence, Word

_OF = ("de", "des", "du", "d'", "par", "vers", "sur", "dans")
_FREE = ("NOUN", "PROPN", "PRON", "NUM")


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
            if word.pos_ == "VERB" and word.lower_ in _acts() and _stands_alone(word):
                word.pos_, word.lemma_ = "NOUN", word.lower_
        for word in sentence:
            _hang_on_neighbour(word)


@cache
def _acts() -> frozenset[str]:
    """Give the nouns for acts that are participles too: "prise", "poussée", "entrée"."""
    rows = data.table("codebook/triggers.fr")
    nouns = rows.loc[rows["pos"] == "NOUN", "trigger"]
    return frozenset(noun for noun in nouns if noun.endswith(("ée", "ise", "ie", "ite", "erte", "ue")))


def _stands_alone(word: Word) -> bool:
    """Tell "Prise de Hama par ..." from "une ville prise ..." and "la ville a été prise"."""
    if any(c.dep_.startswith(("aux", "nsubj", "expl", "cop")) for c in word.children):
        return False
    if word.dep_ in ("acl", "amod", "xcomp") or word.i + 1 >= len(word.doc):
        return False
    first = word.i == word.sent.start or word.nbor(-1).text in (",", ";", ":", "-", "et")
    return first and word.nbor(1).lower_ in _OF


def _hang_on_neighbour(word: Word) -> None:
    """Hang a phrase on the noun right before it, if the parser hung it on one further to the left."""
    if word.pos_ not in _FREE or word.head is word or word.head.i >= word.i:
        return
    case = next((c for c in word.children if c.dep_ == "case"), None)
    if case is None or case.lower_ not in _OF or case.i == word.sent.start:
        return
    before = word.doc[case.i - 1]
    if before.pos_ != "NOUN" or before.i <= word.head.i or word.head.pos_ not in ("NOUN", "PROPN"):
        return
    if before in word.ancestors or word in before.ancestors:
        return
    word.head.children.remove(word)
    word.head, word.dep_ = before, "nmod"
    before.children.append(word)
    before.children.sort(key=lambda child: child.i)
