"""The read side: query understanding, answers, related terms, autocomplete, browsing, the map."""
