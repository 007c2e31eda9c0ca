//! Commands. The only room that reads flags, environment and terminal, and that prints.

mod args;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser as _;
use hyper_util::client::proxy::matcher::Matcher;
use roomready_agent::cli::exit::USAGE;
use roomready_agent::clock::SystemClock;
use roomready_agent::doorway::{Failure, asked_to_stop, in_runtime, misspelt, print};
use roomready_agent::telemetry;
use roomready_agent::uplink::{CollectorAddress, Proxies};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use self::args::{Arguments, Command, Common};
use crate::collector::{Asked, Collector, Trouble};
use crate::line::Said;
use crate::run::{Over, run};
use crate::shelf::{Shelf, SignIn};
use crate::{collector, desktop, run};

/// All well.
const DONE: u8 = 0;
/// Signed in, and the collector cannot be reached or lets it in no more.
const TROUBLE: u8 = 10;
/// Not signed in.
const NOT_SIGNED_IN: u8 = 30;

/// How long `status` waits for the collector's first word.
const FIRST_WORD: Duration = Duration::from_secs(10);

/// Nothing stands on this computer's shelf.
const SIGN_IN_FIRST: &str =
    "This computer is not signed in. Run: roomready-watch sign-in https://your-collector";

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    let Arguments { command, common } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misspelt(&error),
    };
    telemetry::start(&common.log);
    match in_runtime(async || by_name(command, &common).await) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("roomready-watch: {}", run::with_causes(error.as_ref()));
            ExitCode::from(USAGE)
        }
    }
}

async fn by_name(command: Command, common: &Common) -> Result<u8, Failure> {
    match command {
        Command::SignIn { url } => sign_in(url, common).await,
        Command::Run => watch(common).await,
        Command::Status => status(common).await,
        Command::SignOut => sign_out(common).await,
    }
}

fn reach(address: CollectorAddress, common: &Common) -> Result<Collector, Failure> {
    if address.is_overheard() {
        return Err(
            format!("what is said to {address} could be read on the way; use its https address").into(),
        );
    }
    let proxies = Proxies::System(Arc::new(Matcher::from_system()));
    Ok(Collector::at(address, common.computer.clone(), &proxies)?)
}

fn shelf(common: &Common) -> Result<Shelf, Failure> {
    common
        .folder()
        .map(|folder| Shelf::of(&folder))
        .ok_or_else(|| "this account has no folder of its own; name one with --folder".into())
}

async fn sign_in(address: CollectorAddress, common: &Common) -> Result<u8, Failure> {
    let shelf = shelf(common)?;
    let collector = reach(address, common)?;
    let offer = collector.ask_to_watch(env!("CARGO_PKG_VERSION")).await?;
    print(&format!(
        "Open this page in the browser where you are signed in to RoomReady:\n\n  {}\n\n\
         It must show this code, and only then say yes:\n\n  {}\n\n\
         Waiting for you, for {} minutes ...\n",
        collector.address().at(&offer.page),
        offer.code,
        offer.ends_in_s / 60,
    ));
    let ends = Instant::now() + Duration::from_secs(offer.ends_in_s.into());
    let mut turns = interval(Duration::from_secs(offer.ask_every_s.clamp(1, 60).into()));
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match collector.ask_for_token(&offer).await {
            Ok(Asked::Granted(grant)) => {
                let kept = SignIn::new(collector.address(), grant.token, grant.ends);
                if let Err(error) = shelf.keep(&kept) {
                    // Nobody could use it: it must not go on for months.
                    let _it_ends_on_the_account_s_page = collector.sign_out(&kept.token).await;
                    return Err(error.into());
                }
                print(&format!(
                    "Signed in until {}. Now run: roomready-watch run\n",
                    day(&kept)
                ));
                return Ok(DONE);
            }
            Err(trouble) if !trouble.passes() => return Err(trouble.into()),
            Ok(Asked::Pending) | Err(_) if Instant::now() < ends => {}
            Ok(Asked::Pending) => return Err("nobody confirmed in time; sign in again".into()),
            Err(trouble) => return Err(trouble.into()),
        }
    }
}

fn day(sign_in: &SignIn) -> String {
    let ends = sign_in.ends.to_zoned(jiff::tz::TimeZone::system());
    ends.strftime("%-d %B %Y").to_string()
}

async fn watch(common: &Common) -> Result<u8, Failure> {
    let Some(kept) = shelf(common)?.load()? else {
        eprintln!("{SIGN_IN_FIRST}");
        return Ok(NOT_SIGNED_IN);
    };
    desktop::is_there()?;
    let collector = reach(kept.collector()?, common)?;
    let clock = SystemClock::start();
    match run(&collector, &kept.token, &clock, asked_to_stop()?).await {
        Over::Stopped => Ok(DONE),
        Over::Refused(trouble @ Trouble::SignedOut(_)) => {
            eprintln!("roomready-watch: {trouble}");
            Ok(NOT_SIGNED_IN)
        }
        Over::Refused(trouble) => Err(trouble.into()),
    }
}

async fn status(common: &Common) -> Result<u8, Failure> {
    let Some(kept) = shelf(common)?.load()? else {
        print(&format!("{SIGN_IN_FIRST}\n"));
        return Ok(NOT_SIGNED_IN);
    };
    let collector = reach(kept.collector()?, common)?;
    print(&format!(
        "Signed in to {} until {}.\n",
        collector.address(),
        day(&kept)
    ));
    Ok(
        match timeout(FIRST_WORD, first_sight(&collector, &kept.token)).await {
            Ok(Ok(open)) => {
                print(&match open {
                    0 => "It answers: nothing is open.\n".to_owned(),
                    1 => "It answers: 1 thing is open.\n".to_owned(),
                    many => format!("It answers: {many} things are open.\n"),
                });
                DONE
            }
            Ok(Err(trouble)) => {
                print(&format!("{}.\n", run::with_causes(&trouble)));
                TROUBLE
            }
            Err(_late) => {
                print("It does not answer in time.\n");
                TROUBLE
            }
        },
    )
}

/// How many things are open.
async fn first_sight(collector: &Collector, token: &str) -> Result<usize, Trouble> {
    let mut stream: collector::Stream = collector.open(token).await?;
    loop {
        for said in stream.next().await? {
            if let Said::Sight(sight) = said {
                return Ok(sight.matters.len() + usize::try_from(sight.more).unwrap_or(usize::MAX));
            }
        }
    }
}

async fn sign_out(common: &Common) -> Result<u8, Failure> {
    let shelf = shelf(common)?;
    // Whatever is wrong with it, afterwards it is gone.
    let kept = shelf.load().ok().flatten();
    shelf.forget()?;
    let Some(kept) = kept else {
        print("This computer is not signed in.\n");
        return Ok(DONE);
    };
    let collector = reach(kept.collector()?, common)?;
    match collector.sign_out(&kept.token).await {
        Ok(()) => {
            print("Signed out.\n");
            Ok(DONE)
        }
        Err(trouble) => {
            print(&format!(
                "This computer has forgotten its sign-in, but the collector could not be told ({}). End it on your \
                 account's page: {}\n",
                run::with_causes(&trouble),
                collector.address().at("/account")
            ));
            Ok(TROUBLE)
        }
    }
}
