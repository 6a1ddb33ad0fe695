"""Where SES receives mail (docs/facts.md 1.7)."""

from __future__ import annotations

# Regions whose CloudFormation schema has AWS::SES::ReceiptRule: no proof of receiving, and the best
# list there is. A bucket in any of them needs no role (docs/facts.md 3.3, the S3 action page).
RECEIVING = frozenset(
    """
    af-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2
    ap-southeast-3 ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3
    il-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2 eusc-de-east-1
    """.split()
)
