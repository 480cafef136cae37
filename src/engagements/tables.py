"""Every table of the product, so that its metadata is whole wherever this is imported."""

from engagements.actions import models as actions
from engagements.clients import models as clients
from engagements.commercial import models as commercial
from engagements.founding import models as founding
from engagements.framework import models as framework
from engagements.measures import models as measures
from engagements.notes import models as notes
from engagements.portal import models as portal
from engagements.portfolio import models as portfolio
from engagements.retention import models as retention
from engagements.sessions import models as sessions
from engagements.upward import models as upward
from tenancy.audit import models as audit
from tenancy.database.base import Base
from tenancy.identity import models as identity
from tenancy.mail import models as mail
from tenancy.passkeys import models as passkeys
from tenancy.passwords import models as passwords
from tenancy.second_factors import models as second_factors
from tenancy.sso import models as sso
from tenancy.support import models as support
from tenancy.workspaces import models as workspaces

CAPABILITIES = (
    workspaces,
    identity,
    passwords,
    second_factors,
    passkeys,
    audit,
    mail,
    support,
    sso,
    clients,
    framework,
    portfolio,
    sessions,
    notes,
    actions,
    measures,
    commercial,
    portal,
    upward,
    retention,
    founding,
)

metadata = Base.metadata
