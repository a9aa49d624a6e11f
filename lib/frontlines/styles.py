"""QGIS styles in a GeoPackage: each side in its colour and mark, by QML for QGIS and SLD for the others."""

import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from frontlines import data

_POINT, _AREA = "point", "area"
_RENDERER = {"type": "categorizedSymbol", "symbollevels": "0", "forceraster": "0", "enableorderby": "0"}
_EDGE = {"outline_color": "255,255,255,255", "outline_style": "solid", "outline_width": "0.2"}
_NONE = {"color": "#8A8A8A", "marker": "o", "label_en": "no side"}
_SE, _OGC = "http://www.opengis.net/se", "http://www.opengis.net/ogc"
_SLD = "http://www.opengis.net/sld"
_TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
 f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
 styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
 ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_ENTRY = """INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)
 VALUES ('layer_styles', 'attributes', 'layer_styles', ?)"""
_STYLE = """INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
 styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time)
 VALUES ('', '', ?, ?, 'sides', ?, ?, 1, 'sides, as in data/codebook/sides.csv', '', ?)"""


def embed(path: Path, *, layer: str, sides: Sequence[str]) -> None:
    """
    Put the styles of a layer into its GeoPackage, in the table `layer_styles` that QGIS reads.

    Parameters
    ----------
    path
        The GeoPackage.
    layer
        The layer, with a column `side`.
    sides
        The sides that occur in it (`data/codebook/sides.csv`; ``""``: none).
    """
    with closing(sqlite3.connect(path)) as base, base:
        query = "SELECT column_name, geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?"
        column, shape = base.execute(query, (layer,)).fetchone()
        (changed,) = base.execute(
            "SELECT last_change FROM gpkg_contents WHERE table_name = ?", (layer,)
        ).fetchone()
        kind = _AREA if "POLYGON" in shape.upper() else _POINT
        drawn = _drawn(sides)
        base.execute(_TABLE)
        base.execute(_ENTRY, (changed,))
        base.execute(_STYLE, (layer, column, qml(drawn, kind), sld(drawn, kind), changed))


def qml(drawn: pd.DataFrame, kind: str) -> str:
    """
    Write a QGIS style that draws each side in its colour and mark.

    Parameters
    ----------
    drawn
        Columns side, label, color (#RRGGBB), qgis, angle.
    kind
        ``"point"`` or ``"area"``.

    Returns
    -------
    str
        QML; all text in it is escaped.
    """
    point = kind == _POINT
    root = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = ET.SubElement(root, "renderer-v2", {**_RENDERER, "attr": "side"})
    categories, symbols = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    for i, row in enumerate(drawn.itertuples()):
        shown = {"symbol": str(i), "value": row.side, "label": row.label, "render": "true", "type": "string"}
        ET.SubElement(categories, "category", shown)
        named = {"name": str(i), "type": "marker" if point else "fill", "alpha": "1", "force_rhr": "0"}
        simple = {
            "class": "SimpleMarker" if point else "SimpleFill",
            "enabled": "1",
            "locked": "0",
            "pass": "0",
        }
        layer = ET.SubElement(ET.SubElement(symbols, "symbol", named), "layer", simple)
        options = ET.SubElement(layer, "Option", type="Map")
        for name, value in _options(row, kind).items():
            ET.SubElement(options, "Option", name=name, type="QString", value=value)
    ET.SubElement(root, "layerGeometryType").text = "0" if kind == _POINT else "2"
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        root, encoding="unicode"
    )


def sld(drawn: pd.DataFrame, kind: str) -> str:
    """
    Write a Styled Layer Descriptor 1.1 that draws each side in its colour and mark.

    Parameters
    ----------
    drawn
        Columns side, label, color (#RRGGBB), sld, angle.
    kind
        ``"point"`` or ``"area"``.

    Returns
    -------
    str
        SLD; all text in it is escaped.
    """
    for prefix, uri in (("sld", _SLD), ("se", _SE), ("ogc", _OGC)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{_SLD}}}StyledLayerDescriptor", version="1.1.0")
    layer = ET.SubElement(root, f"{{{_SLD}}}NamedLayer")
    ET.SubElement(layer, f"{{{_SE}}}Name").text = "sides"
    style = ET.SubElement(ET.SubElement(layer, f"{{{_SLD}}}UserStyle"), f"{{{_SE}}}FeatureTypeStyle")
    for row in drawn.itertuples():
        rule = ET.SubElement(style, f"{{{_SE}}}Rule")
        ET.SubElement(rule, f"{{{_SE}}}Name").text = row.label
        equal = ET.SubElement(ET.SubElement(rule, f"{{{_OGC}}}Filter"), f"{{{_OGC}}}PropertyIsEqualTo")
        ET.SubElement(equal, f"{{{_OGC}}}PropertyName").text = "side"
        ET.SubElement(equal, f"{{{_OGC}}}Literal").text = row.side
        _symbolizer(rule, row, kind)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _symbolizer(rule: ET.Element, row: Any, kind: str) -> None:
    if kind == _AREA:
        target = ET.SubElement(rule, f"{{{_SE}}}PolygonSymbolizer")
    else:
        graphic = ET.SubElement(ET.SubElement(rule, f"{{{_SE}}}PointSymbolizer"), f"{{{_SE}}}Graphic")
        target = ET.SubElement(graphic, f"{{{_SE}}}Mark")
        ET.SubElement(target, f"{{{_SE}}}WellKnownName").text = row.sld
        ET.SubElement(graphic, f"{{{_SE}}}Size").text = "9"
    colours = (("Fill", "fill", row.color), ("Stroke", "stroke", "#FFFFFF"))
    for name, key, colour in colours:
        ET.SubElement(
            ET.SubElement(target, f"{{{_SE}}}{name}"), f"{{{_SE}}}SvgParameter", name=key
        ).text = colour


def _options(row: Any, kind: str) -> dict[str, str]:
    colour = ",".join(str(int(row.color[i : i + 2], 16)) for i in (1, 3, 5))
    if kind == _AREA:
        return {"color": f"{colour},150", "style": "solid"} | _EDGE
    mark = {"name": row.qgis, "angle": row.angle, "size": "2.6", "size_unit": "MM"}
    return {"color": f"{colour},255"} | mark | _EDGE


def _drawn(sides: Sequence[str]) -> pd.DataFrame:
    """Say how each side is drawn."""
    known = data.table("codebook/sides").set_index("side")
    rows = [{"side": side, **(known.loc[side].to_dict() if side in known.index else _NONE)} for side in sides]
    frame = pd.DataFrame(rows, columns=["side", "label_en", "color", "marker"]).rename(
        columns={"label_en": "label"}
    )
    marks = data.table("exchange/markers")
    return frame.merge(marks, on="marker", how="left", validate="m:1")
