"""What the OpenAPI document says of the API as a whole, for ``SPECTACULAR_SETTINGS``."""

DESCRIPTION = """
Everything the pages do, for programs. Both call the same actions: what your role allows there it allows here.

**Logging in.** Send `Authorization: Bearer council_…` with a token made on the page *Access tokens*, with
`POST /api/v1/tokens/`, or by the operator with `manage.py token`; or with one that a system's OAuth client got at
`/identity/o/api/token` (client credentials). A token acts as the account it belongs to, as far as its scopes reach: the
scope an operation asks for stands beside it.

**Seeing.** Lists and addresses hold what you may see. What you may not see does not exist: 404, and in a request
"There is no such …".

**Names.** Addresses end with a slash. Ids are UUIDs in order of making. In answers a related thing is an object with its id
and a few words; in requests it is the id alone. Times are RFC 3339; one without an offset is Seoul time. A field or
filter that does not exist is refused.

**Pages.** A list answers `{"next": …, "previous": …, "results": […]}`. Follow `next` until it is null; a page stays
where it is while new rows come in. `limit` asks for up to 200 results, 50 are usual.

**Filters.** Each list names its own; several narrow down together.

**Errors** are RFC 9457 problem details, `application/problem+json`. `type` stays the same in every language:

| status | type | more |
|---|---|---|
| 400 | `urn:council:problem:invalid` | `errors`: field → messages, as nested as what was sent |
| 401 | `…:not-authenticated`, `…:authentication-failed` | |
| 403 | `…:forbidden` | |
| 403 | `…:insufficient-scope` | `scope`: what the token lacks |
| 404 | `…:not-found` | |
| 409 | `…:refused` | `problems`: what is missing, a sentence each |
| 409 | `…:still-running`, `…:in-use` | the header `Retry-After` says after how many seconds |
| 409 | `…:not-applied` | `results`: the rows that cannot be done |
| 412 | `…:changed` | `current`: the thing as it is now, its state in `ETag` |
| 413 | `…:too-large` | |
| 422 | `…:key-reused` | |
| 429 | `…:throttled` | the header `Retry-After` says after how many seconds |

**Sent twice, done once.** Send `Idempotency-Key` with a UUID of your making when you write; the same request with the same
key is done once and answered the same, for 48 hours. With another content it is 422, while the first one runs 409.

**Changes side by side.** A GET, and every answer to a write about one thing, names its state in `ETag`. Send that with
`If-Match`, and your change is made to that state or not at all (412); with `If-None-Match` a GET is 304 while nothing has
changed. Where a thing has a `revision`, send the one your change was made on; if there is a newer one the change is
refused (409) instead of overwriting it.

**Many at once.** `…/bulk/…` does to up to 200 rows what the operation of the same name does once, and answers with a result
for each: `applied` of `of`. With `atomic` it is all rows or none (409). What is done to many points in one step
(`…_all`) answers with the step: `applied` of `total`, and for each point its new revision or the `problem` with it; what
failed for some was still done to the others, and `POST …/batches/{id}/undo/` takes it back.

**Personal data.** An opinion in which something looks like personal data is refused with `errors.personal_data`; send
`personal_data_checked: true` once its author has seen it. Resident registration numbers are always refused.

**Language.** Problems and notices come in the language of your account, or in that of `Accept-Language`.
""".strip()

ENUM_NAMES = {
    "ActionState": "council.decisions.models.Action.State",
    "AgendaItemKind": "council.meetings.models.AgendaItem.Kind",
    "AgendaItemState": "council.meetings.models.AgendaItem.State",
    "AttendanceHow": "council.meetings.models.Attendance.How",
    "AttendanceMode": "council.meetings.models.Attendance.Mode",
    "Audience": "council.opinions.models.Opinion.Audience",
    "BallotBase": "council.decisions.models.Ballot.Base",
    "BallotState": "council.decisions.models.Ballot.State",
    "BatchStep": "council.opinions.models.Batch.Step",
    "BelowQuorum": "council.people.models.BelowQuorum",
    "ChallengesBy": "council.people.models.ChallengesBy",
    "ChangeKind": "council.api.serializers.documents.CHANGE_KINDS",
    "Choice": "council.decisions.models.Voter.Choice",
    "CorrectionState": "council.decisions.models.Correction.State",
    "DecisionState": "council.decisions.models.Decision.State",
    "DeliveryState": "council.integrations.models.Delivery.State",
    "DigestRhythm": "council.notifications.models.Habits.Rhythm",
    "ExportKind": "council.exchange.models.Export.Kind",
    "ExportState": "council.exchange.models.Export.State",
    "FloorRequestKind": "council.meetings.models.FloorRequest.Kind",
    "FloorRequestState": "council.meetings.models.FloorRequest.State",
    "ImportRowState": "council.exchange.models.ImportRow.State",
    "ImportState": "council.exchange.models.Import.State",
    "InvitationAnswer": "council.meetings.models.Invitation.Answer",
    "Language": "council.people.models.User.Language",
    "MajorityOf": "council.people.models.MajorityOf",
    "MeetingKind": "council.meetings.models.Meeting.Kind",
    "MeetingMode": "council.meetings.models.Meeting.Mode",
    "MeetingState": "council.meetings.models.Meeting.State",
    "MinutesState": "council.decisions.models.Minutes.State",
    "NoticeChannel": "council.notifications.models.Channel",
    "NoticeKind": "council.notifications.models.Kind",
    "ObjectionOutcome": "council.opinions.models.Objection.Outcome",
    "OpinionKind": "council.opinions.models.Opinion.Kind",
    "OpinionSource": "council.opinions.models.Opinion.Source",
    "OpinionState": "council.opinions.models.Opinion.State",
    "OrganisationKind": "council.people.models.Organisation.Kind",
    "OrganisationSize": "council.people.models.Organisation.Size",
    "PhaseKind": "council.opinions.models.Phase.Kind",
    "PointState": "council.opinions.models.Point.State",
    "Procedure": "council.opinions.models.Consultation.Procedure",
    "ProposalState": "council.meetings.models.Proposal.State",
    "ReactionValue": "council.opinions.models.Reaction.Value",
    "RecusalGround": "council.meetings.models.Recusal.Ground",
    "RecusalKind": "council.meetings.models.Recusal.Kind",
    "RecusalState": "council.meetings.models.Recusal.State",
    "ReferralState": "council.meetings.models.Referral.State",
    "ReplyKind": "council.opinions.models.Reply.Kind",
    "Rhythm": "council.meetings.models.Series.Rhythm",
    "Role": "council.people.models.Membership.Role",
    "SectionKind": "council.decisions.models.Section.Kind",
    "Sector": "council.core.models.Sector",
    "Share": "council.people.models.Share",
    "SpanKind": "council.api.serializers.documents.SPAN_KINDS",
    "TellingState": "council.notifications.telling.State",
    "ToldChannel": "council.opinions.models.Told.Channel",
    "Verb": "council.journal.verbs.Verb",
    "Verdict": "council.opinions.models.Disposition.Verdict",
    "Visibility": "council.core.models.Visibility",
    "WebhookState": "council.integrations.models.Webhook.State",
    "WebhookWhy": "council.integrations.models.Webhook.Why",
}

SPECTACULAR = {"DESCRIPTION": DESCRIPTION, "ENUM_NAME_OVERRIDES": ENUM_NAMES, "COMPONENT_SPLIT_PATCH": False}
