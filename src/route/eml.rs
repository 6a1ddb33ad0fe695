//! A message from a file, read as far as it can be read. Only what stands before its first empty line is looked at, whatever its parts are.

use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderName, HeaderValue, MessageParser};

use super::message::{Headers, Message};

/// Of more bytes of headers than these the rest is not read. RFC 5321 servers take less.
pub const MOST: usize = 1 << 20;

/// What the headers say: of the message, and of how it came here where the receiving server wrote that down.
///
/// `top` is the beginning of the file; `cut` says that its headers are longer. Where nothing is a header nothing is known.
#[must_use]
pub fn read(top: &[u8], cut: bool) -> Headers {
    let mut headers = Headers::default();
    // A mailbox file puts a line of its own before each message (RFC 4155).
    let mail = if top.starts_with(b"From ") { top.iter().position(|byte| *byte == b'\n').map_or(top, |at| &top[at + 1..]) } else { top };
    let (top, ends) = until_body(mail);
    // A last line without an end is a line all the same.
    let mut top = top.to_vec();
    if !ends && !cut {
        top.extend(b"\r\n\r\n");
    }
    let Some(parsed) = MessageParser::default().parse_headers(top.as_slice()) else { return headers };
    for header in parsed.headers() {
        let name = header.name().to_ascii_lowercase();
        let values = match &header.name {
            HeaderName::From | HeaderName::To | HeaderName::Cc | HeaderName::Sender => addresses(&header.value),
            // As text, whatever its name makes of it. To ask the library by name would go through all headers for each.
            _ => {
                let words = top.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default();
                MessageStream::new(words).parse_unstructured().as_text().map(|text| text.trim().to_owned()).into_iter().collect()
            }
        };
        headers.known.entry(name).or_default().extend(values);
    }
    headers.whole = (ends || !cut) && !headers.known.is_empty();
    headers
}

/// What stands before the first empty line, and whether there is one.
fn until_body(mail: &[u8]) -> (&[u8], bool) {
    let mut at = 0;
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            return (&mail[..at], true);
        }
    }
    (mail, false)
}

fn addresses(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Address(Address::List(list)) => list.iter().filter_map(|one| one.address()).map(str::to_owned).collect(),
        HeaderValue::Address(Address::Group(groups)) => {
            let all = groups.iter().flat_map(|group| &group.addresses);
            all.filter_map(|one| one.address()).map(str::to_owned).collect()
        }
        HeaderValue::Text(text) => vec![text.trim().to_owned()],
        HeaderValue::TextList(texts) => texts.iter().map(|text| text.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// Puts into a message what its file says and nobody said otherwise.
pub fn fill(message: &mut Message, headers: Headers, size: u64) {
    let first = |name: &str| headers.known.get(name).and_then(|values| values.first()).cloned();
    if message.mail_from.is_none() {
        // The final server writes the envelope's sender down (RFC 5321 §4.4); without that it is not known.
        message.mail_from = first("return-path").map(|path| path.trim_matches(['<', '>', ' ']).to_owned());
    }
    if message.to.is_empty() {
        message.to = headers.known.get("to").into_iter().chain(headers.known.get("cc")).flatten().cloned().collect();
        message.to.dedup();
    }
    message.size = message.size.or(Some(size));
    message.headers = headers;
}
