"""A machine identity in the browser: created, looked at, changed, deleted. No page here needs a script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.events import Event
from audit.models import AuditEvent
from identities.models import Identity
from organizations.models import MembershipRole, Project
from tests.clients import Api, add_roles
from tests.identities.requests import create_project
from tests.identities.web.pages import LIST, NEW, add_universal_auth, create, join_project, page, text, title
from tests.people import browser, person, send

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\" onload='x' ' {{ x }} \u202egnp"


def test_one_is_created_and_its_page_says_what_is_next() -> None:
    ann = browser(person())
    answer = send(ann, NEW, {"name": "deployer", "role": "member", "has_delete_protection": "on"})
    made = Identity.objects.get(name="deployer")
    assert (answer.status_code, answer["Location"]) == (302, page(made.id))
    shown = ann.get(answer["Location"])
    for words in ("deployer is created. Add a way to log in.", str(made.id), "Member", "On", "none yet: add"):
        assert words in text(shown)
    event = AuditEvent.objects.get(type=Event.CREATE_IDENTITY)
    assert (event.actor_name, event.metadata["role"]) == ("ann@example.com", "member")


def test_a_faulty_form_comes_back_as_it_was_filled_in() -> None:
    ann = browser(person())
    answer = send(ann, NEW, {"name": " ", "role": "member", "has_delete_protection": "on"})
    assert (answer.status_code, title(answer)[:7]) == (422, "Error: ")
    form = answer.content.decode()
    assert 'id="id_name_error"' in form
    assert '<option value="member" selected>' in form
    assert "checked" in form
    long = send(ann, NEW, {"name": "x" * 256, "role": "member"})
    assert (long.status_code, "x" * 256 in long.content.decode()) == (422, True)
    assert send(ann, NEW, {"name": "x", "role": "viewer"}).status_code == 422
    assert send(ann, NEW, {"name": "nul\0", "role": "member"}).status_code == 422
    assert not Identity.objects.exists()


def test_what_is_changed_is_stored_and_recorded_and_nothing_else() -> None:
    ann = browser(person())
    identity_id = create(ann)
    answer = send(ann, page(identity_id, "/edit"), {"name": "builder", "role": "member"})
    assert answer.status_code == 302
    assert AuditEvent.objects.get(type=Event.UPDATE_IDENTITY).metadata["changed"] == ["name"]
    assert "builder is changed." in text(ann.get(page(identity_id)))
    send(ann, page(identity_id, "/edit"), {"name": "builder", "role": "member"})
    assert "Nothing was changed." in text(ann.get(page(identity_id)))
    assert AuditEvent.objects.filter(type=Event.UPDATE_IDENTITY).count() == 1


def test_the_last_admin_stays_one_and_the_page_says_what_to_do(admin: Api) -> None:
    user = person()
    ann = browser(user)
    Identity.objects.filter(pk=admin.identity_id).update(name="root")
    now = timezone.now()  # Ann is an admin for an hour only
    MembershipRole.objects.filter(membership__member_id=user.id).update(
        starts_at=now, ends_at=now + timedelta(hours=1)
    )
    for path, fields in (("/edit", {"name": "root", "role": "member"}), ("/delete", {"confirmation": "root"})):
        answer = send(ann, page(admin.identity_id, path), fields)
        assert answer.status_code == 422
        assert "needs at least one admin" in text(answer)
        assert "Give the role to somebody else first." in text(answer)
    assert Identity.objects.filter(pk=admin.identity_id).exists()


def test_deleting_asks_for_the_name() -> None:
    ann = browser(person())
    identity_id = create(ann, name="two  words")
    wrong = send(ann, page(identity_id, "/delete"), {"confirmation": "two"})
    assert wrong.status_code == 422
    assert "This is not its name. Nothing was deleted." in text(wrong)
    answer = send(ann, page(identity_id, "/delete"), {"confirmation": "two words "})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not Identity.objects.exists()
    assert ann.get(page(identity_id)).status_code == 404


def test_delete_protection_says_why_not_and_where_to_switch_it_off() -> None:
    ann = browser(person())
    identity_id = create(ann, has_delete_protection="on")
    path = page(identity_id, "/delete")
    shown = ann.get(path)
    assert "It has delete protection. Switch that off first" in text(shown)
    assert page(identity_id, "/edit") in shown.content.decode()
    assert "confirmation" not in shown.content.decode()
    answer = send(ann, page(identity_id, "/delete"), {"confirmation": "deployer"})
    assert (answer.status_code, Identity.objects.count()) == (422, 1)


def test_metadata_is_shown_and_kept() -> None:
    ann = browser(person())
    identity_id = create(ann)
    Identity.objects.update(metadata=[{"id": "x", "key": "<b>team", "value": "platform & co"}])
    shown = ann.get(page(identity_id))
    assert "<b>team platform & co" in text(shown) or "&lt;b&gt;team" in shown.content.decode()
    send(ann, page(identity_id, "/edit"), {"name": "other", "role": "member"})
    assert Identity.objects.get().metadata[0]["value"] == "platform & co"


def test_only_projects_are_shown_whose_members_one_may_see(admin: Api) -> None:
    user = person()
    ann = browser(user)
    identity_id = create(ann)
    identity = Identity.objects.get(pk=identity_id)
    mine, other = (Project.objects.get(pk=create_project(admin, slug)) for slug in ("platform", "hidden"))
    for project in (mine, other):
        add_roles(identity, project, ["viewer", "member"])
    assert "in none of the projects" in text(ann.get(page(identity_id)))
    join_project(user, mine)
    shown = text(ann.get(page(identity_id)))
    assert "Platform" in shown
    assert "Viewer" in shown
    assert "Hidden" not in shown


@pytest.mark.parametrize("name", [HOSTILE, "a\tb", "${jndi:ldap://x}", "../../etc", "名前"])
def test_hostile_names_are_text_everywhere(name: str) -> None:
    ann = browser(person())
    identity_id = create(ann, name=name)
    add_universal_auth(ann, identity_id)
    assert Identity.objects.get().name == name.strip()
    for path in ("", "/edit", "/delete", "/universal-auth", "/universal-auth/remove", "/token-auth"):
        shown = ann.get(page(identity_id, path))
        assert shown.status_code == 200
        assert b"<script>alert" not in shown.content
    assert b"<script>alert" not in ann.get(LIST).content
    answer = send(ann, page(identity_id, "/delete"), {"confirmation": name})
    assert answer.status_code == 302
