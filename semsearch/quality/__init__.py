"""What the owner of a glossary measures: lint, diff, evaluation and calibration."""
