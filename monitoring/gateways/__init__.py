"""What is shipped as data: the dictionary of errors."""
