//! The AWS page behind each mapping of the language: an editor shows it with each of its keys.

/// The page, by the name of the form.
#[rustfmt::skip]
const PAGES: &[(&str, &str)] = &[
    ("Access", "https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html"),
    ("Action", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action.html"),
    ("AddHeader", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-add-header.html"),
    ("Addon", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateAddonSubscription.html"),
    ("AddressList", "https://docs.aws.amazon.com/ses/latest/dg/address-lists.html"),
    ("AnalysisTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_Analysis.html"),
    ("AnalysisVerdict", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleVerdictExpression.html"),
    ("Archive", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateArchive.html"),
    ("ArchiveAction", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_ArchiveAction.html"),
    ("ArchiveUser", "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html"),
    ("AttachTo", "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html"),
    ("Bounce", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-bounce.html"),
    ("CertificateTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleStringToEvaluate.html"),
    ("Conditions", "https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html"),
    ("Connect", "https://docs.aws.amazon.com/ses/latest/APIReference/API_ConnectAction.html"),
    ("Create", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-setting-up.html"),
    ("Defaults", "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"),
    ("DeliverToMailbox", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_DeliverToMailboxAction.html"),
    ("DeliverToQBusiness", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_DeliverToQBusinessAction.html"),
    ("DmarcTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleDmarcExpression.html"),
    ("ExpectedAct", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html"),
    ("Filter", "https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptIpFilter.html"),
    ("Grant", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html"),
    ("HeaderTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleStringToEvaluate.html"),
    ("InAddressList", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleIsInAddressList.html"),
    ("IngressAuth", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressPointConfiguration.html"),
    ("IngressEndpoint", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateIngressPoint.html"),
    ("InvokeLambda", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_InvokeLambdaAction.html"),
    ("IpTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleIpExpression.html"),
    ("Ipv4Test", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressIpv4Expression.html"),
    ("Ipv6Test", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressIpv6Expression.html"),
    ("Lambda", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html"),
    ("MailAction", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleAction.html"),
    ("MailAddHeader", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_AddHeaderAction.html"),
    ("MailBounce", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_BounceAction.html"),
    ("MailCondition", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleCondition.html"),
    ("MailManager", "https://docs.aws.amazon.com/ses/latest/dg/eb.html"),
    ("MailRule", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_Rule.html"),
    ("MailRuleSet", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateRuleSet.html"),
    ("NewBucket", "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html"),
    ("NewKey", "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html"),
    ("NewSecret", "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"),
    ("NewTopic", "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html"),
    ("Plan", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email.html"),
    ("PublishToSns", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_SnsAction.html"),
    ("Receipt", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html"),
    ("RecipientInList", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressIsInAddressList.html"),
    ("Relay", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateRelay.html"),
    ("RelayAction", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RelayAction.html"),
    ("RelayAuth", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RelayAuthentication.html"),
    ("ReplaceRecipient", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_ReplaceRecipientAction.html"),
    ("Role", "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"),
    ("RouteTest", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html"),
    ("Rule", "https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html"),
    ("RuleSet", "https://docs.aws.amazon.com/ses/latest/APIReference/API_CreateReceiptRuleSet.html"),
    ("S3", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html"),
    ("Safety", "https://docs.aws.amazon.com/ses/latest/APIReference/API_DeleteReceiptRule.html"),
    ("Send", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_SendAction.html"),
    ("Sender", "https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html"),
    ("SizeTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleNumberExpression.html"),
    ("Sns", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-sns.html"),
    ("Stop", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-stop.html"),
    ("Target", "https://docs.aws.amazon.com/ses/latest/dg/regions.html"),
    ("TextTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleStringExpression.html"),
    ("TrafficAnalysis", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressAnalysis.html"),
    ("TrafficCondition", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_PolicyCondition.html"),
    ("TrafficPolicy", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateTrafficPolicy.html"),
    ("TrafficStatement", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_PolicyStatement.html"),
    ("TrafficText", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressStringExpression.html"),
    ("TrafficTls", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressTlsProtocolExpression.html"),
    ("TrustStore", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_TrustStore.html"),
    ("VerdictTest", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleVerdictExpression.html"),
    ("Workmail", "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-workmail.html"),
    ("WriteToS3", "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_S3Action.html"),
];

/// The AWS page behind a form.
pub(super) fn page(form: &str) -> Option<&'static str> {
    PAGES.iter().find(|(name, _)| *name == form).map(|(_, page)| *page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mapping_has_a_page_and_each_page_a_mapping() {
        let schema = super::super::schema();
        let forms = schema["$defs"].as_object().unwrap();
        let named: Vec<&str> = forms.keys().map(String::as_str).collect();
        assert_eq!(named.iter().filter(|name| page(name).is_none()).collect::<Vec<_>>(), [&""; 0]);
        assert_eq!(PAGES.iter().map(|(name, _)| *name).filter(|name| !forms.contains_key(*name)).collect::<Vec<_>>(), [""; 0]);
        assert!(PAGES.is_sorted());
    }
}
