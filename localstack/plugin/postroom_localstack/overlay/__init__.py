"""What AWS refuses or answers differently, and LocalStack lets through."""
