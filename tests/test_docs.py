"""What the documentation promises: nothing that an operator meets is left out of it."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from comments_service import errors, settings, values

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


def test_the_reference_of_the_command_is_what_its_help_says() -> None:
    command = [sys.executable, "-m", "cogapp", "--check", "docs/commands.md"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert checked.returncode == 0, f"run `make docs`: {checked.stdout}{checked.stderr}"


def test_every_setting_is_in_the_readme() -> None:
    names = set(
        re.findall(
            r'"((?:EMERGENCE_[A-Z_]+)|PORT)"',
            inspect.getsource(settings) + inspect.getsource(values),
        )
    )
    assert len(names) > 10
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in names if f"`{name}`" not in readme} == set()


def test_every_refusal_is_drawn_in_the_tree_with_its_status() -> None:
    drawn = errors.__doc__ or ""
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if k is not errors.Refusal]
    for kind in kinds:
        if issubclass(kind, errors.Refusal):
            assert re.search(rf"\b{kind.__name__}\s+{kind.http_status}\b", drawn), kind.__name__


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in PAGES))
def test_links_between_our_own_documents_lead_somewhere(page: str) -> None:
    text = re.sub(r"`[^`\n]*`", "", (ROOT / page).read_text(encoding="utf-8"))  # code links nowhere
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) + re.findall(r'src="([^":]+)"', text)
    assert [
        target for target in targets if not (ROOT / page).parent.joinpath(target).exists()
    ] == []
