"""Marks for the extraction of user-visible words that are translated later, at a door."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """`message` itself; Babel finds it by the name of this function."""
    return message
