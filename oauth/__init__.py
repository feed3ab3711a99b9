"""The browser handshakes: an attempt to connect, or to have a client made, from the first click to its end."""
