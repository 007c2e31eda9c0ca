use std::io;
use std::sync::Mutex;

use super::*;

/// A network that behaves as told.
struct Told {
    addresses: Result<Vec<SocketAddr>, String>,
    echo: fn(u16) -> Result<Duration, NoEcho>,
    connect: fn(SocketAddr) -> io::Result<Duration>,
    echoes: Mutex<u16>,
}

const FAST: Duration = Duration::from_millis(10);

fn told(echo: fn(u16) -> Result<Duration, NoEcho>, connect: fn(SocketAddr) -> io::Result<Duration>) -> Told {
    Told {
        addresses: Ok(vec![SocketAddr::from(([192, 0, 2, 1], 443))]),
        echo,
        connect,
        echoes: Mutex::new(0),
    }
}

impl Network for Told {
    fn resolve<'a>(&'a self, _: &'a HostPort) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        Box::pin(async { self.addresses.clone() })
    }

    fn echo(&self, _: IpAddr, _: Duration) -> BoxFuture<'_, Result<Duration, NoEcho>> {
        let mut number = self.echoes.lock().expect("one test");
        *number += 1;
        let answer = (self.echo)(*number);
        Box::pin(async { answer })
    }

    fn connect(&self, target: SocketAddr) -> BoxFuture<'_, io::Result<Duration>> {
        Box::pin(async move { (self.connect)(target) })
    }

    fn hello<'a>(&'a self, target: SocketAddr, _: &'a str) -> BoxFuture<'a, io::Result<Duration>> {
        Box::pin(async move { (self.connect)(target).map(|time| time * 3) })
    }
}

fn not_permitted(_: u16) -> Result<Duration, NoEcho> {
    Err(NoEcho::NotPermitted("Permission denied".into()))
}

fn refused(_: SocketAddr) -> io::Result<Duration> {
    Err(io::ErrorKind::ConnectionRefused.into())
}

fn silent(_: SocketAddr) -> io::Result<Duration> {
    Err(io::ErrorKind::TimedOut.into())
}

async fn vendor(network: &Told, effort: Effort) -> Reach {
    let host = HostPort::parse("practice.example:443").expect("a host");
    match service(network, &host, effort).await {
        Outcome::Measured(reach) => reach,
        other => panic!("not measured: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn pings_give_the_times_when_none_was_lost() {
    let network = told(
        |number| Ok(Duration::from_millis(u64::from(number))),
        |_| Ok(FAST),
    );
    let reach = vendor(&network, Effort::Full).await;
    assert_eq!((reach.via(), reach.counts()), (Via::Icmp, (6, 6)));
    assert_eq!(reach.latency().map(|latency| latency.median_us), Some(3_500));
}

#[tokio::test(start_paused = true)]
async fn without_permission_to_ping_the_secure_hello_gives_the_times() {
    let network = told(not_permitted, |_| Ok(FAST));
    let reach = vendor(&network, Effort::Full).await;
    assert_eq!((reach.via(), reach.counts()), (Via::Tls, (3, 3)));
    assert_eq!(reach.latency().map(|latency| latency.median_us), Some(30_000));
    let light = vendor(&network, Effort::Light).await;
    assert_eq!((light.via(), light.counts()), (Via::Tcp, (1, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_light_look_that_fails_is_confirmed_by_a_second_try_before_anybody_hears_of_it() {
    let started = Instant::now();
    let reach = vendor(&told(|_| Err(NoEcho::Lost), refused), Effort::Light).await;
    assert_eq!((reach.counts(), reach.answers()), ((2, 0), false));
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    let lost_once = |number| {
        if number == 1 { Err(NoEcho::Lost) } else { Ok(FAST) }
    };
    let gateway: IpAddr = "192.0.2.1".parse().expect("an address");
    let Outcome::Measured(reach) = machine(&told(lost_once, silent), gateway, Effort::Light).await else {
        panic!("pings are permitted here");
    };
    assert_eq!((reach.counts(), reach.answers()), ((2, 1), true));
}

#[tokio::test(start_paused = true)]
async fn lost_pings_count_for_nothing_while_the_service_answers_each_time() {
    let every_second = |number| {
        if number % 2 == 0 {
            Ok(FAST)
        } else {
            Err(NoEcho::Lost)
        }
    };
    let reach = vendor(&told(every_second, |_| Ok(FAST)), Effort::Full).await;
    assert_eq!((reach.via(), reach.loss().get()), (Via::Tls, 0));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_pings_only_does_not_answer() {
    let reach = vendor(&told(|_| Ok(FAST), refused), Effort::Full).await;
    assert!(!reach.answers());
    let why = reach.trouble().expect("why").to_string();
    assert_eq!(why, "port 443: connection refused; it answers pings");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_found_is_a_host_that_does_not_answer_and_says_why() {
    let mut network = told(|_| Ok(FAST), |_| Ok(FAST));
    network.addresses = Err("practice.example cannot be looked up: no such name".into());
    let reach = vendor(&network, Effort::Full).await;
    assert_eq!(reach.counts(), (1, 0));
    assert!(
        reach
            .trouble()
            .is_some_and(|why| why.as_str().contains("looked up"))
    );
}

#[tokio::test(start_paused = true)]
async fn where_one_family_of_addresses_has_no_way_the_other_one_does() {
    let only_v4 = |target: SocketAddr| {
        if target.is_ipv4() {
            Ok(FAST)
        } else {
            Err(io::ErrorKind::NetworkUnreachable.into())
        }
    };
    let mut network = told(not_permitted, only_v4);
    network.addresses = Ok(vec![
        "[2001:db8::1]:443".parse().expect("an address"),
        "192.0.2.1:443".parse().expect("an address"),
    ]);
    assert!(vendor(&network, Effort::Full).await.answers());
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_refuses_a_connection_is_there() {
    let gateway: IpAddr = "192.0.2.1".parse().expect("an address");
    let outcome = machine(&told(not_permitted, refused), gateway, Effort::Full).await;
    let Outcome::Measured(reach) = outcome else {
        panic!("a refusal is an answer: {outcome:?}");
    };
    assert!(reach.answers() && reach.via() == Via::Tcp);
}

#[tokio::test(start_paused = true)]
async fn without_permission_to_ping_a_silent_gateway_is_not_called_dead() {
    let gateway: IpAddr = "192.0.2.1".parse().expect("an address");
    let outcome = machine(&told(not_permitted, silent), gateway, Effort::Full).await;
    let Outcome::Denied(why) = outcome else {
        panic!("nobody can know: {outcome:?}");
    };
    assert!(why.as_str().contains("ping_group_range"), "{why}");
    let outcome = machine(&told(|_| Err(NoEcho::Lost), silent), gateway, Effort::Full).await;
    assert!(
        matches!(&outcome, Outcome::Measured(reach) if !reach.answers()),
        "with permission, silence is measured: {outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_whole_window_ends_in_time_when_nothing_answers() {
    struct Hole;
    impl Network for Hole {
        fn resolve<'a>(&'a self, _: &'a HostPort) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
            Box::pin(async { Ok(vec![SocketAddr::from(([192, 0, 2, 1], 443))]) })
        }
        fn echo(&self, _: IpAddr, limit: Duration) -> BoxFuture<'_, Result<Duration, NoEcho>> {
            Box::pin(async move {
                tokio::time::advance(Duration::ZERO).await;
                sleep_until(Instant::now() + limit).await;
                Err(NoEcho::Lost)
            })
        }
        fn connect(&self, _: SocketAddr) -> BoxFuture<'_, io::Result<Duration>> {
            Box::pin(std::future::pending())
        }
        fn hello<'a>(&'a self, _: SocketAddr, _: &'a str) -> BoxFuture<'a, io::Result<Duration>> {
            Box::pin(std::future::pending())
        }
    }
    let host = HostPort::parse("practice.example:443").expect("a host");
    for (effort, limit) in [(Effort::Full, 4), (Effort::Light, 5)] {
        let started = Instant::now();
        let outcome = service(&Hole, &host, effort).await;
        assert!(matches!(outcome, Outcome::Measured(reach) if !reach.answers()));
        assert!(
            started.elapsed() < Duration::from_secs(limit),
            "{effort:?}: {:?}",
            started.elapsed()
        );
    }
}
