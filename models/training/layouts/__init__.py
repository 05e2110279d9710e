"""How published datasets, and our own versions, lie in a folder; one module a layout. Each gives an Entry for every operation."""
