//! Real conversations on loopback: a mail server that speaks SMTP, web hooks that speak HTTP, well or badly.

mod bad_hooks;
mod encrypted_mails;
mod hooks;
mod mail_house;
mod mails;
mod world;
