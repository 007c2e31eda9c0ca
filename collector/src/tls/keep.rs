//! The task that looks from time to time whether what listeners show must change.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Authorities, Leaf, Name, OwnCertificate, Shown, TlsError, rules};
use crate::clock::Clock;
use crate::error::with_causes;
use crate::limits;
use crate::supervise::TaskError;

/// All that is kept up to date.
#[derive(Debug)]
pub struct Kept {
    private: Option<Private>,
    own: Option<Own>,
}

/// Listeners that show a leaf of the private CA.
#[derive(Debug)]
struct Private {
    data: PathBuf,
    names: Vec<Name>,
    shown: Arc<Shown>,
    made: Timestamp,
    signer: [u8; 32],
    bundle: watch::Sender<Arc<str>>,
    said: Option<String>,
}

/// A listener that shows the district's own certificate.
#[derive(Debug)]
struct Own {
    files: OwnCertificate,
    shown: Arc<Shown>,
    digest: [u8; 32],
    /// A change that could not be used, when it was seen once: the two files are rarely replaced in one moment.
    doubtful: Option<String>,
    said: Option<String>,
}

impl Kept {
    /// Nothing yet.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            private: None,
            own: None,
        }
    }

    /// Makes the CA if there is none, and a leaf for these names. Gives what the listener shows, and the certificates
    /// that devices are told to believe, now and whenever they change.
    ///
    /// # Errors
    /// When the CA's folder cannot be used.
    pub fn private(
        &mut self,
        data: PathBuf,
        names: Vec<Name>,
        now: Timestamp,
    ) -> Result<(Arc<Shown>, watch::Receiver<Arc<str>>), TlsError> {
        let authorities = Authorities::open(&data, now)?;
        let Leaf { made, signer, key } = authorities.signer(now).sign(&names, now)?;
        let shown = Shown::new(Arc::new(key));
        let (bundle, bundles) = watch::channel(Arc::from(authorities.bundle(now)));
        self.private = Some(Private {
            data,
            names,
            shown: Arc::clone(&shown),
            made,
            signer,
            bundle,
            said: None,
        });
        Ok((shown, bundles))
    }

    /// Loads the district's own certificate.
    ///
    /// # Errors
    /// When it cannot be used: a start is the moment to say so.
    pub fn own(&mut self, files: OwnCertificate, now: Timestamp) -> Result<Arc<Shown>, TlsError> {
        let found = files.look(now)?;
        let shown = Shown::new(found.usable?);
        tell_end(found.ends);
        self.own = Some(Own {
            files,
            shown: Arc::clone(&shown),
            digest: found.digest,
            doubtful: None,
            said: None,
        });
        Ok(shown)
    }

    /// Looks once.
    pub fn look(&mut self, now: Timestamp) {
        if let Some(private) = &mut self.private {
            private.look(now);
        }
        if let Some(own) = &mut self.own {
            own.look(now);
        }
    }
}

impl Private {
    fn look(&mut self, now: Timestamp) {
        match self.renewed(now) {
            Ok(()) => self.said = None,
            // What is shown stays good for weeks; each trouble is said once.
            Err(error) => say_once(&mut self.said, &with_causes(&error), "the CA cannot be looked at"),
        }
    }

    fn renewed(&mut self, now: Timestamp) -> Result<(), TlsError> {
        let authorities = Authorities::read(&self.data)?;
        let signer = authorities.signer(now);
        if rules::leaf_is_due(self.made, signer.digest() == self.signer, now) {
            let Leaf { made, signer, key } = signer.sign(&self.names, now)?;
            self.shown.show(Arc::new(key));
            (self.made, self.signer) = (made, signer);
            tracing::info!("the devices' listener shows a new certificate");
        }
        let bundle = authorities.bundle(now);
        let changed = self.bundle.send_if_modified(|held| {
            let differs = **held != *bundle;
            if differs {
                *held = Arc::from(bundle);
            }
            differs
        });
        if changed {
            tracing::info!("devices are told of the changed CA");
        }
        Ok(())
    }
}

impl Own {
    fn look(&mut self, now: Timestamp) {
        let trouble = match self.files.look(now) {
            Ok(found) if found.digest == self.digest => None,
            Ok(found) => match found.usable {
                Ok(usable) => {
                    self.shown.show(usable);
                    self.digest = found.digest;
                    tell_end(found.ends);
                    tracing::info!(file = %self.files.certificate.display(), "people's pages show the new certificate");
                    None
                }
                Err(error) => Some(with_causes(&error)),
            },
            Err(error) => Some(with_causes(&error)),
        };
        let Some(trouble) = trouble else {
            (self.doubtful, self.said) = (None, None);
            return;
        };
        if self.doubtful.as_ref() == Some(&trouble) {
            let what = "the new certificate for people's pages is not used, the one before goes on";
            say_once(&mut self.said, &trouble, what);
        }
        self.doubtful = Some(trouble);
    }
}

fn say_once(said: &mut Option<String>, trouble: &str, what: &str) {
    if said.as_deref() != Some(trouble) {
        tracing::error!("{what}: {trouble}");
        *said = Some(trouble.to_owned());
    }
}

/// For whoever watches the collector: a certificate that nobody renews is the commonest reason of a morning without pages.
fn tell_end(ends: Option<Timestamp>) {
    if let Some(ends) = ends {
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds since 1970 are exact in a double"
        )]
        metrics::gauge!("roomready_certificate_ends_timestamp_seconds").set(ends.as_second() as f64);
    }
}

/// Looks until told to stop.
///
/// # Errors
/// Never: what is shown goes on being shown.
pub async fn keep(mut kept: Kept, clock: Arc<dyn Clock>, stop: CancellationToken) -> Result<(), TaskError> {
    let mut tick = interval(limits::CERTIFICATES_LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        let now = clock.wall();
        let looked = tokio::task::spawn_blocking(move || {
            kept.look(now);
            kept
        });
        kept = looked.await?;
    }
}
