"""Destroying what the tables outside the workspaces need no more: codes, challenges, old sessions.

What a workspace keeps has periods of its own, which its owners set.
"""

from sqlalchemy import MetaData, delete, text

from tenancy.database.base import GlobalBase
from tenancy.database.catalogue import model_of
from tenancy.database.pool import NOBODY, Database


async def forget(db: Database, metadata: MetaData) -> None:
    """Destroy the rows that their models call forgotten, those that refer to others first.

    A table at a time: what goes wrong in one does not keep the others waiting.

    Raises:
        ExceptionGroup: what went wrong.
    """
    failures = []
    for table in reversed(metadata.sorted_tables):
        model = model_of(table)
        if not issubclass(model, GlobalBase) or not model.__forgotten__:
            continue
        try:
            async with db.transaction(NOBODY, writes=True) as tx:
                await tx.session.execute(delete(table).where(text(model.__forgotten__)))
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some tables still hold what is over", failures)
