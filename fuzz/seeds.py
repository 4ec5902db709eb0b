#!/usr/bin/env python3
"""Writes seeds for the fuzz targets from the examples and the cases: fuzz/corpus/<target>/. Run it from anywhere."""

import hashlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SMALL = 20_000
ROWS = 10


def put(target: str, text: bytes) -> None:
    if len(text) < SMALL:
        folder = ROOT / "fuzz/corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(text).hexdigest()[:16]).write_bytes(text)


def repositories(root: pathlib.Path) -> None:
    first = root / "accord.yaml"
    files = [path for path in sorted(root.rglob("*.y*ml")) if path != first]
    for path in files:
        put("yaml_repository", path.read_bytes())
    if first.exists():
        put("yaml_repository", b"\0".join(path.read_bytes() for path in [first, *files[:6]]))


def tables(folder: pathlib.Path) -> None:
    files = []
    for path in sorted([*folder.glob("*.csv"), *folder.glob("export.json"), *folder.glob("rosters/*.csv")]):
        lines = path.read_bytes().split(b"\n")
        if path.suffix == ".csv" and len(lines) > ROWS + 1:
            lines = [*lines[:ROWS], b""]
        files.append(str(path.relative_to(folder)).encode() + b"\n" + b"\n".join(lines))
    put("csv_tables", b"\0".join(files))


for root in [*ROOT.glob("examples/*"), *ROOT.glob("tests/cases/*/*/input")]:
    repositories(root)
    for path in root.rglob("export.json"):
        tables(path.parent)
    for path in root.rglob("*.json"):
        head = path.read_bytes()[:100]
        for target, word in [("snapshot_json", b"accord-snapshot"), ("last_applied", b"accord-applied")]:
            if word in head:
                put(target, path.read_bytes())
