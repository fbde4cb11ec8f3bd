"""What HTML of other systems is as markdown, seen as the page shows it."""

import pytest

from comments_service.importing.html import paragraphs, to_markdown
from comments_service.markup import to_html


def shown(html: str) -> str:
    """As our own renderer makes it, without what it adds to links."""
    return to_html(to_markdown(html)).replace(' rel="nofollow noopener ugc"', "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p>one\ntwo <b>bold</b> <i>it</i></p>",
            "<p>one two <strong>bold</strong> <em>it</em></p>",
        ),
        ("one<br>two<br />three", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("<div>a</div><div>b</div>", "<p>a</p>\n<p>b</p>"),
        (
            "x_y_z *not* &amp; &lt;tag&gt; &#8220;q&#8221;",
            "<p>x_y_z *not* &amp; &lt;tag&gt; “q”</p>",
        ),
        ("# not a heading", "<p># not a heading</p>"),
        ("<code>a*b_c</code>", "<p><code>a*b_c</code></p>"),
        (
            "<pre><code>if a &lt; b:\n    c_d\n</code></pre>",
            "<pre><code>if a &lt; b:\n    c_d\n</code></pre>",
        ),
        (
            "<blockquote><p>q</p></blockquote>after",
            "<blockquote>\n<p>q</p>\n</blockquote>\n<p>after</p>",
        ),
        ("<ul><li>a</li><li>b</li></ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        (
            '<a href="https://e.org/a_b">https://e.org/a_b</a>',
            '<p><a href="https://e.org/a_b">https://e.org/a_b</a></p>',
        ),
        (
            '<a href="http://e.org/x y_(z)">w</a>',
            '<p><a href="http://e.org/x%20y_%28z%29">w</a></p>',
        ),
        (
            '<a href="https://disq.us/url?url=https%3A%2F%2Fe.org%2Fa%3AabcDEF_-cDEFabcDEFabcDEFabc'
            '&amp;cuid=1">there</a>',
            '<p><a href="https://e.org/a">there</a></p>',
        ),
        ('<a href="javascript:alert(1)">u</a> <a href="/about">v</a>', "<p>u v</p>"),
        ("smile :-) 🌱 <img class='wp-smiley' alt=':-P'>", "<p>smile :-) 🌱 :-P</p>"),
        ("<img src='https://e.org/i.png' alt='A cat'>", ""),
        ("<script>alert(1)</script><style>p{}</style><iframe src=x></iframe>w", "<p>w</p>"),
        ("שלום <b>עולם</b>", "<p>שלום <strong>עולם</strong></p>"),
    ],
)
def test_words_and_form_stay_and_what_they_looked_like_goes(html: str, expected: str) -> None:
    assert shown(html) == expected


def test_wordpress_parts_paragraphs_by_blank_lines() -> None:
    assert shown(paragraphs("One\r\ntwo\n\nThree")) == "<p>One<br>\ntwo</p>\n<p>Three</p>"
    assert shown(paragraphs("<p>One</p>\n\n<p>Two</p>")) == "<p>One</p>\n<p>Two</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>" * 3_000 + "deep" + "</blockquote>" * 3_000,
        "<li>deep" * 5_000,
        "<b>" * 20_000 + "deep",
        "deep " * 200_000,
    ],
    ids=["quotes", "items", "bold", "long"],
)
def test_what_is_beyond_reason_loses_its_form_and_not_its_words(html: str) -> None:
    assert "deep" in to_markdown(html)
