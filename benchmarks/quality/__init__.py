"""Answer quality on judged questions."""
