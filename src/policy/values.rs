//! The values that condition operators compare: numbers, moments, addresses, bytes.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::cmp::Ordering;
use std::net::IpAddr;

use super::operator::Order;

impl Order {
    pub(super) fn holds(self, found: Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
        }
    }
}

/// How the first number lies to the second: integers or decimals.
pub(super) fn compare_numbers(one: &str, other: &str) -> Option<Ordering> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number(one)?.partial_cmp(&number(other)?)
}

/// How the first moment lies to the second.
pub(super) fn compare_moments(one: &str, other: &str) -> Option<Ordering> {
    Some(moment(one.trim())?.cmp(&moment(other.trim())?))
}

/// Nanoseconds since 1970, from "one of the W3C implementations of the ISO 8601 date formats or in epoch (UNIX) time".
/// <https://www.w3.org/TR/NOTE-datetime>
fn moment(text: &str) -> Option<i128> {
    // Four digits are a year, more are seconds (assumed: no epoch time worth a policy has fewer than five digits).
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > 4 && digits(text) {
        return text.parse::<i64>().ok().map(|seconds| i128::from(seconds) * NANOS);
    }
    let (date, time) = text.split_once(['T', 't']).map_or((text, None), |(date, time)| (date, Some(time)));
    let mut parts = date.split('-');
    let year = field(parts.next(), 4, 0..=9999)?;
    let month = parts.next().map_or(Some(1), |part| field(Some(part), 2, 1..=12))?;
    let day = parts.next().map_or(Some(1), |part| field(Some(part), 2, 1..=31))?;
    let days = i128::from(days_since_1970(year, month, day));
    match (parts.next(), time) {
        (Some(_), _) => None,
        (None, None) => Some(days * DAY),
        (None, Some(time)) => Some(days * DAY + time_of_day(time)?),
    }
}

const NANOS: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * NANOS;

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s…`, each with its zone: `Z` or `±hh:mm`.
fn time_of_day(text: &str) -> Option<i128> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let offset = match zone.split_at_checked(1)? {
        ("Z" | "z", "") => 0,
        ("+", zone) => minutes(zone)?,
        ("-", zone) => -minutes(zone)?,
        _ => return None,
    };
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let (hours_minutes, seconds) = match clock.rsplit_once(':') {
        Some((rest, seconds)) if rest.contains(':') => (rest, Some(seconds)),
        _ => (clock, None),
    };
    let nanos = match (seconds, fraction) {
        (_, None) => 0,
        (Some(_), Some(digits)) => i128::from(field(Some(&format!("{digits:0<9.9}")), 9, 0..=999_999_999)?),
        (None, Some(_)) => return None,
    };
    let seconds = seconds.map_or(Some(0), |seconds| field(Some(seconds), 2, 0..=60))?;
    Some((i128::from(minutes(hours_minutes)? - offset) * 60 + i128::from(seconds)) * NANOS + nanos)
}

fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    Some(field(Some(hours), 2, 0..=24)? * 60 + field(Some(minutes), 2, 0..=59)?)
}

/// A number of exactly so many digits.
fn field(text: Option<&str>, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let text = text.filter(|text| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok().filter(|number| range.contains(number))
}

/// Days from 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let era = year.div_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let year_of_era = year.rem_euclid(400);
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// An address, or a range of them in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    first: IpAddr,
    prefix: u32,
}

impl Network {
    /// "If you specify an IP address without the associated routing prefix, IAM uses the default prefix value of /32" (of IPv6 assumed: /128).
    /// The bits behind the prefix are cleared.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix: u32 = prefix.map_or(Some(width), |prefix| prefix.parse().ok()).filter(|prefix| *prefix <= width)?;
        Some(Self { first: first_of(address, prefix), prefix })
    }

    pub(super) fn contains(self, address: IpAddr) -> bool {
        first_of(address, self.prefix) == self.first
    }

    /// Whether it holds no address of the public internet: it lies in a block that IANA keeps for other ends.
    /// <https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>
    pub(super) fn is_nowhere(self) -> bool {
        let blocks = NOT_PUBLIC.iter().filter_map(|block| Self::read(block));
        blocks.into_iter().any(|block| block.prefix <= self.prefix && block.contains(self.first))
    }
}

/// Private, loopback, link-local and shared networks, those of documentation, and the ones nobody has.
const NOT_PUBLIC: [&str; 17] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "::1/128",
    "2001:db8::/32",
    "3fff::/20",
    "fc00::/7",
    "fe80::/10",
];

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

fn first_of(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() & u32::MAX.checked_shl(32_u32.saturating_sub(prefix)).unwrap_or(0)).into()),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or(0)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_w3c_form_and_as_epoch_seconds() {
        let nanos = |text: &str| moment(text).unwrap_or_else(|| panic!("{text}"));
        for (text, seconds) in [
            ("1970", 0),
            ("1970-02", 31 * 86_400),
            ("2000-03-01", 951_868_800),
            ("2018-08-31T12:00Z", 1_535_716_800),
            ("2013-08-16T15:00:00Z", 1_376_665_200),
            ("2013-08-16T17:00:00+02:00", 1_376_665_200),
            ("2013-08-16T10:30:00-04:30", 1_376_665_200),
            ("1376665200", 1_376_665_200),
            ("1969-12-31T23:59:59Z", -1),
            ("2024-02-29", 1_709_164_800),
        ] {
            assert_eq!(nanos(text), seconds * NANOS, "{text}");
        }
        assert_eq!(nanos("1970-01-01T00:00:00.25Z"), NANOS / 4);
        for text in [
            "",
            "x",
            "1970-13",
            "1970-1",
            "1970-01-01T00:00",
            "1970-01-01T00:00:00",
            "1970-01-01T00.5Z",
            "1970-01-01-01",
            "T",
            "1970-01-01T00:00+2",
            "1970-01-01Té",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_integers_or_decimals() {
        assert_eq!(compare_numbers("10", "9"), Some(Ordering::Greater));
        assert_eq!(compare_numbers("1.50", "1.5"), Some(Ordering::Equal));
        assert_eq!(compare_numbers("-1", "0.5"), Some(Ordering::Less));
        for text in ["", "x", "inf", "NaN", "1e999"] {
            assert_eq!(compare_numbers(text, "1"), None, "{text}");
        }
    }

    #[test]
    fn a_network_holds_its_addresses() {
        let holds = |network: &str, address: &str| Network::read(network).unwrap().contains(address.parse().unwrap());
        assert!(holds("203.0.113.0/24", "203.0.113.255") && !holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:9::1") && !holds("2001:DB8:1234:5678::/64", "2001:db8::1"));
        assert!(holds("0.0.0.0/0", "1.2.3.4") && !holds("0.0.0.0/0", "::1") && !holds("::/0", "0.0.0.0"));
        assert!(holds("1.2.3.4", "1.2.3.4") && !holds("1.2.3.4", "1.2.3.5"));
        let nowhere = |network: &str| Network::read(network).unwrap().is_nowhere();
        assert!(["10.1.0.0/16", "203.0.113.7", "192.168.0.0/16", "fd00::/8", "2001:db8:1::/48"].iter().all(|network| nowhere(network)));
        assert!(
            ["8.0.0.0/7", "0.0.0.0/0", "54.240.0.0/18", "172.32.0.1", "::/0", "2a05:d000::/25"].iter().all(|network| !nowhere(network))
        );
        assert!(["1.2.3.4/33", "::/129", "1.2.3", "1.2.3.4/", "1.2.3.4/-1"].iter().all(|text| Network::read(text).is_none()));
    }
}
