"""Lists inside a row, as JSON: a page with its nested things is one statement."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, func, literal_column


def gathered(value: ColumnElement[Any], *order: ColumnElement[Any]) -> ColumnElement[Any]:
    """The aggregate of `value` over the rows, in order; an empty list where there are none."""
    listed = func.json_agg(value, type_=JSON).aggregate_order_by(*order)
    return func.coalesce(listed, literal_column("'[]'::json"), type_=JSON)


def fields(**columns: ColumnElement[Any]) -> ColumnElement[Any]:
    """One JSON object, to be decoded into a Struct whose fields have these names."""
    pairs: list[ColumnElement[Any]] = []
    for name, column in columns.items():
        pairs += [literal_column(f"'{name}'"), column]
    return func.json_build_object(*pairs, type_=JSON)
