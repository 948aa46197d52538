"""The history of the tables, run by ``pipeline.store.engine.migrate``."""
