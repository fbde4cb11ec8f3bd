"""What an index holds, read from its files as the browser would."""

import gzip
import json
from pathlib import Path
from typing import Any


def records(index: Path) -> dict[str, dict[str, Any]]:
    """All that can be found, by address."""
    found = (_record(path) for path in index.glob("fragment/*.pf_fragment"))
    return {record["url"]: record for record in found}


def _record(path: Path) -> dict[str, Any]:
    text = gzip.decompress(path.read_bytes()).decode()
    found: dict[str, Any] = json.loads(text[text.index("{") :])
    return found


def languages(index: Path) -> set[str]:
    """The languages that the index can be asked in; every file that its entry names is there."""
    entry = json.loads((index / "pagefind-entry.json").read_text(encoding="utf-8"))
    for told in entry["languages"].values():
        assert (index / f"pagefind.{told['hash']}.pf_meta").is_file()
        assert (index / f"wasm.{told['wasm']}.pagefind").is_file()
    return set(entry["languages"])
