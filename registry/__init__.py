"""The education data registry: a second source with its own database and service."""
