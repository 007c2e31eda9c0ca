//! The network between a simulated device and the collector: real HTTP, until the script cuts it.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use roomready_agent::ports::{Fetched, Uplink};
use roomready_agent::uplink::Trouble;
use roomready_shared::wire::v1::{Report, ReportReply};
use tokio::sync::watch;

use super::State;

/// An uplink that can be cut. What the device wants to say meanwhile stays in its outbox.
pub struct Line {
    uplink: Arc<dyn Uplink>,
    state: watch::Receiver<State>,
}

impl Line {
    /// Lays a line over an uplink.
    #[must_use]
    pub fn new(uplink: Arc<dyn Uplink>, state: watch::Receiver<State>) -> Self {
        Self { uplink, state }
    }

    fn stands(&self) -> Result<(), Trouble> {
        let state = *self.state.borrow();
        if state.silent || state.broken.network {
            return Err(Trouble::Unreachable {
                why: "the network is unreachable".to_owned(),
            });
        }
        Ok(())
    }
}

impl Uplink for Line {
    fn report<'a>(&'a self, report: &'a Report) -> BoxFuture<'a, Result<ReportReply, Trouble>> {
        async move {
            self.stands()?;
            self.uplink.report(report).await
        }
        .boxed()
    }

    fn assignment<'a>(&'a self, held: Option<&'a str>) -> BoxFuture<'a, Result<Fetched, Trouble>> {
        async move {
            self.stands()?;
            self.uplink.assignment(held).await
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Happening;
    use roomready_shared::units::Timestamp;

    /// A collector that answers every question about the assignment.
    struct Answers;

    impl Uplink for Answers {
        fn report<'a>(&'a self, _: &'a Report) -> BoxFuture<'a, Result<ReportReply, Trouble>> {
            unreachable!("this test sends no report")
        }

        fn assignment<'a>(&'a self, _: Option<&'a str>) -> BoxFuture<'a, Result<Fetched, Trouble>> {
            async { Ok(Fetched::Unchanged) }.boxed()
        }
    }

    #[tokio::test]
    async fn a_silent_device_reaches_nobody_until_it_comes_back() {
        let (strings, state) = watch::channel(State::default());
        let line = Line::new(Arc::new(Answers), state);
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(line.assignment(None).await, Ok(Fetched::Unchanged));
        strings.send_modify(|state| *state = state.after(Happening::GoesSilent, now));
        assert!(matches!(
            line.assignment(None).await,
            Err(Trouble::Unreachable { .. })
        ));
        strings.send_modify(|state| *state = state.after(Happening::ComesBack, now));
        assert_eq!(line.assignment(None).await, Ok(Fetched::Unchanged));
    }
}
