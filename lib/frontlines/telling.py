"""What a text tells twice or together: headlines, nouns under verbs, one force entering as another leaves."""

import re
from itertools import pairwise

from frontlines import assertion, clauses, syntax
from frontlines.filling import Found, family
from frontlines.trees import Sentence, Word

_INFORMATION = ("information", "affirmation", "annonce", "allégation", "version", "nouvelle", "accusation")
_BLASTS = {"shelling", "air_strike", "bombing"}
_VIOLENT = _BLASTS | {"clash"}
_REBELS = {"HTS", "SNA", "FSA", "SOR", "SFA"}  # "the rebels" of a headline, named below it
_ONE_ACT = {("advance", "capture"), ("advance", "handover"), ("border_closure", "border_restriction")}
_JUDGING = {"condemnation", "endorsement", "consultation"}
_ASKING = {"travel_advisory", "appeal", "warning"}


def contested(sentence: Sentence) -> list[tuple[Word, list[Word]]]:
    """
    Find asides that deny what was told before them: ", ce que Y dément", ", information que Y dit fausse".

    Parameters
    ----------
    sentence
        Its words.

    Returns
    -------
    list of (trees.Word, list of trees.Word)
        The verb, and the heads of who denies.
    """
    if not sentence or sentence[0].lang_ != "fr":
        # "said that ..., a claim X denied"
        claims = (v for v in sentence if v.dep_ == "relcl" and v.head.dep_ == "appos")
        claims = (v for v in claims if syntax.is_a(v.head, "claim_word"))
        denied = [v for v in claims if assertion.spoken(v) == "deny"]
        return [(v, clauses.subjects(v)) for v in denied]
    found = []
    for verb in sentence:
        if verb.pos_ != "VERB" or not _denies(verb):
            continue
        before = [t.lower_ for t in sentence[max(0, verb.i - sentence.start - 9) : verb.i - sentence.start]]
        aside = any(a in ("ce", *_INFORMATION) and b in ("que", "qu'") for a, b in pairwise(before))
        told = verb.dep_ in ("acl", "amod") and verb.head.lower_ in _INFORMATION
        if aside or told:
            after = [c for c in verb.children if c.i > verb.i and c.pos_ in ("NOUN", "PROPN")]
            found.append((verb, clauses.subjects(verb) or after[:1]))
    return found


def _denies(verb: Word) -> bool:
    untrue = syntax.words(verb, "untrue") if syntax.is_a(verb, "call_so") else ()
    return assertion.spoken(verb) == "deny" or any(t.lower_ in untrue for t in verb.subtree)


def enter_after_leaving(coded: list[dict[str, object]], before: int) -> None:
    """Read "entered X, which the army had left" as one handover: the leaving gets no row of its own."""
    for left in [row for row in coded[before:] if row["event_type"] == "withdrawal" and row["place_id"]]:
        for entered in coded[before:]:
            takes = entered["event_type"] in ("capture", "advance", "handover", "reinforcement")
            late = re.match(r"(\w+ \w+ )?after ", str(entered["quote"]))  # left when the other had come
            other = entered["actor"] not in ("", left["actor"]) and not late
            ceded = entered["event_type"] == "handover" and entered["loser"] == left["actor"]
            if entered["place_id"] == left["place_id"] and (ceded or (takes and other)):
                loss = {"target": left["actor"], "loser": left["actor"], "gainer": entered["actor"]}
                entered |= {} if ceded else {"event_type": "handover"} | loss  # "left X, leaving it to Y"
                coded.remove(left)
                break


def told_by_headings(coded: list[dict[str, object]]) -> list[dict[str, object]]:
    """Let a headline that repeats the body be a mention of what the body says, not an event of its own."""
    body = [row for row in coded if not row["heading"]]
    for row in coded:
        if not row["heading"]:
            continue
        twins = [other for other in body if _repeats(row, other)]
        twins.sort(key=lambda other: other["event_type"] != row["event_type"])
        for twin in twins[:1]:
            kept = {key: row[key] for key in ("start", "end", "quote", "rule")}
            row |= {key: value for key, value in twin.items() if key not in kept}
    return coded


def _repeats(heading: dict[str, object], row: dict[str, object]) -> bool:
    alike = {"capture", "handover", "advance", "withdrawal"}
    kinds = {heading["event_type"], row["event_type"]}
    if len(kinds) > 1 and not (kinds <= alike or kinds <= _BLASTS):
        return False
    actors_agree = not heading["actor"] or not row["actor"] or heading["actor"] == row["actor"]
    actors_agree = actors_agree or (heading["actor"] in ("OPP", "FSA") and row["actor"] in _REBELS)
    same_place = heading["place_id"] == row["place_id"]
    if family(str(heading["event_type"])) in ("reaction", "border"):
        return actors_agree and bool(heading["actor"] or same_place)
    near = same_place or not heading["place_id"] or (len(kinds) == 1 and _close(heading, row))
    return actors_agree and near


def _close(a: dict[str, object], b: dict[str, object]) -> bool:
    known = None not in (a["lat"], b["lat"])
    return known and all(abs(float(str(a[axis])) - float(str(b[axis]))) < _SPREAD for axis in ("lat", "lon"))


_SPREAD = 0.15  # degrees


def combined(found: list[Found]) -> list[Found]:
    """Join a noun and the verb it hangs from where both tell one act: "des frappes ont visé Damas"."""
    kept: list[Found] = []
    asked = [o.token for o in found if o.kind in _ASKING or _wishes(o) or syntax.is_a(o.token, "accuse")]
    gates = [one.token for one in found if one.family == "border"]
    asked += gates  # "n'y laisse entrer que X"
    for one in found:
        if any(_is_asked(one.token, token) for token in asked) or _is_averted(one.token) or _is_known(one):
            continue
        if any(_takes_too(one, other) for other in found) or any(_is_let(one, gate) for gate in gates):
            continue
        if any(_crosses_to(one, other) for other in found) or _goes_on(one, found):
            continue
        if _is_judged(one, found) or _is_what_for(one, found) or _is_reason(one, found):
            continue
        governor = next((o for o in found if o is not one and _tells_same(o, one)), None)
        if governor is None:
            kept.append(one)
            continue
        governor.actors = governor.actors or one.actors
        governor.targets = governor.targets or one.targets
        governor.places = (_is_agenda(one, governor) and one.places) or governor.places or one.places
        if one.kind == "air_strike" and one.token.dep_ in _SAID_OF:
            governor.trigger = one.trigger  # "missiles fired by jets hit X"
        governor.words.append(one.token)
    return kept


def _is_let(one: Found, gate: Word) -> bool:
    """Tell a way that people are let through from one that they went: "rouvert aux familles qui rentrent"."""
    below = gate in one.token.ancestors and one.token.dep_ not in ("conj", "advcl", "parataxis")
    return below and one.kind == "displacement"


def _wishes(one: Found) -> bool:
    """Tell a wish that an act go on or succeed: "souhaite que leur marche se poursuive"."""
    return one.kind == "endorsement" and any(s == "xcomp" for s, _ in one.trigger.with_)


def _is_judged(one: Found, found: list[Found]) -> bool:
    """Tell an act that a reaction only names: "a condamné les attaques contre X", "condemned the raid"."""
    token = one.token
    bare = token.lang_ == "fr" or all(c.dep_ == "det" for c in token.children)
    if not bare or token.pos_ != "NOUN" or one.family not in ("violence", "control"):
        return False
    judged = any(o.token == token.head and o.kind in _JUDGING for o in found)
    return judged and token.dep_ in ("obj", "dobj", "obl:arg", "obl:mod")


def _is_reason(one: Found, found: list[Found]) -> bool:
    """Tell what a reaction blames somebody for: "criticised X for sending fighters to Y"."""
    judging = [o for o in found if o is not one and o.kind == "condemnation"]
    return any(one.token in reason.subtree for o in judging for reason in o.slots.get("for", ()))


def _is_what_for(one: Found, found: list[Found]) -> bool:
    """Tell what a force is sent or crosses for: "crossed into Syria to bolster the army"."""
    purpose = one.token.tag_ == "VB" and one.token.dep_ in ("advcl", "acl", "xcomp")  # English
    above = [o for o in found if o.token == one.token.head]
    aims = one.kind in ("reinforcement", "encirclement")
    return purpose and aims and any(o.kind in ("advance", "reinforcement", "withdrawal") for o in above)


def _goes_on(one: Found, found: list[Found]) -> bool:
    """Tell where people went of whom the verb before says what they left: one flight, from its origin."""
    aside = one.token.dep_ == "advcl" and (one.token.tag_ == "VBG" or syntax.is_infinitive(one.token))
    on = one.token.dep_ == "conj" or aside
    fled = [o.token for o in found if o.kind == one.kind == "displacement"]
    before = [t for t in fled if t.dep_ == "advcl" and t.lang_ == "fr" and t.i < one.token.i == t.head.i]
    return bool(before) or (on and one.token.head in fled)  # "ayant fui X, des civils ont gagné Y"


def _takes_too(one: Found, other: Found) -> bool:
    """Tell "stormed X" where "and took it" follows, "was shut, and only aid is let in": the one act."""
    joined = other.token.dep_ == "conj" and other.token.head == one.token
    if not joined or (one.kind, other.kind) not in _ONE_ACT:
        return False
    same = {row for row, _ in one.places} == {row for row, _ in other.places}
    return bool(one.places) and same


def _crosses_to(one: Found, other: Found) -> bool:
    """Tell a way taken by soldiers who give up: "ont passé la frontière et se sont rendus"."""
    linked = one.token.head == other.token or other.token.head == one.token
    linked = linked and (one.actors == other.actors or not (one.actors and other.actors))
    return linked and (one.kind, other.kind) == ("advance", "defection")


def _is_averted(token: Word) -> bool:
    """Tell an act only fled from, feared or spared, "fled the fighting", or kept from: "stop X taking Y"."""
    above = token.head.head if token.dep_ in ("pobj", "pcomp") else token.head
    if token.pos_ == "NOUN":
        return above != token and syntax.is_a(above, "avert")
    kept = token.dep_ == "xcomp" and any(c.dep_ == "nsubj" for c in token.children)
    kept = kept or (token.dep_ == "pcomp" and token.head.lower_ == "from")
    return kept and token.tag_ == "VBG" and syntax.is_a(above, "hinder")


def _is_known(one: Found) -> bool:
    """Tell an act that only says since when: "have fled since the fighting began"."""
    token, verb = one.token, one.token.head
    since = verb.dep_ == "advcl" and syntax.has(verb, "since_when", "mark")
    return since and token.dep_ == "nsubj" and any(c.lower_ == "the" for c in token.children)


def _is_asked(token: Word, asking: Word) -> bool:
    """Tell whether a predicate is only what somebody asks or warns of: "urged them to leave"."""
    said = clauses.quoted(asking)
    if token != asking and token.i < asking.i and any(t == token or t in token.ancestors for t in said):
        return True
    if token == asking or asking not in token.ancestors:
        return False
    current = token
    while current.head != asking:
        if _follows(current):
            return False  # "warned its citizens to leave, as rebels entered X"
        anyone = current.head.lower_ in syntax.words(current, "anyone")
        if anyone and "Pres" in current.morph.get("Tense", []):
            return True  # "whoever attacks Hama will pay"
        if current.dep_ == "acl:relcl" and current.head.pos_ == "NOUN":
            return False  # "a invité au dialogue en Syrie, où X a plaidé pour ..."
        wanted = current.lang_ == "fr" and current.head.head is asking and current.head.dep_ == "obj"
        ending = syntax.is_a(current.head, "ending")
        if wanted and (ending or (current.dep_ == "acl" and syntax.is_infinitive(current))):
            return True  # "presse les parties de cesser les combats", "demande la fin des combats"
        current = current.head
    told = _follows(current)
    if current.dep_ == "advcl" and (told or (current.lang_ == "fr" and not syntax.is_infinitive(current))):
        return False  # "tandis que son ministre rencontrait ...", "hours after the army had left X"
    below = ("xcomp", "ccomp", "acl", "pcomp", "advcl", "obl:arg", "prep")
    return current.dep_ in below and current.i > asking.i


def _follows(verb: Word) -> bool:
    """Tell what happened meanwhile from what is to come: "as rebels entered X", "as soon as they enter"."""
    return syntax.has(verb, "following", "mark") and "Pres" not in verb.morph.get("Tense", [])


# of the rest no verb tells what another does
_JOINED = frozenset((*_VIOLENT, "civilian_attack", "consultation"))


def _tells_same(verb: Found, noun: Found) -> bool:
    token, above = noun.token, verb.token
    if token.pos_ != "VERB" and above != token:
        near = above in (syntax.governor(token), token.head)
        shot = above.pos_ == "VERB" and noun.kind == "reinforcement"  # "a column of X was hit in Y"
        violent = verb.kind in _VIOLENT and (shot or noun.kind in _VIOLENT)
        return near and (verb.kind == noun.kind or violent)
    if token.dep_ == "xcomp" and token.head == above and syntax.lemma(above) == "faire":
        return True  # "a fait sortir son personnel"
    if noun.kind not in _JOINED:
        return False
    if _is_death_in(noun, verb) or _is_consequence(noun, verb) or _is_firing(noun, verb):
        return True
    killed = noun.kind == "civilian_attack" and verb.kind in _BLASTS and above in token.ancestors
    below = killed and token.dep_ in ("advcl", "conj", "acl", "xcomp", "relcl", "acl:relcl")
    return below or _is_agenda(noun, verb)


def _is_agenda(what: Found, talks: Found) -> bool:
    """Tell what talks are about from talks of their own: "will hold a session in X to discuss Y"."""
    aim = what.token.tag_ == "VB" and what.token.dep_ in ("advcl", "acl", "xcomp", "relcl")
    both = what.kind == talks.kind == "consultation"
    return both and aim and talks.token in what.token.ancestors


def _goes_with(token: Word, verb: Word) -> bool:
    own = token.lang_ == "en" and any(c.dep_ in syntax.SUBJECT for c in token.children)
    return token.dep_ == "conj" and token.head == verb and not own


_SAID_OF = ("acl", "amod", "relcl")


def _is_firing(shot: Found, hit: Found) -> bool:
    """Tell who fired from what was hit by it: "rockets fired by X fell on Y"."""
    what = [*hit.slots.get("subj", ()), *hit.slots.get("by", ()), hit.token]
    both = {shot.kind, hit.kind} <= _VIOLENT
    return both and shot.token.dep_ in _SAID_OF and shot.token.head in what


def _is_consequence(effect: Found, act: Found) -> bool:
    """Tell what an act did from an act of its own: "a pris pour cible X, tuant trois civils"."""
    token, violent = effect.token, {act.kind, effect.kind} <= {*_VIOLENT, "civilian_attack"}
    below = violent and syntax.is_a(token, "consequences") and act.token in token.ancestors
    return below and (token.lower_.endswith(("ant", "ing")) or _goes_with(token, act.token))


def _is_death_in(death: Found, blast: Found) -> bool:
    """Tell whether nobody's killing is what another act did: "were killed when a mine exploded"."""
    nobodys = death.kind == "civilian_attack" and not death.actors and blast.kind in _BLASTS
    below = nobodys and death.token in blast.token.ancestors
    links = ("advcl", "pobj", "obl:mod", "obl:arg", "nmod", "conj", "relcl", "acl")
    return below and blast.token.dep_ in links


def name_agent(coded: list[dict[str, object]], found: Found) -> None:
    """Give the doer told in a sentence of its own ("the drones were sent by ...") to the strike before."""
    for row in reversed(coded[-3:]):
        if row["event_type"] in ("air_strike", "shelling", "bombing") and not row["actor"] and found.actors:
            row["actor"], row["label_used"] = ";".join(found.actors[0][0]), found.actors[0][1]
            return
