//! Which recipients a receipt rule is for.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html>; that an address takes its labels is
//! said by the older <http://docs.aws.amazon.com/ses/latest/DeveloperGuide/receiving-email-receipt-rules.html>.

/// The recipient condition that takes this address, where one does. A rule without any takes all mail.
pub(super) fn taken_by<'a>(conditions: &'a [String], address: &str) -> Option<&'a str> {
    conditions.iter().map(String::as_str).find(|condition| takes(condition, address))
}

/// Case is no matter (assumed: it is not documented, and SES has been seen to write recipients in another case).
fn takes(condition: &str, address: &str) -> bool {
    let (condition, address) = (condition.to_lowercase(), address.to_lowercase());
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    match (condition.rsplit_once('@'), condition.strip_prefix('.')) {
        // An address, with any label behind a plus; one that has a label itself is that one alone.
        (Some((wanted, of)), _) => of == domain && (wanted == local || local.strip_prefix(wanted).is_some_and(is_label(wanted))),
        // All subdomains at any depth, and not the domain itself.
        (None, Some(of)) => domain.strip_suffix(of).is_some_and(|head| head.len() > 1 && head.ends_with('.')),
        // A domain, and none of its subdomains.
        (None, None) => condition == domain,
    }
}

fn is_label(wanted: &str) -> impl Fn(&str) -> bool {
    let labelled = wanted.contains('+');
    move |rest| !labelled && rest.starts_with('+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_the_console_page_takes_what_the_page_says() {
        // Form, addresses that it takes, addresses that it does not.
        let forms: [(&str, &[&str], &[&str]); 6] = [
            ("user@example.com", &["user@example.com"], &["users@example.com", "user@sub.example.com", "user@example.org"]),
            ("example.com", &["user@example.com", "other+x@example.com"], &["user@sub.example.com", "user@notexample.com"]),
            ("sub.example.com", &["user@sub.example.com"], &["user@example.com", "user@a.sub.example.com"]),
            (
                ".example.com",
                &["user@sub.example.com", "user@a.b.example.com"],
                &["user@example.com", "user@notexample.com", "user@.example.com"],
            ),
            // "This will match any form of the address with a label."
            ("user@example.com", &["user+label@example.com", "user+a+b@example.com"], &["userlabel@example.com", "+user@example.com"]),
            (
                "user+label@example.com",
                &["user+label@example.com"],
                &["user@example.com", "user+other@example.com", "user+label+x@example.com"],
            ),
        ];
        for (form, taken, not) in forms {
            for address in taken {
                assert!(takes(form, address), "`{form}` takes {address}");
            }
            for address in not {
                assert!(!takes(form, address), "`{form}` does not take {address}");
            }
        }
    }

    #[test]
    fn case_is_no_matter_and_what_is_no_address_is_taken_by_none() {
        assert!(takes("User@Example.com", "USER@example.COM") && takes("EXAMPLE.com", "a@example.com"));
        assert!(!takes("example.com", "example.com") && !takes("example.com", ""));
        assert_eq!(taken_by(&["a.example".into(), "b.example".into()], "x@b.example"), Some("b.example"));
        assert_eq!(taken_by(&[], "x@b.example"), None);
    }
}
