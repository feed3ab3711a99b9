"""The manners of the HTTP API, the same for every app: envelope, input fields, request id, rate limits.

Imports no other app.
"""
