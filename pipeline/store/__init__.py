"""The database: tables and migrations, and functions that read and write them.

Functions take a ``Session``, return frozen views and never rows, flush and never commit. Time comes in as ``now``.
Everything that reads mail, or what was derived from mail, takes the ``reader`` and applies the rule of
``pipeline.core.share`` in SQL.

    tables        what is stored                   migrations    how it came to be
    engine        open, migrate, transactions      paging        opaque cursors
    rows          statements two databases differ in
    referring     rows that refer to a row         idempotency   writes that their caller named

    organisation  users, roles, passwords, tokens, notices, the audit log
    sync          mailboxes, accounts on mail servers, their folders, mail that waits to be read
    mail          mail as it is kept: stored once, threaded, listed, searched, counted, removed
    access        who may see what: settings of sharing, and the rule as SQL
    crm           leads, contacts, accounts, deals, activities, and the mail that belongs to them
    review        suggestions: proposed, decided, carried out, taken back
    rules         the organisation's rules: running them, what they do, calls on their way out
"""
