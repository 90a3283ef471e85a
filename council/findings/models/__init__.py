"""Under which terms a consultation votes, and what was found in its votes."""

from council.findings.models.findings import Finding
from council.findings.models.terms import Terms

__all__ = ["Finding", "Terms"]
