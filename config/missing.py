"""What is at no address: said in the frame that the person knows, so that they can go on from there."""

from django.http import HttpRequest, HttpResponse

from organizations.web.people import as_person
from wire import envelope, pages


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that leads nowhere (Django's `handler404`)."""
    if pages.is_page(request) and request.user.is_authenticated and not hasattr(request, "principal"):
        as_person(request)  # the page shows who is signed in, and where they can go
    return envelope.not_found(request, exception)
