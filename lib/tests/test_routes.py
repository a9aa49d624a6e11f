from csv import DictReader
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

from frontlines import borders, charts, codebook, control, data, gazetteer, maps, routes
from frontlines.errors import SchemaError, UnknownCodeError

CASES = list(
    DictReader(
        (Path(__file__).parent / "cases/ways_and_falls.tsv").read_text(encoding="utf-8").splitlines(),
        delimiter="\t",
    )
)
PLACES = {
    "D": "gn:170654", "H": "gn:169577", "Ha": "gn:170017", "T": "gn:163345", "Q": "gn:173322",
    "N": "gn:173193", "B": "gn:276781", "M": "fl:jdeidat-yabous-crossing", "A": "fl:arida-crossing",
}  # fmt: skip
LETTERS = {place: letter for letter, place in PLACES.items()}
SIDES = {"G": "GOV", "H": "HTS", "S": "SOUTH"}
ROADS = pd.DataFrame(
    [
        (PLACES[a], PLACES[b], "a road", kind, PLACES.get(through, ""))
        for a, b, kind, through in (
            ("D", "H", "highway", "N"), ("H", "Ha", "highway", ""), ("H", "T", "highway", ""),
            ("D", "M", "highway", ""), ("M", "B", "road", ""), ("B", "A", "road", ""), ("A", "T", "road", ""),
            ("D", "Q", "minor", ""), ("Q", "T", "minor", ""),
        )
    ],
    columns=["from_id", "to_id", "road", "kind", "through"],
)  # fmt: skip
DAYS = [str(day.date()) for day in pd.date_range("2024-11-26", "2024-12-11")]
DAMASCUS, HOMS, TARTUS, LATAKIA = PLACES["D"], PLACES["H"], PLACES["T"], "gn:173576"


def held(words):
    """Make a timeline of words like D=G: G, H, S a side, GH both, c contested, u unknown."""
    rows = []
    for word in words.split():
        letter, who = word.split("=")
        sides = [SIDES[one] for one in who if one in SIDES]
        state = {"c": "contested", "u": "unknown"}.get(who, "joint" if len(sides) > 1 else "held")
        side = sides[0] if state == "held" else state
        holder = "GOV" if who == "c" else ";".join(sides)
        rows.append((PLACES[letter], side, holder, state, f"e-{letter}"))
    return pd.DataFrame(rows, columns=["place_id", "side", "holder", "state", "event_ids"])


def gates(words, holder="GOV"):
    rows = [(PLACES[word.split("=")[0]], word.split("=")[1], holder, "") for word in words.split()]
    return pd.DataFrame(rows, columns=["place_id", "state", "holder", "event_ids"])


def day_of(case_held, case_gates, *, minor=False):
    network = routes.graph(ROADS, minor=minor)
    return network, routes.stops(network, held(case_held), gates(case_gates))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_ways(case):
    network, where = day_of(case["held"], case["gates"], minor=bool(case["minor"]))
    roads = routes.usable(
        network, where, side=case["side"], doubtful=case["doubtful"], abroad=bool(case["abroad"])
    )
    a, b = PLACES[case["from"]], PLACES[case["to"]]
    legs = routes.way(roads, a, b)
    line = [LETTERS[place] for place in (a, *legs["to_id"])] if routes.connected(roads, a, b) else ["-"]
    assert line == case["way"].split()
    assert tuple(legs.columns) == routes.WAY_COLUMNS
    back = routes.way(roads, b, a)
    assert list(back["to_id"]) == list(legs["from_id"][::-1])


@pytest.fixture(scope="module")
def network():
    return routes.graph(data.table("geo/roads"))


@pytest.fixture(scope="module")
def crossings():
    return data.table("record/crossings", numeric=("lat", "lon", "precision_km"))


@pytest.fixture(scope="module")
def days(network, crossings):
    acts = data.table("record/control_changes", numeric=("lat", "lon"))
    baseline = data.table("record/baseline", numeric=("lat", "lon"))
    known = control.by_day(baseline, acts, days=DAYS)
    doors = borders.by_day(crossings, data.table("record/border_events", numeric=("lat", "lon")), held=known)
    return known, doors, routes.by_day(network, known, doors)


# The table of roads.


def test_roads_join_known_places_once():
    table = data.table("geo/roads")
    places = gazetteer.places().set_index("place_id")
    pairs = [frozenset(pair) for pair in zip(table["from_id"], table["to_id"], strict=True)]
    assert len(pairs) == len(set(pairs))
    assert min(map(len, pairs)) == 2
    assert set(table["kind"]) == {"highway", "road", "minor"}
    assert set(table["basis"]) <= set(codebook.vocabulary("basis"))
    assert ((table["basis"] == "found") == (table["source"] != "")).all()
    for end in ("from", "to"):
        assert list(places.loc[table[f"{end}_id"], "name"]) == list(table[f"{end}_name"])


def test_roads_are_one_piece_and_no_leg_is_a_leap(network):
    assert nx.is_connected(network)
    assert max(km for *_, km in network.edges(data="km")) < 200


def test_every_town_on_the_roads_has_evidence_on_the_first_day(network, days):
    first = days[2][days[2]["day"] == DAYS[0]]
    assert set(first["place_id"]) == set(network)
    towns = first[(first["country"] == "SYR") & ~first["place_id"].str.endswith("-crossing")]
    assert set(towns["state"]) == {"held"}
    assert set(first["state"]) <= set(routes.STATES)


@pytest.mark.parametrize(
    ("road", "stated", "a", "b"),
    [  # lengths as the pages cited in the table give them
        ("M5", 474, "fl:nasib-crossing", "gn:170063"),
        ("M1", 174, HOMS, LATAKIA),
        ("M4", 120, LATAKIA, "gn:164816"),
    ],
)
def test_lengths_are_lower_bounds_and_not_far_below(network, road, stated, a, b):
    only = network.edge_subgraph([pair for pair in network.edges if network.edges[pair]["road"] == road])
    assert 0.8 * stated < routes.way(only, a, b)["km_from_start"].iloc[-1] < stated


# What must hold of any state of the roads.


def shuffled(seed, network):
    """Hand out the stops of the real graph at random."""
    random = np.random.default_rng(seed)
    syrian = [place for place, country in network.nodes(data="country") if country == "SYR"]
    who = random.choice(["GOV", "HTS", "", "c"], size=len(syrian), p=[0.62, 0.2, 0.1, 0.08])
    state = pd.Series(who).map({"GOV": "held", "HTS": "held", "": "unknown", "c": "contested"})
    side = np.where(state == "held", who, state)
    timeline = pd.DataFrame({"place_id": syrian, "side": side, "holder": np.where(who == "c", "GOV", who),
                             "state": state, "event_ids": ""})  # fmt: skip
    posts = [place for place in syrian if place.endswith("-crossing")]
    states = random.choice(borders.STATES, size=len(posts))
    doors = pd.DataFrame({"place_id": posts, "state": states, "holder": "GOV", "event_ids": ""})
    return timeline, doors, random


def lengths(roads, pairs):
    km = [routes.way(roads, a, b)["km"].sum() if routes.connected(roads, a, b) else np.inf for a, b in pairs]
    return np.array(km)


@pytest.mark.parametrize("seed", range(6))
def test_shutting_a_gate_or_losing_a_town_never_shortens_a_way(seed, network):
    timeline, doors, random = shuffled(seed, network)
    pairs = [tuple(random.choice(list(network), 2, replace=False)) for _ in range(25)]
    before = lengths(routes.usable(network, routes.stops(network, timeline, doors), side="GOV"), pairs)
    shut = doors.assign(state=doors["state"].where(random.random(len(doors)) < 0.5, "closed"))
    lost = random.random(len(timeline)) < 0.1
    taken = {"holder": "HTS", "side": "HTS", "state": "held"}
    fallen = timeline.assign(**{column: timeline[column].mask(lost, new) for column, new in taken.items()})
    for after in ((timeline, shut), (fallen, doors)):
        roads = routes.usable(network, routes.stops(network, *after), side="GOV")
        assert (lengths(roads, pairs) >= before - 0.2).all()


@pytest.mark.parametrize("seed", range(6))
def test_ways_are_the_same_there_and_back_and_doubt_only_adds(seed, network):
    timeline, doors, random = shuffled(seed, network)
    where = routes.stops(network, timeline, doors)
    least, most = (routes.usable(network, where, side="GOV", doubtful=p) for p in ("closed", "open"))
    home = routes.usable(network, where, side="GOV", abroad=False)
    assert set(home) <= set(least) <= set(most)
    pairs = [tuple(random.choice(list(network), 2, replace=False)) for _ in range(25)]
    assert lengths(least, pairs) == pytest.approx(lengths(least, [(b, a) for a, b in pairs]), abs=0.5)
    assert (lengths(most, pairs) <= lengths(least, pairs) + 0.2).all()
    part = routes.parts(most).set_index("place_id")["part"]
    assert set(part.index) == set(most)
    for a, b in pairs:
        same = a in part and b in part and part[a] == part[b]
        assert routes.connected(most, a, b) == same


@pytest.mark.parametrize("seed", range(3))
def test_critical_places_are_those_without_which_there_is_no_way(seed, network):
    timeline, doors, random = shuffled(seed, network)
    roads = routes.usable(network, routes.stops(network, timeline, doors), side="GOV", doubtful="open")
    pieces = max(nx.connected_components(roads), key=len)
    for a, b in combinations(random.choice(sorted(pieces), 4, replace=False), 2):
        alone = {p for p in pieces - {a, b} if not nx.has_path(nx.restricted_view(roads, [p], []), a, b)}
        assert set(routes.critical(roads, a, b)) == alone


# Day after day.


def three_days(*states):
    frames = [day_of(held, gates)[1].assign(day=f"2024-12-0{i}") for i, (held, gates) in enumerate(states, 1)]
    return routes.graph(ROADS), pd.concat(frames, ignore_index=True)


def test_a_cut_names_the_fall_that_made_it():
    network, days = three_days(
        ("D=G H=G Ha=G T=G", "M=open A=closed"), ("D=G H=H Ha=H T=G", "M=closed A=closed")
    )
    (row,) = routes.cuts(network, days, [(DAMASCUS, TARTUS)], side="GOV").itertuples(index=False)
    assert tuple(row) == (DAMASCUS, TARTUS, "2024-12-01", "2024-12-01", "2024-12-02", HOMS, "yes")


def test_a_cut_by_two_falls_at_once_names_both():
    network, days = three_days(
        ("D=G H=G Ha=G T=G", "M=open A=open"),
        ("D=G H=H Ha=H T=G", "M=open A=closed"),
        ("D=H H=H T=H", "M=open A=open"),
    )
    (row,) = routes.cuts(network, days, [(DAMASCUS, TARTUS)], side="GOV").itertuples(index=False)
    assert (row.cut_on, row.alone) == ("2024-12-02", "no")
    assert set(row.fell.split(";")) == {HOMS, PLACES["A"]}


def test_a_pair_never_joined_and_one_never_cut():
    network, days = three_days(("D=G H=G T=H", "M=open A=open"), ("D=G H=G T=H", "M=closed A=open"))
    never, always = routes.cuts(network, days, [(DAMASCUS, TARTUS), (DAMASCUS, HOMS)], side="GOV").itertuples(
        index=False
    )
    assert tuple(never)[2:] == ("", "", "", "", "")
    assert tuple(always)[2:] == ("2024-12-01", "2024-12-02", "", "", "")


def test_a_way_that_reopens_is_cut_after_its_last_day():
    states = [("D=G H=G T=G", "M=closed A=closed"), ("D=G H=c T=G", "M=closed A=closed")]
    network, days = three_days(states[0], states[1], states[0])
    (row,) = routes.cuts(network, days, [(DAMASCUS, TARTUS)], side="GOV").itertuples(index=False)
    assert (row.first_day, row.last_day, row.cut_on) == ("2024-12-01", "2024-12-03", "")


def test_reach_goes_over_the_roads_of_whoever_holds_the_town():
    network, days = three_days(
        ("D=G H=G T=G", "M=open A=open"), ("D=H H=G T=G", "M=open A=open"), ("D=u H=G T=G", "M=open A=open")
    )
    doors = pd.DataFrame({"crossing_id": ["LB01", "LB06"], "place_id": [PLACES["A"], PLACES["M"]],
                          "other_country": "LBN"})  # fmt: skip
    found = routes.reach(network, days, doors, DAMASCUS)
    assert tuple(found.columns) == routes.REACH_COLUMNS
    assert list(found["reached"]) == [True, False, False]
    assert list(found["crossing_ids"]) == ["LB01;LB06", "", ""]
    most = routes.reach(network, days, doors, DAMASCUS, doubtful="open")
    assert list(most["crossing_ids"]) == ["LB01;LB06", "", ""]


def test_no_days_give_the_columns(network, days):
    none = days[2].head(0)
    pairs = routes.pairs(network, none, [(DAMASCUS, TARTUS)], side="GOV")
    cuts = routes.cuts(network, none, [], side="GOV")
    assert (tuple(pairs.columns), len(pairs)) == (routes.PAIR_COLUMNS, 0)
    assert (tuple(cuts.columns), len(cuts)) == (routes.CUT_COLUMNS, 0)
    empty = routes.by_day(network, days[0].head(0), days[1].head(0))
    assert tuple(empty.columns) == ("day", *routes.STOP_COLUMNS)


def test_names_stand_for_ids():
    network, days = three_days(("D=G H=G T=G", "M=open A=open"), ("D=G H=H T=G", "M=open A=closed"))
    pairs = routes.pairs(network, days, [(DAMASCUS, TARTUS)], side="GOV")
    told = routes.named(pairs, network)
    assert list(told["through"]) == ["Jdeidat Yabous crossing, Beirut, Arida crossing", ""]
    assert list(pairs["a"]) == [DAMASCUS] * 2
    cut = routes.named(routes.cuts(network, days, [(DAMASCUS, TARTUS)], side="GOV"), network)
    assert cut.loc[0, "fell"] == "Arida crossing, Homs"


# The dispatch's claim, on the record.


@pytest.mark.parametrize("port", [TARTUS, LATAKIA])
@pytest.mark.parametrize("abroad", [False, True])
def test_the_fall_of_homs_parts_damascus_from_the_sea(port, abroad, network, days):
    least, most = (
        routes.cuts(network, days[2], [(DAMASCUS, port)], side="GOV", doubtful=policy, abroad=abroad).iloc[0]
        for policy in ("closed", "open")
    )
    assert (least["cut_on"], least["fell"], least["alone"]) == ("2024-12-07", HOMS, "yes")
    assert most["cut_on"] == "2024-12-08"
    assert HOMS in most["fell"].split(";")


def test_through_lebanon_there_was_a_way_on_one_day_alone(network, days):
    no_homs = days[2][days[2]["place_id"] != HOMS]
    told = routes.pairs(network, no_homs, [(DAMASCUS, TARTUS)], side="GOV")
    around = told[told["through"].str.contains("gn:276781")]  # Beirut
    assert list(around["day"]) == ["2024-12-05"]


# Refusals.


@pytest.mark.parametrize(
    ("table", "column"), [("roads", "through"), ("timeline", "holder"), ("gates", "event_ids")]
)
def test_a_table_without_its_columns_is_refused(table, column):
    frames = {"roads": ROADS, "timeline": held("D=G"), "gates": gates("M=open")}
    frames[table] = frames[table].drop(columns=column)
    with pytest.raises(SchemaError, match=f"{table} table lacks {column}"):
        routes.stops(routes.graph(frames["roads"]), frames["timeline"], frames["gates"])


def test_a_road_to_nowhere_is_refused():
    with pytest.raises(SchemaError, match="gn:0"):
        routes.graph(ROADS.assign(to_id="gn:0"))


def test_a_policy_is_open_or_closed():
    network, where = day_of("D=G", "M=open")
    with pytest.raises(UnknownCodeError, match="closed or open"):
        routes.usable(network, where, side="GOV", doubtful="perhaps")


def test_tables_are_not_changed(network, days):
    known, doors, _ = days
    timeline, door = known[known["day"] == "2024-12-07"], doors[doors["day"] == "2024-12-07"]
    before = timeline.copy(), door.copy(), network.number_of_edges()
    where = routes.stops(network, timeline, door)
    roads = routes.usable(network, where, side="GOV")
    routes.critical(roads, DAMASCUS, "gn:173193")
    pd.testing.assert_frame_equal(timeline, before[0])
    pd.testing.assert_frame_equal(door, before[1])
    assert network.number_of_edges() == before[2]


# Pictures.


def test_edges_say_who_can_use_them():
    network, where = day_of("D=G H=H Ha=H T=u", "M=open A=closed")
    table = routes.edges(network, where)
    assert tuple(table.columns) == routes.EDGE_COLUMNS
    found = {
        "".join(sorted((LETTERS[row.from_id], LETTERS[row.to_id]))): (row.side, row.state)
        for row in table.itertuples()
    }
    assert found == {
        "DH": ("", "front"), "HHa": ("HTS", "held"), "HT": ("", "doubtful"), "DM": ("GOV", "held"),
        "BM": ("", "abroad"), "AB": ("", "shut"), "AT": ("", "shut"),
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr", "ar", "tr"])
def test_pictures_speak_four_languages(language, network, crossings, days):
    _, doors, where = days
    sentences = []
    for day in ("2024-12-05", "2024-12-07"):
        stops = where[where["day"] == day]
        way = routes.way(routes.usable(network, stops, side="GOV"), DAMASCUS, TARTUS)
        ax, sentence = maps.roads(routes.edges(network, stops), stops, doors[doors["day"] == day], way,
                                  ends=(DAMASCUS, TARTUS), side="GOV", language=language)  # fmt: skip
        sentences.append(sentence)
        assert {text.get_text() for text in ax.get_legend().get_texts()} > set()
    pairs = [[routes.pairs(network, where, [(DAMASCUS, TARTUS)], side="GOV", doubtful=policy),
              routes.reach(network, where, crossings, DAMASCUS, doubtful=policy)]
             for policy in ("closed", "open")]  # fmt: skip
    (least, least_reach), (most, most_reach) = pairs
    for draw, tables in ((charts.ways, (least, most)), (charts.reach, (least_reach, most_reach))):
        ax, sentence = draw(*tables, days={"2024-12-08": "x"}, language=language)
        sentences.append(sentence)
        assert sum(patch.get_fill() for patch in ax.patches) == len(tables[0])
    assert all(len(sentence) > 40 and "{" not in sentence for sentence in sentences)
    assert len(set(sentences)) == 4


def test_empty_tables_are_said_to_be_empty(network, crossings, days):
    none = days[2].head(0)
    least = routes.pairs(network, none, [], side="GOV")
    assert "Nothing" in charts.ways(least, least)[1]
    nowhere = routes.reach(network, none, crossings, DAMASCUS)
    assert "Nothing" in charts.reach(nowhere, nowhere)[1]
