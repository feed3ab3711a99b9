"""The mail of an invitation: the only place where its link stands."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from organizations.invitations import LIFETIME, Sent
from organizations.models import Organization
from organizations.web.sign_in import deliver, mailing
from wire.origin import printable


def send(sent: Sent) -> None:
    """Send the mail from a thread, as all mails go: nobody waits for a mail server."""
    mailing.submit(deliver, written(sent))


def written(sent: Sent) -> EmailMessage:
    """Return the mail. What people have typed stands in it without line breaks: it must not write its own lines."""
    organization = Organization.objects.get(pk=sent.invitation.organization_id)
    shown = {
        "organization": printable(organization.name),
        "invited_by": printable(sent.invitation.invited_by),
        "email": sent.invitation.email,
        "days": LIFETIME.days,
        "url": f"{settings.SITE_URL}{reverse('organizations:invitation', kwargs={'key': sent.key})}",
    }
    return EmailMessage(
        subject=f"App Connections: Join {shown['organization']}",
        body=render_to_string("organizations/email/invitation.txt", shown),
        to=[sent.invitation.email],
    )
