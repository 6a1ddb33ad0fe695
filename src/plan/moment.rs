//! Dates and times as IAM takes them.

use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

/// What a time means, in seconds since 1970; `None` when there is no such time. A date alone is its midnight in UTC.
///
/// "Date and time" of <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
pub(crate) fn seconds(text: &str) -> Option<i64> {
    if text.contains('T') {
        return OffsetDateTime::parse(text, &Iso8601::PARSING).ok().map(OffsetDateTime::unix_timestamp);
    }
    Date::parse(text, &Iso8601::PARSING).ok().map(|day| day.midnight().assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_time_is_the_same_time() {
        let noon = seconds("2018-08-31T12:00:00Z");
        assert_eq!(noon, Some(1_535_716_800));
        for same in ["2018-08-31T12:00Z", "2018-08-31T14:00+02:00", "2018-08-31T12:00:00.000Z"] {
            assert_eq!(seconds(same), noon, "{same}");
        }
        assert_eq!(seconds("2018-08-31"), noon.map(|noon| noon - 12 * 3600));
    }

    #[test]
    fn a_time_that_there_is_not_is_none() {
        for none in ["2026-02-30", "2026-13-01T00:00:00Z", "2026-12-01T24:30:00Z", "2026-12-01T00:00:00", ""] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }
}
