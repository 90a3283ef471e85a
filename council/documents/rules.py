"""Who may do what with texts: those who run the council, and the body that writes a document with its offices."""

from council.core.permissions import allow, predicate
from council.documents.models import Document, Passage, Version
from council.people.models import User
from council.people.rules import runs_council


@predicate
def writes_document(user: User, thing: Document | Version | Passage) -> bool:
    """Whether someone sits on the council for the body that owns a document, or for one of its offices."""
    version = thing.version if isinstance(thing, Passage) else thing
    document = version.document_id if isinstance(version, Version) else version.pk
    return Document.objects.filter(pk=document).written_by(user).exists()


allow("documents.create_document", runs_council)
allow("documents.attach", runs_council)
allow("documents.start_version", runs_council | writes_document)
allow("documents.edit_version", runs_council | writes_document)
allow("documents.publish_version", runs_council)
