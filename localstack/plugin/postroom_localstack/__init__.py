"""What LocalStack lacks to test mail receiving against: see ../../README.md."""
