"""The door outward: the only package that opens HTTP and DNS. `client.fetch_many` is what rooms use."""
