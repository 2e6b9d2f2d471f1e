#!/usr/bin/env python3
"""replace-function.py PROGRAM SYMBOL CODE: writes the bytes of the file CODE over the function SYMBOL of a 64-bit ELF program.

The function is looked up among the program's dynamic symbols; the code must not be longer than the function is.
"""
import sys
from pathlib import Path

from elf import Program, fail


def main():
    program, name, code = Program(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_bytes()
    offset, old = program.function(name)
    if len(code) > len(old):
        fail(f"{len(code)} bytes do not fit into the {len(old)} of {name}")
    program.data[offset:offset + len(code)] = code
    program.save()


main()
