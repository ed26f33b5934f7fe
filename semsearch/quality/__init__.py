"""What an owner measures: lint, diff, evaluation and calibration."""
