"""The audit log's page: who sees which events, in words, whatever stands in them."""

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from audit import log, reading
from audit.actors import ActorType
from audit.events import Event
from audit.models import AuditEvent
from audit.subjects import Subject
from organizations.services import create_organization
from tests.oauth.people import text
from tests.organizations.web.audit import ACTOR_ID, NOON, PAGE, actor, happen, project, reader, whos
from tests.people import browser

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\" onload='x' {{ 7|add:7 }} \u202egnp.exe"


def test_strangers_sign_in_first() -> None:
    assert browser().get(PAGE)["Location"].startswith("/sign-in?next=/organization/audit-log")


def test_an_admin_of_the_organization_sees_all_of_it_and_nothing_of_others() -> None:
    happen(by=actor("first@example.com"), at=1)
    happen(by=actor("second@example.com"), at=2, project_id=project().id)
    happen(by=actor("other@example.com"), organization=create_organization(name="Elsewhere"))
    assert whos(reader().get(PAGE)) == ["second@example.com", "first@example.com"]


def test_an_admin_of_a_project_sees_that_project_and_no_other() -> None:
    own, other = project("Own"), project("Other")
    happen(by=actor("organization@example.com"))
    happen(by=actor("own@example.com"), project_id=own.id)
    happen(by=actor("other@example.com"), project_id=other.id)
    bob = reader(role="member", project_roles={own: ["admin"], other: ["member"]})
    page = bob.get(PAGE)
    assert whos(page) == ["own@example.com"]
    assert "Other" not in text(page), "nor is there a filter for it"
    assert "in the projects that you administer" in text(page)
    assert bob.get(PAGE, {"project": str(other.id)}).status_code == 422
    assert whos(bob.get(PAGE, {"project": str(own.id)})) == ["own@example.com"]
    assert whos(bob.get(PAGE, {"actor": "other@"})) == []


@pytest.mark.parametrize("role", ["member", "no-access"])
def test_others_may_not_and_find_no_link(role: str) -> None:
    bob = reader(role=role, project_roles={project(): ["member"]})
    assert bob.get(PAGE).status_code == 403
    assert bob.get(f"{PAGE}/export?format=csv").status_code == 403
    assert PAGE not in bob.get("/organization/app-connections").content.decode()


def test_the_navigation_leads_there_whoever_may_read_anything() -> None:
    for somebody in (reader(), reader(role="no-access", project_roles={project(): ["admin"]})):
        assert f'href="{PAGE}"' in somebody.get("/organization/app-connections").content.decode()


def test_an_event_is_told_in_words_with_its_details() -> None:
    about = Subject(uuid.uuid4(), "gitlab-platform")
    happen(
        Event.CREATE_APP_CONNECTION,
        by=actor("deployer", ActorType.IDENTITY, agent="terraform/1.9"),
        project_id=project("Payments").id,
        about=about,
        connectionId=str(about.id),
        isPlatformManagedCredentials=False,
        changed=["name", "description"],
        account={"username": "ann"},
        nothing=None,
    )
    page = reader().get(PAGE)
    told = text(page)
    for words in (
        "Created a connection",
        "deployer",
        "gitlab-platform",
        "Payments",
        "203.0.113.7",
        "User agent terraform/1.9",
        "Request req-1",
        "Event create-app-connection",
        f"Connection id {about.id}",
        "Is platform managed credentials no",
        "Changed name, description",
    ):
        assert words in told, words
    assert "{&quot;username&quot;: &quot;ann&quot;}" in page.content.decode()
    assert 'aria-label="Machine identity"' in page.content.decode()
    assert "2026-11-24 12:00:00 UTC" in page.content.decode()
    assert "Nothing" not in told


@pytest.mark.parametrize("kind", list(ActorType))
def test_whoever_acts_has_an_icon_and_a_name(kind: ActorType) -> None:
    happen(by=actor("", kind))
    assert len(whos(reader().get(PAGE))[0]) > 3


def test_hostile_words_stay_words() -> None:
    deep = {HOSTILE: [HOSTILE, 1]}
    hostile: dict[str, Any] = {HOSTILE: HOSTILE, "list": [HOSTILE], "deep": deep, "long": "x" * 5000}
    happen(
        by=actor(HOSTILE, agent=HOSTILE),
        about=Subject(uuid.uuid4(), HOSTILE),
        **hostile,
    )
    page = reader().get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "onload='x'" not in page
    assert "add:7" in page
    assert "x" * 2000 + "…" in page
    assert "x" * 2001 not in page


def test_a_connection_is_linked_for_whoever_may_open_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own = project()
    addresses = "organizations.web.audit_log_rows.reverse"
    monkeypatch.setattr(addresses, lambda name, args: f"/{name}/{args[0]}")
    there, gone = Subject(uuid.uuid4(), "there"), Subject(uuid.uuid4(), "gone")
    happen(Event.CREATE_APP_CONNECTION, project_id=own.id, about=there)
    happen(Event.CREATE_APP_CONNECTION, project_id=own.id, about=gone)
    happen(Event.DELETE_APP_CONNECTION, project_id=own.id, about=gone)
    happen(Event.CREATE_PROJECT, project_id=own.id, about=Subject(own.id, "Platform"))
    page = reader(role="member", project_roles={own: ["admin"]}).get(PAGE).content.decode()
    assert page.count('href="/connections:detail/') == 1
    assert f'href="/connections:detail/{there.id}"' in page
    admin_of_no_project = reader().get(PAGE).content.decode()
    assert "/connections:detail/" not in admin_of_no_project, "to whom a project's connection is not there"


def test_a_deleted_project_is_called_so() -> None:
    happen(project_id=uuid.uuid4())
    assert "in a deleted project" in text(reader().get(PAGE))


def test_each_filter_is_part_of_the_address() -> None:
    own = project()
    about = Subject(uuid.uuid4(), "gitlab-platform")
    happen(Event.CREATE_APP_CONNECTION, by=actor("ann@example.com"), about=about, at=1)
    happen(Event.DELETE_PROJECT, by=actor("deployer", ActorType.IDENTITY), project_id=own.id, at=2)
    ann = reader()
    for query, expected in (
        ({"actor": "ANN"}, ["ann@example.com"]),
        ({"actor": str(ACTOR_ID)}, ["deployer", "ann@example.com"]),
        ({"actor": str(uuid.UUID(int=7))}, []),
        ({"kind": "identity"}, ["deployer"]),
        ({"event": "create-app-connection"}, ["ann@example.com"]),
        ({"about": "platform"}, ["ann@example.com"]),
        ({"about": str(about.id)}, ["ann@example.com"]),
        ({"project": str(own.id)}, ["deployer"]),
        ({"since": "2026-11-24T12:00:02"}, ["deployer"]),
        ({"until": "2026-11-24T12:00:01"}, ["ann@example.com"]),
        ({"since": "2026-11-24T12:00", "until": "2026-11-24T12:01"}, ["deployer", "ann@example.com"]),
        ({"since": "2026-11-24T14:00:02+02:00"}, ["deployer"]),
        ({"kind": "identity", "event": "create-app-connection"}, []),
        ({"actor": "", "unknown": "x"}, ["deployer", "ann@example.com"]),
    ):
        assert whos(ann.get(PAGE, query)) == expected, query
    assert 'value="2026-11-24T12:00:02"' in ann.get(PAGE, {"since": "2026-11-24T12:00:02"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"event": "no-such-event"},
        {"kind": "robot"},
        {"project": str(uuid.UUID(int=7))},
        {"project": "x"},
        {"actor": "x" * 256},
        {"actor": "\0"},
        {"about": "\0"},
        {"since": "yesterday"},
        {"since": "2026-13-45T00:00"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"since": "0001-01-01T00:00+14:00"},
    ],
    ids=str,
)
def test_a_filter_that_makes_no_sense_is_said_at_its_field(query: dict[str, str]) -> None:
    happen()
    page = reader().get(PAGE, query)
    assert page.status_code == 422
    assert "<title>Error: Audit log" in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()
    assert whos(page) == []


@pytest.mark.parametrize("since", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_the_ends_of_time_are_times(since: str) -> None:
    happen()
    assert reader().get(PAGE, {"since": since}).status_code == 200


def test_pages_lead_on_and_back_with_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(reading.PAGE + 5):
        happen(by=actor(f"ann-{number}"), at=number)
        happen(by=actor("bob"), at=number)
    ann = reader()
    first = ann.get(PAGE, {"actor": "ann-"})
    assert whos(first)[0] == f"ann-{reading.PAGE + 4}"
    assert 'rel="prev"' not in first.content.decode()
    for number in range(100, 120):
        happen(by=actor(f"ann-{number}"), at=number)
    second = ann.get(link(first, "next"))
    assert whos(second) == [f"ann-{number}" for number in (4, 3, 2, 1, 0)]
    assert 'rel="next"' not in second.content.decode()
    back = ann.get(link(second, "prev"))
    assert whos(back) == whos(first), "what happened meanwhile has moved nothing"
    assert len(whos(ann.get(link(back, "prev")))) == 20


def link(response: object, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())  # type: ignore[attr-defined]
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("place", ["x", "\0", "2026-11-24T12:00:00.000000~", f"{NOON}~{uuid.UUID(int=7)}"])
def test_a_place_that_is_none_is_the_beginning(place: str) -> None:
    happen(by=actor("ann"))
    assert whos(reader().get(PAGE, {"before": place})) == ["ann"]


def test_a_page_costs_the_same_however_many_there_are(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ann = reader()
    for number in range(60):
        about = Subject(uuid.uuid4(), f"gitlab-{number}")
        happen(Event.CREATE_APP_CONNECTION, project_id=project(f"P{number}").id, about=about, at=number)
    with django_assert_num_queries(8):
        assert len(whos(ann.get(PAGE))) == reading.PAGE


def test_htmx_gets_the_events_alone_and_the_address_to_show() -> None:
    happen(by=actor("ann"))
    ann = reader()
    part = ann.get(PAGE, {"actor": "ann", "kind": ""}, headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    assert whos(part) == ["ann"]
    assert "1 event shown" in text(part)
    assert part["HX-Replace-Url"] == f"{PAGE}?actor=ann"
    assert "HX-Request" in part["Vary"]
    boosted = ann.get(PAGE, headers={"hx-request": "true", "hx-boosted": "true"})
    assert "HX-Replace-Url" not in boosted
    restored = ann.get(PAGE, headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert "<html" in restored.content.decode()
    refused = ann.get(PAGE, {"since": "x"}, headers={"hx-request": "true"})
    assert refused.status_code == 422
    assert "From (UTC): Give a date and a time." in text(refused)


def test_an_empty_log_says_what_will_be_there() -> None:
    ann = reader()
    assert "Nothing happened yet" in text(ann.get(PAGE))
    happen()
    assert "No event matches" in text(ann.get(PAGE, {"actor": "nobody"}))


def test_reading_the_page_is_no_event() -> None:
    happen(at=int(timedelta(days=1).total_seconds()))
    reader().get(PAGE)
    log.buffer.flush()
    assert AuditEvent.objects.count() == 1
