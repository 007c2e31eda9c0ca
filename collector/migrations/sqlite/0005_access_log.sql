-- The access log among the entries: its pages read newest first, and most entries are the watch's.
CREATE INDEX entries_of_access ON entries (seq)
WHERE kind NOT IN ('collector_started', 'blind_interval', 'device_enrolled', 'credential_rotated', 'credential_shared',
                   'session_phase', 'seat_started', 'seat_finished', 'incident_opened', 'incident_amended',
                   'incident_cleared');
