"""Where CRM records come from: files of contacts, and CRMs outside."""
