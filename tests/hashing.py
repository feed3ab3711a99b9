"""The product's way to hash passwords, at a cost that thousands of tests can bear."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with as little work as it takes; the real cost is what the server's processes in tests pay."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
