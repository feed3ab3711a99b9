"""The browser handshake: one attempt to connect, from the first click to the connection."""
