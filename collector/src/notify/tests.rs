//! Real conversations on loopback: a mail server that speaks SMTP, web hooks that speak HTTP, well or badly.

mod hooks;
mod mails;
mod world;
