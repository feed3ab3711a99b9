"""The pages of connections."""

from django.http import HttpResponse
from django.shortcuts import render

from organizations.web.people import PersonRequest, signed_in


@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """GET /organization/app-connections: where people start."""
    return render(request, "connections/home.html")
