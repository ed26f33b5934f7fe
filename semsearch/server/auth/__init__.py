"""Who may do what with an index: access keys, how they are kept, and what they permit."""
