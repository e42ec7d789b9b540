"""Posts as enrichment tells of them: vector, keyphrases, author and studies, never the text."""
