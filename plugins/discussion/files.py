"""Replacing a file as a whole, so that no reader ever sees half of it."""

import os
import tempfile


def replace(path: str, content: bytes) -> None:
    """Put `content` at `path`; a reader sees the old file or the new one.

    There is no fsync here: what this project writes this way can be made again (a page from its
    discussion, the snapshot from the service), and after a power cut it is.
    """
    folder, name = os.path.split(path)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{name[:80]}.", dir=folder or ".")
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{name[:80]}.", dir=folder or ".")
    try:
        with open(handle, "wb") as file:
            os.fchmod(handle, 0o644)  # mkstemp's 0600 would hide the page from a web server
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
