//! What `check` reads.

use serde_json::json;

use crate::wine::Windows;

#[tokio::test]
async fn a_school_s_laptop_is_read_as_its_registry_and_files_say() {
    let laptop = Windows::fresh().await.with("school-laptop.reg").await;
    laptop.install("Program Files/TestNav/TestNav.exe");
    let answers = laptop.file("users/student/Pearson/srf");
    std::fs::create_dir_all(&answers).expect("drive C takes folders");
    std::fs::write(answers.join("one.srf"), "not sent yet").expect("drive C takes files");

    let read = laptop.check().await;
    let os = read.measured("os");
    assert_eq!(os["name"], "Windows 11 Education 24H2");
    assert_eq!(os["build"], "26100.2314");
    assert_eq!(os["edition"], "Education");
    assert_eq!(os["s_mode"], true);
    assert_eq!(read.finding("os-windows").0, "pass");
    assert_ne!(read.finding("s-mode").0, "pass");
    assert_eq!(
        read.measured("updates"),
        &json!({"restart_pending": true, "update_pending": true})
    );
    assert_eq!(
        read.measured("display"),
        &json!({"width": 1366, "height": 768, "diagonal_tenths": 116})
    );
    let app = &read.measured("app")["installed"];
    assert_eq!(app["version"], "1.15.7");
    assert_eq!(app["place"], r"%ProgramFiles%\TestNav\TestNav.exe");
    // No battery here, so what policy sets for batteries does not count; the lid's more drastic answer does.
    assert_eq!(
        read.measured("sleep"),
        &json!({"on_mains": {"after": 1800}, "on_battery": {"after": 1800}, "lid": "sleep"})
    );
    assert_eq!(read.measured("link")["proxy"], json!({"fixed": "10.2.0.9:8080"}));
    assert_eq!(read.measured("saved_responses")["count"], 1);
    assert_eq!(read.measured("power"), "mains_only");
    for fact in ["memory", "disk"] {
        assert!(read.measured(fact)["total"].as_u64() > Some(1 << 20), "{fact}");
    }
    assert!(read.measured("uptime").as_u64() > Some(0));
}

#[tokio::test]
async fn a_machine_of_which_nothing_is_said_claims_nothing() {
    let machine = Windows::fresh().await;
    let read = machine.check().await;
    assert_eq!(read.measured("os")["s_mode"], false);
    assert_eq!(read.measured("updates"), &json!({"restart_pending": false}));
    assert_eq!(read.measured("app"), "not_installed");
    assert_eq!(read.measured("app_run"), "not_running");
    // Wine has neither power plans nor a display that describes itself.
    for fact in ["sleep", "display"] {
        assert!(
            read.outcome(fact).get("unsupported").is_some(),
            "{}",
            read.outcome(fact)
        );
    }
}

#[tokio::test]
async fn an_app_in_an_unusual_folder_is_known_by_what_its_installer_left() {
    let old = Windows::fresh().await.with("installer.reg").await;
    assert_eq!(
        old.check().await.measured("app"),
        &json!({"installed": {"version": "1.13.4", "place": "TestNav"}})
    );
    let new = old.with("msi.reg").await;
    assert_eq!(
        new.check().await.measured("app"),
        &json!({"installed": {"version": "1.15.7", "place": "{94602611-7C92-43D0-B85C-812AE54A4373}"}})
    );
}
