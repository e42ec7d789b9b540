"""A seeded conversation about Solane, a train operator that does not exist, with its planted truth."""
