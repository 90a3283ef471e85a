"""Telling what a file is by what is in it, whatever its name says."""

from enum import StrEnum
from pathlib import PurePosixPath

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from council.exchange.reading.packages import START, Package
from council.exchange.reading.refusing import locked, refused


class Format(StrEnum):
    """The kinds of files that are read."""

    XLSX = "xlsx"
    CSV = "csv"
    DOCX = "docx"
    HWPX = "hwpx"


NAMES: dict[Format, Promise] = {
    Format.XLSX: gettext_lazy("a spreadsheet (XLSX)"),
    Format.CSV: gettext_lazy("text (CSV)"),
    Format.DOCX: gettext_lazy("a Word document (DOCX)"),
    Format.HWPX: gettext_lazy("a Hangul document (HWPX)"),
}
_EXTENSIONS = {
    "xlsx": Format.XLSX,
    "csv": Format.CSV,
    "tsv": Format.CSV,
    "txt": Format.CSV,
    "docx": Format.DOCX,
    "hwpx": Format.HWPX,
}
_WITH_MACROS = {"xlsm", "xltm", "xlam", "docm", "dotm"}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 1024

_OLE_PARTS = (
    ("Workbook", gettext_lazy("an Excel workbook of the old kind (XLS)")),
    ("Book", gettext_lazy("an Excel workbook of the old kind (XLS)")),
    ("WordDocument", gettext_lazy("a Word document of the old kind (DOC)")),
    ("HwpSummaryInformation", gettext_lazy("a Hangul document of the old kind (HWP)")),
)
_SIGNATURES = (
    (b"%pdf-", gettext_lazy("a PDF")),
    (b"<hwpml", gettext_lazy("a Hangul document in XML (HML)")),
    (b"<?mso-application", gettext_lazy("an Excel workbook in XML")),
)
_BEGINNINGS = (
    (b"hwp document file", gettext_lazy("a Hangul document of the old kind (HWP)")),
    (b"{\\rtf", gettext_lazy("a rich text document (RTF)")),
    (b"<html", gettext_lazy("a web page")),
    (b"<!doctype html", gettext_lazy("a web page")),
    (b"<table", gettext_lazy("a web page")),
)
_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"ALZ\x01", b"EGGA")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_HWPX = b"application/hwp+zip"


def recognise(data: bytes, name: str) -> tuple[Format, Package | None, str]:
    """What a file is, its package where it is one, and the part of the package that matters.

    What is nothing else is taken for CSV; whether it is text at all shows when it is read.

    Raises:
        ValidationError: It is a kind that is not read, it holds macros, or its name says something else.
    """
    if _extension(name) in _WITH_MACROS:
        raise _macros()
    if data.startswith(_ZIP):
        package = Package(data)
        found, main = _inside(package)
        require_name(name, found)
        return found, package, main
    _refuse_others(data)
    return Format.CSV, None, ""


def _inside(package: Package) -> tuple[Format, str]:
    names = package.names
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names):
        raise _macros()
    kind = package.head("mimetype", _HEAD).strip()
    if kind == _HWPX or (not kind and "Contents/section0.xml" in names):
        if "META-INF/manifest.xml" in names and _locked(package):
            raise locked()
        return Format.HWPX, "Contents/section0.xml"
    if kind.startswith(_OPEN_DOCUMENT):
        raise _other(_("an OpenDocument file"))
    if "[Content_Types].xml" in names:
        return _office(package)
    raise refused(_("This is an archive of files. Unpack it and upload the table inside."))


def _locked(package: Package) -> bool:
    parts = package.events("META-INF/manifest.xml", frozenset({"encryption-data"}))
    return any(kind == START for kind, _name, _attributes in parts)


def _office(package: Package) -> tuple[Format, str]:
    main = next((part for kind, part in package.targets().values() if kind == "officeDocument"), "")
    declared = {
        attributes.get("PartName", "").lstrip("/"): attributes.get("ContentType", "")
        for kind, _name, attributes in package.events("[Content_Types].xml", frozenset({"Override"}))
        if kind == START
    }
    content = declared.get(main, "")
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in declared.values()):
        raise _macros()
    if "spreadsheetml" in content:
        return Format.XLSX, main
    if "wordprocessingml" in content:
        return Format.DOCX, main
    if "presentationml" in content:
        raise _other(_("a presentation"))
    raise _other(_("an office document of an unknown kind"))


def _refuse_others(data: bytes) -> None:
    head = data[:_HEAD].lower()
    if data.startswith(_OLE):
        if _part("EncryptedPackage") in data:
            raise locked()
        raise _other(
            next((kind for part, kind in _OLE_PARTS if _part(part) in data), _("an office document of the old kind"))
        )
    if data.startswith(_ARCHIVES):
        raise refused(_("This is an archive of files. Unpack it and upload the table inside."))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, kind in _BEGINNINGS:
        if start.startswith(signature):
            raise _other(kind)
    for signature, kind in _SIGNATURES:
        if signature in head:
            raise _other(kind)


def _part(name: str) -> bytes:
    """How a part's name stands in the directory of an OLE file."""
    return name.encode("utf-16-le")


def require_name(name: str, found: Format) -> None:
    """Check that the name of a file says what it is, or nothing that is known.

    Raises:
        ValidationError: It says something else.
    """
    extension = _extension(name)
    if _EXTENSIONS.get(extension, found) is not found:
        raise refused(
            _(
                "The file is named .%(extension)s but is %(kind)s. Rename it to .%(right)s, or save it as what its name says."
            )
            % {"extension": extension, "kind": NAMES[found], "right": found}
        )


def _extension(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")


def _other(kind: str | Promise) -> Exception:
    return refused(
        _("This is %(kind)s, which cannot be read. Save it as XLSX, CSV, DOCX or HWPX and upload that.")
        % {"kind": kind}
    )


def _macros() -> Exception:
    return refused(_("The file may hold macros. Save it as XLSX or DOCX without macros and upload that."))
