"""What somebody types into a search box, as a query that FTS5 reads as nothing but words."""

import re

MOST_WORDS = 20
LONGEST_WORD = 60
OPENS, CLOSES = "\x02", "\x03"  # around a word that was found; no text that is kept holds these
_NO_WORD = re.compile(r'[\s"\x00-\x1f\x7f-\x9f\ud800-\udfff]+')


def as_query(words: str) -> str:
    """Every word has to be there, the last as one begins to type it; no operator is left.

    No more than the first twenty words count. Without any word the query finds nothing.
    """
    found = [word for word in _NO_WORD.split(words) if any(map(str.isalnum, word))]
    quoted = [f'"{word[:LONGEST_WORD]}"' for word in found[:MOST_WORDS]]
    return " ".join(quoted) + "*" if quoted else '""'
