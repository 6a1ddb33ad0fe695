"""Tests of the emulator itself; run with ``localstack/emulator test``."""
