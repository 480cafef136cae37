"""Where the member may write: the short list that the app on a phone opens with."""
