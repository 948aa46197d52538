"""Mail accounts: services as data, connection test, credentials, folder mapping."""
