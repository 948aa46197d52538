"""Scoring archives: parts in, Parquet out, on this machine or on a cluster engine.

parts      what a job reads, cut into parts       reading   the mails of one part
choosing   which mails of it are wanted           schema    the insight document as typed columns
scoring    one part scored and written            engines   where parts are scored
job        a whole job, begun or gone on with     summary   what was counted
report     the summary as a page with pictures    frame     the same for a pandas DataFrame
"""
