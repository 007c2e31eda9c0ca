//! Profile files. `configs/README.md` documents the format for the people who write them.

mod limits;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use limits::check_of_kind;
pub(super) use rule::{Origin, rule, terms_by_platform};

use super::sound::MAX_MARKS;
use super::{AppIdentity, Intruder, KnownError, ProfileHead, Requirement, Rule, TestApp};
use crate::facts::{HostPort, MAX_VENDOR_HOSTS, Platform};
use crate::ids::RuleId;
use crate::strict::{Document, Faults, Reader, Value};
use crate::units::ShortText;

/// The word of each platform in files.
pub(super) const PLATFORMS: [(&str, Platform); 5] = [
    (Platform::Windows.word(), Platform::Windows),
    (Platform::Macos.word(), Platform::Macos),
    (Platform::Linux.word(), Platform::Linux),
    (Platform::Chromeos.word(), Platform::Chromeos),
    (Platform::Ipados.word(), Platform::Ipados),
];

impl Requirement {
    /// Reads a profile file. `file` is only for messages.
    ///
    /// # Errors
    /// Every fault of the file at once.
    pub fn from_profile(file: &str, text: &str) -> Result<Self, Faults> {
        let document = Document::parse(file, text)?;
        let mut root = document.root();
        let read = profile(&mut root);
        root.finish();
        document.finish(read)
    }
}

fn profile(root: &mut Reader<'_>) -> Option<Requirement> {
    let head = root.required_table("profile").and_then(head);
    let app = root.required_table("app").and_then(app);
    let rules = rules(root.tables("rule"), &Origin::Profile, &mut BTreeSet::new());
    let errors = known_errors(root);
    let intruders = intruders(root);
    if rules.is_empty() && !root.has("rule") {
        root.fault("the profile has no [[rule]]", "add at least one");
    }
    let (profile, hosts) = head?;
    let hosts_left_out = hosts.is_none();
    let requirement = Requirement {
        profile,
        policy: None,
        app: app?,
        hosts: hosts.unwrap_or_default(),
        local: None,
        intruders,
        rules,
        errors,
        deviations: Vec::new(),
    };
    for unsound in requirement.unsound() {
        root.fault_at(unsound.key, &unsound.problem, &unsound.instead);
    }
    if requirement.lacks_local() {
        root.fault_at(
            "rule",
            "a rule looks at the school's own test servers, which only a policy can name",
            "move that rule into the policy, beside its [local]",
        );
    }
    if requirement.lacks_intruders() {
        root.fault_at(
            "rule",
            "a rule looks at disturbing programs and the profile names none",
            "add at least one [[intruder]]",
        );
    }
    if hosts_left_out && requirement.lacks_hosts() {
        root.fault_at(
            "profile",
            "a rule looks at the vendor's servers and the profile names none",
            "add hosts = [\"home.testnav.com:443\"] to [profile]",
        );
    }
    Some(requirement)
}

/// The rules in the tables of a file. `taken` holds the ids that are in use already and receives the new ones.
pub(super) fn rules(tables: Vec<Reader<'_>>, origin: &Origin<'_>, taken: &mut BTreeSet<RuleId>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for mut reader in tables {
        let id = reader
            .required("id", "\"memory\"")
            .and_then(Value::parsed::<RuleId>);
        if let Some(id) = &id
            && !taken.insert(id.clone())
        {
            reader.fault_at(
                "id",
                &format!("another rule has the id \"{id}\" already"),
                "give each rule an id of its own",
            );
        }
        rules.extend(rule(reader, id, origin));
    }
    rules
}

/// What the profile says of itself, and its hosts if it names any.
fn head(mut table: Reader<'_>) -> Option<(ProfileHead, Option<Vec<HostPort>>)> {
    let id = table
        .required("id", "\"testnav-2026-27\"")
        .and_then(Value::parsed);
    let title = table
        .required("title", "\"TestNav requirements 2026-27\"")
        .and_then(Value::parsed);
    let platform = table.required("platform", "\"TestNav\"").and_then(Value::parsed);
    let valid_from = table.required("valid_from", "2026-07-15").and_then(Value::date);
    let review_by = table.required("review_by", "2027-07-15").and_then(Value::date);
    let hosts = table
        .optional("hosts")
        .map(|value| value.list(MAX_VENDOR_HOSTS, Value::parsed).unwrap_or_default());
    if let (Some(valid_from), Some(review_by)) = (valid_from, review_by)
        && review_by < valid_from
    {
        table.fault_at(
            "review_by",
            &format!("review_by ({review_by}) comes before valid_from ({valid_from})"),
            "write the later day as review_by",
        );
    }
    table.finish();
    let head = ProfileHead {
        id: id?,
        title: title?,
        platform: platform?,
        valid_from: valid_from?,
        review_by: review_by?,
    };
    Some((head, hosts))
}

fn app(mut table: Reader<'_>) -> Option<TestApp> {
    let name = table.required("name", "\"TestNav\"").and_then(Value::parsed);
    let mut on = BTreeMap::new();
    for (word, platform) in PLATFORMS {
        if let Some(marks) = table.optional(word).and_then(Value::table) {
            on.insert(platform, identity(marks));
        }
    }
    table.finish();
    Some(TestApp { name: name?, on })
}

fn identity(mut table: Reader<'_>) -> AppIdentity {
    let mut many = |key| {
        table
            .optional(key)
            .and_then(|value| value.list(MAX_MARKS, sentence))
            .unwrap_or_default()
    };
    let identity = AppIdentity {
        processes: many("processes"),
        paths: many("paths"),
        registry_names: many("registry_names"),
        bundle_ids: many("bundle_ids"),
        saved_responses: many("saved_responses"),
        upgrade_code: table.optional("upgrade_code").and_then(sentence),
        team_id: table.optional("team_id").and_then(sentence),
    };
    if table.keys().is_empty() {
        table.fault(
            &format!("no mark of the app {}", table.whereabouts()),
            "name at least one, such as paths = [\"/Applications/TestNav.app\"], or leave the table out",
        );
    }
    table.finish();
    identity
}

/// Programs that disturb a test, each with the systems it is known on.
pub(super) fn intruders(root: &mut Reader<'_>) -> Vec<Intruder> {
    let mut intruders = Vec::new();
    for mut table in root.tables("intruder") {
        let name = table.required("name", "\"TeamViewer\"").and_then(Value::parsed);
        let mut on = BTreeMap::new();
        for (word, platform) in PLATFORMS {
            if let Some(names) = table
                .optional(word)
                .and_then(|value| value.list(MAX_MARKS, sentence))
            {
                on.insert(platform, names);
            }
        }
        if on.values().all(Vec::is_empty) {
            table.fault(
                &format!("no program of it is named {}", table.whereabouts()),
                "name its process on a system, such as windows = [\"TeamViewer.exe\"]",
            );
        }
        table.finish();
        intruders.extend(name.map(|name| Intruder { name, on }));
    }
    intruders
}

fn known_errors(root: &mut Reader<'_>) -> Vec<KnownError> {
    let mut codes = BTreeSet::new();
    let mut errors = Vec::new();
    for mut table in root.tables("error") {
        let code = table
            .required("code", "\"8026\"")
            .and_then(Value::parsed::<super::CodePattern>);
        let meaning = table
            .required("meaning", "\"the ProctorCache computer does not answer\"")
            .and_then(sentence);
        let action = table.optional("action").and_then(sentence);
        let source = table
            .required("source", "\"TestNav error codes, 2025\"")
            .and_then(sentence);
        if let Some(code) = &code
            && !codes.insert(code.to_string())
        {
            table.fault_at(
                "code",
                &format!("the code {code} is explained twice"),
                "keep one of the two",
            );
        }
        table.finish();
        if let (Some(code), Some(meaning), Some(source)) = (code, meaning, source) {
            errors.push(KnownError {
                code,
                meaning,
                action,
                source,
            });
        }
    }
    errors
}

/// Text that says something.
pub(super) fn sentence(value: Value<'_>) -> Option<ShortText> {
    if value.is_blank() {
        value.fault("it is empty", "write a few words, or leave the key out");
        return None;
    }
    value.parsed()
}
