"""What is not Python but needed at run time must be in the installed package."""

import fnmatch
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = ("training/build", "training/data", "training/reports")  # a data scientist works in a clone


def test_every_data_file_of_the_packages_is_installed():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    for package in ("pipeline", "models", "training", "api"):
        for path in (ROOT / package).rglob("*"):
            inside = path.relative_to(ROOT).as_posix()
            if path.is_dir() or "__pycache__" in path.parts or inside.startswith(LEFT_OUT):
                continue
            if path.suffix == ".py" or path.name == ".gitignore":
                continue
            assert any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns), f"{inside} would not be installed"
