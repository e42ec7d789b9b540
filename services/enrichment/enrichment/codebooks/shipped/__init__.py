"""The codebooks that come with the service, as YAML."""
