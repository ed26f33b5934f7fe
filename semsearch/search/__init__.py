"""Reading an index: questions, answers, autocomplete, related terms, browsing, the map."""
