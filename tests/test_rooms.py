"""The arrows of the house: who may import whom. ARCHITECTURE.md says why."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVICE = "comments_service"
# Room or module → what of the service it may import, itself apart. `*`: wires everything.
ARROWS = {
    "domain": set(),
    "errors": set(),
    "gettext": set(),
    "git": set(),
    "keeping": {"git"},
    "served_tree": {"git"},
    "markup": set(),
    "settings": {"domain", "values"},
    "values": {"domain"},
    "storage/interface": {"domain"},
    "storage": {"domain", "errors", "gettext"},
    "actions": {"domain", "storage/interface", "errors", "markup", "gettext"},
    "words": {"domain", "errors", "gettext", "settings", "values"},
    "web": {
        "actions",
        "domain",
        "errors",
        "forges",
        "gettext",
        "markup",
        "settings",
        "values",
        "words",
    },
    "forges": {"domain"},
    "forge_pages": set(),
    "drafts": {"actions", "domain", "words"},
    "scaffold": {"words"},
    "web/texts": {"actions", "domain", "drafts", "errors", "forge_pages", "gettext", "scaffold"}
    | {"web", "words"},
    "vcard": {"domain"},
    "tables": set(),
    "importing": {"domain", "storage", "tables"},
    "people_list": {"actions", "domain", "errors", "gettext", "tables", "vcard"},
    "web/directory": {"actions", "domain", "errors", "gettext", "people_list", "vcard", "web"},
    "web/export": {"actions", "domain", "errors", "gettext", "mail/archive", "web"},
    "mail": {"actions", "domain", "errors", "gettext", "settings", "values", "words"},
    "mail/outbox": {"actions", "domain", "errors", "gettext", "settings", "values", "words"}
    | {"storage/interface", "mail"},
    "doctor": {"actions", "errors", "mail", "settings", "values", "storage"},
}
# These wire rooms together, and hold no rule of their own.
WIRING = {"__init__", "cli", "cli_archive", "cli_mail", "cli_people", "command", "guest_list"}
WIRING |= {"cli_draft", "cli_git", "cli_import", "githook", "publishing"}
WIRING |= {"manifest", "opening", "processes", "publisher", "server", "serving"}
WIRING |= {"rebuild", "cli_store"}
HANDED_THROUGH = f"{SERVICE}.storage.interface.Store"  # a door knows its type and asks it nothing
STANDARD_LIBRARY_ONLY = ("domain", "errors", "gettext", "settings", "values", "storage/interface")
FOREIGN = {
    "storage": {"sqlite_utils"},
    "actions": set(),
    "markup": {"markdown", "nh3"},
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The dotted, absolute names that a module imports, wherever in it."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *filter(None, [node.module])])
            found |= {f"{stem}.{alias.name}" for alias in node.names}
    return found


def room_of(parts: tuple[str, ...], known: set[str]) -> str:
    """The room of comments_service that a path or a dotted name lies in; the finest one known."""
    fine = "/".join(parts[:2])
    return fine if fine in known else parts[0] if parts else ""


def is_foreign(name: str) -> bool:
    top = name.partition(".")[0]
    return top not in sys.stdlib_module_names and top != SERVICE


IN_ROOMS = [p for p in modules(SERVICE) if p.parent != ROOT / SERVICE or p.stem not in WIRING]


@pytest.mark.parametrize("path", IN_ROOMS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_of_the_service_imports_only_along_the_arrows(path: Path) -> None:
    room = room_of(path.relative_to(ROOT / SERVICE).with_suffix("").parts, set(ARROWS))
    allowed = ARROWS[room] | {room}
    for name in imports(path) - {HANDED_THROUGH}:
        if name.startswith(f"{SERVICE}."):
            target = room_of(tuple(name.split(".")[1:]), allowed | set(ARROWS))
            assert target in allowed or target.partition("/")[0] in allowed, (
                f"{room} must not import {name}"
            )


@pytest.mark.parametrize("path", modules(SERVICE), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_inner_rooms_import_few_or_no_libraries(path: Path) -> None:
    room = room_of(path.relative_to(ROOT / SERVICE).with_suffix("").parts, set(ARROWS))
    if room in STANDARD_LIBRARY_ONLY or room in FOREIGN:
        foreign = {name.partition(".")[0] for name in imports(path) if is_foreign(name)}
        assert foreign <= FOREIGN.get(room, set())


@pytest.mark.parametrize("path", modules(SERVICE), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_service_knows_neither_pelican_nor_the_plugins(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports(path)} & {"pelican", "plugins"}


@pytest.mark.parametrize("path", modules("plugins"), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_plugin_does_not_know_the_service(path: Path) -> None:
    assert SERVICE not in {name.partition(".")[0] for name in imports(path)}


def test_every_room_of_the_service_has_its_arrows() -> None:
    folders = {p.parent.name for p in (ROOT / SERVICE).glob("*/__init__.py")}
    assert folders <= set(ARROWS)
    assert {p.stem for p in (ROOT / SERVICE).glob("*.py")} <= WIRING | set(ARROWS)


def test_sqlite_is_spoken_in_one_room() -> None:
    speakers = {
        path.relative_to(ROOT / SERVICE).parts[0]
        for path in modules(SERVICE)
        if {name.partition(".")[0] for name in imports(path)} & {"sqlite3", "sqlite_utils"}
    }
    assert speakers <= {"storage"}
