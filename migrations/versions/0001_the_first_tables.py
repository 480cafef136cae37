"""The first tables

Revision ID: 0001
Revises:
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE ON "identity" TO cocreate_app""",
    """GRANT SELECT, INSERT ON "workspace" TO cocreate_app""",
    """ALTER TABLE "audit_entry" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "audit_entry" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY audit_entry_select ON "audit_entry" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "audit_entry" TO cocreate_app""",
    """CREATE POLICY audit_entry_insert ON "audit_entry" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "audit_entry" TO cocreate_app""",
    """ALTER TABLE "data_key" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "data_key" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY data_key_select ON "data_key" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "data_key" TO cocreate_app""",
    """CREATE POLICY data_key_insert ON "data_key" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "data_key" TO cocreate_app""",
    """ALTER TABLE "framework_version" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "framework_version" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY framework_version_select ON "framework_version" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "framework_version" TO cocreate_app""",
    """CREATE POLICY framework_version_insert ON "framework_version" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "framework_version" TO cocreate_app""",
    """ALTER TABLE "mail" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "mail" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY mail_select ON "mail" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "mail" TO cocreate_app""",
    """CREATE POLICY mail_insert ON "mail" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "mail" TO cocreate_app""",
    """CREATE POLICY mail_update ON "mail" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (state, sealed, sent_at) ON "mail" TO cocreate_app""",
    """ALTER TABLE "member" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "member" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY member_select ON "member" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') OR id = nullif(current_setting('app.member', true), '')::uuid OR (engagement_ids && nullif(current_setting('app.team', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.coached', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.sponsored', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = nullif(current_setting('app.member', true), '')::uuid OR (engagement_ids && nullif(current_setting('app.team', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.coached', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.sponsored', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "member" TO cocreate_app""",
    """CREATE POLICY member_insert ON "member" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "member" TO cocreate_app""",
    """CREATE POLICY member_update ON "member" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate')) OR (current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE ON "member" TO cocreate_app""",
    """ALTER TABLE "organisation" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "organisation" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY organisation_select ON "organisation" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT SELECT ON "organisation" TO cocreate_app""",
    """CREATE POLICY organisation_insert ON "organisation" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant'))))""",
    """GRANT INSERT ON "organisation" TO cocreate_app""",
    """CREATE POLICY organisation_update ON "organisation" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[])))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT UPDATE ON "organisation" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "reach" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE ON "sign_in_request" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE ON "sign_in_session" TO cocreate_app""",
    """ALTER TABLE "domain" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "domain" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY domain_select ON "domain" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "domain" TO cocreate_app""",
    """CREATE POLICY domain_insert ON "domain" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "domain" TO cocreate_app""",
    """ALTER TABLE "engagement" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "engagement" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY engagement_select ON "engagement" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "engagement" TO cocreate_app""",
    """CREATE POLICY engagement_insert ON "engagement" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))))""",
    """GRANT INSERT ON "engagement" TO cocreate_app""",
    """CREATE POLICY engagement_update ON "engagement" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "engagement" TO cocreate_app""",
    """ALTER TABLE "unit" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "unit" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY unit_select ON "unit" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT SELECT ON "unit" TO cocreate_app""",
    """CREATE POLICY unit_insert ON "unit" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT INSERT ON "unit" TO cocreate_app""",
    """CREATE POLICY unit_update ON "unit" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[])))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT UPDATE ON "unit" TO cocreate_app""",
    """CREATE POLICY unit_delete ON "unit" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT DELETE ON "unit" TO cocreate_app""",
    """ALTER TABLE "assignment" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "assignment" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY assignment_select ON "assignment" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') OR member_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "assignment" TO cocreate_app""",
    """CREATE POLICY assignment_insert ON "assignment" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "assignment" TO cocreate_app""",
    """CREATE POLICY assignment_update ON "assignment" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))) OR (current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE ON "assignment" TO cocreate_app""",
    """ALTER TABLE "brief" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "brief" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY brief_select ON "brief" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT SELECT ON "brief" TO cocreate_app""",
    """CREATE POLICY brief_insert ON "brief" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))))""",
    """GRANT INSERT ON "brief" TO cocreate_app""",
    """CREATE POLICY brief_update ON "brief" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "brief" TO cocreate_app""",
    """ALTER TABLE "contact" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "contact" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY contact_select ON "contact" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT SELECT ON "contact" TO cocreate_app""",
    """CREATE POLICY contact_insert ON "contact" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT INSERT ON "contact" TO cocreate_app""",
    """CREATE POLICY contact_update ON "contact" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[])))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT UPDATE ON "contact" TO cocreate_app""",
    """CREATE POLICY contact_delete ON "contact" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND organisation_id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT DELETE ON "contact" TO cocreate_app""",
    """ALTER TABLE "domain_score" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "domain_score" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY domain_score_select ON "domain_score" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT SELECT ON "domain_score" TO cocreate_app""",
    """CREATE POLICY domain_score_insert ON "domain_score" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "domain_score" TO cocreate_app""",
    """CREATE POLICY domain_score_update ON "domain_score" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "domain_score" TO cocreate_app""",
    """CREATE POLICY domain_score_delete ON "domain_score" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT DELETE ON "domain_score" TO cocreate_app""",
    """ALTER TABLE "element" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "element" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY element_select ON "element" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "element" TO cocreate_app""",
    """CREATE POLICY element_insert ON "element" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "element" TO cocreate_app""",
    """ALTER TABLE "indicator" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "indicator" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY indicator_select ON "indicator" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT SELECT ON "indicator" TO cocreate_app""",
    """CREATE POLICY indicator_insert ON "indicator" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "indicator" TO cocreate_app""",
    """CREATE POLICY indicator_update ON "indicator" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "indicator" TO cocreate_app""",
    """CREATE POLICY indicator_delete ON "indicator" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT DELETE ON "indicator" TO cocreate_app""",
    """ALTER TABLE "objective" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "objective" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY objective_select ON "objective" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "objective" TO cocreate_app""",
    """CREATE POLICY objective_insert ON "objective" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT INSERT ON "objective" TO cocreate_app""",
    """CREATE POLICY objective_update ON "objective" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "objective" TO cocreate_app""",
    """CREATE POLICY objective_delete ON "objective" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT DELETE ON "objective" TO cocreate_app""",
    """ALTER TABLE "phase" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "phase" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY phase_select ON "phase" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "phase" TO cocreate_app""",
    """CREATE POLICY phase_insert ON "phase" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT INSERT ON "phase" TO cocreate_app""",
    """CREATE POLICY phase_update ON "phase" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "phase" TO cocreate_app""",
    """CREATE POLICY phase_delete ON "phase" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT DELETE ON "phase" TO cocreate_app""",
    """ALTER TABLE "publication" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "publication" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY publication_select ON "publication" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND ((state = 'published' AND engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[])) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_insert ON "publication" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_update ON "publication" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE (state, withdrawn_at) ON "publication" TO cocreate_app""",
    """ALTER TABLE "session" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "session" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY session_select ON "session" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND nullif(current_setting('app.member', true), '')::uuid = ANY(attendee_ids)))) OR (current_setting('app.surface', true) = 'portal' AND ((engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) AND nullif(current_setting('app.member', true), '')::uuid = ANY(attendee_ids)) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "session" TO cocreate_app""",
    """CREATE POLICY session_insert ON "session" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "session" TO cocreate_app""",
    """CREATE POLICY session_update ON "session" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "session" TO cocreate_app""",
    """ALTER TABLE "action" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "action" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY action_select ON "action" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team'))) OR (current_setting('app.surface', true) = 'portal' AND (shown_to = 'sponsor' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))))))""",
    """GRANT SELECT ON "action" TO cocreate_app""",
    """CREATE POLICY action_insert ON "action" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "action" TO cocreate_app""",
    """CREATE POLICY action_update ON "action" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team'))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team')))))""",
    """GRANT UPDATE ON "action" TO cocreate_app""",
    """ALTER TABLE "attendance" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "attendance" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY attendance_select ON "attendance" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND member_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "attendance" TO cocreate_app""",
    """CREATE POLICY attendance_insert ON "attendance" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "attendance" TO cocreate_app""",
    """CREATE POLICY attendance_update ON "attendance" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "attendance" TO cocreate_app""",
    """ALTER TABLE "behaviour" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "behaviour" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY behaviour_select ON "behaviour" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "behaviour" TO cocreate_app""",
    """CREATE POLICY behaviour_insert ON "behaviour" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "behaviour" TO cocreate_app""",
    """ALTER TABLE "milestone" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "milestone" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY milestone_select ON "milestone" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "milestone" TO cocreate_app""",
    """CREATE POLICY milestone_insert ON "milestone" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT INSERT ON "milestone" TO cocreate_app""",
    """CREATE POLICY milestone_update ON "milestone" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "milestone" TO cocreate_app""",
    """CREATE POLICY milestone_delete ON "milestone" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT DELETE ON "milestone" TO cocreate_app""",
    """ALTER TABLE "note" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "note" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY note_select ON "note" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'named' AND nullif(current_setting('app.member', true), '')::uuid = ANY(readers)) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))))""",
    """GRANT SELECT ON "note" TO cocreate_app""",
    """CREATE POLICY note_insert ON "note" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "note" TO cocreate_app""",
    """CREATE POLICY note_update ON "note" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid)))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT UPDATE (audience, readers, sealed, version, written_at) ON "note" TO cocreate_app""",
    """ALTER TABLE "observation" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "observation" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY observation_select ON "observation" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT SELECT ON "observation" TO cocreate_app""",
    """CREATE POLICY observation_insert ON "observation" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "observation" TO cocreate_app""",
    """CREATE POLICY observation_update ON "observation" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "observation" TO cocreate_app""",
    """CREATE POLICY observation_delete ON "observation" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT DELETE ON "observation" TO cocreate_app""",
    """ALTER TABLE "publication_source" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "publication_source" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY publication_source_select ON "publication_source" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT SELECT ON "publication_source" TO cocreate_app""",
    """CREATE POLICY publication_source_insert ON "publication_source" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "publication_source" TO cocreate_app""",
    """ALTER TABLE "rebase" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "rebase" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY rebase_select ON "rebase" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT SELECT ON "rebase" TO cocreate_app""",
    """CREATE POLICY rebase_insert ON "rebase" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "rebase" TO cocreate_app""",
    """CREATE POLICY rebase_update ON "rebase" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "rebase" TO cocreate_app""",
    """CREATE POLICY rebase_delete ON "rebase" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT DELETE ON "rebase" TO cocreate_app""",
    """ALTER TABLE "note_revision" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "note_revision" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY note_revision_select ON "note_revision" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT SELECT ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_insert ON "note_revision" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "note_revision" TO cocreate_app""",
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "identity",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_pkey")),
        sa.UniqueConstraint("email", name=op.f("identity_email_key")),
    )
    op.create_table(
        "workspace",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("workspace_pkey")),
        sa.UniqueConstraint("slug", name=op.f("workspace_slug_key")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("audit_entry_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("audit_entry_pkey")),
    )
    op.create_index(
        op.f("audit_entry_tenant_id_created_at_ix"),
        "audit_entry",
        ["tenant_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "data_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("data_key_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("data_key_pkey")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("data_key_tenant_id_number_key")),
    )
    op.create_table(
        "framework_version",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('draft for comment', 'published')",
            name=op.f("framework_version_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("framework_version_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("framework_version_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "number", name=op.f("framework_version_tenant_id_number_key")
        ),
    )
    op.create_table(
        "mail",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f("mail_state_check")),
        sa.ForeignKeyConstraint(["tenant_id"], ["workspace.id"], name=op.f("mail_tenant_id_fkey")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("mail_pkey")),
    )
    op.create_index(
        op.f("mail_tenant_id_created_at_ix"), "mail", ["tenant_id", "created_at"], unique=False
    )
    op.create_table(
        "member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column(
            "engagement_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('owner', 'consultant', 'associate', 'participant', 'sponsor', 'delegate')",
            name=op.f("member_role_check"),
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("member_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("member_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("member_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "identity_id", name=op.f("member_tenant_id_identity_id_key")
        ),
    )
    op.create_table(
        "organisation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ods_code", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("enquiry", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('acute trust', 'specialist trust', 'mental health trust', 'community trust', 'ambulance trust', 'integrated care board', 'primary care network', 'arm''s-length body', 'health board', 'independent or charity', 'local authority', 'other')",
            name=op.f("organisation_kind_check"),
        ),
        sa.CheckConstraint(
            "ods_code ~ '^[A-Z0-9]{3,10}$'", name=op.f("organisation_ods_code_check")
        ),
        sa.CheckConstraint(
            "stage IN ('enquiry', 'conversation', 'client', 'former')",
            name=op.f("organisation_stage_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "successor_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("organisation_tenant_id_successor_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("organisation_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("organisation_pkey")),
    )
    op.create_index(
        op.f("organisation_tenant_id_successor_id_ix"),
        "organisation",
        ["tenant_id", "successor_id"],
        unique=False,
    )
    op.create_table(
        "reach",
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("team", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("coached", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("sponsored", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("organisations", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("reach_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["workspace.id"], name=op.f("reach_tenant_id_fkey")),
        sa.PrimaryKeyConstraint("identity_id", "tenant_id", name=op.f("reach_pkey")),
    )
    op.create_table(
        "sign_in_request",
        sa.Column("identity_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("sign_in_request_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("sign_in_request_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_request_pkey")),
        sa.UniqueConstraint("browser_hash", name=op.f("sign_in_request_browser_hash_key")),
    )
    op.create_index(
        "sign_in_request_account_ix",
        "sign_in_request",
        ["account_hash", "created_at"],
        unique=False,
    )
    op.create_index(
        "sign_in_request_address_ix",
        "sign_in_request",
        ["address_hash", "created_at"],
        unique=False,
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("sign_in_session_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("sign_in_session_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_session_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("sign_in_session_token_hash_key")),
    )
    op.create_index(
        op.f("sign_in_session_identity_id_ix"), "sign_in_session", ["identity_id"], unique=False
    )
    op.create_table(
        "domain",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "framework_version_id"],
            ["framework_version.tenant_id", "framework_version.id"],
            name=op.f("domain_tenant_id_framework_version_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("domain_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("domain_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "framework_version_id",
            "code",
            name=op.f("domain_tenant_id_framework_version_id_code_key"),
        ),
    )
    op.create_table(
        "engagement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("framework_version_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("portal_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('conversation', 'proposed', 'agreed', 'running', 'paused', 'closed', 'declined')",
            name=op.f("engagement_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "framework_version_id"],
            ["framework_version.tenant_id", "framework_version.id"],
            name=op.f("engagement_tenant_id_framework_version_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lead_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("engagement_tenant_id_lead_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("engagement_tenant_id_organisation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("engagement_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("engagement_pkey")),
    )
    op.create_index(
        op.f("engagement_tenant_id_framework_version_id_ix"),
        "engagement",
        ["tenant_id", "framework_version_id"],
        unique=False,
    )
    op.create_index(
        op.f("engagement_tenant_id_lead_id_ix"),
        "engagement",
        ["tenant_id", "lead_id"],
        unique=False,
    )
    op.create_index(
        op.f("engagement_tenant_id_organisation_id_ix"),
        "engagement",
        ["tenant_id", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "unit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("unit_tenant_id_organisation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("unit_tenant_id_parent_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["workspace.id"], name=op.f("unit_tenant_id_fkey")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("unit_pkey")),
    )
    op.create_index(
        op.f("unit_tenant_id_organisation_id_ix"),
        "unit",
        ["tenant_id", "organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("unit_tenant_id_parent_id_ix"), "unit", ["tenant_id", "parent_id"], unique=False
    )
    op.create_table(
        "assignment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "relation IN ('team', 'participant', 'sponsor', 'delegate')",
            name=op.f("assignment_relation_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("assignment_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("assignment_tenant_id_member_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("assignment_tenant_id_organisation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("assignment_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("assignment_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "engagement_id",
            "member_id",
            "relation",
            name=op.f("assignment_tenant_id_engagement_id_member_id_relation_key"),
        ),
    )
    op.create_index(
        op.f("assignment_tenant_id_member_id_ix"),
        "assignment",
        ["tenant_id", "member_id"],
        unique=False,
    )
    op.create_index(
        op.f("assignment_tenant_id_organisation_id_ix"),
        "assignment",
        ["tenant_id", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "brief",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("presenting_issue", sa.Text(), nullable=False),
        sa.Column("focus", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("brief_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["workspace.id"], name=op.f("brief_tenant_id_fkey")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("brief_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "engagement_id", name=op.f("brief_tenant_id_engagement_id_key")
        ),
    )
    op.create_table(
        "contact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("role_in_work", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role_in_work IN ('executive sponsor', 'clinical lead', 'team leader', 'change team', 'people and OD', 'finance', 'other')",
            name=op.f("contact_role_in_work_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("contact_tenant_id_member_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("contact_tenant_id_organisation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("contact_tenant_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("contact_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("contact_pkey")),
    )
    op.create_index(
        op.f("contact_tenant_id_member_id_ix"), "contact", ["tenant_id", "member_id"], unique=False
    )
    op.create_index(
        op.f("contact_tenant_id_organisation_id_ix"),
        "contact",
        ["tenant_id", "organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("contact_tenant_id_unit_id_ix"), "contact", ["tenant_id", "unit_id"], unique=False
    )
    op.create_table(
        "domain_score",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("deviation", sa.Double(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("answers >= 1", name=op.f("domain_score_answers_check")),
        sa.CheckConstraint("deviation >= 0", name=op.f("domain_score_deviation_check")),
        sa.CheckConstraint("mean BETWEEN 0 AND 10", name=op.f("domain_score_mean_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "domain_id"],
            ["domain.tenant_id", "domain.id"],
            name=op.f("domain_score_tenant_id_domain_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("domain_score_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("domain_score_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("domain_score_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "engagement_id",
            "domain_id",
            "measured_on",
            name=op.f("domain_score_tenant_id_engagement_id_domain_id_measured_on_key"),
        ),
    )
    op.create_index(
        op.f("domain_score_tenant_id_domain_id_ix"),
        "domain_score",
        ["tenant_id", "domain_id"],
        unique=False,
    )
    op.create_table(
        "element",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "domain_id"],
            ["domain.tenant_id", "domain.id"],
            name=op.f("element_tenant_id_domain_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("element_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("element_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "domain_id", "code", name=op.f("element_tenant_id_domain_id_code_key")
        ),
    )
    op.create_table(
        "indicator",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "direction IN ('increase', 'decrease', 'neutral')",
            name=op.f("indicator_direction_check"),
        ),
        sa.CheckConstraint(
            "frequency IN ('month', 'week', 'quarter')", name=op.f("indicator_frequency_check")
        ),
        sa.CheckConstraint(
            "profile IN ('cocreate-1', 'nhsr-0.2.2')", name=op.f("indicator_profile_check")
        ),
        sa.CheckConstraint("baseline >= 12", name=op.f("indicator_baseline_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("indicator_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("indicator_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("indicator_pkey")),
    )
    op.create_index(
        op.f("indicator_tenant_id_engagement_id_ix"),
        "indicator",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_table(
        "objective",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('open', 'met', 'dropped')", name=op.f("objective_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "domain_id"],
            ["domain.tenant_id", "domain.id"],
            name=op.f("objective_tenant_id_domain_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("objective_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("objective_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("objective_pkey")),
    )
    op.create_index(
        op.f("objective_tenant_id_domain_id_ix"),
        "objective",
        ["tenant_id", "domain_id"],
        unique=False,
    )
    op.create_index(
        op.f("objective_tenant_id_engagement_id_ix"),
        "objective",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_table(
        "phase",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gate_question", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'passed', 'stopped')", name=op.f("phase_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("phase_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["workspace.id"], name=op.f("phase_tenant_id_fkey")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("phase_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "engagement_id",
            "position",
            name=op.f("phase_tenant_id_engagement_id_position_key"),
        ),
    )
    op.create_table(
        "publication",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("figures_to", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('update', 'domains', 'measure', 'quote')", name=op.f("publication_kind_check")
        ),
        sa.CheckConstraint(
            "state IN ('published', 'withdrawn')", name=op.f("publication_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("publication_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "published_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("publication_tenant_id_published_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("publication_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("publication_pkey")),
    )
    op.create_index(
        op.f("publication_tenant_id_engagement_id_published_at_ix"),
        "publication",
        ["tenant_id", "engagement_id", "published_at"],
        unique=False,
    )
    op.create_index(
        op.f("publication_tenant_id_published_by_id_ix"),
        "publication",
        ["tenant_id", "published_by_id"],
        unique=False,
    )
    op.create_table(
        "session",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attendee_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('coaching', 'team', 'workshop', 'interview', 'review')",
            name=op.f("session_kind_check"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'cancelled', 'cancelled late')",
            name=op.f("session_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("session_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lead_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("session_tenant_id_lead_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("session_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("session_pkey")),
    )
    op.create_index(
        op.f("session_tenant_id_engagement_id_starts_at_ix"),
        "session",
        ["tenant_id", "engagement_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("session_tenant_id_lead_id_ix"), "session", ["tenant_id", "lead_id"], unique=False
    )
    op.create_table(
        "action",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("shown_to", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('action', 'commitment')", name=op.f("action_kind_check")),
        sa.CheckConstraint(
            "shown_to IN ('team', 'participant', 'sponsor')", name=op.f("action_shown_to_check")
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("action_state_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("action_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("action_tenant_id_owner_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["session.tenant_id", "session.id"],
            name=op.f("action_tenant_id_session_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("action_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("action_pkey")),
    )
    op.create_index(
        op.f("action_tenant_id_engagement_id_ix"),
        "action",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("action_tenant_id_owner_id_ix"), "action", ["tenant_id", "owner_id"], unique=False
    )
    op.create_index(
        op.f("action_tenant_id_session_id_ix"), "action", ["tenant_id", "session_id"], unique=False
    )
    op.create_table(
        "attendance",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("attendance_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("attendance_tenant_id_member_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["session.tenant_id", "session.id"],
            name=op.f("attendance_tenant_id_session_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("attendance_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("attendance_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "session_id",
            "member_id",
            name=op.f("attendance_tenant_id_session_id_member_id_key"),
        ),
    )
    op.create_index(
        op.f("attendance_tenant_id_engagement_id_ix"),
        "attendance",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("attendance_tenant_id_member_id_ix"),
        "attendance",
        ["tenant_id", "member_id"],
        unique=False,
    )
    op.create_table(
        "behaviour",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "direction IN ('more of', 'less of')", name=op.f("behaviour_direction_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "element_id"],
            ["element.tenant_id", "element.id"],
            name=op.f("behaviour_tenant_id_element_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("behaviour_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("behaviour_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "element_id",
            "direction",
            "position",
            name=op.f("behaviour_tenant_id_element_id_direction_position_key"),
        ),
    )
    op.create_table(
        "milestone",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("phase_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("milestone_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "phase_id"],
            ["phase.tenant_id", "phase.id"],
            name=op.f("milestone_tenant_id_phase_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("milestone_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("milestone_pkey")),
    )
    op.create_index(
        op.f("milestone_tenant_id_engagement_id_ix"),
        "milestone",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("milestone_tenant_id_phase_id_ix"),
        "milestone",
        ["tenant_id", "phase_id"],
        unique=False,
    )
    op.create_table(
        "note",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("readers", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("audience IN ('me', 'named', 'team')", name=op.f("note_audience_check")),
        sa.CheckConstraint(
            "kind IN ('working', 'session', 'reflection')", name=op.f("note_kind_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("note_tenant_id_author_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("note_tenant_id_engagement_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["session.tenant_id", "session.id"],
            name=op.f("note_tenant_id_session_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["workspace.id"], name=op.f("note_tenant_id_fkey")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("note_pkey")),
    )
    op.create_index(
        op.f("note_tenant_id_author_id_ix"), "note", ["tenant_id", "author_id"], unique=False
    )
    op.create_index(
        op.f("note_tenant_id_engagement_id_id_ix"),
        "note",
        ["tenant_id", "engagement_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("note_tenant_id_session_id_ix"), "note", ["tenant_id", "session_id"], unique=False
    )
    op.create_table(
        "observation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("observation_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "indicator_id"],
            ["indicator.tenant_id", "indicator.id"],
            name=op.f("observation_tenant_id_indicator_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("observation_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("observation_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "indicator_id",
            "period",
            name=op.f("observation_tenant_id_indicator_id_period_key"),
        ),
    )
    op.create_index(
        op.f("observation_tenant_id_engagement_id_ix"),
        "observation",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_table(
        "publication_source",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('note', 'indicator', 'domain scores')",
            name=op.f("publication_source_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("publication_source_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "publication_id"],
            ["publication.tenant_id", "publication.id"],
            name=op.f("publication_source_tenant_id_publication_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("publication_source_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("publication_source_pkey")),
    )
    op.create_index(
        op.f("publication_source_tenant_id_engagement_id_ix"),
        "publication_source",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("publication_source_tenant_id_publication_id_ix"),
        "publication_source",
        ["tenant_id", "publication_id"],
        unique=False,
    )
    op.create_table(
        "rebase",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("rebase_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "given_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("rebase_tenant_id_given_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "indicator_id"],
            ["indicator.tenant_id", "indicator.id"],
            name=op.f("rebase_tenant_id_indicator_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("rebase_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("rebase_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "indicator_id",
            "period",
            name=op.f("rebase_tenant_id_indicator_id_period_key"),
        ),
    )
    op.create_index(
        op.f("rebase_tenant_id_engagement_id_ix"),
        "rebase",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("rebase_tenant_id_given_by_id_ix"),
        "rebase",
        ["tenant_id", "given_by_id"],
        unique=False,
    )
    op.create_table(
        "note_revision",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mutation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('revision', 'conflict')", name=op.f("note_revision_kind_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("note_revision_tenant_id_author_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("note_revision_tenant_id_engagement_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "note_id"],
            ["note.tenant_id", "note.id"],
            name=op.f("note_revision_tenant_id_note_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("note_revision_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("note_revision_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "note_id",
            "mutation_id",
            name=op.f("note_revision_tenant_id_note_id_mutation_id_key"),
        ),
    )
    op.create_index(
        op.f("note_revision_tenant_id_author_id_ix"),
        "note_revision",
        ["tenant_id", "author_id"],
        unique=False,
    )
    op.create_index(
        op.f("note_revision_tenant_id_engagement_id_ix"),
        "note_revision",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
