//! Which Windows this is, from the registry's own numbers. Never from calls that compatibility settings may answer, nor
//! from `ProductName`, which says "Windows 10" on Windows 11.

use roomready_shared::facts::Os;
use roomready_shared::units::{ShortText, Version};

/// The first build of Windows 11.
const ELEVEN: u32 = 22_000;
/// The first build of Windows 10.
const TEN: u32 = 10_240;

/// Values of `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion`.
#[derive(Debug, Default)]
pub struct Release {
    /// `CurrentBuildNumber`: "26100".
    pub build: Option<String>,
    /// `UBR`, the number of the monthly update: 2314.
    pub update: Option<u32>,
    /// `EditionID`: "Education".
    pub edition: Option<String>,
    /// `DisplayVersion`, before 2020 `ReleaseId`: "24H2".
    pub display_version: Option<String>,
    /// `InstallationType`: "Client".
    pub installation: Option<String>,
    /// `ProductName`, right for servers.
    pub product: Option<String>,
}

impl Release {
    /// The system as facts name it; `None` without a build, which is what Windows is judged by.
    pub fn understand(&self, architecture: &str, s_mode: Option<bool>) -> Option<Os> {
        let number: u32 = self.build.as_deref()?.trim().parse().ok()?;
        let build = match self.update {
            Some(update) => format!("{number}.{update}"),
            None => number.to_string(),
        };
        let is_server = self
            .installation
            .as_deref()
            .is_some_and(|kind| !kind.eq_ignore_ascii_case("Client"));
        // What is older has numbers of another kind ("6.1"), and a product name that is right.
        let major = match number {
            ELEVEN.. => Some("11"),
            TEN.. => Some("10"),
            _ => None,
        };
        let edition = self.edition.as_deref().filter(|id| !id.is_empty());
        let name = if is_server {
            self.product.clone().unwrap_or_else(|| "Windows Server".into())
        } else if let Some(major) = major {
            ["Windows", major]
                .into_iter()
                .map(str::to_owned)
                .chain(edition.map(for_people))
                .chain(self.display_version.clone())
                .collect::<Vec<_>>()
                .join(" ")
        } else {
            self.product.clone().unwrap_or_else(|| "Windows".into())
        };
        Some(Os {
            name: ShortText::fit(&name),
            distribution: None,
            version: major.filter(|_| !is_server).and_then(Version::leading),
            build: Version::leading(&build),
            architecture: ShortText::fit(architecture),
            edition: edition.map(|id| ShortText::fit(&of_support(id))),
            channel: None,
            s_mode,
        })
    }
}

/// Editions whose id is not what people and support pages call them.
const NAMES: [(&str, &str); 8] = [
    ("Core", "Home"),
    ("CoreSingleLanguage", "Home Single Language"),
    ("CoreCountrySpecific", "Home China"),
    ("Professional", "Pro"),
    ("ProfessionalEducation", "Pro Education"),
    ("ProfessionalWorkstation", "Pro for Workstations"),
    ("EnterpriseS", "Enterprise LTSC"),
    ("CloudEdition", "SE"),
];

/// The "N" at the end is the same system without a media player.
fn without_n(id: &str) -> (&str, bool) {
    match id.strip_suffix('N') {
        // "EnterpriseSN" is LTSC without a player; nothing else ends in a capital N.
        Some(base) if !base.is_empty() => (base, true),
        _ => (id, false),
    }
}

fn plain(id: &str) -> String {
    let known = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(id));
    known.map_or_else(|| id.to_owned(), |(_, name)| (*name).to_owned())
}

fn for_people(id: &str) -> String {
    let (base, n) = without_n(id);
    format!("{}{}", plain(base), if n { " N" } else { "" })
}

/// The edition that a support page lists: those without a player end with the others.
fn of_support(id: &str) -> String {
    plain(without_n(id).0)
}

/// S mode by `SkuPolicyRequired` of `Control\CI\Policy`; a system that was never in it lacks the value.
pub const fn s_mode(sku_policy_required: Option<u32>) -> bool {
    matches!(sku_policy_required, Some(1))
}

/// Whether a security id is a person's account: local and domain accounts, and those of Microsoft's cloud directory.
pub fn is_person(sid: &str) -> bool {
    (sid.starts_with("S-1-5-21-") || sid.starts_with("S-1-12-1-")) && !sid.ends_with("_Classes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(build: &str, update: u32, edition: &str, display: &str) -> Release {
        Release {
            build: Some(build.into()),
            update: Some(update),
            edition: Some(edition.into()),
            display_version: Some(display.into()),
            installation: Some("Client".into()),
            // What Windows 11 really says of itself there.
            product: Some("Windows 10 Pro".into()),
        }
    }

    #[test]
    fn windows_is_named_by_its_build_and_not_by_what_it_calls_itself() {
        let os = client("26100", 2314, "Education", "24H2")
            .understand("x86_64", Some(false))
            .expect("a build");
        assert_eq!(os.name.as_str(), "Windows 11 Education 24H2");
        assert_eq!(os.build, Version::leading("26100.2314"));
        assert_eq!(os.version, Version::leading("11"));
        assert_eq!(os.edition.as_ref().map(ShortText::as_str), Some("Education"));
        let ten = client("19045", 5131, "Core", "22H2").understand("x86_64", None);
        assert_eq!(ten.expect("a build").name.as_str(), "Windows 10 Home 22H2");
    }

    #[test]
    fn an_edition_without_a_player_is_supported_like_the_one_with_it() {
        let os = client("22631", 1, "EducationN", "23H2").understand("x86_64", None);
        let os = os.expect("a build");
        assert_eq!(os.name.as_str(), "Windows 11 Education N 23H2");
        assert_eq!(os.edition.as_ref().map(ShortText::as_str), Some("Education"));
        assert_eq!(of_support("ProfessionalEducationN"), "Pro Education");
        assert_eq!(of_support("EnterpriseSN"), "Enterprise LTSC");
        assert_eq!(of_support("IoTEnterprise"), "IoTEnterprise");
    }

    #[test]
    fn a_server_keeps_its_own_name_and_without_a_build_nothing_is_said() {
        let mut server = client("20348", 1, "ServerStandard", "21H2");
        server.installation = Some("Server".into());
        server.product = Some("Windows Server 2022 Standard".into());
        let os = server.understand("x86_64", None).expect("a build");
        assert_eq!(os.name.as_str(), "Windows Server 2022 Standard");
        assert_eq!(os.version, None);
        server.build = Some("unknown".into());
        assert!(server.understand("x86_64", None).is_none());
    }

    #[test]
    fn what_is_older_than_ten_is_not_called_ten() {
        let mut seven = client("7601", 24_546, "Professional", "");
        seven.product = Some("Windows 7 Professional".into());
        let os = seven.understand("x86_64", None).expect("a build");
        assert_eq!(os.name.as_str(), "Windows 7 Professional");
        assert_eq!((os.version, os.build), (None, Version::leading("7601.24546")));
    }

    #[test]
    fn s_mode_is_a_one_and_nothing_else() {
        assert!(s_mode(Some(1)));
        assert!(!s_mode(Some(0)) && !s_mode(None));
    }

    #[test]
    fn services_are_no_persons() {
        assert!(is_person("S-1-5-21-1004336348-1177238915-682003330-1001"));
        assert!(is_person("S-1-12-1-1-2-3-4"));
        assert!(!is_person("S-1-5-18") && !is_person("S-1-5-21-1-2-3-1001_Classes"));
    }
}
