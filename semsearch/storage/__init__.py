"""Everything under an index folder: the store, its generations, and the pointer between them."""
