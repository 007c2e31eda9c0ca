//! Property lists, from files and from the system's own values.

use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;

use core_foundation::base::CFTypeRef;
use core_foundation::propertylist::{create_data, kCFPropertyListBinaryFormat_v1_0};
use plist::Value;

/// Those that are read here are a few KB.
const MAX_BYTES: u64 = 4 << 20;

/// A file, in either of its two forms.
pub(super) fn file(path: &Path) -> Result<Value, String> {
    let mut bytes = vec![];
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    of_bytes(&bytes)
}

/// A value of the system, made plain: it is written down as bytes and read again, so that one kind of value is enough here.
/// The value must live through the call, which it does as long as whoever holds it does.
pub(super) fn of_system(value: CFTypeRef) -> Option<Value> {
    let bytes = create_data(value.cast(), kCFPropertyListBinaryFormat_v1_0).ok()?;
    of_bytes(bytes.bytes()).ok()
}

fn of_bytes(bytes: &[u8]) -> Result<Value, String> {
    Value::from_reader(Cursor::new(bytes)).map_err(|error| error.to_string())
}
