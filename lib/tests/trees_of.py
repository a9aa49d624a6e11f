"""The words of a text as the parser reads them and the mends leave them."""

from frontlines import dispatch, gazetteer, parsing


def words(text, language):
    """Parse a text: its words by their form, the last where one comes twice."""
    one = dispatch.from_text(text, language=language, published="2024-12-06")
    places = list(gazetteer.find(text, language=language).itertuples())
    return {w.text: w for parsed in parsing.parse(one, places, []) for s in parsed.sentences for w in s}
