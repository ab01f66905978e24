"""How other systems talk to Einig: tracked activities, forms, webhooks, REST."""
