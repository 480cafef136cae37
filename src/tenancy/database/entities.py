"""Writing: advanced-alchemy's repository service, bound to the transaction and its workspace."""

from typing import Any, ClassVar, TypeVar
from uuid import UUID

from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from advanced_alchemy.service import SQLAlchemyAsyncRepositoryService

from tenancy.database.base import TenantBase
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound

M = TypeVar("M", bound=TenantBase)


class Entities(SQLAlchemyAsyncRepositoryService[M, SQLAlchemyAsyncRepository[M]]):
    """The rows of one table that the member may change.

    A subclass names its `model`. Commits are the transaction's alone.
    """

    model: ClassVar[type[TenantBase]]

    def __init_subclass__(cls, **options: Any) -> None:
        cls.repository_type = type(
            f"{cls.__name__}Repository", (SQLAlchemyAsyncRepository,), {"model_type": cls.model}
        )
        super().__init_subclass__(**options)

    def __init__(self, tx: Transaction) -> None:
        super().__init__(session=tx.session, auto_refresh=False, wrap_exceptions=False)
        assert tx.context.tenant is not None, "writing needs a workspace"
        self._tenant = tx.context.tenant

    async def add(self, **values: Any) -> M:
        """Add one row to the workspace."""
        return await self.repository.add(self._row(values))

    async def add_all(self, rows: list[dict[str, Any]]) -> list[M]:
        """Add rows to the workspace, in one round trip where the database allows it."""
        return list(await self.repository.add_many([self._row(values) for values in rows]))

    async def find(self, id: UUID) -> M:
        """One row, locked until the transaction ends.

        Raises:
            NotFound: there is no such row that the member may read and change.
        """
        found = await self.get_one_or_none(tenant_id=self._tenant, id=id, with_for_update=True)
        if found is None:
            raise NotFound
        return found

    def _row(self, values: dict[str, Any]) -> M:
        row: M = self.model_type(tenant_id=self._tenant, **values)
        return row
