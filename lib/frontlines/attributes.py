"""spaCy's rules for the attributes of a word, the answers kept: they ask for tag, form and dependency."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from spacy.attrs import DEP, IS_SPACE, LOWER, POS, TAG
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc
from spacy.vocab import Vocab

_KEPT = 50_000  # words with their attributes


class KeptRuler(AttributeRuler):
    """An attribute ruler that asks each pattern of one word once for each kind of word that it meets."""

    def __init__(self, vocab: Vocab, name: str) -> None:
        super().__init__(vocab, name)
        self._longer = Matcher(vocab)
        self._ask = lru_cache(_KEPT)(self._match_alone)

    def add(self, patterns: Iterable[Any], attrs: Any, index: int = 0) -> None:
        """Add patterns, those of several words apart."""
        longer = [pattern for pattern in patterns if len(pattern) > 1]
        if longer:
            self._longer.add(str(len(self.attrs)), longer)
        super().add(patterns, attrs, index)

    def match(self, doc: Doc) -> list[tuple[int, int, int, int]]:
        """Give the rules that hold, as spaCy's own ruler does: number, key, first word, end."""
        rows = doc.to_array([TAG, POS, DEP, LOWER, IS_SPACE]).tolist()
        found = [(rule, key, at, at + 1) for at, row in enumerate(rows) for rule, key in self._ask(*row)]
        if len(self._longer):
            numbered = self._longer(doc, allow_missing=True)
            found += [(int(self.vocab.strings[key]), key, first, end) for key, first, end in numbered]
        return sorted(found)

    def _match_alone(self, tag: int, pos: int, dep: int, lower: int, _space: bool) -> list[tuple[int, int]]:
        names = self.vocab.strings
        word = Doc(
            self.vocab,
            words=[names[lower]],
            tags=[names[tag]],
            pos=[names[pos]],
            deps=[names[dep]],
            heads=[0],
        )
        return [(int(names[key]), key) for key, _, _ in self.matcher(word, allow_missing=True)]


@Language.factory("frontlines_attribute_ruler")
def _make(nlp: Language, name: str) -> KeptRuler:
    return KeptRuler(nlp.vocab, name)


def keep(nlp: Language) -> Language:
    """
    Let a model keep what its attribute rules say; its parses stay the same.

    Parameters
    ----------
    nlp
        A model with an ``attribute_ruler``.

    Returns
    -------
    spacy.language.Language
        The same model.
    """
    rules: Any = nlp.get_pipe("attribute_ruler")
    kept: Any = nlp.replace_pipe("attribute_ruler", "frontlines_attribute_ruler")
    kept.add_patterns(rules.patterns)
    return nlp
