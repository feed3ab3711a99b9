"""Invitations as an admin sends them: the form, the mail, sending again, revoking."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import Settings

from organizations.models import Invitation, MembershipRole, Organization, Project, User
from organizations.services import add_member, create_organization
from tests.clients import the_organization
from tests.organizations.web.invited import INVITE, MEMBERS, events, invite, link, place, post
from tests.people import browser, person, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_go_at_once")]


def test_one_address_gets_one_mail_with_a_link(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    answer = invite(ann, " Bob@Example.com ")
    assert (answer.status_code, answer["Location"]) == (302, MEMBERS)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["bob@example.com"], "App Connections: Join Example")
    assert 'ann@example.com has invited bob@example.com to "Example"' in mail.body
    assert link(mail).startswith("/invitations/")
    page = ann.get(MEMBERS).content.decode()
    assert "An invitation is on its way to bob@example.com." in page
    assert "Waiting" in page
    (event,) = events("invite-member")
    assert (event.actor_name, event.subject_name) == ("ann@example.com", "bob@example.com")
    assert event.metadata["role"] == "member"


def test_several_addresses_get_a_link_each(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    invite(ann, "bob@example.com, carol@example.com;\r\n  dave@example.com bob@example.com")
    assert sorted(mail.to[0] for mail in mailoutbox) == [f"{who}@example.com" for who in ("bob", "carol", "dave")]
    assert len({link(mail) for mail in mailoutbox}) == 3
    assert b"3 invitations are on their way." in ann.get(MEMBERS).content


def test_the_link_is_one_of_the_site_whatever_host_was_asked(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.SITE_URL = "https://connections.example.com"
    ann = browser(person("ann@example.com"))
    ann.defaults["HTTP_HOST"] = "localhost"
    invite(ann)
    assert "\nhttps://connections.example.com/invitations/" in str(mailoutbox[0].body)


def test_each_wrong_address_is_named_the_input_stays_and_nobody_is_invited(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    invite(ann, "bob@example.com")
    mailoutbox.clear()
    malformed = invite(ann, "dave@example.com <script>alert(1)</script> nonsense")
    page = malformed.content.decode()
    assert malformed.status_code == 422
    assert "nonsense is not an email address." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is not an email address." in page
    assert "dave@example.com &lt;script&gt;" in page, "what was typed is still there"
    assert "<title>Error: " in page
    taken = invite(ann, "dave@example.com bob@example.com ann@example.com").content.decode()
    assert "bob@example.com has an invitation already. Send it again instead." in taken
    assert "ann@example.com is a member already." in taken
    assert not Invitation.objects.filter(email="dave@example.com").exists()
    assert mailoutbox == []


@pytest.mark.parametrize("emails", ["", " ,; ", "a" * 20_000, " ".join(f"{n}@example.com" for n in range(51))])
def test_nobody_and_too_many_are_refused(emails: str, mailoutbox: list[EmailMessage]) -> None:
    answer = invite(browser(person("ann@example.com")), emails)
    assert (answer.status_code, b'class="errorlist"' in answer.content) == (422, True)
    assert mailoutbox == []


def test_whether_an_address_has_an_account_does_not_show(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    person("eve@example.com", organization=create_organization(name="Elsewhere"))
    answers = [invite(ann, email) for email in ("eve@example.com", "nobody@example.com")]
    assert [answer.status_code for answer in answers] == [302, 302]
    bodies = [str(mail.body).replace(link(mail), "").replace(mail.to[0], "") for mail in mailoutbox]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("role", ["member", "no-access"])
def test_others_than_admins_invite_nobody(role: str, mailoutbox: list[EmailMessage]) -> None:
    person("ann@example.com")
    bob = browser(person("bob@example.com", role=role))
    assert bob.get(INVITE).status_code == 403
    assert post(bob, INVITE, {"emails": "carol@example.com", "role": "member"}).status_code == 403
    assert not Invitation.objects.exists()
    assert mailoutbox == []


def test_an_admin_for_a_time_invites_no_admin_for_good() -> None:
    person("ann@example.com")
    bob = person("bob@example.com")
    end = timezone.now() + timedelta(days=1)
    MembershipRole.objects.filter(membership=place(bob)).update(starts_at=timezone.now(), ends_at=end)
    answer = invite(browser(bob), "carol@example.com", role="admin")
    assert (answer.status_code, b"more than your own does" in answer.content) == (422, True)


def test_a_project_goes_with_the_invitation_if_one_may_add_members_there() -> None:
    ann = person("ann@example.com")
    mine, others = (
        Project.objects.create(organization=the_organization(), name=name, slug=name) for name in ("mine", "others")
    )
    add_member(
        organization_id=mine.organization_id,
        project=mine,
        member_type=place(ann).member_type,  # type: ignore[arg-type]
        member_id=ann.id,
        roles=[{"role": "admin"}],
    )
    client = browser(ann)
    assert "others" not in client.get(INVITE).content.decode()
    refused = invite(client, project=str(others.id), project_role="viewer")
    assert refused.status_code == 422
    assert invite(client, project=str(mine.id), project_role="no-such-role").status_code == 422
    assert invite(client, project=str(mine.id), project_role="viewer").status_code == 302
    assert Invitation.objects.get().project_roles == {str(mine.id): "viewer"}
    assert "and 1 project" in client.get(MEMBERS).content.decode()


def test_a_hostile_name_of_an_organization_writes_no_line_of_its_own(mailoutbox: list[EmailMessage]) -> None:
    ann = person("ann@example.com")
    Organization.objects.update(name="Us\r\nBcc: all@example.com\n\nhttp://evil.example <b>")
    invite(browser(ann))
    (mail,) = mailoutbox
    assert mail.recipients() == ["bob@example.com"]
    assert "\n" not in mail.message()["Subject"]
    assert "\nhttp://evil" not in str(mail.body)
    assert 'to "UsBcc: all@example.comhttp://evil.example <b>"' in str(mail.body)


def test_a_mail_server_that_is_away_fails_nobody(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert invite(browser(person("ann@example.com"))).status_code == 302
    assert "mail could not be sent" in caplog.text
    assert "/invitations/" not in caplog.text


def test_the_form_says_where_mails_go_that_are_only_printed(settings: Settings) -> None:
    ann = browser(person("ann@example.com"))
    assert b"printed into the server" not in ann.get(INVITE).content
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert b"printed into the server" in ann.get(INVITE).content


def test_sending_again_makes_a_new_link_and_ends_the_old_one(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    invite(ann)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Expired" in ann.get(MEMBERS).content.decode()
    answer = post(ann, f"/organization/invitations/{Invitation.objects.get().id}/send")
    assert (answer.status_code, answer["Location"]) == (302, MEMBERS)
    old, new = (link(mail) for mail in mailoutbox)
    assert browser().get(old).status_code == 404
    assert browser().get(new).status_code == 200
    assert len(events("resend-invitation")) == 1


def test_a_revoked_invitation_is_over_and_the_address_can_be_invited_again(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    invite(ann)
    path = f"/organization/invitations/{Invitation.objects.get().id}/revoke"
    assert b"Revoke the invitation of bob@example.com?" in ann.get(path).content
    assert browser().get(link(mailoutbox[0])).status_code == 200, "asking revokes nothing"
    assert send(ann, path)["Location"] == MEMBERS
    assert browser().get(link(mailoutbox[0])).status_code == 410
    assert post(ann, path).status_code == 404
    assert len(events("revoke-invitation")) == 1
    assert invite(ann).status_code == 302


def test_an_expired_invitation_does_not_stand_in_the_way_of_a_new_one(mailoutbox: list[EmailMessage]) -> None:
    ann = browser(person("ann@example.com"))
    invite(ann)
    Invitation.objects.update(expires_at=timezone.now())
    assert invite(ann, role="no-access").status_code == 302
    assert browser().get(link(mailoutbox[0])).status_code == 410
    assert browser().get(link(mailoutbox[1])).status_code == 200


def test_the_invitations_of_another_organization_are_not_there(mailoutbox: list[EmailMessage]) -> None:
    person("ann@example.com")
    eve = browser(person("eve@example.com", organization=create_organization(name="Elsewhere")))
    invite(browser(User.objects.get(email="ann@example.com")))
    foreign = Invitation.objects.get()
    for action in ("send", "revoke"):
        assert post(eve, f"/organization/invitations/{foreign.id}/{action}").status_code == 404
    assert "bob@example.com" not in eve.get(MEMBERS).content.decode()
    assert browser().get(link(mailoutbox[0])).status_code == 200


def test_an_invitation_of_an_admin_is_sent_again_by_nobody_who_is_less() -> None:
    person("ann@example.com")
    invite(browser(User.objects.get(email="ann@example.com")), role="admin")
    for role in ("member", "no-access"):
        bob = browser(person(f"{role}@example.com", role=role))
        for action in ("send", "revoke"):
            answer = post(bob, f"/organization/invitations/{Invitation.objects.get().id}/{action}")
            assert answer.status_code == 403
