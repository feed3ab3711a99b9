"""What happened: who did what, when and from where. Append-only. Imports no app but `wire`."""
