"""Command line of the emulator: set up, start and stop a LocalStack process."""
