#!/usr/bin/env python3
"""replace-function.py PROGRAM SYMBOL CODE: writes the bytes of the file CODE over the function SYMBOL of a 64-bit ELF program.

The function is looked up among the program's dynamic symbols; the code must not be longer than the function is.
"""
import struct
import sys
from pathlib import Path

SHT_DYNSYM = 11
PT_LOAD = 1


def find(program, name):
    """A function's place in the file, and its size (System V ABI, chapter 4; its 64-bit edition)."""
    (program_headers, sections), (entry, count) = struct.unpack_from("<QQ", program, 0x20), struct.unpack_from("<HH", program, 0x36)
    loads = [struct.unpack_from("<I4xQQ8xQ", program, program_headers + i * entry) for i in range(count)]
    (entry, count) = struct.unpack_from("<HH", program, 0x3A)
    headers = [struct.unpack_from("<4xI16xQQI12xQ", program, sections + i * entry) for i in range(count)]
    for kind, offset, size, link, symbol_size in headers:
        if kind != SHT_DYNSYM:
            continue
        names = headers[link][1]
        for symbol in range(offset, offset + size, symbol_size):
            name_offset, address, length = struct.unpack_from("<I4xQQ", program, symbol)
            start = names + name_offset
            if program[start:start + len(name) + 1] == name + b"\0":
                for load, file_offset, virtual, file_size in loads:
                    if load == PT_LOAD and virtual <= address and address + length <= virtual + file_size:
                        return file_offset + address - virtual, length
    sys.exit(f"replace-function.py: there is no function {name.decode()} in the program")


def main():
    path, name, code = Path(sys.argv[1]), sys.argv[2].encode(), Path(sys.argv[3]).read_bytes()
    program = bytearray(path.read_bytes())
    offset, length = find(program, name)
    if len(code) > length:
        sys.exit(f"replace-function.py: {len(code)} bytes do not fit into the {length} of {name.decode()}")
    program[offset:offset + len(code)] = code
    path.write_bytes(program)


main()
