"""Where mail comes from: files now; IMAP, POP3, Gmail and Graph have their room here."""
