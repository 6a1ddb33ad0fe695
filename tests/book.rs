//! The documentation: every link leads somewhere, every page is in the book, every plan in it reads and asks for what the page says, and the
//! reference is that of this schema.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use postroom::core::address::Home;
use postroom::core::compile::compile;
use postroom::core::live::Live;
use postroom::core::problem::{Severity, Source};
use postroom::core::scene::Scene;
use postroom::plan::{self, Given};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// Every page that is looked at: those at the top, of docs/, deploy/ and localstack/.
fn pages() -> Vec<PathBuf> {
    fn walk(folder: &Path, deep: bool, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && deep {
                walk(&path, deep, found);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root(), false, &mut found);
    for folder in ["docs", "deploy"] {
        walk(&root().join(folder), true, &mut found);
    }
    walk(&root().join("localstack"), false, &mut found);
    found.sort();
    assert!(found.len() > 20, "{found:?}");
    found
}

/// The lines of a page that are prose, without the code in them.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            lines.push((at + 1, line.to_owned()));
        }
    }
    lines
}

/// The blocks of one language: the line where each begins, and its text.
fn blocks(text: &str, language: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = None;
    for (at, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), inside) {
            (Some(of), None) => {
                inside = Some(of == language);
                if of == language {
                    found.push((at + 1, String::new()));
                }
            }
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => found.last_mut().expect("a block").1 += &format!("{line}\n"),
            _ => {}
        }
    }
    found
}

/// What a heading is called in links: as GitHub and mdBook do it.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for (_, line) in prose(text) {
        let Some(heading) = line.strip_prefix('#') else { continue };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        let anchor: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let free = (0..).map(|n| if n == 0 { anchor.clone() } else { format!("{anchor}-{n}") }).find(|name| !found.contains(name));
        found.insert(free.expect("a number that is free"));
    }
    found
}

/// The targets of the links on a line that stand in no code.
fn links(line: &str) -> Vec<String> {
    // In code nothing is a link; a link's own words may be code.
    let link = regex_lite::Regex::new(r"\]\(([^()\s]+)\)").expect("a pattern");
    let code = regex_lite::Regex::new(r"`[^`]*`").expect("a pattern");
    let plain = code.replace_all(line, "code");
    link.captures_iter(&plain).map(|found| found[1].to_owned()).collect()
}

fn broken(page: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let file = if path.is_empty() { page.to_path_buf() } else { page.parent().expect("a folder").join(path) };
    if path.starts_with('/') || !file.exists() {
        return Some("there is no such file".to_owned());
    }
    let mut depth = 0;
    for part in file.strip_prefix(root()).expect("below the root").components() {
        depth += if part == Component::ParentDir { -1 } else { 1 };
        if depth < 0 {
            return Some("it leads out of the repository".to_owned());
        }
    }
    let anchor = anchor?;
    (!anchors(&read(&file)).contains(anchor)).then(|| "there is no such heading".to_owned())
}

#[test]
fn every_link_leads_somewhere() {
    let (mut wrong, mut looked) = (Vec::new(), 0);
    for page in pages() {
        for (at, line) in prose(&read(&page)) {
            for target in links(&line) {
                looked += 1;
                wrong.extend(broken(&page, &target).map(|why| format!("{}:{at}: {target}: {why}", page.display())));
            }
        }
    }
    assert!(looked > 100, "only {looked} links were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let page = root().join("docs/getting-started.md");
    for (target, good) in [
        ("reference/plan.md", true),
        ("reference/plan.md#rule", true),
        ("reference/plan.md#no-such", false),
        ("nosuch.md", false),
        ("#6-do-it", true),
        ("#7-do-it", false),
        ("../../../etc/passwd", false),
        ("https://docs.aws.amazon.com/", true),
    ] {
        assert_eq!(broken(&page, target).is_none(), good, "{target}");
    }
    assert_eq!(links("[a](b.md), `[c](d.md)` and [`e`](f.md#g)"), ["b.md", "f.md#g"]);
}

#[test]
fn every_page_of_docs_is_in_the_book_once() {
    let docs = root().join("docs");
    let summary = read(&docs.join("SUMMARY.md"));
    let listed: Vec<PathBuf> = summary.lines().flat_map(links).map(|target| docs.join(target)).collect();
    let there: BTreeSet<PathBuf> = pages().into_iter().filter(|page| page.starts_with(&docs) && !page.ends_with("SUMMARY.md")).collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), there);
    assert_eq!(listed.len(), there.len(), "a page is listed twice");
}

/// docs/reference/plan.md is what `postroom schema --format markdown` writes; with BLESS it is written anew.
#[test]
fn the_reference_of_the_book_is_that_of_the_schema() {
    let page = root().join("docs/reference/plan.md");
    let now = postroom::report::reference::plan(&plan::schema());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&page, &now).expect("the page is written");
    }
    assert!(
        std::fs::read_to_string(&page).is_ok_and(|known| known == now),
        "docs/reference/plan.md is of another schema: BLESS=1 cargo test --test book"
    );
    let schema = plan::schema();
    for (name, definition) in schema["$defs"].as_object().expect("definitions") {
        assert!(now.contains(&format!("\n## {name}\n")), "no part for {name}");
        for key in definition["properties"].as_object().into_iter().flatten().map(|(key, _)| key) {
            assert!(now.contains(&format!("| `{key}` |")), "{name}: no line for {key}");
        }
    }
}

/// The addresses that a plan asks for, or what is wrong with it.
fn asked_for(text: &str) -> Result<Vec<String>, String> {
    let source = Arc::new(Source { name: "plan.yaml".to_owned(), text: text.to_owned() });
    let said = |problems: Vec<postroom::core::problem::Problem>| {
        problems.iter().map(|problem| format!("{problem:?}")).collect::<Vec<_>>().join("\n")
    };
    let draft = plan::parse(source).map_err(said)?;
    let home = Home { account: "111122223333".parse().expect("an account"), region: "eu-west-1".parse().expect("a region") };
    let target = draft.targets().map_err(said)?.into_iter().next().and_then(|target| target.name);
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), target, ..Given::default() };
    let plan = draft.settle(&given).map_err(said)?;
    let desired = compile(&Scene::new(&plan, &Live::new(home.clone())));
    if let Some(finding) = desired.findings.iter().find(|finding| finding.severity == Severity::Error) {
        return Err(format!("{finding:?}"));
    }
    let at: BTreeSet<String> = desired.resources.keys().chain(desired.containers.keys()).map(|at| at.seen_from(&home)).collect();
    Ok(at.into_iter().collect())
}

#[test]
fn every_plan_in_the_documentation_reads() {
    let mut plans = 0;
    for page in pages() {
        for (at, text) in blocks(&read(&page), "yaml").into_iter().filter(|(_, text)| text.starts_with("postroom: ")) {
            plans += 1;
            asked_for(&text).unwrap_or_else(|wrong| panic!("{}:{at}: {wrong}", page.display()));
        }
    }
    assert!(plans >= 11, "only {plans} plans were found");
}

/// With BLESS the lists are written anew.
#[test]
fn every_recipe_says_what_its_plan_asks_for() {
    let recipes = pages().into_iter().filter(|page| page.starts_with(root().join("docs/recipes")) && !page.ends_with("README.md"));
    let mut looked = 0;
    for page in recipes {
        let text = read(&page);
        let plans: Vec<(usize, String)> = blocks(&text, "yaml").into_iter().filter(|(_, text)| text.starts_with("postroom: ")).collect();
        let lists = blocks(&text, "asks-for");
        assert!(!plans.is_empty() && plans.len() == lists.len(), "{}: a list for each plan", page.display());
        let mut now = text.clone();
        for ((at, plan), (line, list)) in plans.iter().zip(&lists) {
            let asked = asked_for(plan).unwrap_or_else(|wrong| panic!("{}:{at}: {wrong}", page.display()));
            let asked = asked.join("\n") + "\n";
            if std::env::var_os("BLESS").is_some() {
                let lines: Vec<&str> = now.lines().collect();
                let begin = line + now.lines().count() - text.lines().count();
                let rest = begin + list.lines().count();
                now = format!("{}\n{asked}{}\n", lines[..begin].join("\n"), lines[rest..].join("\n"));
            } else {
                assert_eq!(*list, asked, "{}:{line}: BLESS=1 cargo test --test book", page.display());
            }
            looked += 1;
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&page, now).expect("the page is written");
        }
    }
    assert!(looked >= 10, "only {looked} plans were compared");
}
