//! Streams of records, and the facts that follow from them.

use jiff::Timestamp;
use roomready_shared::facts::{Facts, Platform};
use roomready_shared::ids::{ClockEpoch, DeviceId, StreamId};
use roomready_shared::wire::v1::{Lost, LostReason, News, NewsBody, RawNews};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::convert::{Columns, column, micros};
use super::fault::Fault;
use super::record::page_size;
use crate::domain::event_time::{Dated, DeviceClocks};
use crate::store::{
    Accepted, Arrival, Batch, Fresh, KeptRefusal, MOST_NEWS_A_PAGE, Offered, REFUSED_KEPT, Refusal,
    StoredNews, stream,
};

/// Takes what is next; see [`crate::store::Store::accept`].
pub(super) fn accept(connection: &Connection, batch: &Batch) -> Result<Accepted, Fault> {
    let (device, platform) = device(connection, batch.device)?;
    let (stream, next_wanted) = claim(connection, device, batch)?;
    let verdict = stream::judge(next_wanted, batch);

    let contradicted = is_contradicted(connection, stream, next_wanted, batch)?;
    let mut fresh = Vec::new();
    let mut facts: Option<Facts> = None;
    for offered in verdict.take {
        match offered {
            Offered::Understood(dated) => {
                let arrival = keep(connection, device, stream, batch.received_at, dated)?;
                fresh.push(Fresh {
                    arrival,
                    dated: dated.clone(),
                });
                if let NewsBody::Facts { facts: newer, .. } = &dated.news.body {
                    let held = match &mut facts {
                        Some(held) => held,
                        None => facts.insert(held_facts(connection, device, platform)?),
                    };
                    held.merge((**newer).clone());
                }
            }
            Offered::NotUnderstood { raw, why } => {
                connection
                    .prepare_cached(
                        "INSERT INTO refused (stream, received_at, raw, why) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![
                        stream,
                        micros(batch.received_at),
                        json(raw)?,
                        why.as_str()
                    ])?;
            }
        }
    }
    if let Some(facts) = facts {
        connection
            .prepare_cached(
                "INSERT INTO device_facts (device, facts) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET facts = ?2",
            )?
            .execute(params![device, json(&facts)?])?;
    }
    let latest = fresh.last().map(|last| last.dated.time);
    if latest.is_some() {
        keep_clocks(connection, device, &batch.clocks)?;
    }
    for loss in &verdict.lost {
        keep_loss(connection, stream, loss, batch.received_at)?;
    }
    connection
        .prepare_cached(
            "UPDATE streams SET next_wanted = ?2, used_at = MAX(used_at, ?3), event_at = COALESCE(?4, event_at),
                    plus_minus_ms = COALESCE(?5, plus_minus_ms), basis = COALESCE(?6, basis)
             WHERE number = ?1",
        )?
        .execute(params![
            stream,
            column(verdict.next_wanted),
            micros(batch.received_at),
            latest.map(|time| micros(time.at)),
            latest.map(|time| column(time.plus_minus_ms)),
            latest.map(|time| time.basis.word()),
        ])?;
    Ok(Accepted {
        acked_through: verdict.next_wanted - 1,
        expected: verdict.expected,
        fresh,
        refused: verdict.refused,
        lost: verdict.lost,
        contradicted,
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::damaged("a value of ours cannot be written as JSON"))
}

fn device(connection: &Connection, id: DeviceId) -> Result<(i64, Platform), Fault> {
    let (number, word): (i64, String) = connection
        .prepare_cached("SELECT number, platform FROM devices WHERE id = ?1")?
        .query_row([id.uuid().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(Refusal::DeviceUnknown(id))?;
    let platform = Platform::from_word(&word).ok_or_else(|| Fault::Damaged {
        what: format!("{word:?} is no system family of a device"),
        source: None,
    })?;
    Ok((number, platform))
}

/// The stream and the number it wants; made when it is new, refused when it is another device's.
fn claim(connection: &Connection, device: i64, batch: &Batch) -> Result<(i64, u64), Fault> {
    let known = connection
        .prepare_cached("SELECT number, device, next_wanted FROM streams WHERE id = ?1")?
        .query_row([batch.stream.uuid().as_bytes()], |row| {
            let columns = Columns::of("a stream", row);
            Ok(columns
                .number(2)
                .and_then(|next| Ok((row.get(0)?, row.get(1)?, next))))
        })
        .optional()?
        .transpose()?;
    let known: Option<(i64, i64, u64)> = known;
    match known {
        Some((number, owner, next_wanted)) if owner == device => Ok((number, next_wanted)),
        Some(_) => Err(Refusal::StreamOfAnother(batch.stream).into()),
        None => {
            connection
                .prepare_cached(
                    "INSERT INTO streams (id, device, next_wanted, used_at) VALUES (?1, ?2, 1, ?3)",
                )?
                .execute(params![
                    batch.stream.uuid().as_bytes(),
                    device,
                    micros(batch.received_at)
                ])?;
            Ok((connection.last_insert_rowid(), 1))
        }
    }
}

/// Whether one of the batch's records is another than the one that is stored under its number.
fn is_contradicted(
    connection: &Connection,
    stream: i64,
    next_wanted: u64,
    batch: &Batch,
) -> Result<bool, Fault> {
    for offered in batch
        .news
        .iter()
        .take_while(|offered| offered.seq() < next_wanted)
    {
        let stored = connection
            .prepare_cached("SELECT epoch, mono_ms FROM news WHERE stream = ?1 AND seq = ?2")?
            .query_row(params![stream, column(offered.seq())], |row| {
                let columns = Columns::of("a record", row);
                let read = || Ok::<_, Fault>((ClockEpoch::new(columns.uuid(0)?), columns.number(1)?));
                Ok(read())
            })
            .optional()?
            .transpose()?;
        if stored.is_some_and(|stored| stored != offered.stands()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn keep(
    connection: &Connection,
    device: i64,
    stream: i64,
    received_at: Timestamp,
    Dated { news, time, .. }: &Dated,
) -> Result<Arrival, Fault> {
    connection
        .prepare_cached(
            "INSERT INTO news (device, stream, seq, received_at, at, mono_ms, epoch, body, event_at, plus_minus_ms, basis)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            device,
            stream,
            column(news.seq),
            micros(received_at),
            micros(news.at),
            column(news.mono_ms),
            news.epoch.uuid().as_bytes(),
            json(&news.body)?,
            micros(time.at),
            column(time.plus_minus_ms),
            time.basis.word(),
        ])?;
    let arrival = connection.last_insert_rowid();
    u64::try_from(arrival)
        .map(Arrival)
        .map_err(Fault::damaged("the order of arrival has run out of numbers"))
}

/// Keeps what the next reports' records will be dated by.
fn keep_clocks(connection: &Connection, device: i64, clocks: &DeviceClocks) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO device_clocks (device, clocks) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET clocks = ?2",
        )?
        .execute(params![device, json(clocks)?])?;
    Ok(())
}

fn held_facts(connection: &Connection, device: i64, platform: Platform) -> Result<Facts, Fault> {
    let held = connection
        .prepare_cached("SELECT facts FROM device_facts WHERE device = ?1")?
        .query_row([device], |row| Ok(Columns::of("a device's facts", row).json(0)))
        .optional()?
        .transpose()?;
    Ok(held.unwrap_or_else(|| Facts::none(platform)))
}

fn keep_loss(connection: &Connection, stream: i64, loss: &Lost, at: Timestamp) -> Result<(), Fault> {
    let why = match loss.why {
        LostReason::Full => "full",
        LostReason::Damaged => "damaged",
        LostReason::NotKept => "not_kept",
    };
    connection
        .prepare_cached(
            "INSERT INTO losses (stream, first, last, why, received_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            stream,
            column(loss.from),
            column(loss.to),
            why,
            micros(at)
        ])?;
    Ok(())
}

/// The number that a stream wants next.
pub(super) fn next_wanted(connection: &Connection, device: DeviceId, stream: StreamId) -> Result<u64, Fault> {
    let known = connection
        .prepare_cached(
            "SELECT next_wanted, devices.id FROM streams JOIN devices ON devices.number = streams.device
             WHERE streams.id = ?1",
        )?
        .query_row([stream.uuid().as_bytes()], |row| {
            let columns = Columns::of("a stream", row);
            Ok(columns
                .number(0)
                .and_then(|next| Ok((next, DeviceId::new(columns.uuid(1)?)))))
        })
        .optional()?
        .transpose()?;
    match known {
        None => Ok(1),
        Some((next, owner)) if owner == device => Ok(next),
        Some(_) => Err(Refusal::StreamOfAnother(stream).into()),
    }
}

const STORED: &str = "SELECT arrival, devices.id, streams.id, seq, received_at, at, mono_ms, epoch, body,
            news.event_at, news.plus_minus_ms, news.basis
     FROM news JOIN devices ON devices.number = news.device JOIN streams ON streams.number = news.stream";

/// Records in the order of arrival.
pub(super) fn news_after(connection: &Connection, arrival: Arrival) -> Result<Vec<StoredNews>, Fault> {
    let mut statement =
        connection.prepare_cached(&format!("{STORED} WHERE arrival > ?1 ORDER BY arrival LIMIT ?2"))?;
    collect(statement.query(params![column(arrival.0), MOST_NEWS_A_PAGE])?)
}

/// A device's newest records.
pub(super) fn news_of(
    connection: &Connection,
    device: DeviceId,
    limit: u32,
) -> Result<Vec<StoredNews>, Fault> {
    let mut statement = connection.prepare_cached(&format!(
        "{STORED} WHERE news.device = (SELECT number FROM devices WHERE id = ?1) ORDER BY arrival DESC LIMIT ?2"
    ))?;
    let limit = page_size(limit, MOST_NEWS_A_PAGE);
    collect(statement.query(params![device.uuid().as_bytes(), limit])?)
}

/// Whether a device declared records lost after this time.
pub(super) fn lost_after(connection: &Connection, device: DeviceId, after: Timestamp) -> Result<bool, Fault> {
    let found = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM losses JOIN streams ON streams.number = losses.stream
             WHERE streams.device = (SELECT number FROM devices WHERE id = ?1) AND received_at > ?2)",
        )?
        .query_row(params![device.uuid().as_bytes(), micros(after)], |row| row.get(0))?;
    Ok(found)
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<StoredNews>, Fault> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = Columns::of("a record", row);
        found.push(StoredNews {
            arrival: Arrival(columns.number(0)?),
            device: DeviceId::new(columns.uuid(1)?),
            stream: StreamId::new(columns.uuid(2)?),
            received_at: columns.time(4)?,
            news: News {
                seq: columns.number(3)?,
                at: columns.time(5)?,
                mono_ms: columns.number(6)?,
                epoch: ClockEpoch::new(columns.uuid(7)?),
                body: columns.json(8)?,
            },
            time: columns.event_time(9)?,
        });
    }
    Ok(found)
}

/// Records kept aside, newest first.
pub(super) fn refused(connection: &Connection, limit: u32) -> Result<Vec<KeptRefusal>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT devices.id, streams.id, refused.received_at, raw, why
         FROM refused JOIN streams ON streams.number = refused.stream JOIN devices ON devices.number = streams.device
         ORDER BY refused.number DESC LIMIT ?1",
    )?;
    let mut rows = statement.query([page_size(limit, MOST_NEWS_A_PAGE)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = Columns::of("a refused record", row);
        let raw: RawNews = columns.json(3)?;
        found.push(KeptRefusal {
            device: DeviceId::new(columns.uuid(0)?),
            stream: StreamId::new(columns.uuid(1)?),
            received_at: columns.time(2)?,
            raw,
            why: roomready_shared::units::ShortText::fit(&columns.text(4)?),
        });
    }
    Ok(found)
}

/// Forgets refused records after their time.
pub(super) fn prune(connection: &Connection, now: Timestamp) -> Result<u64, Fault> {
    let before = now.saturating_sub(REFUSED_KEPT).unwrap_or(Timestamp::MIN);
    let gone = connection
        .prepare_cached("DELETE FROM refused WHERE received_at < ?1")?
        .execute([micros(before)])?;
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}
