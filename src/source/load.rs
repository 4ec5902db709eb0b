//! Reads the files of an access repository from the disk. The only part of `source` that does.
