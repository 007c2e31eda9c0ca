//! A student with a laptop and time, against a collector on which a room's morning depends.

use std::net::SocketAddr;
use std::time::Duration;

use roomready_shared::facts::Platform;
use roomready_tests::agent::AgentHome;
use roomready_tests::http::client;
use roomready_tests::process::Launch;
use roomready_tests::school::{Plan, SCHOOL, TestSchool};
use roomready_tests::wait::{PATIENCE, wait_until};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// Connections that take a place and say nothing, at the devices' listener.
const IDLE: usize = 2_000;
/// As many of them as hold a place at one moment, at least: each is let go after ten seconds, and on its way back it holds
/// none. That way is long beside programs that knock as fast as two processors can: three in four are usual, and one in two
/// is a siege.
const STANDING: f64 = 1_000.0;
/// Connections that drip a header, where people are.
const SLOW: usize = 200;
/// Programs that knock with a wrong key as fast as they are answered.
const KNOCKING: usize = 16;
/// The attacker's address; everybody else is at another one.
const ATTACKER: &str = "127.0.0.2:0";
/// How long it goes on: past the time after which idle and slow ones are let go, so that they come again.
const SIEGE: Duration = Duration::from_secs(25);
/// What the board promises meanwhile.
const BOARD: Duration = Duration::from_millis(200);

async fn attackers_connection(to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(ATTACKER.parse().ok()?).ok()?;
    timeout(PATIENCE, socket.connect(to)).await.ok()?.ok()
}

/// Holds a connection as long as it is let, and comes again.
async fn idle(to: SocketAddr) {
    loop {
        let Some(mut stream) = attackers_connection(to).await else {
            tokio::task::yield_now().await;
            continue;
        };
        let mut nothing = [0; 16];
        while matches!(stream.read(&mut nothing).await, Ok(read) if read > 0) {}
    }
}

/// Sends a header letter by letter, and comes again.
async fn slow(to: SocketAddr) {
    let mut tick = interval(Duration::from_millis(500));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let Some(mut stream) = attackers_connection(to).await else {
            tick.tick().await;
            continue;
        };
        let letters = b"GET / HTTP/1.1\r\nx-slow: "
            .iter()
            .chain(std::iter::repeat(&b'a'));
        for letter in letters {
            tick.tick().await;
            if stream.write_all(&[*letter]).await.is_err() {
                break;
            }
        }
    }
}

/// Knocks with a wrong key.
async fn knock(to: SocketAddr) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .local_address(Some([127, 0, 0, 2].into()))
        .tls_danger_accept_invalid_certs(true)
        .build()
        .expect("a client");
    let body = serde_json::json!({
        "key": "A".repeat(43), "name": "INTRUDER", "platform": "linux", "agent_version": "0.1.0",
    });
    loop {
        let asked = client
            .post(format!("https://{to}/api/v1/enroll"))
            .json(&body)
            .send()
            .await;
        if let Ok(answer) = asked {
            assert!(!answer.status().is_success(), "nobody is let in by a wrong key");
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_idle_connections_slow_senders_and_a_flood_of_wrong_keys_disturb_nobody() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files).expect("as many files as are permitted");
    let plan = Plan::testing_room("101").seat("101", "1", "THIS-MACHINE", Platform::Linux);
    let school = TestSchool::start_in(&plan, |serve| serve.args(["--devices", "127.0.0.1:0"])).await;
    let people: SocketAddr = school.address().parse().expect("an address");
    let devices: SocketAddr = school
        .collector()
        .wait_for_line("devices report to https://")
        .await
        .rsplit_once("https://")
        .and_then(|(_, address)| address.parse().ok())
        .expect("an address");
    let home = AgentHome::empty();
    let file = school.folder().join("enrolment.toml");
    let written = Launch::binary("roomready-collector")
        .args(["enrollment", "new", "--school", SCHOOL, "--room", "101", "--data"])
        .arg(school.data())
        .arg("--out")
        .arg(&file)
        .run()
        .await;
    assert_eq!(written.code(), Some(0), "{written:?}");
    let enrolled = home
        .command("enroll")
        .arg("--file")
        .arg(&file)
        .args(["--name", "THIS-MACHINE"])
        .run()
        .await;
    assert_eq!(enrolled.code(), Some(0), "{enrolled:?}");
    let agent = home.run();
    let staff = school.staff().await;
    let board = school.room("101");

    let mut siege = JoinSet::new();
    (0..IDLE).for_each(|_| drop(siege.spawn(idle(devices))));
    (0..SLOW).for_each(|_| drop(siege.spawn(slow(people))));
    (0..KNOCKING).for_each(|_| drop(siege.spawn(knock(devices))));
    let open = async || count(people, "roomready_connections_open").await;
    wait_until("a siege that stands", PATIENCE, async || {
        let open = open().await;
        (open >= STANDING).then_some(()).ok_or(open)
    })
    .await;

    let reports_before = count(people, "roomready_reports_total").await;
    let (began, mut took) = (Instant::now(), Vec::new());
    let mut look = interval(Duration::from_millis(500));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while began.elapsed() < SIEGE {
        look.tick().await;
        let asked = Instant::now();
        let page = staff.page(&board).await;
        took.push(asked.elapsed());
        assert!(
            !page.contains("Lost contact"),
            "the real device is still heard:\n{page}"
        );
    }
    let reports = count(people, "roomready_reports_total").await - reports_before;
    siege.shutdown().await;
    took.sort_unstable();
    let (usual, worst) = (took[took.len() * 9 / 10], took[took.len() - 1]);
    println!("board: nine of ten within {usual:?}, the slowest {worst:?}; {reports} reports of the agent");
    // One in ten may meet this machine's other work.
    assert!(
        usual < BOARD,
        "nine of ten boards within {usual:?}, the slowest {worst:?}"
    );
    // Each two seconds, by the plan.
    assert!(
        reports >= SIEGE.as_secs_f64() / 2.0 * 0.8,
        "the agent was heard {reports} times"
    );
    agent.stop().await;
}

/// One number of `/metrics`, which this computer's own programs may read.
async fn count(people: SocketAddr, name: &str) -> f64 {
    let asked = client().get(format!("http://{people}/metrics")).send().await;
    let text = asked.expect("metrics").text().await.expect("text");
    text.lines()
        .filter_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok())
        .sum()
}
