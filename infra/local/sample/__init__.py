"""A salon that does not exist, for the first look at Frontdesk."""
