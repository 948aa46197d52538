"""The first tables: people, mail, records, review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "raw_contents",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("compressed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_raw_contents")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_key_at"), "sign_in_failures", ["key", "at"], unique=False)
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_mailboxes_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
    )
    op.create_index(op.f("ix_mailboxes_organisation_id"), "mailboxes", ["organisation_id"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("thread_key", sa.Text(), nullable=False),
        sa.Column("date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("from_name", sa.Text(), nullable=True),
        sa.Column("from_address", sa.Text(), nullable=True),
        sa.Column("attachment_count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_mails_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(
        op.f("ix_mails_organisation_id_sorted_at_id"), "mails", ["organisation_id", "sorted_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_mails_organisation_id_thread_key"), "mails", ["organisation_id", "thread_key"], unique=False
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_users_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("address", name=op.f("uq_users_address")),
    )
    op.create_index(op.f("ix_users_organisation_id"), "users", ["organisation_id"], unique=False)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_audit_log_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_log_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_organisation_id"), "audit_log", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_audit_log_user_id"), "audit_log", ["user_id"], unique=False)
    op.create_table(
        "copies",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("raw_sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_copies_mail_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_copies_mailbox_id")),
        sa.ForeignKeyConstraint(["raw_sha256"], ["raw_contents.sha256"], name=op.f("fk_copies_raw_sha256")),
        sa.PrimaryKeyConstraint("mailbox_id", "mail_id", name=op.f("pk_copies")),
    )
    op.create_index(op.f("ix_copies_mail_id"), "copies", ["mail_id"], unique=False)
    op.create_index(
        op.f("ix_copies_mailbox_id_sorted_at_mail_id"), "copies", ["mailbox_id", "sorted_at", "mail_id"], unique=False
    )
    op.create_index(op.f("ix_copies_raw_sha256"), "copies", ["raw_sha256"], unique=False)
    op.create_table(
        "import_checkpoints",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_import_checkpoints_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", "source_key", name=op.f("pk_import_checkpoints")),
    )
    op.create_table(
        "insights",
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=True),
        sa.Column("sentiment", sa.Text(), nullable=True),
        sa.Column("emotion", sa.Text(), nullable=True),
        sa.Column("gist", sa.Text(), nullable=False),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_insights_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_insights")),
    )
    op.create_index(op.f("ix_insights_language"), "insights", ["language"], unique=False)
    op.create_table(
        "mail_addresses",
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_mail_addresses_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "role", "position", name=op.f("pk_mail_addresses")),
    )
    op.create_index(op.f("ix_mail_addresses_address_mail_id"), "mail_addresses", ["address", "mail_id"], unique=False)
    op.create_table(
        "mail_intents",
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_mail_intents_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", "label", name=op.f("pk_mail_intents")),
    )
    op.create_table(
        "mailbox_assignments",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mailbox_assignments_mailbox_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mailbox_assignments_user_id")),
        sa.PrimaryKeyConstraint("mailbox_id", "user_id", name=op.f("pk_mailbox_assignments")),
    )
    op.create_index(op.f("ix_mailbox_assignments_user_id"), "mailbox_assignments", ["user_id"], unique=False)
    op.create_table(
        "muted_people",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_muted_people_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_muted_people_user_id")),
        sa.PrimaryKeyConstraint("organisation_id", "address", name=op.f("pk_muted_people")),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("won", sa.Boolean(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["records.id"], name=op.f("fk_records_account_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_records_created_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_records_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
    )
    op.create_index(op.f("ix_records_account_id"), "records", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_records_organisation_id_kind_name_key_id"),
        "records",
        ["organisation_id", "kind", "name_key", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_records_organisation_id_name_key"), "records", ["organisation_id", "name_key"], unique=False
    )
    op.create_table(
        "rejections",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_rejections_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rejections_user_id")),
        sa.PrimaryKeyConstraint("organisation_id", "subject", "field", "value_hash", name=op.f("pk_rejections")),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_links")),
    )
    op.create_index(op.f("ix_sign_in_links_user_id"), "sign_in_links", ["user_id"], unique=False)
    op.create_table(
        "suggestions",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_suggestions_mail_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_suggestions_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_mail_id"), "suggestions", ["mail_id"], unique=False)
    op.create_index(
        op.f("ix_suggestions_organisation_id_person"), "suggestions", ["organisation_id", "person"], unique=False
    )
    op.create_index(
        op.f("ix_suggestions_organisation_id_state_worth_id"),
        "suggestions",
        ["organisation_id", "state", "worth", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_suggestions_organisation_id_topic"), "suggestions", ["organisation_id", "topic"], unique=False
    )
    op.create_index(op.f("ix_suggestions_record_id"), "suggestions", ["record_id"], unique=False)
    op.create_table(
        "web_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_web_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_sessions")),
    )
    op.create_index(op.f("ix_web_sessions_user_id"), "web_sessions", ["user_id"], unique=False)
    op.create_table(
        "activities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("old_start", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("online_url", sa.Text(), nullable=True),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Text(), nullable=False),
        sa.Column("thread_key", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_activities_created_by")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_activities_mail_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "suggestion_id"],
            ["suggestions.organisation_id", "suggestions.id"],
            name=op.f("fk_activities_organisation_id_suggestion_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_activities_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index(op.f("ix_activities_mail_id"), "activities", ["mail_id"], unique=False)
    op.create_index(
        op.f("ix_activities_organisation_id_starts_at_id"),
        "activities",
        ["organisation_id", "starts_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_activities_organisation_id_thread_key_kind"),
        "activities",
        ["organisation_id", "thread_key", "kind"],
        unique=False,
    )
    op.create_table(
        "deal_contacts",
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["records.id"], name=op.f("fk_deal_contacts_contact_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["records.id"], name=op.f("fk_deal_contacts_deal_id")),
        sa.PrimaryKeyConstraint("deal_id", "contact_id", name=op.f("pk_deal_contacts")),
    )
    op.create_index(op.f("ix_deal_contacts_contact_id"), "deal_contacts", ["contact_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("version_shown", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "suggestion_id"],
            ["suggestions.organisation_id", "suggestions.id"],
            name=op.f("fk_decisions_organisation_id_suggestion_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_decisions_organisation_id")),
        sa.ForeignKeyConstraint(["undoes"], ["decisions.id"], name=op.f("fk_decisions_undoes")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_decisions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("undoes", name=op.f("uq_decisions_undoes")),
    )
    op.create_index(
        op.f("ix_decisions_organisation_id_suggestion_id_id"),
        "decisions",
        ["organisation_id", "suggestion_id", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_decisions_user_id_id"), "decisions", ["user_id", "id"], unique=False)
    op.create_table(
        "links",
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_links_mail_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_links_record_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_links_user_id")),
        sa.PrimaryKeyConstraint("mail_id", "record_id", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_record_id"), "links", ["record_id"], unique=False)
    op.create_table(
        "record_addresses",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_record_addresses_organisation_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_record_addresses_record_id")),
        sa.PrimaryKeyConstraint("record_id", "address", name=op.f("pk_record_addresses")),
    )
    op.create_index(
        op.f("ix_record_addresses_organisation_id_address"),
        "record_addresses",
        ["organisation_id", "address"],
        unique=False,
    )
    op.create_table(
        "record_fields",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("extension", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["edited_by"], ["users.id"], name=op.f("fk_record_fields_edited_by")),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_record_fields_mail_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_record_fields_record_id")),
        sa.PrimaryKeyConstraint("record_id", "name", "position", name=op.f("pk_record_fields")),
    )
    op.create_index(op.f("ix_record_fields_mail_id"), "record_fields", ["mail_id"], unique=False)
    op.create_table(
        "snoozes",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "suggestion_id"],
            ["suggestions.organisation_id", "suggestions.id"],
            name=op.f("fk_snoozes_organisation_id_suggestion_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_snoozes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "organisation_id", "suggestion_id", name=op.f("pk_snoozes")),
    )
    op.create_table(
        "suggestion_sources",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("suggestion_id", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_suggestion_sources_mail_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "suggestion_id"],
            ["suggestions.organisation_id", "suggestions.id"],
            name=op.f("fk_suggestion_sources_organisation_id_suggestion_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "suggestion_id", "mail_id", name=op.f("pk_suggestion_sources")),
    )
    op.create_index(op.f("ix_suggestion_sources_mail_id"), "suggestion_sources", ["mail_id"], unique=False)


def downgrade() -> None:
    """Drop all tables."""
    op.drop_index(op.f("ix_suggestion_sources_mail_id"), table_name="suggestion_sources")
    op.drop_table("suggestion_sources")
    op.drop_table("snoozes")
    op.drop_index(op.f("ix_record_fields_mail_id"), table_name="record_fields")
    op.drop_table("record_fields")
    op.drop_index(op.f("ix_record_addresses_organisation_id_address"), table_name="record_addresses")
    op.drop_table("record_addresses")
    op.drop_index(op.f("ix_links_record_id"), table_name="links")
    op.drop_table("links")
    op.drop_index(op.f("ix_decisions_user_id_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_organisation_id_suggestion_id_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("ix_deal_contacts_contact_id"), table_name="deal_contacts")
    op.drop_table("deal_contacts")
    op.drop_index(op.f("ix_activities_organisation_id_thread_key_kind"), table_name="activities")
    op.drop_index(op.f("ix_activities_organisation_id_starts_at_id"), table_name="activities")
    op.drop_index(op.f("ix_activities_mail_id"), table_name="activities")
    op.drop_table("activities")
    op.drop_index(op.f("ix_web_sessions_user_id"), table_name="web_sessions")
    op.drop_table("web_sessions")
    op.drop_index(op.f("ix_suggestions_record_id"), table_name="suggestions")
    op.drop_index(op.f("ix_suggestions_organisation_id_topic"), table_name="suggestions")
    op.drop_index(op.f("ix_suggestions_organisation_id_state_worth_id"), table_name="suggestions")
    op.drop_index(op.f("ix_suggestions_organisation_id_person"), table_name="suggestions")
    op.drop_index(op.f("ix_suggestions_mail_id"), table_name="suggestions")
    op.drop_table("suggestions")
    op.drop_index(op.f("ix_sign_in_links_user_id"), table_name="sign_in_links")
    op.drop_table("sign_in_links")
    op.drop_table("rejections")
    op.drop_index(op.f("ix_records_organisation_id_name_key"), table_name="records")
    op.drop_index(op.f("ix_records_organisation_id_kind_name_key_id"), table_name="records")
    op.drop_index(op.f("ix_records_account_id"), table_name="records")
    op.drop_table("records")
    op.drop_table("muted_people")
    op.drop_index(op.f("ix_mailbox_assignments_user_id"), table_name="mailbox_assignments")
    op.drop_table("mailbox_assignments")
    op.drop_table("mail_intents")
    op.drop_index(op.f("ix_mail_addresses_address_mail_id"), table_name="mail_addresses")
    op.drop_table("mail_addresses")
    op.drop_index(op.f("ix_insights_language"), table_name="insights")
    op.drop_table("insights")
    op.drop_table("import_checkpoints")
    op.drop_index(op.f("ix_copies_raw_sha256"), table_name="copies")
    op.drop_index(op.f("ix_copies_mailbox_id_sorted_at_mail_id"), table_name="copies")
    op.drop_index(op.f("ix_copies_mail_id"), table_name="copies")
    op.drop_table("copies")
    op.drop_index(op.f("ix_audit_log_user_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_organisation_id"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index(op.f("ix_api_tokens_user_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_index(op.f("ix_users_organisation_id"), table_name="users")
    op.drop_table("users")
    op.drop_index(op.f("ix_mails_organisation_id_thread_key"), table_name="mails")
    op.drop_index(op.f("ix_mails_organisation_id_sorted_at_id"), table_name="mails")
    op.drop_table("mails")
    op.drop_index(op.f("ix_mailboxes_organisation_id"), table_name="mailboxes")
    op.drop_table("mailboxes")
    op.drop_index(op.f("ix_sign_in_failures_key_at"), table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_table("raw_contents")
    op.drop_table("organisations")
