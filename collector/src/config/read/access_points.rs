//! The district's map: which access point each room's devices use.

use std::collections::BTreeMap;

use roomready_shared::ids::{RoomId, SchoolId};
use roomready_shared::strict::{MAX_FAULTS, nearest};
use roomready_shared::units::ShortText;

use crate::config::table::{self, Row};
use crate::domain::plan::School;

/// The columns, each once, in any order.
const COLUMNS: [&str; 3] = ["school", "room", "access_point"];
/// Longest name of an access point, in characters: it stands in a headline.
const LONGEST_NAME: usize = 60;

/// Lays the map over the schools and gives every fault of it, one a line, at most [`MAX_FAULTS`].
pub(super) fn lay(name: &str, text: &str, schools: &mut BTreeMap<SchoolId, School>) -> Vec<String> {
    let mut map = Map {
        file: name,
        faults: Vec::new(),
        untold: 0,
        schools,
        listed: BTreeMap::new(),
    };
    match table::rows(text) {
        Ok(rows) => map.read(&rows),
        Err(broken) => map.fault(broken.line, broken.sentence),
    }
    if map.untold > 0 {
        let more = format!("and {} more faults in {name}", map.untold);
        map.faults.push(more);
    }
    map.faults
}

struct Map<'m> {
    file: &'m str,
    faults: Vec<String>,
    untold: usize,
    schools: &'m mut BTreeMap<SchoolId, School>,
    /// On which line each room stands.
    listed: BTreeMap<(SchoolId, RoomId), usize>,
}

impl Map<'_> {
    fn fault(&mut self, line: usize, sentence: &str) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(format!("{}:{line}: {sentence}", self.file));
        } else {
            self.untold += 1;
        }
    }

    fn read(&mut self, rows: &[Row]) {
        let Some((head, rows)) = rows.split_first() else {
            return self.fault(
                1,
                "the map is empty; begin it with the line school,room,access_point",
            );
        };
        let Some(places) = self.columns(head) else {
            return;
        };
        for row in rows {
            self.row(row, head.cells.len(), places);
        }
    }

    /// Where each of [`COLUMNS`] stands. None when one is missing: then no row can be understood.
    fn columns(&mut self, head: &Row) -> Option<[usize; 3]> {
        let mut places = [None; 3];
        for (at, cell) in head.cells.iter().enumerate() {
            let word = cell.to_lowercase();
            match COLUMNS.iter().position(|column| *column == word) {
                Some(which) if places[which].is_none() => places[which] = Some(at),
                Some(_) => self.fault(
                    head.line,
                    &format!("the column \"{word}\" is there twice; remove one"),
                ),
                None => {
                    let instead = nearest(&word, COLUMNS).map_or_else(
                        || format!("the columns are {}", COLUMNS.join(", ")),
                        |near| format!("did you mean \"{near}\"?"),
                    );
                    self.fault(head.line, &format!("unknown column {cell:?}; {instead}"));
                }
            }
        }
        for (place, column) in places.iter().zip(COLUMNS) {
            if place.is_none() {
                let sentence =
                    format!("the column \"{column}\" is missing; the first line is school,room,access_point");
                self.fault(head.line, &sentence);
            }
        }
        let [Some(school), Some(room), Some(access_point)] = places else {
            return None;
        };
        Some([school, room, access_point])
    }

    fn row(&mut self, row: &Row, wide: usize, [school, room, named]: [usize; 3]) {
        if row.cells.len() != wide {
            let sentence = format!(
                "this row has {} cells and the first line {wide}; a cell with a comma in it needs quotes around it",
                row.cells.len()
            );
            return self.fault(row.line, &sentence);
        }
        let room = self.room(row.line, &row.cells[school], &row.cells[room]);
        let named = self.name(row.line, &row.cells[named]);
        if let (Some((school, room)), Some(named)) = (room, named)
            && let Some(known) = self.schools.get_mut(&school)
        {
            known.access_points.insert(room, named);
        }
    }

    fn room(&mut self, line: usize, school: &str, room: &str) -> Option<(SchoolId, RoomId)> {
        let school_id = SchoolId::parse(school).ok();
        let Some((id, known)) = school_id.and_then(|id| self.schools.get_key_value(&id)) else {
            let known = self.schools.keys().map(SchoolId::as_str);
            let near = nearest(school, known).map(|near| format!("; did you mean \"{near}\"?"));
            let instead =
                near.unwrap_or_else(|| "; write the id of a school that the configuration lists".to_owned());
            self.fault(line, &format!("there is no school {school:?}{instead}"));
            return None;
        };
        let id = id.clone();
        let Some((room, _)) = known.rooms.iter().find(|(known, _)| known.as_str() == room) else {
            let sentence =
                format!("there is no room {room:?} in school {id}; write its id as the configuration does");
            self.fault(line, &sentence);
            return None;
        };
        let place = (id, room.clone());
        if let Some(before) = self.listed.get(&place) {
            let (school, room) = &place;
            let sentence = format!(
                "room {room} of school {school} is on line {before} already; keep the access point that most of its \
                 seats use"
            );
            self.fault(line, &sentence);
            return None;
        }
        self.listed.insert(place.clone(), line);
        Some(place)
    }

    fn name(&mut self, line: usize, name: &str) -> Option<ShortText> {
        if name.is_empty() {
            self.fault(
                line,
                "the access point has no name; write what your technicians call it",
            );
        } else if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            let sentence = format!(
                "the access point's name is not 1 to {LONGEST_NAME} printable characters; shorten it"
            );
            self.fault(line, &sentence);
        } else {
            return Some(ShortText::fit(name));
        }
        None
    }
}
