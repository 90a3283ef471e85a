"""Where to send someone back to, without being usable to send them anywhere else."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest) -> str | None:
    """The page of ours a request came from, or names as ``next``."""
    headers = request.headers
    candidates = (
        headers.get("HX-Current-URL"),
        headers.get("Referer"),
        request.POST.get("next"),
        request.GET.get("next"),
    )
    hosts, https = {request.get_host()}, request.is_secure()
    return next((url for url in candidates if url and url_has_allowed_host_and_scheme(url, hosts, https)), None)
