from frontlines import obliques, parsing, trees


def word(language, text, form):
    sentences = trees.read(parsing.model(language)(text))
    return next(token for sentence in sentences for token in sentence if token.lower_ == form)


def slots(verb):
    return {(preposition, head.lower_) for preposition, head in obliques.of(verb)}


def test_prepositions_name_the_slots():
    verb = word("en", "The army withdrew from the city towards the coast.", "withdrew")
    assert slots(verb) == {("from", "city"), ("towards", "coast")}
    assert ("de", "village") in slots(word("fr", "L'armée s'est retirée du village.", "retirée"))


def test_a_relative_clause_has_the_noun_that_it_tells_of():
    verb = word("fr", "La ville où les soldats sont entrés a été bombardée.", "entrés")
    assert ("dans", "ville") in slots(verb)
    assert obliques.antecedent(verb).lower_ == "ville"
