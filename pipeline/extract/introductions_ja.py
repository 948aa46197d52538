"""Japanese sentences and lists in which people introduce themselves and others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract import names, organisations
from pipeline.extract.introductions_en import Introduced, SelfIntroduction
from pipeline.extract.lines import tokens_japanese
from pipeline.extract.words import Piece, alternation, fold, piece, words

_KANJI = r"[\u4e00-\u9fff々ヶ\uf900-\ufaff\u3400-\u4dbf]"
_GIVEN = r"(?:[\u4e00-\u9fff\uf900-\ufaff々]{1,3}|[\u3041-\u3096]{2,4}?|[\u30a1-\u30faー]{2,6})"
_KANA_NAME = r"[\u30a1-\u30faー]{2,9}(?:[ \u3000・][\u4e00-\u9fff々\u3041-\u3096\u30a1-\u30faー]{1,8})?"
_NAME = rf"(?:{_KANJI}{{1,4}}[ \u3000](?!宛|様|殿|氏){_GIVEN}|{_KANJI}{{1,6}}|{_KANA_NAME})"
# somebody said to be the one who … (明日のドライバーは佐渡です、当日は原が伺います)
TOLD = re.compile(
    rf"(?:は|には|で|、)\s?({_KANJI}{{1,4}})(\([\u3041-\u30ff ]{{2,14}}\))?(?:です|でございます|になり|となり|が)"
)
_WORD = r"[\w・&ー々]{1,20}"
_TAIL = r"(?P<tail>\s?(?:様|さま|さん|先生|氏|殿|くん|君))?"
_AFTER = (
    r"(?=\s*(?:[がはもをにとへ、。,）)（(]|より|から|まで|宛|あて|まで|で、|です。?$|が|の(?:携帯|直通|電話|メール)|$))"
)
_OF = re.compile(rf"(?P<role>{_WORD}(?:[ \u3000]{_WORD})?)の\s?(?P<name>{_NAME}){_TAIL}{_AFTER}")
_NAME_BEHIND = re.compile(rf"の\s?{_NAME}{_TAIL}{_AFTER}")
_SIDE = r"(?:弊社|当社|当館|当院|当方|先方)?(?:の|側)?"
_LIST = re.compile(
    rf"^\s*[・■◆●○*-]?\s*{_SIDE}(?:出席者?|同席者?|参加者?|訪問者?|同行者?|担当者?|メンバー|立会者?)"
    r"\s*[::]?\s*(?:は、?)?\s*(?P<rest>.{2,80})$"
)
_SELF = re.compile(
    rf"(?:(?P<org>[^。、！!\n]{{1,40}}?)[のよ]\s?)?(?P<name>{_NAME})"
    r"(?=\s?(?:です|でございます|でごさいます|と申します|と申し上げます|と言います|といいます|だ。|でした|より(?!改め|あらため|追って|後ほど|のちほど|後日)))"
)
_SELF_ENDS = ("です", "でござ", "でごさ", "と申", "と言いま", "といいま", "だ", "でした", "より")
_SELF_WORK = re.compile(
    r"(?P<org>[^。、！!\n]{2,30}?)で(?P<role>[^。、\n]{2,12}?)を(?:し|務め|つとめ)て(?:おり|い)ます[、]?\s?"
    rf"(?P<name>{_NAME})(?=\s?(?:です|でございます|と申します))"
)


@cache
def _successor() -> re.Pattern[str]:
    """Somebody named behind the word for what he does (後任は…, ドライバーは…)."""
    return re.compile(
        rf"(?:{alternation(sorted(words('duties_ja.txt')))})(?:は、?|の|として|には|者は|、)"
        rf"\s?(?:[^。、\s]{{0,16}}の)?\s?(?P<name>{_NAME})\s?(?P<tail>様|さん|氏)?"
        r"(?=\s*(?:[がはもをにとへ、。（(でまと]|宛|あて|となり|です|より|$))"
    )


def others(text: str, start: int, end: int) -> Iterator[Introduced]:
    """People whom the stretch gives a title, department or task (営業課の森本が…, 後任は…, 出席 館長 …)."""
    folded = fold(text[start:end])
    # a cheaper look first: most sentences have no name behind a の
    for m in _OF.finditer(folded) if _NAME_BEHIND.search(folded) else ():
        if m.group("tail") is None and (found := _with_role(text, start, folded, m)) is not None:
            yield found
    for m in _successor().finditer(folded):
        p = _person(text, start, m)
        if p is not None and (m["tail"] or _is_named(p.text, folded[m.end() :])):
            yield Introduced(p, "intro.successor")
    yield from listed(text, start, end)


def _with_role(text: str, start: int, folded: str, m: re.Match[str]) -> Introduced | None:
    p = _person(text, start, m)
    if p is None or re.match(r"\s?(?:です|でございます|と申し)", folded[m.end("name") :]):
        return None
    if re.search(r"(?:御社|貴社|そちら|貴[部課所店])", m.group("role")) or not _is_named(
        p.text, folded[m.end("name") :]
    ):
        return None
    role = piece(text, start + m.start("role"), start + m.end("role"))
    return _titled(text, role, p, "intro.role_name")


_ACTS = re.compile(
    r"\s?(?:[(（][^()（）]{1,60}[)）])?[がはもと][^。]{0,24}(?:伺|参り|参上|参加|同席|出席|同行|対応|案内|立ち会|担当"
    r"|送り|送付|連絡|訪問|務め|引き継|引継|説明|窓口|進め|まいり)"
)


def _is_named(name: str, after: str) -> bool:
    """Is the word after "…課の" a name: of the gazetteer, with a given name, or doing what people do?"""
    family = re.split(r"[\s\u3000]", name)[0]
    if names.is_family_japanese(family) or len(family) < len(name) or _is_full(name):
        return True
    return 2 <= len(name) <= 3 and _ACTS.match(after) is not None


def _titled(text: str, role: Piece, p: Piece, rule: str) -> Introduced | None:
    """The role before a name, read from its end: a title, a department, a firm before them."""
    title = department = company = None
    for t in reversed(tokens_japanese(text, role)):
        bare = _bare(text, t)
        if organisations.title_japanese(bare.text) and title is None and department is None:
            title = bare
        elif organisations.department_japanese(bare.text) and department is None and len(bare.text) > 1:
            department = bare
        elif organisations.legal_form_japanese(bare.text) and company is None:
            company = bare
        else:
            break
    if title is None and department is None:
        return None
    return Introduced(p, rule, title, department, company)


def _bare(text: str, t: Piece) -> Piece:
    """The word without what stands before it in running text (弊社営業部, 当日は次長, 私と品質保証課)."""
    cut = 0
    for m in re.finditer(r"[はがもをにとでの、]", t.text):
        tail = t.text[m.end() :]
        if tail and (
            m.start() == 0
            or re.search(r"[\u4e00-\u9fff]", t.text[: m.start()])
            or organisations.title_japanese(tail) >= 1.0
        ):
            cut = m.end()
    done = re.match(r".*(?:ます|ました|です|した|いる|ある)(?=\S)", t.text)
    cut = max(cut, done.end() if done else 0)
    own = re.match(
        r"(?:弊社|当社|小社|当館|当院|当園|当校|当店|当方|うち|わが社|同じく?|同(?!じ))(?:の)?(?=.)", t.text[cut:]
    )
    cut += own.end() if own else 0
    return Piece(t.start + cut, t.end, t.text[cut:])


def listed(text: str, start: int, end: int) -> Iterator[Introduced]:
    """A line that lists who takes part: 「出席　館長　八乙女、学芸員　栂野」."""
    at = start
    for line in text[start:end].split("\n"):
        if m := _LIST.match(fold(line)):
            offset = at + m.start("rest")
            for item in re.finditer(r"[^、,・/]+", fold(line)[m.start("rest") :]):
                yield from _list_item(
                    text,
                    Piece(
                        offset + item.start(), offset + item.end(), line[m.start("rest") :][item.start() : item.end()]
                    ),
                )
        at += len(line) + 1


def _list_item(text: str, item: Piece) -> Iterator[Introduced]:
    tokens = tokens_japanese(text, item)
    if len(tokens) < 2 or len(tokens) > 5:
        return
    roles = [t for t in tokens if organisations.title_japanese(t.text) or organisations.department_japanese(t.text)]
    rest = [t for t in tokens if t not in roles]
    if (
        roles
        and len(rest) in (1, 2)
        and rest[0].start > roles[-1].start
        and re.fullmatch(_NAME, " ".join(t.text for t in rest))
    ):
        p = Piece(rest[0].start, rest[-1].end, text[rest[0].start : rest[-1].end])
        found = _titled(
            text, Piece(roles[0].start, roles[-1].end, text[roles[0].start : roles[-1].end]), p, "intro.list"
        )
        if found is not None and p.text not in words("not_names_ja.txt"):
            yield found


_NO_NAME_ENDS = ("様", "者", "社", "書", "品", "費", "分", "際", "等")


def _person(text: str, start: int, m: re.Match[str]) -> Piece | None:
    p = piece(text, start + m.start("name"), start + m.end("name"))
    if len(p.text) > 4 and not re.search(r"\s", p.text) and not _is_full(p.text):
        return None
    family, *given = re.split(r"[\s\u3000]", p.text)
    if given and organisations.is_title_like(given[-1]):
        return None
    if (
        p.text in words("not_names_ja.txt")
        or family in words("not_names_ja.txt")
        or (family.endswith(_NO_NAME_ENDS) and not names.is_family_japanese(family))
    ):
        return None
    if (
        organisations.department_japanese(family)
        or organisations.title_japanese(family)
        or organisations.legal_form_japanese(family)
    ):
        return None
    return p if names.is_family_japanese(family) or len(family) >= 2 else None


def _is_full(name: str) -> bool:
    """Is a word a known family name with a known given name written onto it (高津真理子)?"""
    parts = names.split(name)
    return names.is_family_japanese(parts.family or "") and names.is_given_japanese(parts.given or "")


def self_introduction(text: str, start: int, end: int) -> SelfIntroduction | None:
    """「みなと商会営業部の山田です」: name, firm, department."""
    folded = fold(text[start:end])
    if not any(ending in folded for ending in _SELF_ENDS):
        return None
    if m := _SELF_WORK.search(folded):
        p = _person(text, start, m)
        if p is not None:
            firm, department = _work(text, start + m.start("org"), start + m.end("org"))
            return SelfIntroduction(p, firm, department, piece(text, start + m.start("role"), start + m.end("role")))
    m = _SELF.search(folded)
    if m is None or (p := _person(text, start, m)) is None:
        return None
    if not m.group("org"):
        formal = re.match(r"\s?と申", folded[m.end("name") :])
        return SelfIntroduction(p) if formal or names.is_family_japanese(p.text) else None
    at = start + m.start("org") + _greeting_end(m.group("org"))
    org = piece(text, at, start + m.end("org"), "、,。 ")
    return _described(text, org, p)


def _greeting_end(org: str) -> int:
    """Words before the firm that belong to the greeting (いつもお世話になっております アクメの)."""
    m = re.match(r".*(?:ます|ません|ました|です|[。、!！])[\s]*(?=.)", org)
    return m.end() if m else 0


def _described(text: str, org: Piece, p: Piece) -> SelfIntroduction:
    tokens = tokens_japanese(text, org)
    title = department = None
    while (
        tokens
        and tokens[-1]
        and (
            organisations.title_japanese(tokens[-1].text)
            or (len(tokens) > 1 and organisations.department_japanese(tokens[-1].text))
        )
    ):
        last = tokens.pop()
        if organisations.title_japanese(last.text):
            title = title or last
        else:
            department = Piece(last.start, (department or last).end, text[last.start : (department or last).end])
    if not tokens:
        return SelfIntroduction(p, None, department, title)
    firm, glued = _work(text, tokens[0].start, tokens[-1].end)
    return SelfIntroduction(p, firm, department or glued, title)


def _work(text: str, start: int, end: int) -> tuple[Piece | None, Piece | None]:
    org = piece(text, start, end)
    if re.match(r"(?:弊社|当社|同社|私|こちら|担当|先日|昨日|本日)", org.text) or len(org.text) < 2:
        return None, None
    firm, department = organisations.split_glued(org.text)
    if not department and organisations.department_japanese(org.text) and not organisations.company_japanese(org.text):
        return None, org
    head = Piece(org.start, org.start + len(firm), firm)
    return head, Piece(head.end, org.end, department) if department else None


_REACHED_BY = r"(?:携帯|直通|電話|連絡先|メール|内線|アドレス|番号|TEL|Tel|Mobile|E-?mail|Mail)"
_BEFORE_DETAIL = re.compile(
    rf"(?:^|(?<!{_KANJI})|(?P<post>部長|課長|係長|主任|社長|専務|常務|支配人|担当|秘書))"
    rf"(?P<name>{_KANJI}{{1,4}}?(?:[ ]{_GIVEN})?)(?P<tail>様|さん|氏|殿)?(?:\([^()\d]{{1,14}}\))?"
    rf"(?:の|、)?(?:{_REACHED_BY}{{0,3}})[\s:(は]{{0,3}}(?:{_REACHED_BY}{{1,2}}[\s:は]{{0,3}})?\s*$"
)
_FIRM_BEFORE = re.compile(r"(?P<org>[\w・ー]{3,20})[ \u3000]?$")


def _is_person(name: str) -> bool:
    parts = names.split(name)
    return names.is_family_japanese(parts.family or "") and (
        parts.given is None or name != (parts.family or "") + parts.given or names.is_given_japanese(parts.given)
    )


def in_full(text: str, family: Piece) -> Piece | None:
    """The one place where a family name stands with its given name behind it."""
    behind = re.compile(rf"(?<!{_KANJI}){re.escape(family.text)}[ \u3000]({_GIVEN})(?!{_KANJI})")
    found = [m for m in behind.finditer(text) if names.is_given_japanese(m[1])]
    if not found or len({m[1] for m in found}) > 1:
        return None
    return Piece(found[0].start(), found[0].end(), found[0].group())


def named_before(text: str, start: int, at: int) -> Introduced | None:
    """The person whose name stands right before a detail (石黒携帯：…, 父の白川 茂（…, みなと商会 若林様 …)."""
    folded = fold(text[start:at])
    m = _BEFORE_DETAIL.search(folded[-60:])
    if m is None:
        return None
    offset = start + max(len(folded) - 60, 0)
    p = _person(text, offset, m)
    if p is None or not (
        _is_person(p.text) or in_full(text, p) or (m["tail"] and not organisations.company_japanese(p.text))
    ):
        return None
    firm = _FIRM_BEFORE.search(folded[: p.start - start])
    if firm is None or organisations.company_japanese(firm["org"]) < 0.5:
        return Introduced(p, "intro.beside_detail")
    return Introduced(p, "intro.beside_detail", company=piece(text, start + firm.start("org"), start + firm.end("org")))


@cache
def own_phone() -> re.Pattern[str]:
    """What stands before a number that is the sender's own."""
    return re.compile(
        r"(?:私の|わたしの|小職の|当方の|私(?:宛|あて)?に?は?)[^。\d]{0,12}$"
        r"|(?:^|[。、\s])(?:携帯|連絡先|電話番号|番号|直通)(?:番号)?(?:は|が|:)\s*$"
    )
