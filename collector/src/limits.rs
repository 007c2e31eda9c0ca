//! Every limit of the collector, each with its unit and the reason for the number.
//!
//! The wire's own limits (bytes and records of a report, nesting, lengths of names) live beside the messages in
//! [`roomready_shared::wire::v1`], because both sides keep them.

use std::time::Duration;

// --- connections ---------------------------------------------------------------------------------------------

/// Open connections at once where devices come in. One collector per school LAN: 1,800 devices, each with one connection,
/// and boards, with as much again to spare. Above it a newcomer gets a 503 at once, which tells an agent to come back
/// later; letting it wait in the kernel's queue would look like silence to the device. A listener with TLS only closes: an
/// answer would cost it the very handshake that it has no place for.
pub const MOST_DEVICE_CONNECTIONS: usize = 4_096;

/// Of those from one address. A whole school may stand behind one: 1,800 devices, and half as much again while a switch
/// restarts and old connections are not known to be dead yet. Whoever takes all of these leaves 1,024 to others.
pub const MOST_DEVICE_CONNECTIONS_AN_ADDRESS: usize = 3_072;

/// Open connections at once where only people come in: 512 live boards and their pages, with as much again to spare.
pub const MOST_PEOPLE_CONNECTIONS: usize = 1_024;

/// Of those from one address. The staff of a school may stand behind one: some fifty browsers with up to six connections
/// each. The connections of a declared proxy are its clients' and count only in all.
pub const MOST_PEOPLE_CONNECTIONS_AN_ADDRESS: usize = 384;

/// Refused connections that are told so in peace (half-closed, drained) at once. Above it they are simply dropped:
/// politeness must not become the hole that the cap closes.
pub const MOST_POLITE_REFUSALS: usize = 64;

/// The log hears of refused connections at most this often: under a flood it must stay readable, and small.
pub const REFUSALS_SAID_EVERY: Duration = Duration::from_secs(10);

/// A TLS handshake is over within this time: two round trips and a signature, on a school's Wi-Fi at the bell.
pub const TLS_HANDSHAKE: Duration = Duration::from_secs(10);

/// For so long a browser that has seen our pages over TLS asks for them in no other way. Half a year, which reviewers look
/// for; a district that gives TLS up has other worries.
pub const HSTS_SECONDS: u64 = 180 * 24 * 60 * 60;

/// How often the CA's folder and the district's own certificate are looked at. A certificate that was just put there is
/// in use by the time somebody has walked to a browser.
pub const CERTIFICATES_LOOK: Duration = Duration::from_secs(5);

/// How long a refused connection may take to read its refusal.
pub const REFUSAL_LINGER: Duration = Duration::from_secs(1);

/// Seconds a refused device is asked to stay away (`Retry-After`).
pub const REFUSAL_RETRY_AFTER_SECONDS: u64 = 10;

/// Pause after the operating system refuses to accept (out of file handles): a tight loop would only burn the core
/// that is needed to finish requests and free handles.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

// --- one request ---------------------------------------------------------------------------------------------

/// A new connection sends its first complete header within this time. School Wi-Fi at the bell is slow, ten
/// seconds is slower. hyper's own header time-out starts only with its first read of a request and is set to
/// [`KEEP_ALIVE_IDLE`], so this one is kept by the serving loop.
pub const FIRST_HEADER: Duration = Duration::from_secs(10);

/// Quiet between two requests on one connection. Above the slowest beat (idle devices report each 60 s), so that a
/// healthy device keeps its connection.
pub const KEEP_ALIVE_IDLE: Duration = Duration::from_secs(75);

/// A whole body arrives within this time, however it drips.
pub const BODY_READ: Duration = Duration::from_secs(10);

/// A whole answer is ready within this time. It holds [`BODY_READ`], and after it a report waits for the disk, which
/// takes milliseconds; ten seconds more mean that the disk is gone, and the device had better keep its news and come
/// back.
pub const REQUEST: Duration = Duration::from_secs(20);

/// A peer that takes nothing of an answer for this long is gone (a laptop closed with its board open).
pub const WRITE_STALL: Duration = Duration::from_secs(20);

/// Bytes of request line and headers together. Ours are under 1 KB; browsers add a few.
pub const MOST_HEADER_BYTES: usize = 16 * 1024;

/// Header lines in a request. Browsers send about 20.
pub const MOST_HEADERS: usize = 64;

/// Bytes that one connection may have buffered. Must hold [`MOST_HEADER_BYTES`]; a larger buffer only holds memory
/// for 4,000 idle devices.
pub const MOST_BUFFER_BYTES: usize = 32 * 1024;

/// Bytes of an enrolment: a key and a few names.
pub const MOST_ENROL_BYTES: usize = 8 * 1024;

/// Bytes of a form that a page sends.
pub const MOST_FORM_BYTES: usize = 16 * 1024;

/// Fields of a form that are looked at for its token: ours have under 40.
pub const MOST_FORM_FIELDS: usize = 128;

/// Items of any one list or object in a body.
pub const MOST_JSON_ITEMS: usize = 1_024;

/// Values in a whole body. The parser's work, and the memory it may take, end here.
pub const MOST_JSON_VALUES: usize = 65_536;

// --- the watch ---------------------------------------------------------------------------------------------

/// Reports that may wait for the next tick. A tick comes each second and a large district sends 9,000 in it; if the
/// watch ever stands still, beats are dropped above this (the device's next one says the same), news never.
pub const WATCH_QUEUE: usize = 200_000;

/// Lines for the record that may wait while the disk is full. A whole school going silent is some hundred.
pub const WAITING_ENTRIES: usize = 20_000;

/// How often the watch looks: the promise is a changed tile within two missed beats and a second.
pub const WATCH_TICK: Duration = Duration::from_secs(1);

// --- the collector's own look outside --------------------------------------------------------------------------

/// How often the collector looks outside while students test: four looks a minute, as one device in sweep, and soon enough
/// to speak for or against a cause before an incident has been open for half a minute.
pub const LOOK_OUTSIDE_EVERY: Duration = Duration::from_secs(15);

/// Looking up a name and connecting take at most this long; a test app's patience ends about there.
pub const LOOK_OUTSIDE_PATIENCE: Duration = Duration::from_secs(3);

/// A host that did not answer is tried once more after this: one lost packet is no outage. Two tries fit into half of
/// [`LOOK_OUTSIDE_EVERY`].
pub const LOOK_OUTSIDE_AGAIN: Duration = Duration::from_secs(1);

/// What is seen unchanged is told again after this many milliseconds, so that the watch knows that it still holds.
pub const LOOK_OUTSIDE_TOLD_EVERY_MS: u64 = 60_000;

/// Hosts tried in one look: those of the vendors that a district tests with are a handful.
pub const MOST_HOSTS_LOOKED_AT: usize = 32;

/// Names looked up at once. Each holds a thread while a dead resolver is waited for.
pub const MOST_LOOK_UPS: usize = 64;

// --- live pages ----------------------------------------------------------------------------------------------

/// Boards open at once. A school has some tens of staff; a stream costs one connection and one small queue.
pub const MOST_LIVE_STREAMS: usize = 512;

/// Messages that may wait for one slow board. At one message a second this is a few seconds of a bad network;
/// after it the board gets one fresh snapshot in place of what it missed.
pub const LIVE_QUEUE: usize = 8;

/// Least time between two messages to one board: people read, and a school's laptops are slow.
pub const LIVE_TICK: Duration = Duration::from_secs(1);

/// A board that hears nothing for two of these says that it lost its connection.
pub const LIVE_HEARTBEAT: Duration = Duration::from_secs(5);

// --- trying a network ------------------------------------------------------------------------------------------

/// Networks tried at once, by people who are not known: a technician walks from one to the next, a dozen may walk.
pub const MOST_REACH_STREAMS: usize = 32;

/// Words of one try: enough to tell a live stream from one that is held back.
pub const REACH_WORDS: u8 = 4;

/// Between two of them. Four words take about two seconds, for which somebody waits.
pub const REACH_PAUSE: Duration = Duration::from_millis(600);

// --- staff ---------------------------------------------------------------------------------------------------

/// A printed sign-in link is good for this long.
pub const SIGN_IN_LINK_LIFE: Duration = Duration::from_secs(60 * 60);

/// A signed-in browser stays so for one working day, however much it is used.
pub const STAFF_SESSION_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

/// A sign-in that was not used for this long is over: a sitting with its preparation fits in, a shared computer left
/// open over a lunch and a lesson does not. An open board counts as use.
pub const SIGN_IN_IDLE: Duration = Duration::from_secs(3 * 60 * 60);

/// How often it is remembered that a sign-in is in use: each time costs a write.
pub const SIGN_IN_TOUCHED_EVERY: Duration = Duration::from_secs(60);

/// How often an open stream asks whether its sign-in still holds: an ended one ends its boards within this and a
/// heartbeat. 512 boards cost some hundred reads a second.
pub const SIGN_IN_ASKED_EVERY: Duration = Duration::from_secs(4);

/// Browsers that one person may be signed in on: a desk, a laptop, a phone, and some forgotten ones.
pub const MOST_SIGN_INS_OF_A_PERSON: u32 = 16;

/// How long a staff computer shows notices before its owner confirms it again: a testing window with the weeks around it.
pub const WATCH_TOKEN_LIFE: Duration = days(90);

/// How often it is remembered that a staff computer is in use: each time costs a write.
pub const WATCH_TOKEN_TOUCHED_EVERY: Duration = Duration::from_secs(10 * 60);

/// Staff computers that show notices for one person: a desk, a laptop, one in each of some schools.
pub const MOST_WATCH_TOKENS_OF_A_PERSON: u32 = 8;

/// How long somebody has to confirm a staff computer on the page: to find the browser, sign in and read a code.
pub const WATCH_OFFER_LIFE: Duration = Duration::from_secs(10 * 60);

/// How often a staff computer asks whether it was confirmed.
pub const WATCH_OFFER_ASKED_EVERY: Duration = Duration::from_secs(2);

/// Rooms that somebody may choose as theirs on one phone: a corridor. They are repainted each second while it is open.
pub const MOST_MY_ROOMS: usize = 24;

/// Staff computers that hold a stream at once. They take no place from open boards beyond it: see [`MOST_LIVE_STREAMS`].
pub const MOST_WATCHER_STREAMS: usize = 128;

/// Staff computers that wait for somebody to confirm them, all together. They cost some hundred bytes each.
pub const MOST_WATCH_OFFERS: usize = 256;

/// The same from one address: a technician at one desk sets up one computer after another. A further one takes the place of
/// the oldest, so a flood from one address keeps nobody else out.
pub const MOST_WATCH_OFFERS_OF_AN_ADDRESS: usize = 8;

/// Open accounts: a district of 25 schools has some hundred staff who need one.
pub const MOST_ACCOUNTS: usize = 5_000;

/// Page views and changes of one sign-in in a minute: some tabs that reload by themselves stay far below; above it
/// a program reads pages in a loop.
pub const MOST_VIEWS_A_MINUTE: u32 = 1_200;

/// Things whose views by one sign-in are written once a minute, however often they are reloaded. Above it each view is
/// a line again.
pub const MOST_VIEWS_REMEMBERED: usize = 64;

/// Refused requests of one sign-in in a minute that are written down; the rest are only counted.
pub const MOST_REFUSALS_WRITTEN_A_MINUTE: u32 = 12;

/// How long the address of a new proctor link can be printed. It is kept in memory alone: a coordinator prints the
/// sheets of a morning in one go.
pub const SHEET_SHOWN_FOR: Duration = Duration::from_secs(30 * 60);

/// New proctor links whose address can be printed at once: the rooms of a large school twice over.
pub const MOST_FRESH_SHEETS: usize = 256;

/// An enrolment key is good for this many days unless said otherwise: the sweep before a testing window takes about a
/// month.
pub const ENROLMENT_KEY_DAYS: u32 = 31;
/// See [`ENROLMENT_KEY_DAYS`].
pub const ENROLMENT_KEY_LIFE: Duration = days(ENROLMENT_KEY_DAYS);

/// A time of so many days, 24 hours each.
#[must_use]
pub const fn days(days: u32) -> Duration {
    // `u64::from` is not const.
    Duration::from_secs(days as u64 * 24 * 60 * 60)
}

/// Enrolments with a right key in a minute, all addresses together: each is a line of the record and a sync of the disk.
/// A school of 1,800 laptops that gets its file at once is in within three minutes; agents wait as they are asked.
pub const MOST_ENROLMENTS_A_MINUTE: u32 = 600;

/// Wrong keys from one address before it has to wait: a cart whose file was pasted badly tries once each.
pub const FREE_WRONG_KEYS: u32 = 40;

/// The first wait after those. Each further wrong key doubles it.
pub const FIRST_WRONG_KEY_WAIT: Duration = Duration::from_secs(5);

/// Longest wait. A right key does not wait at all, so this is only what a flood is slowed to.
pub const LONGEST_WRONG_KEY_WAIT: Duration = Duration::from_secs(5 * 60);

/// Wrong keys of an address are forgotten after this time without one.
pub const WRONG_KEYS_FORGOTTEN: Duration = Duration::from_secs(10 * 60);

/// How often the store is asked which keys let in, while addresses have to wait: a new key works there within this time,
/// and a flood asks the store no more often.
pub const KEYS_LOOK: Duration = Duration::from_secs(1);

/// Longest that an enrolment key may be made for: a school year.
pub const MOST_KEY_DAYS: u32 = 366;

/// Most devices that one key may be made for: the largest school has a quarter of it.
pub const MOST_KEY_USES: u32 = 10_000;

/// Devices that one enrolment key lets in unless said otherwise: a cart of 32 with some to spare.
pub const ENROLMENT_KEY_USES: u32 = 40;

/// Memory of one password hash, in KiB; with [`PASSWORD_PASSES`] the least that OWASP recommends for argon2id.
pub const PASSWORD_MEMORY_KIB: u32 = 19_456;

/// Passes over that memory: together some 20 ms of a core, which a person does not notice and a guesser does.
pub const PASSWORD_PASSES: u32 = 2;

/// Passwords that are checked at once. Each holds [`PASSWORD_MEMORY_KIB`], so a flood of sign-ins costs 76 MiB at most
/// and leaves the other threads to reports.
pub const PASSWORD_CHECKS_AT_ONCE: usize = 4;

/// How long a sign-in waits for its turn; then it is told to come again. Four at a time are 100 or more in a second,
/// so this is only seen in a flood.
pub const PASSWORD_PATIENCE: Duration = Duration::from_secs(5);

/// Mistakes with one account before anybody has to wait: a slip, caps lock, the old password, the old one again.
pub const FREE_MISTAKES: u32 = 5;

/// Longest wait after a mistake. A guesser gets 1,440 tries a day, an owner who waited for a minute gets in.
pub const LONGEST_SIGN_IN_WAIT: Duration = Duration::from_secs(60);

/// One mistake with an account is forgotten for each of these without a further one.
pub const MISTAKE_FORGOTTEN: Duration = Duration::from_secs(5 * 60);

/// Mistakes from one address before it has to wait. A whole school may be behind one address: on the first morning of
/// testing some tens of people mistype theirs within minutes.
pub const ADDRESS_MISTAKES: u32 = 100;

/// One mistake of an address is forgotten for each of these: 20 a minute may go on for ever.
pub const ADDRESS_MISTAKE_FORGOTTEN: Duration = Duration::from_secs(3);

/// Accounts of which mistakes are remembered, names that nobody has included. The one with the oldest mistake makes
/// room: with [`ADDRESS_MISTAKES`], pushing one out takes hundreds of addresses.
pub const MOST_THROTTLED_ACCOUNTS: usize = 10_000;

/// Addresses of which mistakes are remembered.
pub const MOST_THROTTLED_ADDRESSES: usize = 10_000;

/// Time to type a code after the password was right: an app has to be found and opened.
pub const CODE_PATIENCE: Duration = Duration::from_secs(5 * 60);

/// People who may be between their password and their code at once. The one who has waited longest begins anew.
pub const MOST_HALF_WAY: usize = 1_000;

/// Failed sign-ins of one account from one address within this time are one line of the record with their number.
pub const FAILED_SIGN_INS_COUNTED: Duration = Duration::from_secs(60);

/// Such lines that are counted apart at once; further ones are counted together, or a flood would fill the record.
pub const MOST_FAILED_SIGN_INS_APART: usize = 60;

/// A link by which somebody chooses a password: it is handed over in person or by mail, and opened by the next day.
pub const RECOVERY_LINK_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Rooms that set-up takes for the first school: the largest high schools have about as many.
pub const MOST_FIRST_ROOMS: usize = 200;

/// How often changed credentials are looked for: a command ends one while the collector runs, and who stole it is not to
/// be believed for longer than it takes to read the command's answer. It is one look-up by an index.
pub const ACCESS_LOOK: Duration = Duration::from_secs(1);

// --- backups -------------------------------------------------------------------------------------------------

/// Bytes of a database in a backup. 45,000 devices through a year of testing stay under half of it; a stranger's
/// archive fills no larger disk.
pub const BACKUP_MOST_DATABASE_BYTES: u64 = 256 * 1024 * 1024 * 1024;

/// Bytes of any other file in a backup: settings with a whole roster have about 5 MB.
pub const BACKUP_MOST_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Files in a backup: a database, settings, some profiles, a private CA.
pub const BACKUP_MOST_FILES: usize = 256;

/// Letters of a file's name in a backup, its folder included. An archive's plain header holds 100.
pub const BACKUP_MOST_NAME_BYTES: usize = 100;

/// Bytes of a backup's list: [`BACKUP_MOST_FILES`] rows of some 250 bytes.
pub const BACKUP_MOST_MANIFEST_BYTES: u64 = 128 * 1024;

/// Keys that open one backup: the district's and a few deputies'.
pub const BACKUP_MOST_KEYS: usize = 12;

/// Bytes before the encrypted part of a backup: ours take about 200 for each key that opens it. They are read by
/// trying again and again, so that twice as many take four times as long.
pub const BACKUP_MOST_HEADER_BYTES: u64 = 4 * 1024;

/// Bytes that may follow the last file of an archive: its end mark, which some programs fill up to a block.
pub const BACKUP_MOST_TAIL_BYTES: u64 = 64 * 1024;

/// Bytes of a file with keys that open backups.
pub const BACKUP_MOST_KEY_BYTES: u64 = 64 * 1024;

/// Bytes that are read, hashed and written at once: what a backup of any size takes of memory, a few times over.
pub const BACKUP_BUFFER_BYTES: usize = 256 * 1024;

// --- recordings ----------------------------------------------------------------------------------------------

/// Bytes of one recording: a school of 1,800 devices writes about 500 MB an hour, so this is a morning of it. Then the
/// recording ends and says so; the collector goes on.
pub const RECORDED_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Ticks that wait for a recording's disk. One that falls a minute behind will not catch up: the recording ends.
pub const RECORDED_WAITING: usize = 60;

// --- upkeep and stopping -------------------------------------------------------------------------------------

/// How often the store is asked whether it lives. Two misses in a row end the process: a collector that cannot
/// remember must not look alive.
pub const STORE_PULSE: Duration = Duration::from_secs(2);

/// An answer to that question later than this is a miss.
pub const STORE_PULSE_PATIENCE: Duration = Duration::from_secs(5);

/// How long an answer of `/readyz` stands: anybody may ask it, and each look costs a synced write. As long as the pulse.
pub const READY_KEPT: Duration = STORE_PULSE;

/// How often ended links, sessions and keys and old refused records are forgotten: they do no harm for an hour.
pub const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);

/// Histograms are folded this often, or they would grow until the next scrape.
pub const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// Grace of each phase of stopping. Together they stay under what service managers grant (systemd 90 s, Windows
/// 20 s) and under what a person waits after Ctrl-C.
pub const STOP_ACCEPTING: Duration = Duration::from_millis(500);
/// See [`STOP_ACCEPTING`].
pub const FINISH_REQUESTS: Duration = Duration::from_secs(3);
/// See [`STOP_ACCEPTING`].
pub const FINISH_TASKS: Duration = Duration::from_secs(2);
/// See [`STOP_ACCEPTING`]: the store writes what it holds and closes its file.
pub const CLOSE_STORE: Duration = Duration::from_secs(3);
