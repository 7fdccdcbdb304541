//! Disks that are full, fail, or can't be written.
