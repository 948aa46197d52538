"""The database: tables and migrations, and functions that read and write them.

Functions take a ``Session``, return frozen views and never rows, flush and never commit. Time comes in as ``now``.
Everything that reads mail, or what was derived from mail, takes the ``reader`` and applies the rule of
``pipeline.core.share`` in SQL.

    engine       open a database, migrate it, run transactions
    people       organisations, users, passwords          tokens       sessions, sign-in links, API tokens
    mailboxes    mailboxes, assignments, checkpoints      audit        the audit log
    mails        store, list and show mail                visibility   who may see a mail, as SQL
    records      leads, contacts, accounts, deals         links        mail that belongs to a record
    suggestions  what is proposed, the review queue       decisions    accept, edit, reject, snooze, mute, undo
    activities   accepted meetings, calls and tasks       journal      every row a decision changed, for undo
"""
