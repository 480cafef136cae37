"""How long records are kept: the workspace's periods, its legal holds, and what is due."""
