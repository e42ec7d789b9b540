"""The steps of one attempt within the database: claim it, make its payload, record what came of it."""
