"""Sessions: planning them, the page of one, who came, and the calendar."""
