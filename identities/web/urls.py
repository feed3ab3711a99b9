"""The pages of machine identities, and of the projects that they and people are members of."""

from django.urls import path

from identities.web import detail, listing, project_members, project_places, token_auth, universal_auth

app_name = "identities"
IDENTITIES = "organization/identities"
IDENTITY = f"{IDENTITIES}/<uuid:identity_id>"
UNIVERSAL_AUTH = f"{IDENTITY}/universal-auth"
CLIENT_SECRETS = f"{UNIVERSAL_AUTH}/client-secrets"
TOKEN_AUTH = f"{IDENTITY}/token-auth"
TOKEN = f"{TOKEN_AUTH}/tokens/<uuid:token_id>"
MEMBERS = "projects/<uuid:project_id>/members"

urlpatterns = [
    path(IDENTITIES, listing.index, name="list"),
    path(f"{IDENTITIES}/new", detail.new, name="new"),
    path(IDENTITY, detail.overview, name="detail"),
    path(f"{IDENTITY}/edit", detail.edit, name="edit"),
    path(f"{IDENTITY}/delete", detail.delete, name="delete"),
    path(UNIVERSAL_AUTH, universal_auth.overview, name="universal-auth"),
    path(f"{UNIVERSAL_AUTH}/terms", universal_auth.terms, name="universal-auth-terms"),
    path(f"{UNIVERSAL_AUTH}/remove", universal_auth.remove, name="universal-auth-remove"),
    path(f"{UNIVERSAL_AUTH}/clear-lockouts", universal_auth.clear_lockouts, name="clear-lockouts"),
    path(f"{CLIENT_SECRETS}/new", universal_auth.new_client_secret, name="client-secret-new"),
    path(
        f"{CLIENT_SECRETS}/<uuid:client_secret_id>/revoke",
        universal_auth.revoke_client_secret,
        name="client-secret-revoke",
    ),
    path(TOKEN_AUTH, token_auth.overview, name="token-auth"),
    path(f"{TOKEN_AUTH}/terms", token_auth.terms, name="token-auth-terms"),
    path(f"{TOKEN_AUTH}/remove", token_auth.remove, name="token-auth-remove"),
    path(f"{TOKEN_AUTH}/tokens/new", token_auth.new_token, name="token-new"),
    path(f"{TOKEN}/rename", token_auth.rename_token, name="token-rename"),
    path(f"{TOKEN}/revoke", token_auth.revoke_token, name="token-revoke"),
    path(f"{MEMBERS}/leave", project_places.leave, name="project-leave"),
    path(MEMBERS, project_members.listed, name="project-members"),
    path(f"{MEMBERS}/new", project_members.new, name="project-member-new"),
    path(f"{MEMBERS}/<uuid:membership_id>", project_places.change, name="project-member"),
    path(f"{MEMBERS}/<uuid:membership_id>/remove", project_places.remove, name="project-member-remove"),
]
