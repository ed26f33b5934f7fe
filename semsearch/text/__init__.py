"""Text analysis without an index: names, wordings of questions, sentences, spelling, links."""
