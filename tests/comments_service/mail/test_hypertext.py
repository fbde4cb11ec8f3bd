import pytest

from comments_service.mail.hypertext import ATTRIBUTION, to_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo  \nlines"),
        ("<div>One</div><div>Two</div><div><br></div><div>Three</div>", "One\nTwo\n\nThree"),
        ("<b>bold</b> <i>it</i> a_b * c", "**bold** *it* a\\_b \\* c"),
        ('<a href="https://x.org/a_b">here</a>', "here (https://x.org/a_b)"),
        ('<a href="https://x.org/a_b">https://x.org/a_b</a>', "https://x.org/a_b"),
        ('<a href="https://evil.org">https://good.org</a>', "https://good.org (https://evil.org)"),
        ('<a href="mailto:a@x.org">Ada</a>', "Ada (a@x.org)"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<img src="https://x.org/t.gif" alt="logo">text', "text"),
        ('<p style="Display: NONE">no</p><p hidden>no</p>yes', "yes"),
        ("<style>p {}</style><script>no()</script><title>no</title><p>yes", "yes"),
        ("<!--[if mso]>no<![endif]--><p>yes<o:p></o:p></p>", "yes"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
        ("<table><tr><td><p>One</p><p>Two</p></td></tr></table>", "One\n\nTwo"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<pre><code>a\n  b</code></pre>", "```\na\n  b\n```"),
        ("<blockquote>q<blockquote>deeper</blockquote></blockquote>own", "> q\n> > deeper\n\nown"),
        ("1 &lt; 2 &amp; &#x1F389;", "1 < 2 & 🎉"),
        ("plain words", "plain words"),
        ("<p>unclosed <b>bold", "unclosed **bold**"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert to_markdown(html).strip() == markdown


@pytest.mark.parametrize(
    "html",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On Tuesday</div>',
        '<div class="moz-cite-prefix">On Tuesday</div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">On <b>Tuesday</b></div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>On Tuesday</p></div>',
        '<div class="yahoo_quoted"><div>On Tuesday</div></div>',
    ],
)
def test_the_marks_of_mail_programs_are_found(html: str) -> None:
    assert ATTRIBUTION in to_markdown(html)
    assert ATTRIBUTION not in to_markdown(ATTRIBUTION)


@pytest.mark.parametrize(
    "html",
    ["<div>" * 10_000 + "words", "<blockquote>" * 200 + "words", "<ul>" + "<li>words" * 20_000],
)
def test_html_nested_beyond_reason_keeps_its_words(html: str) -> None:
    assert "words" in to_markdown(html)
