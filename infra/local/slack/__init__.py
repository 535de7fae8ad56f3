"""A local Slack: the Web API, commands, interactivity, events and `response_url` over HTTP, signed, and as strict
about Block Kit as Slack is."""
