"""Which door is where."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from council.api import identity
from council.ops import views as ops

to_login = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))

urlpatterns = [
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("dev/mails/", ops.mails, name="mails"),
    path("api/v1/", include("council.api.urls")),
    path(".well-known/oauth-authorization-server", identity.metadata, name="oauth_metadata"),
    path("identity/o/api/token", identity.token, name="oauth_token"),
    path("identity/o/api/revoke", identity.revoke, name="oauth_revoke"),
    path("admin/login/", to_login),
    path("admin/", admin.site.urls),
    path("account/", include("council.web.account_urls")),
    path("", include("council.web.urls")),
]
