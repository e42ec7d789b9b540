"""The few claims that say most about a study, and what they leave unsaid."""
