"""SES v1 receiving: rule sets, rules, filters, and the tests SES makes of targets."""
