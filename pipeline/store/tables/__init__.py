"""All tables, by what they are about. No other package sees a row: functions of ``pipeline.store`` return views."""

from __future__ import annotations

from pipeline.store.tables.base import Base
from pipeline.store.tables.mail import (
    CheckpointRow,
    CopyRow,
    InsightRow,
    MailAddressRow,
    MailboxAssignmentRow,
    MailboxRow,
    MailIntentRow,
    MailRow,
    RawContentRow,
)
from pipeline.store.tables.people import (
    ApiTokenRow,
    AuditRow,
    OrganisationRow,
    RoleRow,
    SignInFailureRow,
    SignInLinkRow,
    UserRow,
    WebSessionRow,
)
from pipeline.store.tables.records import (
    ActivityRow,
    DealContactRow,
    LinkRow,
    RecordAddressRow,
    RecordFieldRow,
    RecordRow,
)
from pipeline.store.tables.review import (
    DecisionRow,
    MutedPersonRow,
    RejectionRow,
    SnoozeRow,
    SuggestionRow,
    SuggestionSourceRow,
)

__all__ = [
    "ActivityRow", "ApiTokenRow", "AuditRow", "Base", "CheckpointRow", "CopyRow", "DealContactRow", "DecisionRow",
    "InsightRow", "LinkRow", "MailAddressRow", "MailIntentRow", "MailRow", "MailboxAssignmentRow", "MailboxRow",
    "MutedPersonRow", "OrganisationRow", "RawContentRow", "RecordAddressRow", "RecordFieldRow", "RecordRow",
    "RejectionRow", "RoleRow", "SignInFailureRow", "SignInLinkRow", "SnoozeRow", "SuggestionRow", "SuggestionSourceRow",
    "UserRow", "WebSessionRow",
]  # fmt: skip
