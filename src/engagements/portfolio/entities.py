"""The rows of the portfolio that a member may change."""

from engagements.portfolio.models import Brief, Engagement, Milestone, Objective, Phase
from tenancy.database.entities import Entities


class Engagements(Entities[Engagement]):
    model = Engagement


class Briefs(Entities[Brief]):
    model = Brief


class Phases(Entities[Phase]):
    model = Phase


class Milestones(Entities[Milestone]):
    model = Milestone


class Objectives(Entities[Objective]):
    model = Objective
