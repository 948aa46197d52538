"""Documentation is held to the code: what it names must exist, and what exists must be named."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from pipeline.cli import app
from pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_setting_is_in_the_table_with_its_default():
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        row = re.search(rf"`MAIL_INSIGHT_{name.upper()}` \| (.*?) \| (.*?) \|", table)
        assert row, f"docs/settings.md lacks {name}"
        default = "empty" if field.default == "" else f"`{field.default}`".replace(str(Path.home()), "~")
        assert row[1] == default
        assert row[2].startswith(field.description)


def test_readme_names_every_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in get_command(app).commands:
        assert f"mail-insight {name}" in readme, name


def test_every_make_target_in_the_pages_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {t for page in PAGES for t in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert named
    assert named <= targets, named - targets


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_paths_of_a_page_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
    for path in re.findall(r"`((?:pipeline|models|training|api|tests|data|docs)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), f"{page.name} names {path}"
