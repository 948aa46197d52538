"""The branches of the sharing rule in words, for people who ask why."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.core.share import BranchName
from pipeline.store.organisation.people import Language

WORDS: Mapping[Language, Mapping[BranchName, str]] = {
    "en": {
        "reader_inactive": "The reader is deactivated.",
        "other_organisation": "The mail belongs to another organisation.",
        "owner_gone": "Nobody has this mail in a mailbox any more; its owner was deactivated without a backup.",
        "no_record_access": "The reader has no access to the record.",
        "own_mailbox": "It is in the reader's own mailbox.",
        "participant": "The reader is named in From, To or Cc.",
        "crm_private_allowed": "It was sent from the CRM by the reader or somebody below them.",
        "crm_private_denied": "It was sent from the CRM; such mail is for its sender and their superiors.",
        "crm_read": "It was sent from the CRM; everybody may read such mail.",
        "crm_write": "It was sent from the CRM; everybody may read and link such mail.",
        "crm_delete": "It was sent from the CRM; everybody may read, link and delete such mail.",
        "domain_excluded": "Somebody from an excluded domain takes part.",
        "superior": "The owner's mail is private, and open to their superiors.",
        "private": "The owner's mail is private.",
        "public": "The owner's mail is public.",
        "custom_shared": "The owner shared a record of this mail with the reader.",
        "custom_not_shared": "The owner shares by record, and no record of this mail with the reader.",
        "default": "Nothing allows it.",
    },
    "ja": {
        "reader_inactive": "閲覧者は無効化されています。",
        "other_organisation": "別の組織のメールです。",
        "owner_gone": "このメールを持つメールボックスがありません。所有者はバックアップなしで無効化されました。",
        "no_record_access": "閲覧者にはこのレコードへのアクセス権がありません。",
        "own_mailbox": "閲覧者自身のメールボックスにあります。",
        "participant": "閲覧者は差出人・宛先・CC のいずれかです。",
        "crm_private_allowed": "閲覧者またはその部下が CRM から送信しました。",
        "crm_private_denied": "CRM から送信されたメールで、送信者とその上司だけが閲覧できます。",
        "crm_read": "CRM から送信されたメールで、全員が閲覧できます。",
        "crm_write": "CRM から送信されたメールで、全員が閲覧と関連付けの変更をできます。",
        "crm_delete": "CRM から送信されたメールで、全員が閲覧・関連付けの変更・削除をできます。",
        "domain_excluded": "共有対象外のドメインの相手が含まれています。",
        "superior": "所有者のメールは非公開ですが、上司には公開されています。",
        "private": "所有者のメールは非公開です。",
        "public": "所有者のメールは公開されています。",
        "custom_shared": "所有者がこのメールのレコードを閲覧者と共有しています。",
        "custom_not_shared": "所有者はレコードごとに共有しており、このメールのレコードは閲覧者と共有されていません。",
        "default": "許可する設定がありません。",
    },
}
