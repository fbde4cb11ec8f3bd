import pytest

from comments_service.mail.charsets import decoded_words, text_of


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("déjà".encode(), "utf-8", "déjà"),
        ("déjà".encode(), "us-ascii", "déjà"),
        ("déjà".encode(), "iso-8859-1", "déjà"),
        ("déjà".encode(), None, "déjà"),
        ("déjà €".encode("cp1252"), "iso-8859-1", "déjà €"),
        ("déjà €".encode("cp1252"), "utf-8", "déjà €"),
        ("déjà".encode("latin-1"), "x-unheard-of", "déjà"),
        ("déjà €".encode("iso-8859-15"), "ISO-8859-15", "déjà €"),
        ("中文".encode("big5"), "big5", "中文"),
        ("中文，謝謝".encode("big5"), '"Big5"', "中文，謝謝"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語"),
        ("日本語①".encode("cp932"), "shift_jis", "日本語①"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("שלום".encode("iso-8859-8"), "iso-8859-8-i", "שלום"),
        ("日本".encode("utf-16"), "utf-16", "日本"),
        ("déjà".encode("utf-7"), "unicode-1-1-utf-7", "déjà"),
        (b"abc", "base64", "abc"),
        (b"abc", "idna", "abc"),
        (b"abc", "zip", "abc"),
        (b"abc", "\0", "abc"),
        (b"a\r\nb\rc\nd", "ascii", "a\nb\nc\nd"),
        (b"a\0b\x07\x1b[31m", "ascii", "ab[31m"),
        (b"caf\xc3\xa9 \xe9t\xe9", "utf-8", "café été"),
        (b"\x81\x8d", "utf-8", "\x81\x8d"),
    ],
)
def test_every_letter_is_read(data: bytes, charset: str | None, text: str) -> None:
    assert text_of(data, charset) == text


def test_half_a_letter_at_the_end_of_what_was_read_is_left_off() -> None:
    assert text_of("déjà".encode()[:-1], "utf-8", whole=False) == "déj"
    assert text_of("中文".encode("big5")[:-1], "big5", whole=False) == "中"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?d=C3=A9j=C3=A0_vu?=", "déjà vu"),
        ("=?utf-8?B?ZMOpasOg?= vu", "déjà vu"),
        ("=?utf-8?Q?d=C3?= =?utf-8?q?=A9j=C3=A0?=", "déjà"),
        ("=?utf-8?Q?a?=\r\n\t=?iso-8859-1*fr?Q?=E9?= b", "aé b"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("déjà =?utf-8?Q?=E2=82=AC?=", "déjà €"),
        ("=?utf-8?B?ZMOpa?=", "dé"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?nonsense?Q?abc?=", "abc"),
    ],
)
def test_encoded_words_are_decoded(value: str, words: str) -> None:
    assert decoded_words(value) == words
