"""IAM policies: reading, evaluating and checking them. No LocalStack in here."""
