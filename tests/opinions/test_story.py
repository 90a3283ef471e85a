"""An opinion from draft to published answer, as the actions see it."""

from council.documents import actions as documents
from council.journal.verbs import Verb
from council.notifications import actions as notifications
from council.notifications.models import Notification
from council.opinions import actions
from council.opinions.models import Opinion


def test_an_opinion_is_answered_with_the_changed_passage_and_its_author_is_told(cast):
    version = cast.version()
    consultation = cast.consultation(version)
    opinion = cast.triaged(consultation)
    following = cast.next_version(version)
    actions.dispose(
        opinion.points.get(),
        verdict="accepted",
        reason="제안을 반영하여 자부담을 낮추었습니다.",
        changed_passage=following.passages.get(identity=opinion.passage.identity),
        by=cast.officer,
    )
    documents.publish_version(following, by=cast.secretary)

    assert actions.release(consultation, by=cast.secretary) == 1

    opinion.refresh_from_db()
    consultation.refresh_from_db()
    assert opinion.state == Opinion.State.PUBLISHED
    assert (consultation.submitted, consultation.answered, consultation.published) == (1, 1, 1)
    while notifications.dispatch():
        pass
    told = Notification.objects.filter(entry__verb=Verb.ANSWER_RELEASED)
    assert {(n.recipient, n.channel) for n in told} == {(cast.supplier, "screen"), (cast.supplier, "mail")}
