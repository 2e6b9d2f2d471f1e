"""Programs of others, mended in place: 64-bit ELF (System V ABI, chapter 4; its 64-bit edition). A library for the scripts beside it."""
import struct
import sys
from pathlib import Path

PT_LOAD = 1
EXECUTABLE = 1
SHT_DYNSYM = 11
PAGE = 0x1000


def fail(text):
    sys.exit(f"{Path(sys.argv[0]).name}: {text}")


class Program:
    """A program. Where something is in it is its offset in the file; within the code, offsets are as far apart as addresses."""

    def __init__(self, path):
        self.path = Path(path)
        self.data = bytearray(self.path.read_bytes())
        if self.data[:5] != b"\x7fELF\x02":
            fail(f"{path} is not a 64-bit ELF program")
        headers, self.sections = struct.unpack_from("<QQ", self.data, 0x20)
        entry, count = struct.unpack_from("<HH", self.data, 0x36)
        code = [place for place in (headers + i * entry for i in range(count))
                if struct.unpack_from("<I", self.data, place)[0] == PT_LOAD and struct.unpack_from("<I", self.data, place + 4)[0] & EXECUTABLE]
        if len(code) != 1:
            fail(f"{path} has {len(code)} segments of code, not one")
        self.code = code[0]
        self.offset, self.address, self.length = struct.unpack_from("<QQ8xQ", self.data, self.code + 8)

    def function(self, *names):
        """Where the first of these functions is that the program exports, and its bytes."""
        entry, count = struct.unpack_from("<HH", self.data, 0x3A)
        headers = [struct.unpack_from("<4xI16xQQI12xQ", self.data, self.sections + i * entry) for i in range(count)]
        symbols = [(headers[link][1], symbol) for kind, offset, size, link, symbol_size in headers if kind == SHT_DYNSYM
                   for symbol in range(offset, offset + size, symbol_size)]
        for name in names:
            for strings, symbol in symbols:
                name_offset, address, length = struct.unpack_from("<I4xQQ", self.data, symbol)
                start = strings + name_offset
                if self.data[start:start + len(name) + 1] == name.encode() + b"\0" and self.address <= address < self.address + self.length:
                    offset = self.offset + address - self.address
                    return offset, bytes(self.data[offset:offset + length])
        fail(f"there is no function {names[0]} in {self.path}")

    def append(self, build):
        """Puts code behind the program's, into the rest of its last page, and returns where. `build` makes it, given its place."""
        end = self.offset + self.length
        place = (end + 15) & ~15
        code = build(place)
        new_end = place + len(code)
        if (new_end - 1) // PAGE != (end - 1) // PAGE or any(self.data[end:new_end]):
            fail(f"there is no room behind the code of {self.path}")
        self.data[place:new_end] = code
        self.length = new_end - self.offset
        struct.pack_into("<QQ", self.data, self.code + 32, self.length, self.length)
        return place

    def save(self):
        self.path.write_bytes(self.data)
