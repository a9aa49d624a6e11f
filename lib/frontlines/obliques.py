"""The prepositional phrases of a verb or noun, those of a relative clause included."""

from frontlines.syntax import case, coordinated, has_case, words
from frontlines.trees import Word, once

# prepositions that mean the same
_ALIKE = {"upon": "on", "toward": "towards", "amongst": "among", "atop": "on"}
_LEADING = {"out", "because", "according", "due", "thanks", "prior", "owing", "contrary"}


@once
def of(head: Word) -> list[tuple[str, Word]]:
    """
    Give the prepositional phrases of a verb or noun.

    Parameters
    ----------
    head
        A verb or noun.

    Returns
    -------
    list of (str, trees.Word)
        Preposition in lower case (contracted French articles undone) and the head of its phrase.
    """
    found: list[tuple[str, Word]] = []
    for child in head.children:
        off = child.dep_ == "prt" and any(c.dep_ == "pobj" for c in child.children)  # "sealed off X"
        if off or (child.dep_ in ("prep", "agent") and child.pos_ in ("ADP", "SCONJ", "VERB", "ADV", "PART")):
            found += _prepositional(child)
        elif child.dep_ in ("prt", "advmod") and any(c.dep_ == "prep" for c in child.children):
            side = f"{child.lower_} " * (child.lower_ in words(child, "compass"))  # "west of X"
            found += [(side + p, t) for c in child.children if c.dep_ == "prep" for p, t in _prepositional(c)]
        elif child.dep_.startswith(("obl", "nmod", "iobj", "obj", "dislocated", "xcomp")) and has_case(child):
            found += [(case(child), each) for each in coordinated(child)]
        elif child.dep_ == "poss":
            found.append(("poss", child))
    if head.dep_ in ("relcl", "acl:relcl"):
        found += _relative_obliques(head)
    return found


def _prepositional(preposition: Word) -> list[tuple[str, Word]]:
    found = []
    name = _ALIKE.get(preposition.lower_, preposition.lower_)
    for child in preposition.children:
        if child.lower_ in words(child, "direction_word") and (led := of(child)):  # "in the direction of X"
            found += [("towards", inner) for _, inner in led]
        elif child.dep_ in ("pobj", "pcomp") and child.lower_ not in words(child, "relative"):
            found += [(name, each) for each in coordinated(child)]
        elif child.dep_ == "prep":
            lead = f"{name} " * (name in _LEADING)
            found += [(lead + inner, token) for inner, token in _prepositional(child)]
    return found


def _relative_obliques(verb: Word) -> list[tuple[str, Word]]:
    noun = verb.head
    for child in verb.subtree:
        if child.lower_ in ("où", "where"):
            return [(slot, noun) for slot in ("dans", "de")[: 1 + (verb.lang_ == "fr")]]
        if child.lower_ == "dont":
            return [("de", noun)]
    return []


def antecedent(verb: Word) -> Word | None:
    """
    Find the noun that a relative clause says more of.

    Parameters
    ----------
    verb
        The verb of the clause.

    Returns
    -------
    trees.Word or None
        The noun; None where the verb stands in no relative clause.
    """
    return verb.head if verb.dep_ in ("relcl", "acl:relcl") else None
