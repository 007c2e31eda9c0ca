//! The incidents of a school as the log shows them: with everything that was noted about each.

use std::collections::BTreeMap;

use roomready_shared::ids::IncidentId;

use crate::domain::incident::{Incident, Note};

/// Incidents of a school kept in memory. A bad day has dozens; older ones are read from the record.
pub const MOST_TOLD: usize = 500;

/// One incident with its notes, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// As it stands.
    pub incident: Incident,
    /// What was noted about it.
    pub notes: Vec<Note>,
}

/// A school's incidents, a fold over its notes.
#[derive(Debug, Clone, Default)]
pub struct IncidentLog {
    told: BTreeMap<IncidentId, Told>,
    left_out: usize,
}

impl Told {
    /// The fold of the notes of one incident; none without its opening.
    #[must_use]
    pub fn of(notes: impl IntoIterator<Item = Note>) -> Option<Self> {
        let mut log = IncidentLog::default();
        for note in notes {
            log.take(&note);
        }
        log.told.into_values().next()
    }
}

impl IncidentLog {
    /// Takes a note of the watch; notes that are not about incidents pass by.
    pub(super) fn take(&mut self, note: &Note) {
        match note {
            Note::Opened(opened) => {
                let incident = Incident::open(opened.clone());
                self.told.entry(opened.incident.clone()).or_insert_with(|| Told {
                    incident,
                    notes: vec![note.clone()],
                });
                self.make_room();
            }
            Note::Amended(amended) => {
                if let Some(told) = self.told.get_mut(&amended.incident)
                    && told.incident.amend_all(&amended.changes)
                {
                    told.notes.push(note.clone());
                }
            }
            Note::Ended(ended) => {
                if let Some(told) = self.told.get_mut(&ended.incident)
                    && told.incident.end(ended.until, ended.how.clone())
                {
                    told.notes.push(note.clone());
                }
            }
            Note::SeatStarted(_) | Note::SeatFinished(_) | Note::Phase(_) | Note::Blind(_) => {}
        }
    }

    /// One incident.
    #[must_use]
    pub fn get(&self, id: &IncidentId) -> Option<&Told> {
        self.told.get(id)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Told> {
        self.told.values()
    }

    /// All of them, newest first.
    #[must_use]
    pub fn newest_first(&self) -> Vec<&Told> {
        let mut all: Vec<_> = self.told.values().collect();
        all.sort_by(|a, b| (b.incident.detected, &b.incident.id).cmp(&(a.incident.detected, &a.incident.id)));
        all
    }

    /// How many ended ones had to make room.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The oldest that is over makes room; one that goes on never does.
    fn make_room(&mut self) {
        while self.told.len() > MOST_TOLD {
            let over = self.told.values().filter(|told| !told.incident.is_open());
            let Some(oldest) = over
                .min_by_key(|told| told.incident.detected)
                .map(|told| told.incident.id.clone())
            else {
                return;
            };
            self.told.remove(&oldest);
            self.left_out += 1;
        }
    }
}
