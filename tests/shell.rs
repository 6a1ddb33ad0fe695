//! At home in a shell: the scripts of `postroom completions` in the shells themselves, the manual pages, the first plan.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const POSTROOM: &str = env!("CARGO_BIN_EXE_postroom");

/// A folder of its own for each test, new each time.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shell-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A command in a folder, with postroom on its path and nothing of ours in its environment.
fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let path = format!("{}:{}", Path::new(POSTROOM).parent().unwrap().display(), std::env::var("PATH").unwrap());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("POSTROOM_") || name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).env("PATH", path).env("HOME", folder);
    command
}

fn postroom(folder: &Path, args: &[&str]) -> Output {
    command(POSTROOM, folder).args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with a plan in it that is found, and one that must be named.
fn with_plans(name: &str) -> PathBuf {
    let folder = folder(name);
    out(&postroom(&folder, &["init", "--domain", "acme.example"]));
    let fleet = "postroom: 1\nname: fleet\nregion: eu-west-1\nreceipt: { rules: [ { name: store, actions: [ { s3: fleet-mail } ] } ] }\n\
                 targets: { prod-eu: { account: '111122223333' }, stage: { account: '444455556666' } }\n";
    std::fs::write(folder.join("fleet.yaml"), fleet).unwrap();
    folder
}

/// What a line may go on with. Each: the words, the last of which is completed, and what must and what must not be offered.
const LINES: [(&[&str], &[&str], &[&str]); 8] = [
    (&["pl"], &["plan"], &["apply"]),
    (&["plan", "--form"], &["--format"], &["--color"]),
    (&["plan", "--format", "j"], &["json"], &["text"]),
    (&["explain", "bucket"], &["bucket/acme-inbound-mail", "bucket-policy/acme-inbound-mail"], &["receipt-rule-set/acme-inbound"]),
    (&["plan", "--only", "receipt-rule/"], &["receipt-rule/acme-inbound/store"], &["bucket/acme-inbound-mail"]),
    (&["explain", "fleet.yaml", "bucket-"], &["bucket-policy/fleet-mail"], &["bucket-policy/acme-inbound-mail"]),
    (&["plan", "fleet.yaml", "--target", ""], &["prod-eu", "stage"], &["acme-inbound"]),
    (&["completions", "f"], &["fish"], &["bash"]),
];

fn offers(offered: &[String], line: &[&str], wanted: &[&str], unwanted: &[&str]) {
    for word in wanted {
        assert!(offered.iter().any(|other| other == word), "{line:?} offers no `{word}`: {offered:?}");
    }
    for word in unwanted {
        assert!(offered.iter().all(|other| other != word), "{line:?} offers `{word}`: {offered:?}");
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn bash_completes_commands_flags_and_names_of_the_plan() {
    let folder = with_plans("bash");
    for (line, wanted, unwanted) in LINES {
        let last = line.last().unwrap();
        let words = line.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
        let script = format!(
            "source <(postroom completions bash); complete -p postroom >/dev/null || exit 9
             COMP_WORDS=(postroom {words}); COMP_CWORD={}; COMP_TYPE=9
             _clap_complete_postroom postroom '{last}' 'x'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            line.len()
        );
        let output = command("bash", &folder).args(["--norc", "-c", &script]).output().unwrap();
        offers(&lines(&out(&output)), line, wanted, unwanted);
    }
}

#[test]
fn fish_completes_the_same() {
    let folder = with_plans("fish");
    if command("fish", &folder).arg("--version").output().is_err() {
        eprintln!("there is no fish here: its completions are not tried");
        return;
    }
    for (line, wanted, unwanted) in LINES {
        let script = format!("postroom completions fish | source; complete -C 'postroom {}'", line.join(" "));
        let output = command("fish", &folder).args(["--no-config", "-c", &script]).output().unwrap();
        // Behind a tab stands what the word is.
        let offered: Vec<String> = lines(&out(&output)).iter().filter_map(|line| line.split('\t').next().map(str::to_owned)).collect();
        offers(&offered, line, wanted, unwanted);
    }
}

#[test]
fn zsh_completes_what_is_typed() {
    let folder = with_plans("zsh");
    if command("zsh", &folder).arg("--version").output().is_err() {
        eprintln!("there is no zsh here: its completions are not tried");
        return;
    }
    // A terminal that types, presses the tabulator, and then shows the line it has.
    let typed = |line: &str| {
        let script = format!(
            "zmodload zsh/zpty; zpty shell 'TERM=dumb PS1= zsh -f -i'
             send() {{ zpty -w shell \"$1\" }}
             send 'autoload -U compinit && compinit -D -u; source <(postroom completions zsh); unsetopt zle_bracketed_paste'
             send 'show() {{ print -r -- LI\"NE<$BUFFER>\" }}; zle -N show; bindkey \"^X\" show'
             zpty -w -n shell $'{line}\\t\\C-X'
             zpty -r -m shell text '*LINE<*>*'; print -r -- $text"
        );
        let text = out(&command("timeout", &folder).args(["20", "zsh", "-f", "-c", &script]).output().unwrap());
        let shown = text.rsplit("LINE<").next().and_then(|rest| rest.split('>').next()).map(str::to_owned);
        shown.unwrap_or_else(|| panic!("nothing is shown: {text}"))
    };
    assert_eq!(typed("postroom compl").trim_end(), "postroom completions");
    assert_eq!(typed("postroom plan --only receipt-rule/a").trim_end(), "postroom plan --only receipt-rule/acme-inbound/store");
}

#[test]
fn every_shell_gets_a_script_that_asks_by_our_own_variable() {
    let folder = folder("scripts");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = out(&postroom(&folder, &["completions", shell]));
        assert!(script.contains("POSTROOM_COMPLETE"), "{shell}: {script}");
        assert!(!script.contains(env!("CARGO_MANIFEST_DIR")) && !script.contains(POSTROOM), "{shell}: a path of this machine");
    }
}

#[test]
fn a_plan_that_does_not_read_completes_nothing_and_says_nothing() {
    let folder = folder("half");
    std::fs::write(folder.join("postroom.yaml"), "postroom: 1\nname: [").unwrap();
    let asked = ["--", "postroom", "plan", "--only", "b"];
    let output = command(POSTROOM, &folder).args(asked).env("POSTROOM_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", "3").output().unwrap();
    assert_eq!((out(&output).as_str(), err(&output).as_str()), ("", ""));
}

#[test]
fn every_command_has_a_page_that_man_reads() {
    let folder = folder("man");
    out(&postroom(&folder, &["man", "-o", "man1"]));
    let help = out(&postroom(&folder, &["--help"]));
    let commands: Vec<&str> = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 10 && commands.contains(&"init"), "{commands:?}");
    for command in commands.into_iter().filter(|name| *name != "help") {
        let page = std::fs::read_to_string(folder.join(format!("man1/postroom-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".SH OPTIONS"), "{command}");
        assert_eq!(page, out(&postroom(&folder, &["man", command])), "{command}");
    }
    assert_eq!(std::fs::read_to_string(folder.join("man1/postroom.1")).unwrap(), out(&postroom(&folder, &["man"])));
    assert!(err(&postroom(&folder, &["man", "aply"])).contains("there is no command `aply`"));
    match command("man", &folder).args(["--warnings", "-l", "man1/postroom-apply.1"]).env("LANG", "C.UTF-8").output() {
        Ok(page) => {
            assert!(out(&page).contains("--allow-delete"), "{page:?}");
            assert_eq!(err(&page), "");
        }
        Err(_) => eprintln!("there is no man here: its pages are not read"),
    }
}

/// docs/reference/commands.md is what `postroom man --format markdown` writes; with BLESS it is written anew.
#[test]
fn the_reference_of_the_book_is_that_of_the_commands() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/commands.md");
    let now = out(&postroom(&folder("reference"), &["man", "--format", "markdown"]));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&page, &now).unwrap();
    }
    let known = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(known == now, "docs/reference/commands.md is of another postroom: BLESS=1 cargo test --test shell");
}

#[test]
fn the_first_plan_is_valid_short_and_nobody_elses() {
    let folder = folder("init");
    let said = err(&postroom(&folder, &["init", "--domain", "acme.example", "--account", "111122223333", "--region", "us-east-1"]));
    assert!(said.contains("postroom validate") && said.contains("postroom plan"), "{said}");
    let plan = std::fs::read_to_string(folder.join("postroom.yaml")).unwrap();
    assert!(plan.lines().count() < 25, "{plan}");
    for line in
        ["name: acme-inbound ", "account: \"111122223333\"", "region: us-east-1", "recipients: [acme.example]", "acme-inbound-mail: {}"]
    {
        assert!(plan.contains(line), "no `{line}` in {plan}");
    }
    assert!(err(&postroom(&folder, &["validate", "--strict"])).contains("postroom.yaml is valid: 1 receipt rule"));

    // The modeline names a schema that is there, and is that of this postroom.
    let schema = plan.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap();
    assert_eq!(std::fs::read_to_string(folder.join(schema)).unwrap(), out(&postroom(&folder, &["schema", "plan"])));

    let again = postroom(&folder, &["init", "--domain", "other.example"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(err(&again).contains("`postroom.yaml` is there already") && err(&again).contains("--force"), "{again:?}");
    assert_eq!(std::fs::read_to_string(folder.join("postroom.yaml")).unwrap(), plan);
    out(&postroom(&folder, &["init", "--domain", "other.example", "--force"]));
    assert!(std::fs::read_to_string(folder.join("postroom.yaml")).unwrap().contains("name: other-inbound "));
}

#[test]
fn a_first_plan_that_would_not_be_valid_is_not_written() {
    let folder = folder("init-bad");
    let wrong: [&[&str]; 6] = [
        &["--domain", "acme"],
        &["--domain", "a}b.example"],
        &["--bucket", "Acme_Mail"],
        &["--bucket", "-"],
        &["--domain", "-acme-.example"],
        &["--region", "eu-north-9"],
    ];
    for args in wrong {
        let output = postroom(&folder, &[&["init"], args].concat());
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        assert!(err(&output).contains("error"), "{output:?}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn whatever_the_domain_the_plan_has_a_name_of_it() {
    let folder = folder("init-names");
    let long = format!("{}.example", "a".repeat(60));
    for (domain, name) in [
        ("acme.example", "acme-inbound"),
        (".sub.acme.example", "sub-inbound"),
        ("desk@acme.example", "acme-inbound"),
        ("9lives.example", "lives-inbound"),
        ("123.example", "inbound"),
        ("ACME.Example", "acme-inbound"),
        (long.as_str(), "aaaaaaaaaaaaaaaaaaaaaaa-inbound"),
    ] {
        let plan = out(&postroom(&folder, &["init", "--domain", domain, "-"]));
        assert!(plan.contains(&format!("\nname: {name} ")), "{domain}: {plan}");
        assert!(plan.contains(&format!("recipients: [{domain}]")), "{domain}: {plan}");
    }
}
