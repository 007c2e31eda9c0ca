//! A suite that runs a hundred times a day must not fill the machine with what it started.

use roomready_tests::browser::Browser;
use roomready_tests::process::processes_naming;
use roomready_tests::wait::{PATIENCE, wait_until};

/// Enough that one process left behind by each would be plain to see, and both ways of ending are used.
const BROWSERS: usize = 12;

#[tokio::test]
async fn a_dozen_browsers_leave_no_process_behind() {
    for turn in 0..BROWSERS {
        let browser = Browser::start().await;
        browser.open("data:text/html,<title>here</title>").await;
        assert_eq!(browser.title().await, "here");
        let profile = browser.profile().to_owned();
        let naming = || processes_naming(&profile.to_string_lossy());
        assert!(
            !naming().is_empty(),
            "the running browser names its profile folder"
        );
        // The polite end, and the end that a failing test takes.
        if turn % 2 == 0 {
            browser.close().await;
        } else {
            drop(browser);
        }
        wait_until("the browser's processes to be gone", PATIENCE, async || {
            let left = naming();
            if left.is_empty() {
                Ok(())
            } else {
                Err(left.join("\n"))
            }
        })
        .await;
        assert!(
            !profile.exists(),
            "the profile folder {} is gone too",
            profile.display()
        );
    }
}
