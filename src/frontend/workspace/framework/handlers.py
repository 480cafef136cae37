"""The framework, as the workspace has it."""

from litestar.di import NamedDependency

from engagements.framework import queries
from engagements.framework.queries import Framework
from frontend.access import MEMBERS
from frontend.routes import page
from tenancy.database.pool import Transaction


@page("/framework", template="workspace/framework/show.html", policy=MEMBERS)
async def show_framework(tx: NamedDependency[Transaction]) -> Framework:
    """The newest version of the framework, with its domains, elements and behaviours."""
    return await tx.one(queries.framework)


FRAMEWORK = [show_framework]
