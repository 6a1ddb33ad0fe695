//! `tests:`

use super::super::language::mail_manager::MailManager;
use super::super::language::routes::{Expected, ExpectedAct, RouteTest};
use super::super::language::{Placed, Spot};
use super::super::words::{self, Reader};
use super::values;

/// One test. What it names must be there.
pub(super) fn test(written: Placed<words::RouteTest>, mail_manager: &MailManager, reader: &mut Reader<'_>) -> Option<RouteTest> {
    let Placed { value: written, spot } = written;
    let words::RouteTest { name, endpoint, to, from, ip, helo, tls, spf, dkim, dmarc, subject, headers, size, addons, expect, exactly } =
        written;
    if let Some(ip) = ip.as_ref().filter(|ip| ip.value.parse::<std::net::IpAddr>().is_err()) {
        reader.tell("bad-value", format!("`{}` is no IP address", ip.value), &ip.spot, "expected one IPv4 or IPv6 address");
    }
    let known = |name: &str| mail_manager.ingress_endpoints.iter().any(|entry| entry.name.value == name);
    if let Some(endpoint) = endpoint.as_ref().filter(|endpoint| !known(&endpoint.value)) {
        let message = format!("ingress endpoint `{}` is not declared", endpoint.value);
        let problem = reader.tell("undeclared", message, &endpoint.spot, "not under `mail_manager.ingress_endpoints:`");
        problem.help = Some("leave it out for mail that comes by receipt rules".to_owned());
    }
    let expect = expect.map(expected)?;
    if let (Expected::End(_), true) = (&expect, exactly) {
        let at = spot.clone();
        reader.tell("contradiction", "`exactly` without actions", &at, "it is said of a list of actions");
    }
    let (headers, addons) = (values(headers.unwrap_or_default()), values(addons.unwrap_or_default()));
    Some(RouteTest {
        name,
        endpoint,
        to: to?,
        from,
        ip,
        helo,
        tls,
        spf,
        dkim,
        dmarc,
        subject,
        headers,
        size,
        addons,
        expect,
        exactly,
        spot,
    })
}

fn expected(written: words::Expectation) -> Expected {
    match written {
        words::Expectation::End(end) => Expected::End(end),
        words::Expectation::Acts(acts) => Expected::Acts(acts.into_iter().map(act).collect()),
    }
}

fn act(Placed { value, spot }: Placed<words::ExpectedAct>) -> Placed<ExpectedAct> {
    let (action, with): (_, Option<Placed<String>>) = value.split();
    let spot: Spot = spot;
    Placed { value: ExpectedAct { action, with: with.map(|with| with.value) }, spot }
}
