"""How long records are kept, what is due to be destroyed, and what a legal hold keeps."""
