"""Files of posts: CSV, TSV and NDJSON, compressed or not, read as streams."""
