"""People followed by their last name: "Interior Minister Mazen Faraya ordered ... Faraya added"."""

from collections.abc import Iterable

from frontlines.actor_names import Token
from frontlines.actor_phrases import Mention
from frontlines.lexicon import classes

_OFFICES = {"leader", "speaker"}
_PARTICLES = {"al", "el", "bin", "ben", "bou", "abu", "abou", "ibn", "de", "von", "van", "der", "as", "ash"}
_JOINS = {" ", "-", "'", "’", ". "}
_SHORTEST = 4  # letters of a last name that can stand alone


def follow(
    tokens: list[Token], mentions: Iterable[Mention], language: str = ""
) -> tuple[list[Mention], dict[int, Mention]]:
    """
    Take the name behind an office into its phrase, and find the last name again further on.

    Parameters
    ----------
    tokens
        The words of the text.
    mentions
        Its phrases, in order.
    language
        That of the text; in French a group's name may be cut to its first word: "la Chambre".

    Returns
    -------
    mentions : list of Mention
        All phrases in order; a last name that stands alone is one without actors.
    owners : dict
        Of each such (by ``id``) the phrase that first named the person: it means the same actors.
    """
    found, short = list(mentions), classes("fr")["short"] if language == "fr" else frozenset()
    taken = {index for one in found for index in range(one.first, one.last + 1)}
    known: dict[str, tuple[int, Mention]] = {}
    for one in found:
        if one.name.sense in _OFFICES and not tokens[one.last].word.endswith("s"):
            end = _name_behind(tokens, one.last, taken)
            if end > one.last:
                one.last, one.form = end, "leader"
                taken.update(range(one.first, end + 1))
        if one.form == "leader" and one.last > one.first and len(tokens[one.last].word) >= _SHORTEST:
            known.setdefault(tokens[one.last].word, (one.last, one))
        for token in tokens[one.first : one.last]:
            if token.word in short and token.raw[0].isupper():
                known.setdefault(token.word, (one.last, one))
    owners: dict[int, Mention] = {}
    for index, token in enumerate(tokens):
        named, owner = known.get(token.word, (index, None))
        if owner is not None and index > named and index not in taken and token.raw[0].isupper():
            again = Mention(
                index, index, (), owner.name, "leader" if owner.form == "leader" else "name", "antecedent"
            )
            owners[id(again)] = owner
            found.append(again)
    return sorted(found, key=lambda one: (one.first, one.last)), owners


def _name_behind(tokens: list[Token], last: int, taken: set[int]) -> int:
    """Give the last token of a name of two words or more behind a phrase, with or without a comma."""
    end, capitals = last, 0
    for index in range(last + 1, min(last + 7, len(tokens))):
        token = tokens[index]
        joined = token.gap in _JOINS or (index == last + 1 and token.gap == ", ")
        if index in taken or not joined or token.sentence != tokens[last].sentence:
            break
        if token.raw[0].isupper() and len(token.raw) > 1:
            end, capitals = index, capitals + 1
        elif token.word not in _PARTICLES:
            break
    return end if capitals > 1 else last
