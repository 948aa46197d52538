"""The database: tables and migrations, and functions that read and write them.

Functions take a ``Session``, return frozen views and never rows, flush and never commit. Time comes in as ``now``.
Everything that reads mail, or what was derived from mail, takes the ``reader`` and applies the rule of
``pipeline.core.share`` in SQL.

    engine       open a database, migrate it, run transactions
    people       organisations, users, passwords          tokens       sessions, sign-in links, API tokens
    mailboxes    mailboxes, assignments, checkpoints      audit        the audit log
    storing      store a mail once, with its insights     mails        list and show mail, threads, facets
    threads      the thread of a mail                     thread_renaming  another key for a thread
    visibility   who may see a mail, as SQL               paging       opaque cursors
    records      read leads, contacts, accounts, deals    record_writing  create and change them
    standing     what the rule knows of a reader          sharing      settings of sharing, locks
    shares       records shared one by one                explaining   which branch decided
    copies       the copy a reader gets                   search       full-text search
    related      a record's mail                          crm_views    inbox views, last mood and intent
    widening     what accepting would show to more people
    links        mail that belongs to a record
    directory    what suggest needs to know of a mail
    proposals    save what is proposed for a mail         suggestions  the review queue, one suggestion
    decisions    accept, edit, reject, snooze, mute, undo    decision_log  what was decided
    activities   accepted meetings, calls and tasks       journal      every row a decision changed, for undo
"""
