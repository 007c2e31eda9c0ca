//! What systems tell, understood: pure functions on texts and bytes, apart from the calls that fetch them. So every system
//! can test how another one's answers are read.

#[cfg(any(target_os = "linux", target_os = "windows", target_os = "macos", test))]
pub mod edid;
#[cfg(any(target_os = "macos", test))]
pub mod macos;
#[cfg(any(target_os = "windows", test))]
pub mod windows;
