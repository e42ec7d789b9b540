"""The platform on one machine: engines, four services and one base URL, as child processes."""
