//! What conditions compare, and with what.

use super::super::choice::{OneOf, OnlyRecipient};
use super::super::common::{Flag, Opt, Whole};
use super::super::demand::Demand;
use super::super::macros::mapping;
use super::super::several::{At, OneOrMore};
use super::super::texts::{AddonReference, Cidr, Ipv4Range, Ipv6Range, ListReference, MimeHeaderName, ResultField, TestText, Text};
use crate::plan::language::Placed;
use crate::plan::language::mail_manager::{CertificateAttribute, Dmarc, ListAttribute, TextOperator, TlsVersion, Verdict};

/// Values of one test of a rule.
const VALUES: usize = 10;
/// The double of the API, as far as a size of mail can need it.
const LARGEST: usize = 0xffff_ffff;

/// A test of a text with its operator: exactly one of five keys.
pub(crate) trait Texts {
    /// The operator that was written, with its values.
    fn texts(&mut self) -> Option<(TextOperator, Vec<Placed<String>>)>;
}

/// Declares a mapping with the five operators for texts beside its own keys.
macro_rules! text_test {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $values:ty $(, or $other:literal)? => {
            $( $(#[doc = $about:literal])+ $key:ident : $word:ty $(= $default:expr)? , )*
        }
    ) => {
        mapping! {
            $(#[doc = $doc])+
            $name [Demand::ExactlyOne(&["equals", "not_equals", "starts_with", "ends_with", "contains" $(, $other)?])] {
                $( $(#[doc = $about])+ $key: $word $(= $default)?, )*
                /// Equal to one of these.
                equals: Opt<$values>,
                /// Equal to none of these.
                not_equals: Opt<$values>,
                /// Begins with one of these.
                starts_with: Opt<$values>,
                /// Ends with one of these.
                ends_with: Opt<$values>,
                /// Holds one of these.
                contains: Opt<$values>,
            }
        }

        impl Texts for $name {
            fn texts(&mut self) -> Option<(TextOperator, Vec<Placed<String>>)> {
                let Self { equals, not_equals, starts_with, ends_with, contains, .. } = self;
                let written = [
                    (TextOperator::Equals, equals.take()),
                    (TextOperator::NotEquals, not_equals.take()),
                    (TextOperator::StartsWith, starts_with.take()),
                    (TextOperator::EndsWith, ends_with.take()),
                    (TextOperator::Contains, contains.take()),
                ];
                written.into_iter().find_map(|(operator, values)| values.map(|values| (operator, values)))
            }
        }
    };
}

text_test! {
    /// A test of a text: exactly one operator.
    TextTest, OneOrMore<TestText, VALUES> => {}
}

text_test! {
    /// A test of a header.
    HeaderTest, OneOrMore<TestText, VALUES> => {
        /// Its name: `X-…`.
        name: MimeHeaderName,
    }
}

text_test! {
    /// A test of a client's certificate.
    CertificateTest, OneOrMore<TestText, VALUES> => {
        /// What of it.
        attribute: OneOf<CertificateAttribute>,
    }
}

text_test! {
    /// A test of an add-on's answer: `is` where that is yes or no, else an operator for texts.
    AnalysisTest, OneOrMore<TestText, VALUES>, or "is" => {
        /// The add-on, by its name in the plan or the ARN of its instance.
        addon: AddonReference,
        /// The field of its answer.
        field: ResultField,
        /// What the answer is.
        is: Opt<Flag>,
    }
}

text_test! {
    /// A test of a text: exactly one operator.
    TrafficText, OneOrMore<Text> => {}
}

text_test! {
    /// A test of an add-on's answer: `is` where that is yes or no, else an operator for texts.
    TrafficAnalysis, OneOrMore<Text>, or "is" => {
        /// The add-on, by its name in the plan or the ARN of its instance.
        addon: AddonReference,
        /// The field of its answer.
        field: ResultField,
        /// What the answer is.
        is: Opt<Flag>,
    }
}

mapping! {
    /// A test of a size: exactly one operator.
    SizeTest [Demand::ExactlyOne(&["equals", "not_equals", "less_than", "less_than_or_equal", "greater_than", "greater_than_or_equal"])] {
        /// Equal to this.
        equals: Opt<Whole<0, LARGEST>>,
        /// Not equal to this.
        not_equals: Opt<Whole<0, LARGEST>>,
        /// Less than this.
        less_than: Opt<Whole<0, LARGEST>>,
        /// This or less.
        less_than_or_equal: Opt<Whole<0, LARGEST>>,
        /// Greater than this.
        greater_than: Opt<Whole<0, LARGEST>>,
        /// This or greater.
        greater_than_or_equal: Opt<Whole<0, LARGEST>>,
    }
}

mapping! {
    /// A test of an address.
    IpTest [Demand::ExactlyOne(&["in", "not_in"])] {
        /// In one of these ranges.
        r#in: Opt<OneOrMore<Cidr, VALUES>>,
        /// In none of these ranges.
        not_in: Opt<OneOrMore<Cidr, VALUES>>,
    }
}

mapping! {
    /// A test of an IPv4 address.
    Ipv4Test [Demand::ExactlyOne(&["in", "not_in"])] {
        /// In one of these ranges.
        r#in: Opt<OneOrMore<Ipv4Range>>,
        /// In none of these ranges.
        not_in: Opt<OneOrMore<Ipv4Range>>,
    }
}

mapping! {
    /// A test of an IPv6 address.
    Ipv6Test [Demand::ExactlyOne(&["in", "not_in"])] {
        /// In one of these ranges.
        r#in: Opt<OneOrMore<Ipv6Range>>,
        /// In none of these ranges.
        not_in: Opt<OneOrMore<Ipv6Range>>,
    }
}

mapping! {
    /// A test of the version of TLS.
    TrafficTls [Demand::ExactlyOne(&["at_least", "is"])] {
        /// This version or a later one.
        at_least: Opt<OneOf<TlsVersion>>,
        /// This version.
        is: Opt<OneOf<TlsVersion>>,
    }
}

mapping! {
    /// A test of a verdict: exactly one operator.
    VerdictTest [Demand::ExactlyOne(&["equals", "not_equals"])] {
        /// One of these.
        equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
        /// None of these.
        not_equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
    }
}

mapping! {
    /// A test of an add-on's answer as a verdict.
    AnalysisVerdict [Demand::ExactlyOne(&["equals", "not_equals"])] {
        /// The add-on, by its name in the plan or the ARN of its instance.
        addon: AddonReference,
        /// The field of its answer.
        field: ResultField,
        /// One of these.
        equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
        /// None of these.
        not_equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
    }
}

mapping! {
    /// A test of a DMARC policy: exactly one operator.
    DmarcTest [Demand::ExactlyOne(&["equals", "not_equals"])] {
        /// One of these.
        equals: Opt<OneOrMore<At<OneOf<Dmarc>>, VALUES>>,
        /// None of these.
        not_equals: Opt<OneOrMore<At<OneOf<Dmarc>>, VALUES>>,
    }
}

mapping! {
    /// Whether an address is in an address list.
    InAddressList {
        /// Which address of the mail.
        attribute: OneOf<ListAttribute>,
        /// The list, by its name or ARN.
        list: ListReference,
        /// `false`: it is not.
        is: Flag = true,
    }
}

mapping! {
    /// Whether the recipient is in an address list.
    RecipientInList {
        /// The only address that is there yet.
        attribute: OneOf<OnlyRecipient> = OnlyRecipient::default(),
        /// The list, by its name or ARN.
        list: ListReference,
        /// `false`: it is not.
        is: Flag = true,
    }
}
