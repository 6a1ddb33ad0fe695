//! The conditions of traffic policies and of rules.

use super::super::super::choices::Choice;
use super::super::super::language::Placed;
use super::super::super::language::mail_manager::{
    Analysis, Equality, FlagAttribute, IpTest, MailCondition, NumberOperator, TextAttribute, TextTest, TrafficCondition, VerdictAttribute,
};
use super::super::super::words::mail_manager as words;
use super::super::super::words::{OnlyRecipient, Reader};
use super::super::once;
use super::spelling;

/// A condition of a rule; `None` when its test has a problem, which has been told.
pub(super) fn of_rule(written: Placed<words::MailCondition>, reader: &mut Reader<'_>) -> Option<Placed<MailCondition>> {
    use words::MailCondition as Written;
    let Placed { value, spot } = written;
    let value = match value {
        Written::Analysis(mut test) => {
            let analysis = Analysis { addon: test.addon.clone(), field: test.field.clone() };
            match test.is {
                Some(is) => MailCondition::AnalysisFlag(analysis, is),
                None => MailCondition::AnalysisText(analysis, texts(&mut test, reader)?),
            }
        }
        Written::Cc(test) => text(TextAttribute::Cc, test, reader)?,
        Written::From(test) => text(TextAttribute::From, test, reader)?,
        Written::Helo(test) => text(TextAttribute::Helo, test, reader)?,
        Written::MailFrom(test) => text(TextAttribute::MailFrom, test, reader)?,
        Written::Recipient(test) => text(TextAttribute::Recipient, test, reader)?,
        Written::Sender(test) => text(TextAttribute::Sender, test, reader)?,
        Written::Subject(test) => text(TextAttribute::Subject, test, reader)?,
        Written::To(test) => text(TextAttribute::To, test, reader)?,
        Written::ClientCertificate(mut test) => MailCondition::Certificate(test.attribute, texts(&mut test, reader)?),
        Written::Header(mut test) => MailCondition::Header(test.name.clone(), texts(&mut test, reader)?),
        Written::Dkim(test) => verdict(VerdictAttribute::Dkim, test, reader)?,
        Written::Spf(test) => verdict(VerdictAttribute::Spf, test, reader)?,
        Written::Dmarc(words::DmarcTest { equals, not_equals }) => {
            let (equality, values) = one_of(equals, not_equals, reader)?;
            MailCondition::Dmarc(equality, values)
        }
        Written::Verdict(words::AnalysisVerdict { addon, field, equals, not_equals }) => {
            let (equality, values) = one_of(equals, not_equals, reader)?;
            MailCondition::AnalysisVerdict(Analysis { addon, field }, equality, values)
        }
        Written::InAddressList(words::InAddressList { attribute, list, is }) => MailCondition::InAddressList { attribute, list, is },
        Written::MessageSize(test) => size(test)?,
        Written::SourceIp(test) => MailCondition::SourceIp(ip(test.r#in, test.not_in, reader)?),
        Written::ReadReceiptRequested(is) => MailCondition::Flag(FlagAttribute::ReadReceiptRequested, is),
        Written::Tls(is) => MailCondition::Flag(FlagAttribute::Tls, is),
        Written::TlsWrapped(is) => MailCondition::Flag(FlagAttribute::TlsWrapped, is),
    };
    Some(Placed { value, spot })
}

/// A condition of a traffic policy; `None` when its test has a problem, which has been told.
pub(super) fn traffic(written: Placed<words::TrafficCondition>, reader: &mut Reader<'_>) -> Option<Placed<TrafficCondition>> {
    use words::TrafficCondition as Written;
    let Placed { value, spot } = written;
    let value = match value {
        Written::Analysis(mut test) => {
            let analysis = Analysis { addon: test.addon.clone(), field: test.field.clone() };
            match test.is {
                Some(is) => TrafficCondition::AnalysisFlag(analysis, is),
                None => TrafficCondition::AnalysisText(analysis, texts(&mut test, reader)?),
            }
        }
        Written::InAddressList(words::RecipientInList { attribute: OnlyRecipient::Recipient, list, is }) => {
            TrafficCondition::InAddressList { list, is }
        }
        Written::Recipient(mut test) => TrafficCondition::Recipient(texts(&mut test, reader)?),
        Written::SenderIp(test) => TrafficCondition::SenderIp(ip(test.r#in, test.not_in, reader)?),
        Written::SenderIpv6(test) => TrafficCondition::SenderIpv6(ip(test.r#in, test.not_in, reader)?),
        Written::Tls(words::TrafficTls { at_least, is }) => {
            TrafficCondition::Tls { at_least: at_least.is_some(), version: at_least.or(is)? }
        }
    };
    Some(Placed { value, spot })
}

fn text(attribute: TextAttribute, mut test: words::TextTest, reader: &mut Reader<'_>) -> Option<MailCondition> {
    Some(MailCondition::Text(attribute, texts(&mut test, reader)?))
}

fn texts(test: &mut impl words::Texts, reader: &mut Reader<'_>) -> Option<TextTest> {
    let (operator, values) = test.texts()?;
    once::once("the value", &values, reader);
    Some(TextTest { operator, values })
}

fn ip(inside: Option<Vec<Placed<String>>>, outside: Option<Vec<Placed<String>>>, reader: &mut Reader<'_>) -> Option<IpTest> {
    let test = IpTest { inside: inside.is_some(), values: inside.or(outside)? };
    once::once("the range", &test.values, reader);
    Some(test)
}

fn verdict(attribute: VerdictAttribute, test: words::VerdictTest, reader: &mut Reader<'_>) -> Option<MailCondition> {
    let (equality, values) = one_of(test.equals, test.not_equals, reader)?;
    Some(MailCondition::Verdict(attribute, equality, values))
}

fn one_of<C: Choice + PartialEq>(
    equals: Option<Vec<Placed<C>>>,
    not_equals: Option<Vec<Placed<C>>>,
    reader: &mut Reader<'_>,
) -> Option<(Equality, Vec<C>)> {
    let equality = if equals.is_some() { Equality::Equals } else { Equality::NotEquals };
    let values = equals.or(not_equals)?;
    let spelled: Vec<_> = values.iter().map(|one| Placed { value: spelling(one.value), spot: one.spot.clone() }).collect();
    once::once("the value", &spelled, reader);
    Some((equality, values.into_iter().map(|one| one.value).collect()))
}

fn size(test: words::SizeTest) -> Option<MailCondition> {
    let words::SizeTest { equals, not_equals, less_than, less_than_or_equal, greater_than, greater_than_or_equal } = test;
    let written = [
        (NumberOperator::Equals, equals),
        (NumberOperator::NotEquals, not_equals),
        (NumberOperator::LessThan, less_than),
        (NumberOperator::LessThanOrEqual, less_than_or_equal),
        (NumberOperator::GreaterThan, greater_than),
        (NumberOperator::GreaterThanOrEqual, greater_than_or_equal),
    ];
    let (operator, size) = written.into_iter().find_map(|(operator, size)| size.map(|size| (operator, size)))?;
    Some(MailCondition::Size(operator, f64::from(u32::try_from(size).ok()?)))
}
