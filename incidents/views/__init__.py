"""Pages of incidents, by subject: reading them, commanding them, their assignments."""
