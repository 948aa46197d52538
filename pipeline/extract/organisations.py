"""What a piece of a signature names: a firm, a department or a job title; Japanese and Western.

Each judge returns how sure it is (0 to 1); the words are in ``data/``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.extract.kana import family_readings, unify
from pipeline.extract.words import alternation, fold, is_japanese, plain, rows, words

# ---- Japanese


@cache
def _forms_ja() -> str:
    return alternation(tuple(fold(r[0]) for r in rows("legal_forms_ja.txt")))


@cache
def _legal_ja() -> re.Pattern[str]:
    return re.compile(rf"^(?:{_forms_ja()})|(?:{_forms_ja()})$")


@cache
def _organisation_ja() -> re.Pattern[str]:
    return re.compile(rf".(?:{alternation(tuple(words('organisations_ja.txt')))})$")


@cache
def _departments_ja() -> tuple[re.Pattern[str], frozenset[str]]:
    terms = words("departments_ja.txt")
    ends = alternation(tuple(t for t in terms if not t.startswith("=")))
    number = r"(?:第?[一二三四五六七八九十\d]+)?"
    whole = frozenset(t[1:] for t in terms if t.startswith("="))
    both = rf"(?:{alternation(tuple(whole))})(?:第?[一二三四五六七八九十\d])?"
    return re.compile(
        rf"(?:.|^){number}(?:{ends})(?:[a-z\d一二三四五六七八九十]{{1,2}})?$|^{both}$|[\u30a0-\u9fff](?:g|gr)$|^第?[一二三四五六七八九十\d]+(?:{ends})$"
    ), whole


@cache
def _titles_ja() -> tuple[frozenset[str], re.Pattern[str]]:
    terms = words("titles_ja.txt")
    whole = frozenset(t for t in terms if not t.startswith("*"))
    return whole, re.compile(rf".(?:{alternation(tuple(t[1:] for t in terms if t.startswith('*')))})$")


@lru_cache(maxsize=8192)
def legal_form_japanese(text: str) -> bool:
    """Does the word begin or end with a Japanese legal form?"""
    return _legal_ja().search(fold(text)) is not None


def without_form_japanese(text: str) -> str:
    """The word without a legal form at its beginning or end."""
    return _legal_ja().sub("", fold(text))


@cache
def _bare_form() -> re.Pattern[str]:
    return re.compile(_forms_ja())


def names_firm_japanese(text: str) -> bool:
    """Is the word a Japanese legal form with a firm's own name?"""
    return legal_form_japanese(text) and not is_bare_form(text)


def is_bare_form(text: str) -> bool:
    """Is the word nothing but a legal form (公益財団法人)?"""
    return _bare_form().fullmatch(fold(text)) is not None


@lru_cache(maxsize=8192)
def company_japanese(text: str) -> float:
    """How much the word looks like a Japanese firm or institution."""
    folded = fold(text)
    if legal_form_japanese(folded):
        return 1.0
    return 0.7 if len(folded) >= 3 and _organisation_ja().search(folded) else 0.0


@lru_cache(maxsize=8192)
def department_japanese(text: str) -> float:
    """How much the word looks like a department, a branch or a post."""
    folded = fold(text).casefold()
    pattern, whole = _departments_ja()
    if (folded not in whole and _is_name_like(folded)) or _GROUP_OF_FIRMS.search(folded):
        return 0.0
    parts = [p for p in re.split(r"[·&/、・]", folded) if p]
    if folded in whole or all(p in whole for p in parts):
        return 0.9
    return 0.8 if pattern.search(folded) and folded not in _titles_ja()[0] else 0.0


_GROUP_OF_FIRMS = re.compile(r"(?:ホールディングス|hd|企業)グループ$")


def _is_name_like(folded: str) -> bool:
    """A family name that ends like a department or title (阿部, 氷室, 早乙女); two kanji are too short for one."""
    short = re.fullmatch(r"[\u4e00-\u9fff々][部科室課店局係班者員士師手長役監]", folded)
    return (short is not None and folded[0] not in "一二三四五六七八九十本支分各") or unify(folded) in family_readings()


@lru_cache(maxsize=8192)
def title_japanese(text: str) -> float:
    """How much the word looks like a job title."""
    folded = fold(text).casefold()
    whole, ends = _titles_ja()
    if folded not in whole and _is_name_like(folded):
        return 0.0
    parts = [p for p in re.split(r"[·&/、・兼]", folded) if p]
    if folded in whole or (parts and all(p in whole for p in parts)):
        return 1.0
    return 0.85 if ends.search(folded) and not legal_form_japanese(folded) else 0.0


def is_title_like(token: str) -> bool:
    """Is the Japanese word a title, department or firm, so that it cannot be a given name?"""
    return bool(title_japanese(token) or department_japanese(token) or legal_form_japanese(token))


@lru_cache(maxsize=8192)
def split_glued(text: str) -> tuple[str, str]:
    """A firm and the department written onto it (キラリ商会EC事業部, よつば歯科受付): (firm, department or "")."""
    folded = fold(text)
    m = re.match(rf"(.+?(?:{_forms_ja()}))(?=.)", folded)
    if m and not is_bare_form(m.group(1)) and department_japanese(folded[m.end() :]):
        return text[: m.end()], text[m.end() :]
    whole = company_japanese(folded)
    for i in range(len(folded) - 1, 1, -1):
        tail = folded[i:]
        ending = re.search(r"[部課室係]$|受付$|センター$|事務局$", tail) is not None
        if whole < 1.0 and (ending or not whole) and company_japanese(folded[:i]) and department_japanese(tail):
            return text[:i], text[i:]
    m = _glued_department().search(folded)
    if m is None or m.start() < 2 or re.fullmatch(_AREAS, folded[: m.start()]):
        return text, ""
    return text[: m.start()], text[m.start() :]


# words that stand before a department's name and are no firm
_AREAS = (
    r"(?:海外|国内|国際|法人|個人|[東西南北]日本|中部|関東|関西|東京|大阪|名古屋|九州|首都圏|広域|公共|産業|第.|[A-Z]+|製品|商品"
    r"|技術|生産|システム|サービス|情報|統括|管理|総合|本社|経営|業務|施設|店舗)+"
)


@cache
def _glued_department() -> re.Pattern[str]:
    """A department at the end of a word: after kana a short kanji word, after kanji a well-known function."""
    functions = alternation(tuple(t[1:] for t in words("departments_ja.txt") if t.startswith("=") and len(t) == 3))
    unit = r"(?:事業部|本部|部|課|室|係|センター)"
    return re.compile(
        rf"(?<=[\u30a0-\u30f4ー\u3041-\u3096])(?:(?:[A-Z]{{2,4}}|[\u4e00-\u9fff]{{2,6}}){unit}|受付)$"
        rf"|(?<=..)(?:{functions})(?:第?[一二三四五六七八九十\d])?{unit}$"
    )


# ---- Western


@cache
def _legal_west() -> re.Pattern[str]:
    forms = [r[0] for r in rows("legal_forms.tsv") if not is_japanese(r[0])]
    patterns = [_dotted(f) for f in sorted(forms, key=len, reverse=True)]
    return re.compile(rf"(?<![\w&-])(?:{'|'.join(patterns)})(?![\w-])", re.IGNORECASE)


def _dotted(form: str) -> str:
    """A pattern in which a form's letters may carry dots and its words may be joined by a dot, blank or comma."""
    out = []
    for word in form.rstrip(".").split():
        if word.isalpha() and len(word) <= 5:
            out.append(
                r"\.?\s?".join(re.escape(c) for c in word)
                if len(word) <= 4 and not re.search(r"[aeiouüöäşé]", word[1:-1])
                else re.escape(word)
            )
        else:
            out.append(re.escape(word))
    return r"[.,]?\s?,?\s?".join(out) + r"\.?"


_SHORT_FORMS = re.compile(
    r"^(?:co|me|as|ad|se|pt|ag|ab|sa|eg|hf|pc|cc|lp|tov|bt|dd|ky|ry|hb|sl|tbk|sal|sas|spa|psc|sia|vos|ug|company|ev)\.?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def legal_form_western(text: str) -> re.Match[str] | None:
    """The last legal form in the text, where it may stand as one: at the end, before a comma or a bracket."""
    folded = fold(text)
    found = None
    for m in _legal_west().finditer(folded):
        if m.start() < 2 and not folded.startswith("PT "):
            continue
        rest = folded[m.end() :].strip()
        if _SHORT_FORMS.match(m.group().strip()) and (
            (not m.group()[0].isupper() and "." not in m.group()) or rest[:1].isalnum()
        ):
            continue
        found = m
    return found


@lru_cache(maxsize=4096)
def regions_of_form(text: str) -> tuple[str, ...]:
    """ISO codes of countries whose firms carry the legal form in the text, likeliest first."""
    m = legal_form_western(text)
    if m is None:
        return ()
    written = fold(m.group()).casefold().strip()
    return _form_regions().get(written) or _form_regions().get(_undotted(written), ())


def _undotted(form: str) -> str:
    return re.sub(r"[\s.,]", "", form)


@cache
def _form_regions() -> dict[str, tuple[str, ...]]:
    table = [(r[0], tuple(r[1].split())) for r in rows("legal_forms.tsv") if len(r) > 1]
    loose = {_undotted(form): regions for form, regions in reversed(table)}
    return loose | dict(table)


@cache
def _word_pattern(name: str) -> re.Pattern[str]:
    terms = tuple(t for t in words(name) if not t.startswith("="))
    return re.compile(rf"(?<![\w'-])(?:{alternation(terms)})(?![\w'-])", re.IGNORECASE)


@lru_cache(maxsize=8192)
def company_western(text: str, domain: str = "") -> float:
    """How much the piece looks like a firm; ``domain`` is the host of the sender's address."""
    folded = fold(text)
    if legal_form_western(folded):
        return 1.0
    likeness = domain_likeness(folded, domain)
    worded = _word_pattern("organisations_en.txt").search(folded)
    if likeness >= 0.6:
        return 0.95
    if worded and folded[:1].isupper():
        return 0.6 + 0.3 * (likeness > 0.35)
    return 0.55 if likeness > 0.45 else 0.0


def domain_likeness(text: str, domain: str) -> float:
    """Share of the domain's own label that the piece's letters cover in one run (or its initials, whole)."""
    label = re.sub(r"[^a-z0-9]", "", own_label(domain))
    letters = re.sub(r"[^a-z0-9]", "", plain(text))
    if len(label) < 3 or not letters:
        return 0.0
    initials = "".join(plain(w)[:1] for w in re.findall(r"[^\W_]+", text))
    if label == initials and len(label) >= 3:
        return 0.8
    run = _longest_common(label, letters)
    return run / len(label) if run >= 4 else 0.0


def own_label(domain: str) -> str:
    """The label of a host name that its owner chose (``mail.acme.co.uk`` → ``acme``)."""
    labels = domain.casefold().split(".")
    if (
        len(labels) >= 3
        and labels[-2] in ("co", "com", "org", "net", "ac", "or", "ne", "go", "gov", "edu")
        and len(labels[-1]) == 2
    ):
        return labels[-3]
    return labels[-2] if len(labels) >= 2 else ""


def _longest_common(a: str, b: str) -> int:
    """The length of the longest run of letters that two words share."""
    a, b, best = a[:64], b[:80], 0
    for i in range(len(a)):
        while i + best < len(a) and a[i : i + best + 1] in b:
            best += 1
    return best


@lru_cache(maxsize=8192)
def title_western(text: str) -> float:
    """How much the piece looks like a job title."""
    folded = fold(text)
    m = _word_pattern("titles_en.txt").search(folded)
    if m is None:
        return 0.0
    core = re.split(r",| of | for | - ", folded)[0]
    return 0.9 if _word_pattern("titles_en.txt").search(core) else 0.6


@lru_cache(maxsize=8192)
def department_western(text: str) -> float:
    """How much the piece looks like a department; 0.5 where only its last word names a function ("Wire Operations")."""
    folded = fold(text).strip(" .").casefold()
    if f"={folded}" in words("departments_en.txt"):
        return 0.85
    if _word_pattern("departments_en.txt").search(folded):
        return 0.8
    tail = re.split(r"\s+(?:and|&|/)\s+|\s+", folded)[-1]
    return 0.5 if " " in folded and f"={tail}" in words("departments_en.txt") else 0.0
