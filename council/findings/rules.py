"""Who may do what with findings: those who run the council fix the terms; what is found is the same for everybody."""

from council.core.permissions import allow
from council.people.rules import runs_council

allow("findings.fix_terms", runs_council)
