"""The demo: a fictional consultancy with a rich engagement, built through the services."""
