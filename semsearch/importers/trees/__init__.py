"""Reader of trees (XML, JSON, YAML): a format is a row that names the paths of its fields."""
