//! A map with a cap: what was changed longest ago is forgotten.

use std::collections::BTreeMap;

#[derive(Debug)]
pub(super) struct Bounded<K, V> {
    most: usize,
    changes: u64,
    values: BTreeMap<K, (u64, V)>,
    by_age: BTreeMap<u64, K>,
}

impl<K: Ord + Clone, V: Copy + Default> Bounded<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            changes: 0,
            values: BTreeMap::new(),
            by_age: BTreeMap::new(),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.values.get(key).map(|(_, value)| *value)
    }

    pub(super) fn change(&mut self, key: K, change: impl FnOnce(&mut V)) {
        let mut value = match self.values.remove(&key) {
            Some((age, value)) => {
                self.by_age.remove(&age);
                value
            }
            None => V::default(),
        };
        change(&mut value);
        self.changes += 1;
        self.by_age.insert(self.changes, key.clone());
        self.values.insert(key, (self.changes, value));
        while self.values.len() > self.most
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.values.remove(&oldest);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.values.len(), self.by_age.len());
        self.values.len()
    }
}
