"""French clauses put right: whose subject a noun is, what stands in an aside, who told of it."""

from frontlines import conjugation, lexicon, syntax
from frontlines.syntax import has_auxiliary, has_case, is_finite
from frontlines.trees import Word, move

FREE = ("NOUN", "PROPN", "PRON", "NUM")
_CLITIC = ("AUX", "PRON", "ADV")


def mend(word: Word) -> None:
    """
    Put right the clause that a word begins or ends, in place.

    Parameters
    ----------
    word
        A word that is no article, preposition or comma.
    """
    _make_subject(word)
    _part_objects(word)
    _act_beside_place(word)
    _agree(word)
    _expect(word)
    _set_apart(word)
    _by_which(word)
    _hang_whose(word)
    _begin_clause(word)
    _tell_first(word)
    _come_after(word)
    _tell_behind_aside(word)
    _hang_what_was_done(word)
    _by_doing(word)
    _with_en(word)


def _make_subject(word: Word) -> None:
    """Take a name before a verb that has no subject for its subject."""
    if word.dep_.startswith("nsubj") and word.head.pos_ == "VERB" and word.i < word.head.i:
        others = [c.i for c in word.head.children if c.dep_.startswith("nsubj") and c.i < word.head.i]
        if {c.dep_ for c in word.children} >= {"cop", "nsubj"}:
            word.dep_ = "ccomp"  # "ils sont à 5 km de X, a assuré Y": a clause is no subject
        elif word.lower_ in ("leur", "lui", "en", "y", "auquel", "auxquels"):
            word.dep_ = "iobj"
        elif any(t.text == ":" for t in word.doc[word.i : others[-1]]):
            word.dep_ = "dislocated"  # "il ne reste rien du pont : l'aviation l'a détruit"
    free = word.head.pos_ == "VERB" and not any(c.dep_.startswith("nsubj") for c in word.head.children)
    if word.dep_ == "dep" and word.pos_ in FREE[:3] and word.i < word.head.i and free and not has_case(word):
        word.dep_ = "nsubj"


def _part_objects(word: Word) -> None:
    """Read "ont pris hier X, et leurs chars roulaient vers Y" as two clauses: X is no second subject."""
    verb, first = word.head, word.head.head
    if not word.dep_.startswith("nsubj") or verb is first or not first.pos_ == verb.pos_ == "VERB":
        return
    doer = next((c for c in word.children if c.dep_ == "conj" and c.pos_ in FREE and c.i < verb.i), word)
    told = any(c.dep_ == "mark" for c in verb.children) or any(c.dep_ == "obj" for c in first.children)
    parted = any(c.dep_ == "cc" and c.nbor(-1).text == "," for c in doer.children)
    if parted and not told and first.i < word.i:
        move(doer, verb, word.dep_)
        move(word, first, "obj")
        verb.dep_ = "conj"


def _act_beside_place(word: Word) -> None:
    """Take who is named beside a place for the subject: "À Beyrouth, le Premier ministre, X, a reçu ..."."""
    place, verb = word.head, word.head.head
    if word.dep_.startswith("nsubj") and place.dep_.startswith("aux"):
        move(word, verb, word.dep_)  # "Elle a par contre dépêché"
    if word.dep_ == "nmod":
        articles = (c for c in word.children if c.lower_ == "des" or c.dep_ == "det")
        if (some := next((c for c in articles if c.nbor(-1).text == ","), word)) is not word:
            word.dep_, some.dep_ = "appos", "det"  # "Sur le littoral, des chasseurs ont visé X"
    early = verb.dep_ == "advcl" and verb.i < word.i  # "Après s'être assuré le contrôle de X, les Y ont"
    verb = verb.head if early else verb
    if word.dep_ != "appos" or word.pos_ != "NOUN" or verb.pos_ != "VERB" or not word.i < verb.i:
        return
    free = not any(c.dep_.startswith("nsubj") for c in verb.children)
    named = any(c.dep_ == "det" for c in word.children)
    if free and named and (early or has_case(place)):
        move(word, verb, "nsubj")


def _agree(noun: Word) -> None:
    """Read "des habitants de X, la ville des Assad, ont fui" as what the people did: a subject agrees."""
    verb = noun.head
    if noun.dep_ != "nsubj" or noun.morph.get("Number") != ["Sing"] or not noun.i < verb.i:
        return
    person = next((c for c in verb.children if c.dep_.startswith("aux")), verb)
    if person.morph.get("Number") != ["Plur"] or not _begins_behind_comma(verb):
        return
    before = noun.doc[noun.sent.start : min(t.i for t in noun.subtree)]
    some = (t for t in reversed(before) if t.pos_ in FREE and t.morph.get("Number") == ["Plur"])
    doer = next(filter(_is_bare, some), noun)
    if doer is not noun and before[-1].text == ",":
        move(noun, doer, "appos")
        _act(doer, verb)


def _expect(word: Word) -> None:
    """Read "s'attend à ce que X entre" as "attend que"."""
    that = word.head
    if word.pos_ == "VERB" and word.dep_ == "acl" and that.lower_ == "ce" and that.head is not that:
        move(word, that.head, "ccomp")


def _set_apart(word: Word) -> None:
    """Read "L'armée ayant décampé, HTS est entré" as two clauses, with a subject each."""
    noun = word.head
    if word.dep_ not in ("acl", "nmod") or noun.pos_ not in FREE or "Past" not in word.morph.get("Tense", []):
        return
    done = word.lower_ in conjugation.moved() or any(c.lower_ in ("ayant", "étant") for c in word.children)
    rest = word.doc[1 + max(t.i for t in word.subtree) : word.sent.end] if done else []
    subject = next((t for t in rest if t.pos_ in FREE and not t.dep_.startswith("expl")), word)
    verb = next((t for t in rest if t.pos_ == "VERB" and t.i > subject.i), word)
    if not rest or rest[0].text != "," or word in (subject, verb):
        return
    move(subject, verb, "nsubj")
    move(word, verb, "advcl")
    move(noun, word, "nsubj")


def _by_which(word: Word) -> None:
    """Read "a nié les rumeurs selon lesquelles des soldats ont fui", taken for rumours that fled."""
    relative = word.lower_ in syntax.words(word, "relative")
    if not relative or not any(c.lower_ == "selon" for c in word.children):
        return
    noun, verb = word.head, word.head.head
    if noun.dep_.startswith("nsubj"):
        move(noun, verb.head, "obj")
        move(verb, noun, "acl:relcl")
    verb = verb if verb.i > word.i else noun
    for doer in [c for c in word.children if word.i < c.i < verb.i and c.pos_ in FREE]:
        move(doer, verb, "nsubj")


def _hang_whose(word: Word) -> None:
    """Hang "dont les avions ont frappé Y" on the noun before it: "la cible de X, dont ..."."""
    if word.lower_ != "dont" or word.i < 2:
        return
    verb, noun = word.head.head, word.nbor(-2)
    noun = noun.head if noun.pos_ == "ADJ" else noun
    if verb.pos_ == "VERB" and {verb.head, noun.head} in ({verb}, {noun}) and not has_case(noun):
        told = (c for c in verb.children if c.i > verb.i and is_finite(c) and _begins_behind_comma(c))
        if (main := next(told, verb)) is not verb:  # "Ankara, dont les soldats tiennent X, a appelé"
            _stand_alone(main, noun)
            move(verb, noun, "acl:relcl")
    if verb.pos_ != "VERB" or verb.dep_ == "acl:relcl" or word.nbor(-1).text != ",":
        return
    if noun in verb.subtree and verb.head is not verb:
        move(noun, verb.head, "nsubj")
    if noun not in verb.subtree:
        move(verb, noun, "acl:relcl")


def _begin_clause(word: Word) -> None:
    """Read "a réuni un conseil, et son ministre, X, a reçu Y" as two clauses, not one."""
    if word.pos_ == "VERB" and word.dep_ == "conj" and syntax.is_infinitive(word.head):
        told = has_auxiliary(word) if _is_told_of(word) else is_finite(word)
        if told:  # "a prié X de partir, et Y a fermé ...", "dément fuir et accuse Y"
            move(word, syntax.governor(word.head), "conj")
    joined = word.dep_ == "conj" and any(c.dep_ == "cc" and c.nbor(-1).text == "," for c in word.children)
    if word.pos_ != "NOUN" or not (joined or word.dep_ == "obl:mod") or not _is_bare(word):
        return
    rest = word.doc[1 + max(t.i for t in word.subtree) : word.sent.end]
    rank = next((t for t in rest if t.pos_ not in ("AUX", "PRON", "ADV", "PUNCT", "DET")), word)
    beside = rank.dep_.startswith("nsubj") and any(c.pos_ == "PROPN" for c in rank.children)
    if beside and rest[0].text == ",":
        move(word, rank.head, rank.dep_)
        move(rank, word, "appos")  # ", et le chef, le général X, a"
    elif joined and has_auxiliary(rank) and not _is_told_of(rank):
        _act(word, rank)


def _is_told_of(verb: Word) -> bool:
    """Tell whether a subject stands before a verb."""
    return any(c.dep_.startswith("nsubj") and c.i < verb.i for c in verb.children)


def _is_bare(noun: Word) -> bool:
    """Tell a noun without preposition; "des" may be its article."""
    return all(c.lower_ == "des" for c in noun.children if c.dep_ == "case")


def _act(noun: Word, verb: Word) -> None:
    for article in (c for c in noun.children if c.dep_ == "case"):
        article.dep_ = "det"
    move(noun, verb, "nsubj")


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
    if doers and place.i < that.i < left.i and that.nbor(-1).text == ",":
        _stand_alone(word, doers[0])
        move(place, word, "obl:mod")
        move(left, place, "acl:relcl")


def _come_after(word: Word) -> None:
    """Read "Après avoir pris X, les Y sont entrés dans Z" as what the Y did, under what they did then."""
    if word.head is not word or word.pos_ != "VERB" or _is_told_of(word) or is_finite(word):
        return
    below = (c for c in word.children if c.dep_ in ("conj", "advcl") and c.pos_ == "VERB")
    verb = next((v for v in below if is_finite(v)), word)
    if verb is not word:
        move(verb, verb, "ROOT")
        move(word, verb, "advcl")


def _tell_behind_aside(verb: Word) -> None:
    """Give a verb behind an aside its subject: "Des familles, emportant leurs biens, ont fui X"."""
    if verb.pos_ != "VERB" or verb.dep_ == "acl" or not is_finite(verb):
        return
    said = syntax.lemma(verb.head) in lexicon.sayings() and _begins_behind_comma(verb.head)
    if verb.dep_ == "conj" and is_finite(verb.head) and not said:
        return
    taken = any(c.dep_.startswith("nsubj") or c.dep_ == "cc" for c in verb.children if c.i < verb.i)
    if taken or not _begins_behind_comma(verb):
        return
    nouns = [t for t in verb.sent[: verb.i - verb.sent.start] if t.pos_ in FREE[:2] and not has_case(t)]
    noun = next((t for t in nouns if t.dep_.startswith("nsubj") or _begins(t)), verb)
    above = noun.head
    if noun is verb or (syntax.lemma(verb) in lexicon.sayings() and above.nbor(-1).text != ","):
        return
    if noun.dep_.startswith("nsubj"):
        told = said and above is verb.head  # "des soldats, ont rapporté des témoins, ont fui"
        done = told or ("Part" in above.morph.get("VerbForm", []) and not has_auxiliary(above))
        if not (noun in verb.ancestors or (done and noun.i < above.i < verb.i)):
            return
        _stand_alone(verb, noun)
        move(above, *((noun, "acl") if above.i < verb.i and not told else (verb, "parataxis")))
    elif above is noun:  # "L'opposition, qui avait pris X, assiège Y"
        _stand_alone(verb, noun)
    elif noun not in verb.ancestors:
        move(noun, verb, "nsubj")


def _stand_alone(verb: Word, noun: Word) -> None:
    """Make a verb that of the sentence, and a noun its subject."""
    move(verb, verb, "ROOT")
    move(noun, verb, "nsubj")


def _begins_behind_comma(verb: Word) -> bool:
    """Tell whether a comma stands before a verb, its auxiliaries and pronouns."""
    first = verb
    while first.i > verb.sent.start and (before := first.nbor(-1)).head is verb and before.pos_ in _CLITIC:
        first = before
    return first.i > verb.sent.start and first.nbor(-1).text == ","


def _begins(noun: Word) -> bool:
    """Tell a noun behind a comma that no preposition hangs on one before it: "Partis de X, les soldats"."""
    left = min(t.i for t in noun.subtree)
    counted = any(c.dep_ in ("det", "nummod") and c.i < noun.i for c in noun.children)
    if left == noun.sent.start and (noun.dep_ == "obl:mod" or noun.head is noun):
        return counted and not syntax.is_a(noun, "time_word")
    loose = noun.dep_ in ("nmod", "appos", "obl:mod", "obj") and noun.head.i < noun.i
    return loose and counted and noun.doc[left - 1].text == ","


def _hang_what_was_done(verb: Word) -> None:
    """Read "a condamné les raids que X a menés" as raids that X did: the participle agrees with them."""
    if verb.dep_ not in ("acl", "ccomp") or not verb.lower_.endswith(("és", "ée", "ées", "ises")):
        return
    that = next((c for c in verb.children if c.lower_ in ("que", "qu'") and c.i < verb.i), verb)
    if that is verb or not that.i:
        return
    noun = that.nbor(-1)
    noun = noun.head if noun.pos_ == "ADJ" else noun
    if noun.pos_ == "NOUN" and verb.head in (noun, noun.head):
        that.pos_, that.dep_ = "PRON", "obj"
        move(verb, noun, "acl:relcl")


def _with_en(verb: Word) -> None:
    """Read "Daech en profite" as what Daech does."""
    noun, en = verb.head, verb.nbor(-1) if verb.i else verb
    if en.lower_ != "en" or noun.head is not noun or noun.i != en.i - 1 or not is_finite(verb):
        return
    behind = [c for c in noun.children if c.i > verb.i]
    move(verb, verb, "ROOT")
    for child, name in [(noun, "nsubj"), *((c, c.dep_) for c in behind)]:
        move(child, verb, name)
    en.dep_ = "obl:arg"


def _by_doing(verb: Word) -> None:
    """Hang "en dépêchant des renforts à X" on the verb before it, not on a noun."""
    if verb.dep_ not in ("nmod", "obl:mod", "obl:arg") or verb.pos_ != "VERB":
        return
    noun, by = verb.head, next((c for c in verb.children if c.lower_ == "en" and c.i == verb.i - 1), verb)
    if by is not verb:
        move(verb, noun if noun.pos_ == "VERB" else syntax.governor(noun), "advcl")
        by.dep_ = "mark"
