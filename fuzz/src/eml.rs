//! Messages from files.

use postroom::route::eml::{fill, read};
use postroom::route::message::Message;

/// A file has headers, or none that are known; what stands behind its first empty line says nothing.
pub fn check(data: &[u8]) {
    let whole = read(data, false);
    assert!(whole.known.keys().all(|name| *name == name.to_ascii_lowercase()), "a name is found only in small letters");
    assert!(!whole.whole || !whole.known.is_empty(), "where nothing is a header nothing is known");
    assert!(!read(data, true).whole || data.windows(2).any(|two| two == b"\n\n") || has_empty_line(data));
    let values: usize = whole.known.values().flatten().map(String::len).sum();
    // Decoded text may be longer than its bytes, but not by much, and no value is there twice.
    assert!(values <= 4 * data.len() + 64, "{} bytes of headers out of {}", values, data.len());
    let mut message = Message::default();
    fill(&mut message, whole.clone(), data.len() as u64);
    assert_eq!(message.headers, whole);

    if has_empty_line(data) {
        let longer = [data, b"To: somebody.else@acme.example\r\n\r\n"].concat();
        assert_eq!(read(&longer, false), whole, "the body was read");
        assert_eq!(read(data, true), whole, "the headers end before the file does");
    }
}

fn has_empty_line(data: &[u8]) -> bool {
    // The line of a mailbox file stands before the message.
    let mail = if data.starts_with(b"From ") { data.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or(data) } else { data };
    mail.split_inclusive(|byte| *byte == b'\n').any(|line| matches!(line, b"\n" | b"\r\n"))
}
