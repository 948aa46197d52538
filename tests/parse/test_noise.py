"""Machine mail is known by its reason; a person's mail stays a person's mail."""

# ruff: noqa: E501 (a case reads best on one line)
from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.parse import noise
from pipeline.records import Message, Noise

Read = Callable[..., Message]
REPORT = "--x\n\nCould not deliver.\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--\n"
INVITE = "--x\n\nPlan\n--x\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--x--\n"
AWAY = """\
Thank you for your message. I am out of the office until Friday, 7 March with limited access to e-mail.
I will reply when I return. For urgent matters please contact Ben Okafor (ben@kita.example).

Best regards,
Aiko Mori
"""
AWAY_JA = """\
お世話になっております。
誠に勝手ながら、3月7日まで休暇をいただいております。
ご返信は3月10日以降となりますことをご了承ください。
お急ぎの場合は、営業部の高橋（03-0000-1234）までご連絡ください。
"""


@pytest.mark.parametrize(
    ("fields", "body", "wanted"),
    [
        ({"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"}, REPORT, ("bounce", "content.delivery_status")),
        ({"From": "Mail Delivery <MAILER-DAEMON@x.example>", "Subject": "Undelivered Mail Returned to Sender"}, "x", ("bounce", "address.mailer_daemon")),
        ({"From": "postmaster@x.example", "Subject": "配信不能のお知らせ"}, "x", ("bounce", "address.mailer_daemon")),
        ({"X_Failed_Recipients": "a@b.example"}, "x", ("bounce", "header.x_failed_recipients")),
        ({"Content_Type": "multipart/mixed; boundary=x"}, INVITE, ("calendar", "content.itip")),
        ({"Auto_Submitted": "auto-replied", "Subject": "Automatic reply: plan"}, "x", ("auto_reply", "header.auto_submitted")),
        ({"Precedence": "auto_reply"}, "x", ("auto_reply", "header.precedence")),
        ({"Subject": "Out of office: plan"}, "I am out of the office until Monday.", ("auto_reply", "text.auto_reply")),
        ({"Subject": "不在のお知らせ"}, "3月10日まで不在にしております。", ("auto_reply", "text.auto_reply")),
        ({"Subject": "自動応答: 日程", "X_Auto_Response_Suppress": "All"}, "x", ("auto_reply", "subject.auto_reply")),
        ({"Subject": "Re: お見積りの件"}, "※このメールは自動返信です。\n3月10日まで休暇をいただいております。", ("auto_reply", "text.statement")),
        ({"Subject": "Re: 契約書"}, "本メールは自動応答システムより自動送信しております。\n私は3月末をもちまして退職いたしました。", ("auto_reply", "text.statement")),
        ({"Subject": "Re: the offer"}, "This is an automated response.\nI am on leave until 3 March.", ("auto_reply", "text.statement")),
        ({"Subject": "お問い合わせありがとうございます"}, "本メールは、お問い合わせ受付後に自動で送信しております。", ("notification", "text.statement")),
        ({"Subject": "Re: drawings"}, AWAY, ("auto_reply", "text.away")),
        ({"Precedence": "bulk", "Return_Path": "<>"}, "Thank you. I will answer soon.", ("auto_reply", "header.precedence")),
        ({"Precedence": "bulk", "Subject": "[Auto-Reply] drawings"}, "Thank you.", ("auto_reply", "subject.auto_reply")),
        ({"Subject": "Automatic reply: drawings"}, "Ask Ben.", ("auto_reply", "subject.auto_reply")),
        ({"Subject": "自動応答: 図面"}, "高橋まで。", ("auto_reply", "subject.auto_reply")),
        ({"Subject": "Re: 図面の件"}, AWAY_JA, ("auto_reply", "text.away")),
        ({"Subject": "Re: drawings", "Precedence": "bulk"}, "I am away until Monday. Also, the cat says hello.", ("auto_reply", "header.precedence")),
        ({"From": "shop@mill.example"}, "ご注文の商品を発送いたしました。\n※本メールは送信専用のため、ご返信いただいてもお答えできません。", ("notification", "text.statement")),
        ({"From": "office@mill.example"}, "Your order has shipped.\nPlease do not reply to this e-mail.", ("notification", "text.statement")),
        ({"From": "office@mill.example"}, "Your ticket was updated.\nReplies to this message are not monitored.", ("notification", "text.statement")),
        ({"From": "wordpress@mill.example"}, "Name: Ben\nMessage: hello", ("notification", "address.role")),
        ({"From": "office@mill.example"}, "Our spring catalogue is here. " * 8 + "\n\nTo unsubscribe, click https://mill.example/u", ("newsletter", "text.unsubscribe")),
        ({"From": "info@mill.example"}, "春の新製品のご案内です。" * 20 + "\n\nメールマガジンの配信停止はこちら\nhttps://mill.example/u", ("newsletter", "text.unsubscribe")),
        ({"From": "news@shop.example", "List_Unsubscribe": "<https://x.example>"}, "x", ("newsletter", "header.list_unsubscribe")),
        ({"List_Id": "<offers.x.example>", "Precedence": "bulk"}, "x", ("newsletter", "header.list_id")),
        ({"From": "magazine@x.example"}, "配信停止はこちら", ("newsletter", "address.role")),
        ({"From": "no-reply@x.example"}, "Your parcel was sent.", ("notification", "address.role")),
        ({"Auto_Submitted": "auto-generated", "From": "erp@x.example"}, "x", ("notification", "header.auto_submitted")),
    ],
)  # fmt: skip
def test_machine_mail(read: Read, fields: dict[str, str], body: str, wanted: tuple[str, str]) -> None:
    message = read(body, **fields)
    found = noise.judge(message, message.text)
    assert isinstance(found, Noise)
    assert (found.kind, found.reason) == wanted


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, "Could you send the plan?"),
        ({"Subject": "Out of office hours support"}, "Do you offer support out of hours?"),
        ({"Subject": "不在の間の連絡先について"}, "不在の間はどなたにご連絡すればよいですか。"),
        ({"From": "info@mill.example"}, "We would like to order twelve pieces."),
        ({"From": "ben@x.example", "List_Id": "<pumps.lists.example>", "List_Post": "<mailto:pumps@lists.example>",
          "List_Unsubscribe": "<mailto:x@lists.example>", "Precedence": "list"}, "Has anybody tried the new seal?"),
        ({"From": "ben@x.example", "List_Id": "Pumps <pumps.x.example>", "X_BeenThere": "pumps@x.example", "Precedence": "bulk"}, "Hi all"),
        ({"Auto_Submitted": "no"}, "hello"),
        ({"Subject": "返信がありません"}, "御社から「このメールは自動返信です」という返事だけが届きました。休暇の方はいつ戻られますか。"),
        ({"Subject": "No answer"}, "All I get is 'this is an automated response'. Is anybody there?"),
        ({"From": "Ben Okafor <postmaster@mill.example>"}, "We would like to order twelve pumps."),
        ({"Subject": "Re: Automatic reply: drawings"}, "Thank you, I will ask Ben then."),
        ({"Subject": "休暇のお知らせ"}, "3月10日から休暇をいただきます。見積書は高橋までお送りください。"),
        ({"Subject": "FW: 春のセール"}, "ご参考まで。\n" + "春の新製品のご案内です。" * 20 + "\n配信停止はこちら https://mill.example/u"),
        ({"Subject": "Fwd: your order"}, "Is this ours?\n\nThis is an automated message, please do not reply."),
        ({}, "Here is the plan.\n\nThis e-mail has been automatically scanned for viruses."),
        ({}, "図面をお送りします。\n\nこのメールは自動でウイルスチェックされています。"),
        ({"Subject": "Re: drawings"}, AWAY + "Could you send me the plan before?"),
        ({"Subject": "Re: 図面の件"}, AWAY_JA + "\n図面は来週中にお送りします。"),
        ({"Subject": "Holiday"}, "I am on leave until Monday. The order for twelve pumps stands."),
        ({}, "Please do not reply to this e-mail but call me, I am in the workshop."),
        ({"Subject": "Re: our list"}, "I think the seal is fine. " * 12 + "\n\nTo unsubscribe, click https://lists.example/u"),
        ({}, "I think the seal is fine. " * 12 + "\n\nTo unsubscribe from this mailing list, click https://lists.example/u"),
        ({"Subject": "退職のご挨拶"}, "3月末をもちまして退職いたしました。後任は森が務めます。"),
        ({"Subject": "Please unsubscribe us"}, "We want to unsubscribe from the newsletter."),
    ],
)  # fmt: skip
def test_a_persons_mail(read: Read, fields: dict[str, str], body: str) -> None:
    message = read(body, **fields)
    assert noise.judge(message, message.text) is None


def test_a_footer_tells_and_a_quote_does_not(read: Read) -> None:
    message = read("Your order has shipped.\n\n※本メールは送信専用です。")
    assert noise.judge(message, "Your order has shipped.") is None
    assert noise.judge(message, "Your order has shipped.", "※本メールは送信専用です。") == Noise(
        "notification", "text.statement"
    )
