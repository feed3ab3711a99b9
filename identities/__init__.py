"""Machine identities, how they log in, and what their access tokens stand for."""
