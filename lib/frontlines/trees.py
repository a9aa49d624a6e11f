"""A parse read once into plain words: the rules ask each word many things, and spaCy answers slowly."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache, wraps
from operator import attrgetter
from typing import TypeVar

from spacy.attrs import DEP, HEAD, IS_PUNCT, LEMMA, LOWER, MORPH, ORTH, POS, SENT_START, SPACY, TAG
from spacy.strings import StringStore
from spacy.tokens import Doc

Answer = TypeVar("Answer")


class Sentence(list["Word"]):
    """The words of one sentence, in the order of the text."""

    @property
    def start(self) -> int:
        """Index of its first word in the paragraph."""
        return self[0].i

    @property
    def end(self) -> int:
        """Index after its last word."""
        return self[-1].i + 1

    @property
    def text(self) -> str:
        """The words as the parser read them."""
        return "".join(word.text + word.whitespace_ for word in self).rstrip()


class Word:
    """
    One word of a tree, with spaCy's names for what is known of it.

    Attributes
    ----------
    i
        Index in the paragraph.
    head, children
        The word above, itself for a root; the words below, in the order of the text.
    sent, doc
        The words of its sentence, and of its paragraph.
    morph
        Features of its form, each a list of values.
    known
        What the rules have found out about it (`once`).
    """

    __slots__ = (
        "children", "dep_", "doc", "head", "i", "is_punct", "known", "lang_", "lemma_", "lower_", "morph",
        "pos_", "sent", "tag_", "text", "whitespace_",
    )  # fmt: skip

    i: int
    text: str
    whitespace_: str
    lower_: str
    lemma_: str
    pos_: str
    tag_: str
    dep_: str
    lang_: str
    is_punct: bool
    morph: dict[str, list[str]]
    head: "Word"
    children: list["Word"]
    sent: Sentence
    doc: list["Word"]
    known: dict[str, object]

    def __repr__(self) -> str:
        """Show the word itself."""
        return self.text

    @property
    def subtree(self) -> Iterator["Word"]:
        """The word and all that hangs from it, in the order of the text."""
        found = [self]
        for word in found:
            found += word.children
        return iter(sorted(found, key=attrgetter("i")))

    @property
    def ancestors(self) -> Iterator["Word"]:
        """The words above, the nearest first."""
        word = self
        while word.head is not word:
            word = word.head
            yield word

    def nbor(self, steps: int) -> "Word":
        """Give the word so many steps further on."""
        return self.doc[self.i + steps]


def once(ask: Callable[[Word], Answer]) -> Callable[[Word], Answer]:
    """
    Let a question about a word be answered once: its tree does not change.

    Parameters
    ----------
    ask
        A function of one word; what it gives must not be changed by who gets it.

    Returns
    -------
    callable
        The same function, its answers kept with the word.
    """
    name = f"{ask.__module__}.{ask.__qualname__}"

    @wraps(ask)
    def kept(word: Word) -> Answer:
        try:
            return word.known[name]  # type: ignore[return-value]
        except KeyError:
            answer = word.known[name] = ask(word)
            return answer

    return kept


def read(doc: Doc) -> list[Sentence]:
    """
    Read a parsed text.

    Parameters
    ----------
    doc
        What spaCy's parser gives.

    Returns
    -------
    list of Sentence
        Its sentences, each a list of words.
    """
    rows = doc.to_array([ORTH, LOWER, LEMMA, POS, TAG, DEP, MORPH, SENT_START, IS_PUNCT, SPACY]).tolist()
    heads = doc.to_array(HEAD).astype("int64").tolist()  # how far away, with a sign
    strings, language = doc.vocab.strings, doc.lang_
    words = [Word() for _ in rows]
    sentences: list[Sentence] = []
    for i, (word, (*form, starts, punct, space)) in enumerate(zip(words, rows, strict=True)):
        word.i, word.lang_, word.whitespace_, word.is_punct = i, language, " " * space, bool(punct)
        names = _names(strings, *form)
        word.text, word.lower_, word.lemma_, word.pos_, word.tag_, word.dep_, word.morph = names
        word.head = words[i + heads[i]]
        word.children, word.known, word.doc = [], {}, words
        if starts == 1 or not sentences:
            sentences.append(Sentence())
        word.sent = sentences[-1]
        word.sent.append(word)
    for word in words:
        if word.head is not word:
            word.head.children.append(word)
    return sentences


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


def is_whole(sentences: list[Sentence]) -> bool:
    """
    Tell whether every word of some sentences hangs from a root, once.

    Parameters
    ----------
    sentences
        Trees, mended or not.

    Returns
    -------
    bool
        False where words hang in a circle, or twice.
    """
    for sentence in sentences:
        reached = [word for word in sentence if word.head is word]
        for word in reached:
            reached += word.children
            if len(reached) > len(sentence):
                return False
        if len({word.i for word in reached}) < len(sentence):
            return False
    return True


def let_go(sentences: list[Sentence]) -> None:
    """
    Part the words of trees that nobody will ask again: pointing at each other they would stay in memory.

    Parameters
    ----------
    sentences
        Trees that have been read.
    """
    for word in (word for sentence in sentences for word in sentence):
        del word.head, word.children, word.sent, word.doc, word.known


@lru_cache(50_000)
def _names(strings: StringStore, *form: int) -> tuple[str, str, str, str, str, str, dict[str, list[str]]]:
    """Name what is known of a word, by the keys of its form, lemma, part of speech, tag and so on."""
    orth, lower, lemma, pos, tag, dep, morph = map(strings.__getitem__, form)
    return orth, lower, lemma, pos, tag, dep, _features(morph)


@cache
def _features(morph: str) -> dict[str, list[str]]:
    pairs = (feature.partition("=") for feature in morph.split("|") if feature and morph != "_")
    return {name: values.split(",") for name, _, values in pairs}
