"""Whom a reader keeps in mind while reading on: subjects, topics, those of whom a whole sentence tells."""

from frontlines import attribution, clauses, filling, kinds, roles, syntax
from frontlines.filling import Found
from frontlines.parsing import Parse
from frontlines.story import Doer, Story
from frontlines.trees import Sentence, Word


def note_subject(parsed: Parse, story: Story, token: Word) -> None:
    """Keep the subject of every verb in mind, event or not: "ces derniers" may mean it."""
    aside = token.dep_ in _ASIDE or (token.dep_ == "advcl" and syntax.is_participle(token))
    heads = clauses.subjects(token) if syntax.is_verbal(token) else []
    own = heads and token.lang_ == "fr"  # in English "they" is more often who acts, or says
    told = clauses.objects(token) if own and syntax.is_passive(token) else []  # "X a été reçu par Y"
    named = [c for c in token.children if c.dep_ == "nsubj"]  # "l'armée est en déroute"
    for head in [*told, *heads] or named:
        if not kinds.is_pronoun(head) or head.lower_ in syntax.words(head, "latter"):
            second = own and ((bool(told) and head in heads) or attribution.says(token))
            after = token.lang_ == "en" and attribution.says(token) and _stands_behind(token)
            behind = 2 * (aside or _in_relative(head)) or int(bool(second or after))
            _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=behind)


def _stands_behind(verb: Word) -> bool:
    """Tell ", X said" from "X said that ...": the next sentence goes on with what is told."""
    said = [c.i < verb.i for c in verb.children if c.dep_ == "ccomp"]
    return verb.dep_ == "parataxis" or (bool(said) and all(said))


_ASIDE = ("acl", "acl:relcl", "relcl", "amod")


def _in_relative(head: Word) -> bool:
    """Tell a relative clause by what its subject stands behind: "X, que les troupes venaient d'évacuer"."""
    first = min([head.i, *(c.i for c in head.children if c.i < head.i)])
    before = head.doc[max(head.sent.start, first - 2) : first]
    relative = bool(before) and before[-1].lower_ in syntax.words(head, "relative")
    behind = relative and (before[0].text == "," or before[0].pos_ in ("NOUN", "PROPN"))
    return behind or (relative and before[-1].lower_ not in ("que", "qu'"))


def note_topic(parsed: Parse, story: Story, sentence: Sentence) -> None:
    """Keep in mind whom a sentence without a verb names: "Et le Hezbollah ? Il a ..."."""
    behind = [t.head for t in sentence if t.dep_ == "case"]
    for head in [t for t in behind if syntax.case(t) in syntax.words(t, "as_for")]:  # "Quant à X, il"
        _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=-1)
    # "Qu'en est-il de X ?"
    told = len(sentence) > _LABEL or any(t.pos_ in ("VERB", "AUX") for t in sentence)
    if told and sentence[-1].text != "?":
        return
    named = {row: t for t in sentence for row in parsed.actors_of.get(t.i, ())}
    if len(named) == 1:
        row, head = named.popitem()
        actor = story.actors[row]
        _remember(parsed, story, head, [((actor.actor,), actor.text)], behind=-1)


_LABEL = 6  # words of a sentence that only names what follows is about


def note_main(parsed: Parse, story: Story, sentence: Sentence) -> None:
    """Keep in mind of whom a whole sentence tells: "they" in the next are not those of its last clause."""
    root = next((t for t in sentence if t.head is t), None)
    if root is None or not syntax.is_verbal(root) or attribution.says(root):
        return
    told = clauses.objects(root) if root.lang_ == "fr" and syntax.is_passive(root) else []
    told = [head for head in told if roles.actors_in(parsed, story, head)]  # "l'armée a été chassée par X"
    for head in told or clauses.subjects(root):
        _remember(parsed, story, head, roles.actors_in(parsed, story, head), behind=0)


def note_doers(parsed: Parse, story: Story, found: Found) -> None:
    """Keep in mind who did what was found where no subject told it: "X fell to HTS"; all who met: "they"."""
    token, row = found.token, found.trigger
    if token.pos_ == "NOUN" or "subj" not in row.actor:
        _remember(parsed, story, token, found.actors, behind=1)
    together = {one for ids, _ in found.actors for one in ids}
    if row.event_type in filling.JOINT and len(together) > 1:
        _remember(parsed, story, token, [(tuple(sorted(together)), "")], behind=-1)


def note_formed(parsed: Parse, story: Story, found: Found) -> None:
    """Keep in mind the body that was formed: "banded together as X; its men ..."."""
    if found.trigger.event_type == "formation":
        formed: list[roles.Actor] = [((a.actor,), a.text) for a in story.actors if a.actor in found.targets]
        _remember(parsed, story, found.token, formed[:1], behind=0)


def _remember(
    parsed: Parse, story: Story, head: Word, named: list[tuple[tuple[str, ...], str]], *, behind: int
) -> None:
    at, sentence = parsed.starts[head.i], parsed.starts[head.sent.start]
    for ids, label in named:
        if "source" not in map(kinds.actor_types().get, ids):
            # "l'armée libanaise a ...; les militaires"
            armed = kinds.are_armed(ids) or any(syntax.is_a(t, "armedman") for t in syntax.phrase(head))
            story.remember(Doer(at, ids, label, sentence, *kinds.agreement(head, label), behind, armed))
