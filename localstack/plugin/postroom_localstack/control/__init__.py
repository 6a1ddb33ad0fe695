"""What tests use to steer and watch the emulator: ``/_test/*``."""
