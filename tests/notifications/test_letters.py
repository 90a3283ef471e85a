"""Letters: filled in, they are what Django would have built for each reader."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.mail import BadHeaderError
from django.utils import translation

from council.notifications import letters
from council.notifications.letters import Letter
from council.people.models import User

CONTEXT = {
    "sentence": "의견 요청: 전략(안)",
    "because": "이 협의체의 구성원에게 보내는 알림입니다",
    "action": "의견 내기",
    "url": "https://council.example/consultations/1/",
    "site": "https://council.example",
    "language": "ko",
}
HEADERS = {
    "List-Id": "<consultations.notices.council.example>",
    "List-Unsubscribe": "<https://council.example/unsubscribe/abc/>, <mailto:unsubscribe+n7.abc@mail.council.example>",
    "Message-ID": "<notification-7@council.example>",
}


def letter(name: str = "김하늘", email: str = "reader@council.example", **changes: str) -> Letter:
    context = CONTEXT | changes
    with translation.override(context["language"]):
        written = Letter("notice", context, to=User(name=name, email=email, language=context["language"]))
    written.extra_headers |= HEADERS
    return written


def read(content: bytes | None) -> EmailMessage:
    assert content is not None
    return message_from_bytes(content, policy=policy.default)


def parts(mail: EmailMessage) -> list[tuple[str, str]]:
    return [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "name", ["김하늘", "Kim Ha-neul", "<b>김</b> & Söhne", "김하늘 " * 20, "두\r\n줄", "%s {{ x }} \\1"]
)
def test_a_letter_filled_in_says_what_django_would_have_built(name, language):
    ours = letter(name, language=language)
    sent, built = read(ours.filled_in()), read(ours.message().as_bytes(linesep="\r\n"))
    assert parts(sent) == parts(built)
    assert {key: str(value) for key, value in sent.items() if key not in {"Content-Type", "Date"}} == {
        key: str(value) for key, value in built.items() if key not in {"Content-Type", "Date"}
    }
    assert sent["Date"].datetime - built["Date"].datetime < built["Date"].datetime.resolution * 2_000_000
    assert not any(part.defects for part in sent.walk())


def test_a_name_is_escaped_in_html_and_stands_as_it_is_in_text():
    [(_plain, text), (_html, html)] = parts(read(letter("<b>김</b> & Co").filled_in()))
    assert "<b>김</b> & Co 님께" in text
    assert "&lt;b&gt;김&lt;/b&gt; &amp; Co 님께" in html
    assert "<b>김</b>" not in html


def test_a_letter_in_english_to_a_korean_name_is_sent_as_utf8():
    content = letter(
        "김하늘", language="en", sentence="Opinions asked", because="you are a member", action="Give"
    ).filled_in()
    assert content
    assert "Dear 김하늘,".encode() in content
    assert content.count(b"Content-Transfer-Encoding: 8bit") == 2


def test_many_readers_share_one_form():
    letters.form.cache_clear()
    letters.words.cache_clear()
    first, second = (letter(name, f"{name}@council.example").filled_in() for name in ("a", "b"))
    assert (letters.form.cache_info().misses, letters.words.cache_info().misses) == (1, 1)
    assert first
    assert second
    assert b"To: a@council.example" in first
    assert b"To: b@council.example" in second
    assert b"a@council.example" not in second


def test_what_is_said_otherwise_is_another_form():
    one, other = letter(), letter(sentence="회의 소집: 제1차")
    assert read(one.filled_in())["Subject"] == "의견 요청: 전략(안)"
    assert read(other.filled_in())["Subject"] == "회의 소집: 제1차"


def test_a_line_that_may_become_too_long_is_left_to_django():
    ours = letter(because="가" * 400)
    assert ours.filled_in() is None
    assert "quoted-printable" in ours.message().as_string()


@pytest.mark.parametrize("email", ["김@council.example", "a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y"])
def test_an_address_that_is_not_plain_is_left_to_django(email):
    assert letter(email=email).filled_in() is None


def test_a_header_of_two_lines_is_refused_as_ever():
    ours = letter(email="a@b.example\nBcc: c@d.example")
    assert ours.filled_in() is None
    with pytest.raises(BadHeaderError):
        ours.message()


def test_where_mail_comes_back_to_is_on_the_envelope_alone():
    letters.form.cache_clear()
    for number in range(3):
        ours = letter()
        ours.extra_headers["From"] = "협의체 <no-reply@council.example>"
        ours.from_email = f"bounce+n{number}.abc@mail.council.example"
        sent = ours.filled_in()
        assert ours.sender == ours.from_email
        assert read(sent)["From"] == "협의체 <no-reply@council.example>"
        assert b"bounce+n" not in (sent or b"")
    assert letters.form.cache_info().misses == 1
