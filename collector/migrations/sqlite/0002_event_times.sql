-- When each record happened by our clock, within how much, and how that is known. `at` stays what the device told.
ALTER TABLE news ADD COLUMN event_at      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE news ADD COLUMN plus_minus_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE news ADD COLUMN basis         TEXT    NOT NULL DEFAULT 'inferred';
-- What was stored before was told by the device's wall clock alone.
UPDATE news SET event_at = MIN(at, received_at), plus_minus_ms = ABS(received_at - at) / 1000;

-- When the latest record of a stream happened: the next one did not happen before it.
ALTER TABLE streams ADD COLUMN event_at      INTEGER;
ALTER TABLE streams ADD COLUMN plus_minus_ms INTEGER;
ALTER TABLE streams ADD COLUMN basis         TEXT;

-- What is known of each device's clocks, with the latest record that was dated by it.
CREATE TABLE device_clocks (
    device       INTEGER PRIMARY KEY REFERENCES devices (number),
    clocks       TEXT    NOT NULL
) STRICT;
