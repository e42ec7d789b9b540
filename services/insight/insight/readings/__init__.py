"""Reading a study: from counts to insights with quotes, whenever something about it has changed."""
