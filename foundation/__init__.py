"""What every centre stands on."""
