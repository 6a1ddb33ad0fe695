"""Mail Manager: the API of its eight kinds of resource, from the current service model."""
