"""Every page of the product, by a name: what the tests that hold for all of them go through."""

CONNECTION = "/organization/app-connections/{gitlab-platform}"
BROKEN = "/organization/app-connections/{gitlab-payments}"
IDENTITY = "/organization/identities/{identity}"
PROJECT = "/projects/{project}"

# What an administrator sees. The words in braces are what `furnishing` made.
PAGES = {
    "connections": "/organization/app-connections",
    "connections-filtered": "/organization/app-connections?q=gitlab&state=healthy&sort=name",
    "connections-no-match": "/organization/app-connections?q=no-such-connection",
    "connection-new": "/organization/app-connections/new",
    "connection-new-by-token": "/organization/app-connections/gitlab/new/access-token",
    "connection-new-by-oauth": "/organization/app-connections/gitlab/oauth/new",
    "connection": CONNECTION,
    "connection-broken": BROKEN,
    "connection-activity": f"{CONNECTION}/activity",
    "connection-edit": f"{CONNECTION}/edit",
    "connection-credentials": f"{CONNECTION}/credentials",
    "connection-delete": f"{CONNECTION}/delete",
    "instances": "/organization/instances",
    "instance-new": "/organization/instances/gitlab/new",
    "instance": "/organization/instances/gitlab/{instance}",
    "projects": "/organization/projects",
    "project-new": "/organization/projects/new",
    "project-connections": f"{PROJECT}/app-connections",
    "project-members": f"{PROJECT}/members",
    "project-member-new": f"{PROJECT}/members/new",
    "project-settings": f"{PROJECT}/settings",
    "project-delete": f"{PROJECT}/settings/delete",
    "project-join": "/organization/projects/{project}/join",
    "project-leave": f"{PROJECT}/members/leave",
    "members": "/organization/members",
    "member-invite": "/organization/members/invite",
    "member-remove": "/organization/members/{member}/remove",
    "member-role": "/organization/members/{member}/role",
    "identities": "/organization/identities",
    "identity-new": "/organization/identities/new",
    "identity": IDENTITY,
    "identity-edit": f"{IDENTITY}/edit",
    "identity-delete": f"{IDENTITY}/delete",
    "identity-universal-auth": f"{IDENTITY}/universal-auth",
    "identity-universal-auth-terms": f"{IDENTITY}/universal-auth/terms",
    "identity-client-secret-new": f"{IDENTITY}/universal-auth/client-secrets/new",
    "identity-client-secret-revoke": f"{IDENTITY}/universal-auth/client-secrets/{{client_secret}}/revoke",
    "identity-token-auth": f"{IDENTITY}/token-auth",
    "identity-token-new": f"{IDENTITY}/token-auth/tokens/new",
    "audit-log": "/organization/audit-log",
    "invitation-revoke": "/organization/invitations/{invitation}/revoke",
    "organization-leave": "/organization/leave",
    "organization-new": "/organization/new",
    "settings": "/organization/settings",
    "account-security": "/account/security",
    "account-confirm": "/account/confirm",
    "account-password": "/account/password",
    "account-passkeys": "/account/passkeys",
    "account-sessions": "/account/sessions",
    "not-found": "/nowhere",
}
# What somebody sees who has not signed in.
OPEN_PAGES = {
    "sign-in": "/sign-in",
    "password-reset": "/password-reset",
    "password-reset-sent": "/password-reset/sent",
    "password-reset-link-over": "/password-reset/1-2",
    "invitation-over": "/invitations/no-such-invitation",
}
