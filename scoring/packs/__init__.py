"""Statement packs and rubrics: YAML that a QA lead writes, every mistake with file, line and field."""
