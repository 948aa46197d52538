"""The leaf of the import graph: labels, model classes, loading, and the shipped artefacts with their cards."""
