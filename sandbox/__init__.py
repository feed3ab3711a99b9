"""Providers that run on loopback: for the tests, for trying the product out, and for the benchmark."""
