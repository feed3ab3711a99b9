"""Who belongs where and may do what. Imports `audit` and `wire`."""
