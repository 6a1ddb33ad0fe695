//! The Markdown of a plan, read by a renderer that nobody here wrote: whatever others put into an account, the page keeps its shape, its size,
//! and links and mentions nobody.

use postroom::core::address::{Address, Home};
use postroom::core::change::{Action, Change, ChangeSet, Finding, Moved, Permission, Phase, Unreadable};
use postroom::core::problem::{Cause, Severity};
use postroom::report::markdown::{MOST, plan};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::json;

/// What somebody may have put into a name, a policy or a plan.
const HOSTILE: [&str; 12] = [
    "a | b | c",
    "`code` ``more`` ```",
    "```\n````\n`````",
    "</code></summary></details><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> <!-- comment -->",
    "@octocat and @org/team, #123, org/repo#4",
    "[click](https://evil.example) ![x](https://evil.example/x.png) https://evil.example www.evil.example",
    "* list\n# heading\n---\n> quote\n\n\tcode",
    "\u{1b}[31mred\u{7}\u{202e}",
    "$\\frac{1}{2}$ ~~gone~~ **bold** _it_",
    "\\",
    "",
];

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn change(at: usize, text: &str) -> Change {
    Change {
        id: format!("c{at}"),
        address: Address::read_at(&format!("bucket-policy/{}", if text.trim().is_empty() { "x" } else { text }), &home())
            .unwrap_or_else(|_| Address::read_at("bucket-policy/acme-mail", &home()).unwrap()),
        statement: Some(text.to_owned()),
        action: Action::Update,
        permission: Some(Permission::Widened),
        phase: Phase::Widen,
        before: json!({ "Sid": text, text: 1 }),
        after: json!({ "Sid": text, "Condition": { "StringEquals": [text] } }),
        unknown: Vec::new(),
        needs: Default::default(),
        needs_flag: None,
        also_granted_by: vec![text.to_owned()],
        because: vec![Cause { file: format!("plans/{text}.yaml"), line: 3, column: 1, path: text.to_owned() }],
        doc: None,
        note: Some(text.to_owned()),
    }
}

fn set(changes: Vec<Change>, findings: Vec<Finding>) -> ChangeSet {
    let (unreadable, outputs, fingerprints, mail) = Default::default();
    ChangeSet { plan: "acme".into(), home: home(), changes, unchanged: 7, findings, unreadable, outputs, fingerprints, mail }
}

fn moved(to: &str, have: &[&str], want: &[&str], why: &str) -> Moved {
    let steps = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect();
    Moved { to: to.to_owned(), via: "receipt-rule-set/main".to_owned(), have: steps(have), want: steps(want), why: why.to_owned() }
}

fn finding(text: &str) -> Finding {
    let because = vec![Cause { file: text.to_owned(), line: 1, column: 1, path: String::new() }];
    Finding { code: "bucket-missing".into(), severity: Severity::Error, message: text.to_owned(), because, doc: None, accepted: None }
}

/// What a renderer sees.
#[derive(Debug, Default)]
struct Page {
    rows: usize,
    cells: usize,
    links: Vec<String>,
    html: Vec<String>,
    prose: String,
    blocks: usize,
    code: String,
}

fn read(text: &str) -> Page {
    let mut page = Page::default();
    let mut in_block = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::TableRow) => page.rows += 1,
            Event::Start(Tag::TableCell) => page.cells += 1,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => page.links.push(dest_url.to_string()),
            Event::Start(Tag::CodeBlock(_)) => (page.blocks, in_block) = (page.blocks + 1, true),
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Html(html) | Event::InlineHtml(html) => {
                // A comment is a node of its own: what stands on both sides of it is no word.
                page.prose.push('\n');
                page.html.push(html.trim().to_owned());
            }
            Event::Code(code) => page.code += &code,
            Event::Text(text) if in_block => page.code += &text,
            Event::Text(text) => page.prose += &text,
            Event::Start(Tag::Strikethrough) => panic!("somebody struck something out: {text}"),
            _ => {}
        }
    }
    page
}

/// The pieces of HTML that are ours.
fn is_ours(html: &str) -> bool {
    let summary = |html: &str| {
        let name = html.strip_prefix("<details><summary>")?.strip_suffix("</code></summary>")?.split_once("<code>")?.1;
        (!name.contains(['<', '>'])).then_some(())
    };
    matches!(html, "<!-- -->" | "</details>" | "<span>" | "</span>") || summary(html).is_some()
}

#[test]
fn whatever_others_write_the_page_keeps_its_shape() {
    for text in HOSTILE {
        let mut set = set(vec![change(1, text), change(2, "plain")], vec![finding(text)]);
        set.mail = vec![moved(text, &[text], &[], text)];
        let written = plan(&[(Some(text), Ok(&set))], false);
        let page = read(&written);
        assert_eq!((page.rows, page.cells), (3, 3 * 4 + 8), "the tables hold for {text:?}:\n{written}");
        assert_eq!(page.blocks, 2, "the folded changes hold for {text:?}:\n{written}");
        let ours = |link: &&String| link.starts_with("https://docs.aws.amazon.com/") || link.contains("docs/codes.md#");
        assert_eq!(page.links.iter().filter(|link| !ours(link)).count(), 0, "{text:?} links somebody: {:?}", page.links);
        assert_eq!(page.links.len(), 1, "{text:?}: {:?}", page.links);
        let foreign: Vec<_> = page.html.iter().flat_map(|html| html.lines()).filter(|html| !is_ours(html)).collect();
        assert_eq!(foreign, Vec::<&str>::new(), "{text:?}:\n{written}");
        for mention in ["@octocat", "@org", "#123", "repo#4", "https://evil", "www.evil"] {
            // GitHub looks for them in each text of what was rendered, and not in code.
            assert!(!page.prose.contains(mention), "{mention} is mentioned by {text:?}:\n{written}");
        }
        assert!(!written.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn the_mail_section_comes_first_and_is_not_there_without_moved_routes() {
    let mut set = set(vec![change(1, "a")], vec![finding("b")]);
    set.mail = vec![moved("invoices@acme.example", &["s3 acme-mail/invoices/"], &["bounce 550"], "moved")];
    let written = plan(&[(None, Ok(&set))], false);
    let place = |what: &str| written.find(what).unwrap_or_else(|| panic!("{what}: {written}"));
    assert!(place("### Where mail goes") < place("1 to update") && place("1 to update") < place("### Findings"));
    assert!(place("### Findings") < place("<details>"));
    assert!(written.contains("| `invoices@acme.example` | `s3 acme-mail/invoices/` | `bounce 550` | moved |"), "{written}");
    set.mail.clear();
    assert!(!plan(&[(None, Ok(&set))], false).contains("Where mail goes"));
}

#[test]
fn however_large_a_plan_is_its_page_fits_a_comment() {
    let long = "x".repeat(3_000);
    let hostile = HOSTILE.join(" ").repeat(40);
    for (text, count) in
        [("short", 5_000), (long.as_str(), 300), (hostile.as_str(), 200), ("ü@#$<&", 3_000), ("&".repeat(3_000).as_str(), 400)]
    {
        let changes = (0..count).map(|at| change(at, text)).collect();
        let mut set = set(changes, (0..count).map(|_| finding(text)).collect());
        let at = Address::read_at("bucket-policy/acme-mail", &home()).unwrap();
        set.unreadable = (0..count).map(|_| Unreadable { address: at.clone(), why: text.to_owned() }).collect();
        set.mail = (0..count).map(|_| moved(text, &[text, text], &[text], text)).collect();
        let one = plan(&[(None, Ok(&set))], true);
        assert!(one.len() < MOST, "{} bytes", one.len());
        assert!(one.matches("`postroom plan` shows all").count() >= 4, "what is left out is counted: {one}");
        for targets in [3, 30, 700] {
            let parts: Vec<_> = (0..targets).map(|at| (Some("prod"), if at % 5 == 4 { Err(text.to_owned()) } else { Ok(&set) })).collect();
            let many = plan(&parts, false);
            assert!(many.len() < MOST, "{targets} targets: {} bytes", many.len());
            assert!(targets < 100 || many.contains("targets: `postroom plan` shows all"));
        }
    }
}

#[test]
fn each_change_is_in_the_table_and_folded_up() {
    let set = set((0..40).map(|at| change(at, &format!("s{at}"))).collect(), Vec::new());
    let written = plan(&[(None, Ok(&set))], false);
    let page = read(&written);
    assert_eq!((page.rows, page.blocks), (40, 40), "{written}");
    assert!(written.contains("**0 to create, 40 to update, 0 to replace, 0 to delete; 7 unchanged. Permissions: 40 wider, 0 narrower.**"));
    assert!(page.code.contains("+   \"Condition\"") && page.code.contains("-   \"s7\": 1"), "{}", page.code);
}
