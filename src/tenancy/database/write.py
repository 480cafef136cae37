"""Writing by statements that are compiled once, where a unit of work would cost more than the work:
on the way of everybody who signs in, and at the end of every deed.
"""

from sqlalchemy import BindParameter, Column, Table, UpdateBase, bindparam

from tenancy.database.read import Statement


class Write(Statement):
    """A statement that changes rows and answers none."""

    def __init__(self, statement: UpdateBase) -> None:
        super().__init__(statement)


def given(table: Table, *names: str) -> dict[Column[object], BindParameter[object]]:
    """Columns that are set to the values which are handed in under their names."""
    return {table.c[name]: bindparam(name, type_=table.c[name].type) for name in names}
