"""The real notmuch: how a reader of mail sees the threads of a folder."""

import contextlib
import json
import mailbox
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

Tree = dict[str, "Tree"]  # Message-ID (with its angle brackets) → what answers it


def into_maildir(mbox: Path, folder: Path) -> Path:
    """The messages of an mbox, each in a file of its own."""
    maildir = mailbox.Maildir(folder, create=True)
    with contextlib.closing(mailbox.mbox(mbox, create=False)) as box:
        for message in box:
            maildir.add(message)
    return folder


def threads(maildir: Path) -> Tree:
    """Who answers whom in a Maildir, as notmuch makes it out."""
    if shutil.which("notmuch") is None:
        pytest.fail("This test needs notmuch. On Debian or Ubuntu: sudo apt-get install notmuch")
    config = maildir.parent / f"{maildir.name}.notmuch"
    config.write_text(
        f"[database]\npath={maildir}\n[user]\nname=Reader\nprimary_email=reader@example.org\n"
        "[new]\ntags=\n[search]\nexclude_tags=\n",
        encoding="utf-8",
    )
    _notmuch(config, "new", "--quiet")
    shown = _notmuch(config, "show", "--format=json", "--entire-thread=true", "--body=false", "*")
    tree: Tree = {}
    for thread in json.loads(shown):
        tree |= _tree(thread)
    return tree


def _notmuch(config: Path, *command: str) -> bytes:
    environ = os.environ | {"NOTMUCH_CONFIG": str(config), "NOTMUCH_PROFILE": ""}
    done = subprocess.run(
        ["notmuch", *command], env=environ, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _tree(nodes: list[Any]) -> Tree:
    return {f"<{message['id']}>": _tree(answers) for message, answers in nodes}
