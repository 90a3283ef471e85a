"""The REST API's addresses."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from council.api.views import (
    access,
    agenda,
    answers,
    changes,
    coming,
    consultations,
    decisions,
    documents,
    exchange,
    feeds,
    findings,
    meetings,
    messages,
    minutes,
    notification_settings,
    notifications,
    oparl,
    opinions,
    people,
    public,
    root,
    running,
    webhooks,
)

app_name = "api"

router = SimpleRouter(use_regex_path=False)
router.register("users", people.Users, "users")
router.register("regions", people.Regions, "regions")
router.register("industries", people.Industries, "industries")
router.register("factory-levels", people.FactoryLevels, "factory-levels")
router.register("organisations", people.Organisations, "organisations")
router.register("councils", people.Councils, "councils")
router.register("seats", people.Seats, "seats")
router.register("subcommittees", people.Subcommittees, "subcommittees")
router.register("memberships", people.Memberships, "memberships")
router.register("tokens", access.Tokens, "tokens")
router.register("service-accounts", access.ServiceAccounts, "service-accounts")
router.register("clients", access.Clients, "clients")
router.register("documents", documents.Documents, "documents")
router.register("versions", documents.Versions, "versions")
router.register("passages", documents.Passages, "passages")
router.register("attachments", documents.Attachments, "attachments")
router.register("meetings", meetings.Meetings, "meetings")
router.register("agenda-items", meetings.AgendaItems, "agenda-items")
router.register("invitations", meetings.Invitations, "invitations")
router.register("alternates", coming.Alternates, "alternates")
router.register("recusals", coming.Recusals, "recusals")
router.register("attendance", running.Attendances, "attendance")
router.register("floor-requests", running.FloorRequests, "floor-requests")
router.register("statements", running.Statements, "statements")
router.register("proposals", agenda.Proposals, "proposals")
router.register("referrals", agenda.Referrals, "referrals")
router.register("series", agenda.ManySeries, "series")
router.register("meeting-templates", agenda.MeetingTemplates, "meeting-templates")
router.register("minutes", minutes.MinutesOfMeetings, "minutes")
router.register("sections", minutes.Sections, "sections")
router.register("corrections", minutes.Corrections, "corrections")
router.register("recordings", minutes.Recordings, "recordings")
router.register("consultations", consultations.Consultations, "consultations")
router.register("replies", consultations.Replies, "replies")
router.register("opinions", opinions.Opinions, "opinions")
router.register("redactions", opinions.Redactions, "redactions")
router.register("reports", opinions.Reports, "reports")
router.register("campaigns", opinions.Campaigns, "campaigns")
router.register("points", answers.Points, "points")
router.register("dispositions", answers.Dispositions, "dispositions")
router.register("objections", answers.Objections, "objections")
router.register("batches", answers.Batches, "batches")
router.register("answer-templates", answers.AnswerTemplates, "answer-templates")
router.register("imports", exchange.Imports, "imports")
router.register("import-rows", exchange.ImportRows, "import-rows")
router.register("exports", exchange.Exports, "exports")
router.register("calendar-feeds", feeds.CalendarFeeds, "calendar-feeds")
router.register("findings", findings.Findings, "findings")
router.register("ballots", decisions.Ballots, "ballots")
router.register("decisions", decisions.Decisions, "decisions")
router.register("actions", decisions.Actions, "actions")
router.register("webhooks", webhooks.Webhooks, "webhooks")
router.register("webhook-deliveries", webhooks.Deliveries, "webhook-deliveries")
router.register("notices", notifications.Notices, "notices")
router.register("messages", messages.Messages, "messages")
router.register("mailboxes", messages.Mailboxes, "mailboxes")
router.register("events", messages.Events, "events")
router.register("mutes", notification_settings.Mutes, "mutes")
router.register("push-browsers", notification_settings.PushBrowsers, "push-browsers")
router.register("tombstones", changes.Tombstones, "tombstones")
router.register("public-councils", public.PublicCouncils, "public-councils")
router.register("public-meetings", public.PublicMeetings, "public-meetings")
router.register("public-agenda-items", public.PublicAgendaItems, "public-agenda-items")
router.register("public-decisions", public.PublicDecisions, "public-decisions")
router.register("public-results", public.PublicResults, "public-results")

nouns = {"me": "me", "notification-settings": "notification-settings", "changes": "changes"} | {
    prefix: f"{name}-list" for prefix, _view, name in router.registry
}

urlpatterns = [
    path("", root.Root.as_view(nouns=nouns), name="root"),
    path("schema/", root.OpenApi.as_view(), name="schema"),
    path("docs/", root.docs, name="docs"),
    path(
        "notification-settings/",
        notification_settings.NotificationSettings.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notification-settings",
    ),
    path("me/", people.Me.as_view({"get": "retrieve", "patch": "partial_update"}), name="me"),
    path("changes/", changes.Changes.as_view({"get": "read"}), name="changes"),
    *router.urls,
    path("oparl/", include(oparl.urlpatterns)),
    re_path("", root.Unknown.as_view()),
]
