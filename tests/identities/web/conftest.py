"""A project, its admin, and the browser that they are signed in with."""

import pytest
from django.test import Client

from organizations.models import Project, User
from tests.people import browser
from tests.projects import member, project


@pytest.fixture
def place(db: None) -> Project:
    return project()


@pytest.fixture
def ann(place: Project) -> User:
    return member(place, "admin", email="ann@example.com")


@pytest.fixture
def client(ann: User) -> Client:
    return browser(ann)
