"""The page that people code on."""
