"""The model files of the text-level heads."""
