use std::time::Duration;

use roomready_tests::wait::{PATIENCE, wait_until};

#[tokio::test]
async fn a_wait_ends_as_soon_as_the_condition_holds() {
    let mut looks = 0;
    let found = wait_until("the third look", PATIENCE, async || {
        looks += 1;
        (looks == 3).then_some("here")
    })
    .await;
    assert_eq!((found, looks), ("here", 3));
}

#[tokio::test]
#[should_panic(expected = "in vain for a kettle to boil; last seen: 40 degrees")]
async fn a_wait_in_vain_names_what_was_awaited_and_what_was_seen() {
    wait_until("a kettle to boil", Duration::from_millis(60), async || {
        Err::<(), _>("40 degrees")
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "last seen: a look that never came back")]
async fn a_look_that_hangs_does_not_hang_the_test() {
    wait_until("an answer", Duration::from_millis(60), async || {
        std::future::pending::<bool>().await
    })
    .await;
}
