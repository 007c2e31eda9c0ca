//! A real desktop without a screen: an X server, a window manager, a session bus, and somebody who takes note of all that
//! would show in front of a student.

use std::fmt;

use tempfile::TempDir;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::res::ConnectionExt as _;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, EventMask, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::process::{Launch, Program};
use crate::wait::{PATIENCE, wait_until};

/// Looks at a window that does not get the focus before another one tries: two seconds, with the step between two looks.
const LOOKS_AT_A_WINDOW: u32 = 80;
/// Looks in a row without anything new: half a second.
const STILL_LOOKS: u32 = 80;

/// A desktop with nobody in front of it. Dropped, it is gone.
#[derive(Debug)]
pub struct Desktop {
    // In this order: those who use the server and the bus end before them.
    observer: Observer,
    monitor: Program,
    _manager: Program,
    _bus: Program,
    _server: Program,
    display: String,
    bus_address: String,
    folder: TempDir,
    bus_words_before: usize,
}

/// A window that a test has opened. Dropped, it closes.
#[derive(Debug)]
pub struct TestWindow {
    id: Window,
    _connection: Quiet,
}

/// Something that a person in front of the desktop could have noticed, or that reaches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// A window was made.
    WindowMade(u32),
    /// A window was put on the screen.
    WindowShown(u32),
    /// Another window became the active one; 0 for none.
    Activated(u32),
    /// The keyboard went to a window, or away from it.
    KeyboardMoved(u32),
    /// So many programs use the display that did not before.
    ProgramsAtTheDisplay(usize),
    /// Something was said on the session bus.
    OnTheBus(String),
}

/// Connections say nothing about themselves.
struct Quiet(RustConnection);

impl fmt::Debug for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a connection to the display")
    }
}

#[derive(Debug)]
struct Observer {
    connection: Quiet,
    root: Window,
    active_window: Atom,
    programs: usize,
}

impl Desktop {
    /// A desktop with its window manager up.
    ///
    /// # Panics
    ///
    /// When one of its parts is not installed or does not start.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the desktop");
        let server = Launch::command("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1024x768x24",
                "-nolisten",
                "tcp",
            ])
            .start();
        let number = server
            .wait_for("its display", PATIENCE, |line| line.trim().parse::<u32>().ok())
            .await;
        let display = format!(":{number}");
        let bus = Launch::command("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!(
                "--address=unix:path={}",
                folder.path().join("bus").display()
            ))
            .start();
        let bus_address = bus.wait_for_line("unix:path=").await;
        let monitor = Launch::command("dbus-monitor")
            .args(["--address", &bus_address])
            .start();
        monitor.wait_for_line("NameLost").await;
        let observer = Observer::at(&display);
        let manager = Launch::command("openbox")
            .env("DISPLAY", &display)
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_CACHE_HOME", folder.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &bus_address)
            .start();
        wait_until("a window manager", PATIENCE, async || {
            observer.has_a_window_manager()
        })
        .await;
        let desktop = Self {
            observer,
            monitor,
            _manager: manager,
            _bus: bus,
            _server: server,
            display,
            bus_address,
            folder,
            bus_words_before: 0,
        };
        // It sets its properties before it has finished starting: it is up when a window of ours has had the focus.
        drop(desktop.open_window("probe").await);
        desktop
    }

    /// A program as if started by somebody who sits there: with all that it would need to show something.
    #[must_use]
    pub fn inside(&self, launch: Launch) -> Launch {
        let authority = self.folder.path().join("Xauthority");
        launch
            .env("DISPLAY", &self.display)
            .env("XAUTHORITY", authority)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("XDG_SESSION_TYPE", "x11")
            .env("XDG_RUNTIME_DIR", self.folder.path())
    }

    /// Opens a window that is the active one and has the keyboard. A window that this window manager maps while it starts,
    /// or while another one closes, may never get the focus, however long one waits: so after a while another one takes
    /// its place. Whoever keeps the focus to itself keeps it from all of them, and is told by the time-out.
    pub async fn open_window(&self, title: &str) -> TestWindow {
        let mut window = TestWindow::open(&self.display, title);
        let mut looks = 0;
        wait_until("the window to become active", PATIENCE, async || {
            looks += 1;
            let focus = self.has_the_focus(&window);
            if focus.is_err() && looks % LOOKS_AT_A_WINDOW == 0 {
                window = TestWindow::open(&self.display, title);
            }
            focus
        })
        .await;
        window
    }

    /// Both are asked: the window manager tells who is active before the server has moved the keyboard there.
    fn has_the_focus(&self, window: &TestWindow) -> Result<(), String> {
        let (active, keyboard) = (self.active_window(), self.observer.keyboard());
        if (active, keyboard) == (window.id, window.id) {
            Ok(())
        } else {
            Err(format!(
                "window {}, active {active}, keyboard at {keyboard}",
                window.id
            ))
        }
    }

    /// The active window, as the window manager tells it; 0 for none.
    #[must_use]
    pub fn active_window(&self) -> u32 {
        self.observer.active_window()
    }

    /// Sends a notification as any program does that wants to be seen.
    pub async fn notify(&self) {
        let sent = self
            .inside(Launch::command("dbus-send"))
            .args(["--session", "--dest=org.freedesktop.Notifications"])
            .args([
                "/org/freedesktop/Notifications",
                "org.freedesktop.Notifications.Notify",
            ])
            .arg("string:Look at me")
            .run()
            .await;
        assert_eq!(sent.code(), Some(0), "{sent:?}");
    }

    /// A real notification service, which shows notices and prints each one.
    pub async fn notification_service(&self) -> Program {
        let service = self
            .inside(Launch::command("dunst"))
            .args(["-print"])
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env("XDG_CACHE_HOME", self.folder.path())
            .start();
        wait_until("a notification service", PATIENCE, async || {
            let asked = self
                .inside(Launch::command("dbus-send"))
                .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
                .args([
                    "/org/freedesktop/DBus",
                    "org.freedesktop.DBus.NameHasOwner",
                    "string:org.freedesktop.Notifications",
                ])
                .run()
                .await;
            if asked.stdout.contains("boolean true") {
                Ok(())
            } else {
                Err(format!("{asked:?}\n{}", service.tail()))
            }
        })
        .await;
        service
    }

    /// Everything so far is known: from now on only what is new is told. What follows from an open window takes a loaded
    /// window manager a moment, so the desktop must have been at rest for [`STILL_LOOKS`] looks in a row.
    pub async fn settle(&mut self) {
        let mut still = 0;
        wait_until("the desktop to come to rest", PATIENCE, async || {
            let signs = self.signs();
            still = if signs.is_empty() { still + 1 } else { 0 };
            if still == STILL_LOOKS {
                Ok(())
            } else {
                Err(format!("{signs:?}"))
            }
        })
        .await;
    }

    /// What has been seen since the last time.
    pub fn signs(&mut self) -> Vec<Sign> {
        let mut signs = self.observer.signs();
        let words = self.bus_words();
        signs.extend(
            words
                .iter()
                .skip(self.bus_words_before)
                .cloned()
                .map(Sign::OnTheBus),
        );
        self.bus_words_before = words.len();
        signs
    }

    /// All that was ever said on the session bus.
    #[must_use]
    pub fn all_bus_words(&self) -> Vec<String> {
        self.bus_words()
    }

    /// Calls and signals on the session bus: a program that says anything at all begins with a `Hello`.
    fn bus_words(&self) -> Vec<String> {
        let lines = self.monitor.lines();
        lines
            .into_iter()
            .map(|line| line.text)
            .filter(|line| line.starts_with("method call") || line.starts_with("signal"))
            .collect()
    }
}

impl TestWindow {
    fn open(display: &str, title: &str) -> Self {
        let (connection, screen) =
            RustConnection::connect(Some(display)).expect("the display takes a program");
        let screen = &connection.setup().roots[screen];
        let (root, visual) = (screen.root, screen.root_visual);
        let id = connection.generate_id().expect("a number for a window");
        let looks = CreateWindowAux::new().background_pixel(screen.white_pixel);
        connection
            .create_window(
                0,
                id,
                root,
                0,
                0,
                800,
                600,
                0,
                WindowClass::INPUT_OUTPUT,
                visual,
                &looks,
            )
            .expect("a request can be sent");
        connection
            .change_property8(
                x11rb::protocol::xproto::PropMode::REPLACE,
                id,
                AtomEnum::WM_NAME,
                AtomEnum::STRING,
                title.as_bytes(),
            )
            .expect("a request can be sent");
        connection.map_window(id).expect("a request can be sent");
        connection.sync().expect("the display answers");
        Self {
            id,
            _connection: Quiet(connection),
        }
    }

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }
}

impl Observer {
    fn at(display: &str) -> Self {
        let (connection, screen) =
            RustConnection::connect(Some(display)).expect("the display takes a program");
        let root = connection.setup().roots[screen].root;
        let wanted = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE | EventMask::FOCUS_CHANGE;
        let attributes = ChangeWindowAttributesAux::new().event_mask(wanted);
        connection
            .change_window_attributes(root, &attributes)
            .expect("a request can be sent")
            .check()
            .expect("everybody may watch the root window");
        let active_window = atom(&connection, b"_NET_ACTIVE_WINDOW");
        Self {
            connection: Quiet(connection),
            root,
            active_window,
            programs: 0,
        }
    }

    fn number_of(&self, property: Atom) -> Option<u32> {
        let any = AtomEnum::ANY;
        let reply = self
            .connection
            .0
            .get_property(false, self.root, property, any, 0, 1);
        let reply = reply.expect("a request can be sent").reply();
        reply.expect("the root window is there").value32()?.next()
    }

    /// Its list of windows is the last thing that a window manager sets up.
    fn has_a_window_manager(&self) -> bool {
        let list = atom(&self.connection.0, b"_NET_CLIENT_LIST_STACKING");
        let reply = self
            .connection
            .0
            .get_property(false, self.root, list, AtomEnum::ANY, 0, 0);
        let reply = reply.expect("a request can be sent").reply();
        reply.expect("the root window is there").type_ != 0
    }

    fn active_window(&self) -> u32 {
        self.number_of(self.active_window).unwrap_or(0)
    }

    /// The window that keys go to, as the server tells it.
    fn keyboard(&self) -> u32 {
        let reply = self.connection.0.get_input_focus();
        let reply = reply.expect("a request can be sent").reply();
        reply.expect("the server tells where keys go").focus
    }

    /// Programs that hold a connection to the display now.
    fn programs(&self) -> usize {
        let reply = self.connection.0.res_query_clients();
        let reply = reply.expect("a request can be sent").reply();
        reply.expect("the server tells who uses it").clients.len()
    }

    fn signs(&mut self) -> Vec<Sign> {
        let mut signs = vec![];
        self.connection.0.sync().expect("the display answers");
        while let Some(event) = self.connection.0.poll_for_event().expect("the display talks") {
            match event {
                Event::CreateNotify(made) => {
                    signs.push(Sign::WindowMade(made.window));
                    // Its keyboard is watched from its first moment on.
                    let wanted = ChangeWindowAttributesAux::new().event_mask(EventMask::FOCUS_CHANGE);
                    if let Ok(cookie) = self.connection.0.change_window_attributes(made.window, &wanted) {
                        cookie.ignore_error();
                    }
                }
                Event::MapNotify(shown) => signs.push(Sign::WindowShown(shown.window)),
                Event::FocusIn(moved) | Event::FocusOut(moved) => {
                    signs.push(Sign::KeyboardMoved(moved.event));
                }
                Event::PropertyNotify(changed) if changed.atom == self.active_window => {
                    signs.push(Sign::Activated(self.active_window()));
                }
                _ => {}
            }
        }
        let programs = self.programs();
        if programs > self.programs {
            signs.push(Sign::ProgramsAtTheDisplay(programs - self.programs));
        }
        self.programs = programs;
        signs
    }
}

fn atom(connection: &RustConnection, name: &[u8]) -> Atom {
    let reply = connection
        .intern_atom(false, name)
        .expect("a request can be sent");
    reply.reply().expect("the server names it").atom
}
