"""Writes FIT files byte by byte, whole ones and damaged ones."""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tests.factories.recordings import Course

FIT_EPOCH_S = 631_065_600
RUNNING, CYCLING, WALKING, GENERIC = 1, 2, 11, 0
TIMER, START, STOP_ALL = 0, 0, 4


class FitWriter:
    """Writes the few FIT messages that runs are made of (FIT protocol 2.0, little endian)."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._defined: set[int] = set()

    def file_id(self, file_type: int, created: datetime, serial: int = 12345) -> None:
        fields = ((0, 1, 0x00), (1, 2, 0x84), (3, 4, 0x8C), (4, 4, 0x86))
        self.message(0, 0, fields, struct.pack("<BHII", file_type, 1, serial, fit_time(created)))

    def event(self, at: int, what: int, event: int = TIMER) -> None:
        self.message(1, 21, ((253, 4, 0x86), (0, 1, 0x00), (1, 1, 0x00)), struct.pack("<IBB", at, event, what))

    def records(self, course: "Course") -> None:
        fields = (
            *((253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (5, 4, 0x86), (2, 2, 0x84), (6, 2, 0x84)),
            *((3, 1, 0x02), (4, 1, 0x02), (53, 1, 0x02)),
        )
        start = fit_time(course.started_at)
        for i, second in enumerate(course.time_s):
            legs = course.cadence_spm[i] / 2
            values = (
                start + int(second),
                _semicircles(course.latitude[i]),
                _semicircles(course.longitude[i]),
                _scaled(course.distance_m[i], 100, 0xFFFFFFFF),
                _scaled(course.altitude_m[i] + 500, 5, 0xFFFF),
                _scaled(course.speed_m_per_s[i], 1000, 0xFFFF),
                _scaled(course.heart_rate_bpm[i], 1, 0xFF),
                _scaled(np.floor(legs), 1, 0xFF),
                _scaled(legs % 1, 128, 0xFF),
            )
            self.message(2, 20, fields, struct.pack("<IiiIHHBBB", *values))

    def lap(self, start: int, elapsed_s: float, timer_s: float, distance_m: float) -> None:
        fields = ((253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (8, 4, 0x86), (9, 4, 0x86))
        times = (start + int(elapsed_s), start, int(elapsed_s * 1000), int(timer_s * 1000), round(distance_m * 100))
        self.message(3, 19, fields, struct.pack("<IIIII", *times))

    def session(self, start: int, elapsed_s: float, timer_s: float, distance_m: float, *sports: int) -> None:
        fields = ((253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (8, 4, 0x86), (9, 4, 0x86), (5, 1, 0), (6, 1, 0))
        times = (start + int(elapsed_s), start, int(elapsed_s * 1000), int(timer_s * 1000), round(distance_m * 100))
        self.message(4, 18, fields, struct.pack("<IIIIIBB", *times, *sports))

    def raw(self, messages: bytes) -> None:
        """Messages as they are, damaged ones too."""
        self._body += messages

    def finished(self) -> bytes:
        header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(self._body), b".FIT")
        whole = header + struct.pack("<H", fit_crc(header)) + self._body
        return whole + struct.pack("<H", fit_crc(whole))

    def message(self, local: int, number: int, fields: Sequence[tuple[int, int, int]], values: bytes) -> None:
        if local not in self._defined:
            self._defined.add(local)
            self._body += struct.pack("<BBBHB", 0x40 | local, 0, 0, number, len(fields))
            self._body += b"".join(struct.pack("<BBB", *field) for field in fields)
        self._body += bytes([local]) + values


def fit_crc(data: bytes | bytearray) -> int:
    """FIT's CRC-16 (FIT protocol, "CRC")."""
    table = (
        *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
        *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
    )
    crc = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            crc = (crc >> 4) ^ table[crc & 0xF] ^ table[nibble]
    return crc


def _scaled(value: float, scale: float, missing: int) -> int:
    return missing if np.isnan(value) else round(float(value) * scale)


def _semicircles(degrees: float) -> int:
    return 0x7FFFFFFF if np.isnan(degrees) else round(float(degrees) * 2**31 / 180)


def fit_time(instant: datetime) -> int:
    return int(instant.timestamp()) - FIT_EPOCH_S
