"""The data scientist's loop behind dvc.yaml: collect, prepare, train, evaluate, gate, promote."""
