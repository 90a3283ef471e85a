"""The pages' addresses, in the order in which one walks through them."""

from django.urls import path

from council.web import switches
from council.web.views import consultations, councils, documents, home, meetings, notices, opinions, tokens

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read_notices"),
    path("notices/<int:pk>/", notices.follow, name="notice"),
    path("profile/", home.profile, name="profile"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke, name="revoke_token"),
    path("switch/language/", switches.language, name="language"),
    path("switch/contrast/", switches.contrast, name="contrast"),
    path("switch/organisation/", switches.act_for, name="act_for"),
    # council
    path("councils/<uuid:pk>/", councils.council, name="council"),
    path("councils/<uuid:pk>/members/", councils.members, name="members"),
    path("councils/<uuid:pk>/members/appoint/", councils.appoint, name="appoint"),
    path("memberships/<uuid:pk>/dismiss/", councils.dismiss, name="dismiss"),
    # meetings
    path("councils/<uuid:pk>/meetings/", meetings.meetings, name="meetings"),
    path("councils/<uuid:pk>/meetings/plan/", meetings.plan, name="plan_meeting"),
    path("meetings/<uuid:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:pk>/revise/", meetings.revise, name="revise_meeting"),
    path("meetings/<uuid:pk>/convene/", meetings.convene, name="convene"),
    path("meetings/<uuid:pk>/cancel/", meetings.cancel, name="cancel_meeting"),
    path("meetings/<uuid:pk>/close/", meetings.close, name="close_meeting"),
    path("meetings/<uuid:pk>/items/add/", meetings.add_item, name="add_item"),
    path("agenda-items/<uuid:pk>/revise/", meetings.revise_item, name="revise_item"),
    path("agenda-items/<uuid:pk>/remove/", meetings.remove_item, name="remove_item"),
    path("agenda-items/<uuid:pk>/papers/add/", meetings.add_paper, name="add_paper"),
    path("invitations/<uuid:pk>/answer/", meetings.answer_invitation, name="answer_invitation"),
    # documents
    path("councils/<uuid:pk>/documents/", documents.documents, name="documents"),
    path("councils/<uuid:pk>/documents/new/", documents.create, name="create_document"),
    path("documents/<uuid:pk>/", documents.document, name="document"),
    path("documents/<uuid:pk>/versions/start/", documents.start_version, name="start_version"),
    path("documents/<uuid:pk>/attach/", documents.attach, name="attach"),
    path("versions/<uuid:pk>/", documents.version, name="version"),
    path("versions/<uuid:pk>/publish/", documents.publish, name="publish_version"),
    path("versions/<uuid:pk>/passages/add/", documents.add_passage, name="add_passage"),
    path("versions/<uuid:pk>/changes/", documents.changes, name="changes"),
    path("passages/<uuid:pk>/edit/", documents.edit_passage, name="edit_passage"),
    path("passages/<uuid:pk>/remove/", documents.remove_passage, name="remove_passage"),
    path("attachments/<uuid:pk>/", documents.attachment, name="attachment"),
    # consultations and opinions
    path("versions/<uuid:pk>/consult/", consultations.prepare, name="prepare_consultation"),
    path("consultations/<uuid:pk>/", consultations.consultation, name="consultation"),
    path("consultations/<uuid:pk>/open/", consultations.open_, name="open_consultation"),
    path("consultations/<uuid:pk>/board/", consultations.board, name="board"),
    path("consultations/<uuid:pk>/release/", consultations.release, name="release"),
    path("consultations/<uuid:pk>/result/", consultations.result, name="result"),
    path("consultations/<uuid:pk>/passages/<uuid:passage>/", consultations.passage, name="passage"),
    path("consultations/<uuid:pk>/passages/<uuid:passage>/opinion/", opinions.give, name="give_opinion"),
    path("opinions/<uuid:pk>/", opinions.opinion, name="opinion"),
    path("opinions/<uuid:pk>/edit/", opinions.edit, name="edit_opinion"),
    path("opinions/<uuid:pk>/submit/", opinions.submit, name="submit_opinion"),
    path("opinions/<uuid:pk>/withdraw/", opinions.withdraw, name="withdraw_opinion"),
    path("opinions/<uuid:pk>/triage/", opinions.triage, name="triage"),
    path("opinions/<uuid:pk>/answer/", opinions.dispose, name="dispose"),
]
