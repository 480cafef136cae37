"""Every route below `/w/{slug}`, capability by capability."""

from litestar.handlers import HTTPRouteHandler

from frontend.routes import in_scope
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
from frontend.workspace.settings.invitations import INVITATIONS
from frontend.workspace.settings.members import MEMBERS_OF_WORKSPACE
from frontend.workspace.settings.sample import SAMPLE
from frontend.workspace.settings.sign_in import SIGN_IN_RULES
from frontend.workspace.settings.sso import SSO_SETTINGS
from frontend.workspace.settings.tokens import TOKENS
from frontend.workspace.subject_access.handlers import SUBJECT_ACCESS
from frontend.workspace.support.handlers import SUPPORT_ACCESS
from frontend.workspace.trail.handlers import TRAIL
from frontend.workspace.upward.handlers import UPWARD
from frontend.workspace.writing.handlers import WRITING

RECORDS: list[HTTPRouteHandler] = [
    *HOME,
    *CLIENTS,
    *ENGAGEMENTS,
    *FRAMEWORK,
    *SESSIONS,
    *ACTIONS,
    *MEASURES,
    *PUBLICATIONS,
]
NOTEBOOK: list[HTTPRouteHandler] = [*NOTES, *VERSIONS, *PROMISES, *ATTACHMENTS, *SEARCH]
IN_PERSON: list[HTTPRouteHandler] = [
    *COACHING,
    *AGREEMENTS,
    *UPWARD,
    *WRITING,
    *RETENTION,
    *MEMBERS_OF_WORKSPACE,
    *SAMPLE,
    *INVITATIONS,
    *SIGN_IN_RULES,
    *SSO_SETTINGS,
    *TOKENS,
    *TRAIL,
    *SUPPORT_ACCESS,
    *SUBJECT_ACCESS,
]
"""What nobody leaves to a program: what they agree to, approve, or decide about others."""

WORKSPACE: list[HTTPRouteHandler] = [
    *in_scope("records", RECORDS),
    *in_scope("notes", NOTEBOOK),
    *IN_PERSON,
]
