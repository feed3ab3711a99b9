"""The subject: connections to GitLab and GitHub, their sealed credentials, and what is known about them."""
