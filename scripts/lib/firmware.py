#!/usr/bin/env python3
"""firmware.py CODE OUTPUT [driver GUID NAME FILE | volume FILE]...: adds files to OVMF's volume of drivers.

CODE is OVMF's code, OUTPUT the same with more in it: drivers (PE images), and the files of other volumes. OVMF's volume is compressed, in a
volume of the flash: it is unpacked, filled where it is free, and packed again. Everything else stays byte for byte.
Chapters are those of volume 3 of the UEFI Platform Initialization specification 1.7.
"""
import lzma
import struct
import sys
import uuid
from pathlib import Path

# Section and file types, 2.1.4.1 and 2.1.5.1.
GUID_DEFINED, PE32, USER_INTERFACE, VOLUME_IMAGE = 0x02, 0x10, 0x15, 0x17
DRIVER, VOLUME_FILE = 0x07, 0x0B

# The GUID-defined section that EDK2 decompresses with LZMA, and the volume of OVMF's DXE drivers.
LZMA = uuid.UUID("ee4e5898-3914-4259-9d6e-dc7bd79403cf")
DRIVERS = uuid.UUID("7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1")

HEADER = 24
LARGEST = (1 << 24) - 1


def fail(message):
    sys.exit(f"firmware.py: {message}")


def align(value, unit):
    return (value + unit - 1) // unit * unit


def size24(data, offset):
    return int.from_bytes(data[offset:offset + 3], "little")


def section(kind, content):
    """3.2.2: bytes of the section in 24 bits, its type."""
    size = len(content) + 4
    if size > LARGEST:
        fail("a file is larger than 16 MiB")
    return size.to_bytes(3, "little") + bytes([kind]) + content


def file_header(name, kind, attributes, size):
    """3.2.2.1: state and checksum of the content do not count in the header's checksum. State: header and data valid, in a flash of ones."""
    header = bytearray(name.bytes_le + struct.pack("<BBBB", 0, 0, kind, attributes) + size.to_bytes(3, "little") + b"\0")
    header[16] = -sum(header) & 0xFF
    # The content has no checksum: 0xAA says so.
    header[17], header[23] = 0xAA, 0xF8
    return bytes(header)


def volume_file(name, kind, sections):
    """Each section begins at a multiple of four, and the file ends with the last one: EDK2 takes no file that has more behind it."""
    content = b""
    for part in sections:
        content += bytes(-len(content) % 4) + part
    if len(content) + HEADER > LARGEST:
        fail("a file is larger than 16 MiB")
    return file_header(name, kind, 0, len(content) + HEADER) + content


def text_section(text):
    return section(USER_INTERFACE, (text + "\0").encode("utf-16-le"))


def files_of(volume):
    """Offsets of a volume's files (3.2.1), and where its free space begins."""
    header, extended = struct.unpack_from("<H", volume, 48)[0], struct.unpack_from("<H", volume, 52)[0]
    if volume[40:44] != b"_FVH":
        fail("what should be a firmware volume is none; is the firmware OVMF_CODE_4M.fd?")
    start = align(extended + struct.unpack_from("<I", volume, extended + 16)[0] if extended else header, 8)
    offsets, length = [], struct.unpack_from("<Q", volume, 32)[0]
    while start + HEADER <= length and volume[start:start + HEADER] != b"\xff" * HEADER:
        offsets.append(start)
        if size24(volume, start + 20) < HEADER:
            fail("a file is larger than 16 MiB")
        start = align(start + size24(volume, start + 20), 8)
    return offsets, start, length


def compressed_file(code):
    """The file of the first volume that holds the compressed volumes: its offset, its section's offset and size."""
    for file in files_of(code)[0]:
        if code[file + 18] == VOLUME_FILE and code[file + 27] == GUID_DEFINED and code[file + 28:file + 44] == LZMA.bytes_le:
            return file, file + HEADER, size24(code, file + HEADER)
    fail("no compressed firmware volume is in OVMF's code; is it OVMF_CODE_4M.fd?")


def driver_volume(sections):
    """Offset and size of the volume of drivers among the sections that were compressed."""
    offset = 0
    while offset < len(sections):
        size, start = size24(sections, offset), offset + 4
        extended = struct.unpack_from("<H", sections, start + 52)[0] if sections[offset + 3] == VOLUME_IMAGE else 0
        if extended and sections[start + extended:start + extended + 16] == DRIVERS.bytes_le:
            return start, size - 4
        offset += align(size, 4)
    fail("OVMF's code has no volume of DXE drivers")


def new_files(arguments):
    while arguments:
        if arguments[0] == "driver" and len(arguments) >= 4:
            content = [section(PE32, Path(arguments[3]).read_bytes()), text_section(arguments[2])]
            yield arguments[2], volume_file(uuid.UUID(arguments[1]), DRIVER, content)
            arguments = arguments[4:]
        elif arguments[0] == "volume" and len(arguments) >= 2:
            volume = Path(arguments[1]).read_bytes()
            for offset in files_of(volume)[0]:
                yield f"what is at {offset} of {arguments[1]}", volume[offset:offset + size24(volume, offset + 20)]
            arguments = arguments[2:]
        else:
            fail(f"what is {arguments[0]}? {__doc__}")


def compress(content):
    """EDK2 wants the size in the header, where Python's format leaves it open."""
    packed = bytearray(lzma.compress(content, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "preset": 6, "dict_size": 1 << 24}]))
    packed[5:13] = struct.pack("<Q", len(content))
    return bytes(packed)


def main():
    if len(sys.argv) < 3:
        fail(__doc__)
    code = bytearray(Path(sys.argv[1]).read_bytes())
    volume_bytes = files_of(code)[2]
    file, outer, outer_size = compressed_file(code)
    data_offset = struct.unpack_from("<H", code, outer + 20)[0]
    sections = bytearray(lzma.decompress(code[outer + data_offset:outer + outer_size], lzma.FORMAT_ALONE))
    start, size = driver_volume(sections)
    drivers = sections[start:start + size]
    _, free, length = files_of(drivers)
    for name, content in new_files(sys.argv[3:]):
        if free + len(content) > length:
            fail(f"{name} does not fit: {len(content)} bytes, and {length - free} are left before compression")
        drivers[free:free + len(content)] = content
        free = align(free + len(content), 8)
    sections[start:start + size] = drivers

    packed = compress(sections)
    kept = bytes(code[outer + 4:outer + data_offset])
    content = section(GUID_DEFINED, kept + packed)
    size = HEADER + len(content)
    room = volume_bytes - file
    if size > room:
        fail(f"what is to go into the flash does not fit: {size - room} bytes too many after compression")
    name = uuid.UUID(bytes_le=bytes(code[file:file + 16]))
    code[file:volume_bytes] = (file_header(name, VOLUME_FILE, code[file + 19] & ~0x40, size) + content).ljust(room, b"\xff")
    Path(sys.argv[2]).write_bytes(code)
    print(f"{room - size} bytes of the flash are left")


main()
