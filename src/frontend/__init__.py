"""How the work is reached: pages, JSON, mail templates and the command line. Knows no SQL."""
