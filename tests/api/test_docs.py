"""The page to try the API."""


def test_the_page_is_there_without_logging_in(browse, db):
    page = browse(None).get("/api/v1/docs/")

    assert page.status_code == 200
    assert b'data-schema="/api/v1/schema/?format=json"' in page.content


def test_it_needs_no_exception_from_the_content_security_policy(browse, db):
    page = browse(None).get("/api/v1/docs/")

    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert b"<style" not in page.content
    assert b"style=" not in page.content
    assert b"http://" not in page.content
    assert b"https://" not in page.content
