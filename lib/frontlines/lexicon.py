"""The words of the coder's tables: classes, acts, verbs of speech, and the forms of French verbs."""

import re
from functools import cache

from frontlines import data


@cache
def classes(language: str) -> dict[str, frozenset[str]]:
    """
    Read the word classes that the coder's rules ask for.

    Parameters
    ----------
    language
        ``fr`` or ``en``.

    Returns
    -------
    dict
        Class to its words: lemmas, or forms for small words.
    """
    rows = data.table(f"codebook/classes.{language}").to_dict("records")
    return {row["class"]: frozenset(filter(None, row["lemmas"].split(";"))) for row in rows}


@cache
def acts(language: str, pos: str) -> frozenset[str]:
    """
    Give the words of the trigger table.

    Parameters
    ----------
    language
        ``fr`` or ``en``.
    pos
        ``VERB`` or ``NOUN``.

    Returns
    -------
    frozenset of str
        Lemmas, ``se`` before French reflexive verbs.
    """
    rows = data.table(f"codebook/triggers.{language}")
    return frozenset("|".join(rows.loc[rows["pos"] == pos, "trigger"]).split("|"))


@cache
def sayings() -> frozenset[str]:
    """
    Give the French verbs that may stand before their subject behind a quotation.

    Returns
    -------
    frozenset of str
        Infinitives.
    """
    rows = data.table("codebook/speech.fr")
    return classes("fr")["inverting"] | set(rows.loc[rows["kind"] == "say", "lemma"])


@cache
def infinitives() -> dict[str, str]:
    """
    Give the forms of the French -er verbs of our tables: the parser leaves unknown forms as they are.

    Returns
    -------
    dict
        Form to infinitive.
    """
    verbs = {*acts("fr", "VERB"), *data.table("codebook/speech.fr")["lemma"]}
    forms: dict[str, str] = {}
    for verb in sorted(v.removeprefix("se ") for v in verbs):
        stem = verb.removesuffix("er")
        if stem == verb or " " in verb:
            continue
        soft = re.sub("c$", "ç", re.sub("g$", "ge", stem))
        closed = re.sub("(?:e(?=[^aeiouyé]$)|é(?=[^aeiouyé]{1,2}$))", "è", re.sub("y$", "i", stem))
        forms |= dict.fromkeys(
            [stem + e for e in ("é", "ée", "és", "ées", "e", "es", "ent", "era", "eront", "èrent")], verb
        )
        forms |= dict.fromkeys([soft + e for e in ("ait", "aient", "a", "ant", "ons")], verb)
        forms |= dict.fromkeys([closed + e for e in ("e", "ent", "era", "eront")], verb)
    return forms
