"""What can happen to files: brought in, corrected, entered; asked for, written, handed out."""

from council.exchange.actions.exporting import blank_form_of, blank_forms, expire_exports, request_export, run_exports
from council.exchange.actions.importing import (
    SeenBefore,
    correct_row,
    discard,
    leave_out,
    run_imports,
    start,
    take_in,
    upload,
)

__all__ = [
    "SeenBefore",
    "blank_form_of",
    "blank_forms",
    "correct_row",
    "discard",
    "expire_exports",
    "leave_out",
    "request_export",
    "run_exports",
    "run_imports",
    "start",
    "take_in",
    "upload",
]
