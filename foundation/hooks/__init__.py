"""What happens in the centres, told to other systems: signed calls that are tried until heard."""
