"""Every route below `/w/{slug}`, capability by capability."""

from litestar.types import ControllerRouterHandler

from frontend.workspace.actions.handlers import ACTIONS
from frontend.workspace.agreements.handlers import AGREEMENTS
from frontend.workspace.clients.handlers import CLIENTS
from frontend.workspace.coaching.handlers import COACHING
from frontend.workspace.engagements.handlers import ENGAGEMENTS
from frontend.workspace.framework.handlers import FRAMEWORK
from frontend.workspace.home.handlers import HOME
from frontend.workspace.measures.handlers import MEASURES
from frontend.workspace.notes.attachments import ATTACHMENTS
from frontend.workspace.notes.handlers import NOTES
from frontend.workspace.notes.promises import PROMISES
from frontend.workspace.notes.versions import VERSIONS
from frontend.workspace.publications.handlers import PUBLICATIONS
from frontend.workspace.retention.handlers import RETENTION
from frontend.workspace.search.handlers import SEARCH
from frontend.workspace.sessions.handlers import SESSIONS
from frontend.workspace.settings.members import MEMBERS_OF_WORKSPACE
from frontend.workspace.settings.sign_in import SIGN_IN_RULES
from frontend.workspace.settings.sso import SSO_SETTINGS
from frontend.workspace.upward.handlers import UPWARD
from frontend.workspace.writing.handlers import WRITING

WORKSPACE: list[ControllerRouterHandler] = [
    *HOME,
    *CLIENTS,
    *ENGAGEMENTS,
    *FRAMEWORK,
    *NOTES,
    *VERSIONS,
    *PROMISES,
    *ATTACHMENTS,
    *SESSIONS,
    *ACTIONS,
    *COACHING,
    *MEASURES,
    *PUBLICATIONS,
    *AGREEMENTS,
    *UPWARD,
    *WRITING,
    *SEARCH,
    *RETENTION,
    *MEMBERS_OF_WORKSPACE,
    *SIGN_IN_RULES,
    *SSO_SETTINGS,
]
