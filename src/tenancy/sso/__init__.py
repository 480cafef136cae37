"""Single sign-on: a workspace's own OpenID provider, and whom it has signed in."""
