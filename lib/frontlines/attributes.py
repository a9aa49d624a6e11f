"""What spaCy makes of a word by itself, kept: its vector, and rules that ask for tag, form and dependency."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from spacy.attrs import DEP, LEMMA, MORPH, NORM, ORTH, POS, SPACY, TAG
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc
from spacy.tokens._retokenize import set_token_attrs
from spacy.vocab import Vocab
from thinc.api import Model

_KEPT = 50_000  # words with their attributes
_FEW = 16


class KeptRuler(AttributeRuler):
    """An attribute ruler that asks its rules and the lemmatizer once for each kind of word that it meets."""

    def __init__(self, vocab: Vocab, name: str, lemmatizer: Callable[[Doc], Doc]) -> None:
        super().__init__(vocab, name)
        self._longer, self._first, self._lemmatizer = Matcher(vocab), Matcher(vocab), lemmatizer
        self._ask = lru_cache(_KEPT)(self._ask_alone)

    def add(self, patterns: Iterable[Any], attrs: Any, index: int = 0) -> None:
        """Add patterns, those of several words apart too."""
        longer = [pattern for pattern in patterns if len(pattern) > 1]
        if longer:
            self._longer.add(str(len(self.attrs)), longer)
            self._first.add(str(len(self.attrs)), [pattern[:1] for pattern in longer])
        super().add(patterns, attrs, index)

    def __call__(self, doc: Doc) -> Doc:
        """Set what the rules and the lemmatizer say; where one of several words holds, as spaCy does."""
        known = [self._ask(*row) for row in doc.to_array([ORTH, TAG, POS, DEP, MORPH]).tolist()]
        if any(may for _, may in known) and self._longer(doc, allow_missing=True):
            return super().__call__(doc)
        for word, (found, _) in zip(doc, known, strict=True):
            set_token_attrs(word, found)
        return doc

    def _ask_alone(self, *row: int) -> tuple[dict[int, int], bool]:
        """Give what a word is, and whether a rule of several words may begin with it."""
        form, tag, pos, dep, morph = ([self.vocab.strings[key]] for key in row)
        word = Doc(self.vocab, words=form, tags=tag, pos=pos, deps=dep, morphs=morph, heads=[0])
        found: dict[int, int] = {}
        for rule, *_ in self.match(word):
            found |= self.attrs[rule]
        may = len(self._first) > 0 and len(self._first(word, allow_missing=True)) > 0
        lemma = self._lemmatizer(super().__call__(word))[0].lemma
        return found | {LEMMA: lemma}, may


class _Vectors:
    """The layer of a model that gives each word its vector, asked once for each word."""

    def __init__(self, layer: Model[Any, Any], vocab: Vocab) -> None:
        self._layer, self._vocab = layer, vocab
        self._rows: dict[tuple[int, ...], int] = {}
        self._known = np.empty((_KEPT, layer.get_dim("nO")), dtype="float32")

    def __call__(self, _: Any, docs: list[Doc], is_train: bool) -> tuple[list[Any], None]:  # noqa: ARG002
        words = [list(map(tuple, doc.to_array([ORTH, NORM, SPACY]).tolist())) for doc in docs]
        new = [word for word in dict.fromkeys(chain.from_iterable(words)) if word not in self._rows]
        if len(self._rows) + len(new) > _KEPT:
            self._rows.clear()
            return self._layer.predict(docs), None
        if new:
            self._learn(new)
        return [self._known[[self._rows[word] for word in text]] for text in words], None

    def _learn(self, new: list[tuple[int, ...]]) -> None:
        # a matrix of a few rows is multiplied in another way, with other last digits
        padded = new + new[:1] * (_FEW - len(new))
        name = self._vocab.strings.__getitem__
        spaces = [bool(spaced) for _, _, spaced in padded]
        doc = Doc(self._vocab, words=[name(orth) for orth, _, _ in padded], spaces=spaces)
        for token, (_, norm, _) in zip(doc, padded, strict=True):
            token.norm_ = name(norm)
        first = len(self._rows)
        self._known[first : first + len(new)] = self._layer.predict([doc])[0][: len(new)]
        self._rows.update(zip(new, range(first, first + len(new)), strict=True))


@Language.factory("frontlines_attribute_ruler")
def _make(nlp: Language, name: str) -> KeptRuler:
    return KeptRuler(nlp.vocab, name, nlp.get_pipe("lemmatizer"))


def keep(nlp: Language) -> Language:
    """
    Let a model keep what it makes of a word by itself; its parses stay the same.

    Parameters
    ----------
    nlp
        A model with a ``tok2vec``, an ``attribute_ruler`` and a ``lemmatizer``.

    Returns
    -------
    spacy.language.Language
        The same model.
    """
    rules: Any = nlp.get_pipe("attribute_ruler")
    kept: Any = nlp.replace_pipe("attribute_ruler", "frontlines_attribute_ruler")
    kept.add_patterns(rules.patterns)
    layers = nlp.get_pipe("tok2vec").model.layers  # type: ignore[attr-defined]
    layers[0] = Model("kept", _Vectors(layers[0], nlp.vocab), layers=layers[:1], dims={"nO": None})
    return nlp
