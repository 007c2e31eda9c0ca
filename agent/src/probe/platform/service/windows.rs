//! Windows' service manager.
//!
//! The service runs as `NT AUTHORITY\LocalService`: no password, no desktop, nobody on the network. A virtual account of its
//! own would do as well, but districts that set "Log on as a service" by policy lock those out. Its data folder is opened
//! to the service's own SID and not to the account, which other services share.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use roomready_shared::wire::v1::GoodbyeReason;
use windows_service::service::{
    PowerEventParam, Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceControl,
    ServiceControlAccept, ServiceErrorControl, ServiceExitCode, ServiceFailureActions,
    ServiceFailureResetPeriod, ServiceInfo, ServiceSidType, ServiceStartType, ServiceState, ServiceStatus,
    ServiceType,
};
use windows_service::service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle};
use windows_service::service_dispatcher;
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};
use windows_sys::Win32::Foundation::{
    ERROR_INVALID_LEVEL, ERROR_SERVICE_DOES_NOT_EXIST, ERROR_SERVICE_NOT_ACTIVE,
};
use windows_sys::Win32::Storage::FileSystem::{MOVEFILE_DELAY_UNTIL_REBOOT, MoveFileExW};

use super::{Body, Control};
use crate::places::Places;

const ACCOUNT: &str = r"NT AUTHORITY\LocalService";
/// A goodbye takes 2 s at most; the manager waits this long for the end.
const STOP_HINT: Duration = Duration::from_secs(5);
/// How long an administrator waits for a service that stops.
const STOP_LIMIT: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// The entry takes no arguments of ours, so what is to be done waits here.
static BODY: Mutex<Option<Body>> = Mutex::new(None);

mod entry {
    //! The entry point gets raw words from the manager; the crate's own macro reads them.

    use super::service_main;
    windows_service::define_windows_service!(ffi_service_main, service_main);
    pub(super) const ENTRY: extern "system" fn(u32, *mut *mut u16) = ffi_service_main;
}

pub(super) fn dispatch(body: Body) -> Result<(), String> {
    *BODY.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    service_dispatcher::start(Places::here().service, entry::ENTRY)
        .map_err(|error| format!("--service is for the service manager alone: {}", words(error)))
}

fn service_main(_arguments: Vec<OsString>) {
    let Some(body) = BODY.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    let control = Arc::new(Control::default());
    let handle = Arc::new(OnceLock::<ServiceStatusHandle>::new());
    let (told, known) = (Arc::clone(&control), Arc::clone(&handle));
    let registered = service_control_handler::register(Places::here().service, move |event| {
        let ends = |why| {
            if let Some(handle) = known.get() {
                let _manager_gone =
                    handle.set_service_status(status(ServiceState::StopPending, 0, STOP_HINT));
            }
            told.end(why);
            ServiceControlHandlerResult::NoError
        };
        match event {
            ServiceControl::Stop => ends(GoodbyeReason::AgentStopped),
            // Told before the network goes. Whether the system comes back is not told.
            ServiceControl::Preshutdown | ServiceControl::Shutdown => ends(GoodbyeReason::Shutdown),
            ServiceControl::PowerEvent(PowerEventParam::Suspend) => {
                told.suspend();
                ServiceControlHandlerResult::NoError
            }
            ServiceControl::PowerEvent(_) | ServiceControl::Interrogate => {
                ServiceControlHandlerResult::NoError
            }
            _ => ServiceControlHandlerResult::NotImplemented,
        }
    });
    let Ok(registered) = registered else { return };
    let _first = handle.set(registered);
    let _manager_gone = registered.set_service_status(status(ServiceState::Running, 0, Duration::ZERO));
    let code = body(control);
    let _manager_gone = registered.set_service_status(status(ServiceState::Stopped, code, Duration::ZERO));
}

fn status(state: ServiceState, code: u8, hint: Duration) -> ServiceStatus {
    let accepted = if state == ServiceState::Running {
        ServiceControlAccept::STOP | ServiceControlAccept::PRESHUTDOWN | ServiceControlAccept::POWER_EVENT
    } else {
        ServiceControlAccept::empty()
    };
    ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: accepted,
        exit_code: match code {
            0 => ServiceExitCode::NO_ERROR,
            code => ServiceExitCode::ServiceSpecific(code.into()),
        },
        checkpoint: 0,
        wait_hint: hint,
        process_id: None,
    }
}

fn words(error: windows_service::Error) -> String {
    match error {
        windows_service::Error::Winapi(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn manager(access: ServiceManagerAccess) -> Result<ServiceManager, String> {
    ServiceManager::local_computer(None::<&str>, access)
        .map_err(|error| format!("{}; run this as an administrator", words(error)))
}

fn code(error: &windows_service::Error) -> Option<i32> {
    match error {
        windows_service::Error::Winapi(error) => error.raw_os_error(),
        _ => None,
    }
}

fn is(error: &windows_service::Error, wanted: u32) -> bool {
    code(error).is_some_and(|code| code.cast_unsigned() == wanted)
}

/// The service, `None` where there is none.
fn open(access: ServiceAccess) -> Result<Option<Service>, String> {
    match manager(ServiceManagerAccess::CONNECT)?.open_service(Places::here().service, access) {
        Ok(service) => Ok(Some(service)),
        Err(error) if is(&error, ERROR_SERVICE_DOES_NOT_EXIST) => Ok(None),
        Err(error) => Err(words(error)),
    }
}

pub(super) fn register(program: &Path, arguments: &[String]) -> Result<(), String> {
    let info = ServiceInfo {
        name: Places::here().service.into(),
        display_name: "RoomReady agent".into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: program.to_owned(),
        launch_arguments: arguments.iter().map(OsString::from).collect(),
        dependencies: vec![],
        account_name: Some(ACCOUNT.into()),
        account_password: None,
    };
    let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START;
    let service = match open(access)? {
        Some(service) => {
            service.change_config(&info).map_err(words)?;
            service
        }
        None => manager(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?
            .create_service(&info, access)
            .map_err(words)?,
    };
    let description = "Watches this testing device for RoomReady. It shows nothing on the screen.";
    known(service.set_description(description))?;
    known(service.set_config_service_sid_info(ServiceSidType::Unrestricted))?;
    known(service.set_preshutdown_timeout(STOP_HINT))?;
    known(service.update_failure_actions(failure_actions()))?;
    known(service.set_failure_actions_on_non_crash_failures(true))
}

/// A manager that does not know a setting goes without it. Only the SID would be missed: the service could then not open
/// its data folder, and its start says so.
fn known(set: windows_service::Result<()>) -> Result<(), String> {
    match set {
        Err(error) if is(&error, ERROR_INVALID_LEVEL) => Ok(()),
        other => other.map_err(words),
    }
}

/// It never gives up: after 5 s, after 30 s, then every 5 min; a good day forgets.
fn failure_actions() -> ServiceFailureActions {
    let restart = |seconds| ServiceAction {
        action_type: ServiceActionType::Restart,
        delay: Duration::from_secs(seconds),
    };
    ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(Duration::from_secs(86_400)),
        reboot_msg: None,
        command: None,
        actions: Some(vec![restart(5), restart(30), restart(300)]),
    }
}

pub(super) fn start() -> Result<(), String> {
    let service = open(ServiceAccess::START)?.ok_or("it is not registered")?;
    service.start::<&OsStr>(&[]).map_err(words)
}

pub(super) fn stop() -> Result<(), String> {
    let Some(service) = open(ServiceAccess::STOP | ServiceAccess::QUERY_STATUS)? else {
        return Ok(());
    };
    match service.stop() {
        Ok(_) => {}
        Err(error) if is(&error, ERROR_SERVICE_NOT_ACTIVE) => return Ok(()),
        Err(error) => return Err(words(error)),
    }
    let mut waited = Duration::ZERO;
    while service.query_status().map_err(words)?.current_state != ServiceState::Stopped {
        if waited >= STOP_LIMIT {
            return Err("it does not stop".into());
        }
        // The manager has no other way to wait that old versions of Windows know.
        std::thread::park_timeout(LOOK_AGAIN);
        waited += LOOK_AGAIN;
    }
    Ok(())
}

pub(super) fn unregister() -> Result<(), String> {
    match open(ServiceAccess::DELETE)? {
        Some(service) => service.delete().map_err(words),
        None => Ok(()),
    }
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    let Err(error) = std::fs::remove_file(path) else {
        return Ok(());
    };
    let running = std::env::current_exe()
        .and_then(std::fs::canonicalize)
        .is_ok_and(|own| std::fs::canonicalize(path).is_ok_and(|path| own == path));
    if !running {
        return Err(error);
    }
    let wide: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: a path that ends with a zero and outlives the call; no second path.
    let done = unsafe { MoveFileExW(wide.as_ptr(), std::ptr::null(), MOVEFILE_DELAY_UNTIL_REBOOT) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
