#!/usr/bin/env python3
"""bochs-interrupt.py PROGRAM: mends how Bochs delivers the interrupts of Intel's virtual-interrupt delivery (Intel SDM vol. 3C, 30.2).

A physical interrupt that comes while a virtual one is pending lets Bochs 2.7 and 3.1 deliver the virtual one at once, even if the guest's RFLAGS.IF is
clear: InterruptAcknowledge (3.1: HandleExtInterrupt) looks whether it is pending, not whether it is masked. And when its delivery exits, the IDT-vectoring
information is that of the event before (the manual wants the interrupt's, 28.2.4). A few instructions in the free bytes behind the program's code
put both right; where they go, and what they need to know, is looked up in the code that is there.
"""
import re
import struct
import sys

from elf import Program, fail


def find(pattern, function):
    """The one place in a function that matches."""
    found = list(re.finditer(pattern, function[1], re.DOTALL))
    if len(found) != 1:
        fail(f"{len(found)} places look like what is to be mended; this is another Bochs than those it was written for")
    return found[0]


def main():
    program = Program(sys.argv[1])
    evaluate = program.function("_ZN8BX_CPU_C39VMX_Evaluate_Pending_Virtual_InterruptsEv")
    deliver = program.function("_ZN8BX_CPU_C29VMX_Deliver_Virtual_InterruptEv")
    leave = program.function("_ZN8BX_CPU_C6VMexitEjm")
    acknowledge = program.function("_ZN8BX_CPU_C18HandleExtInterruptEv", "_ZN8BX_CPU_C20InterruptAcknowledgeEv")

    # or dword [rbx + pending], 200h; test byte [rbx + masked + 1], 2; jnz
    masked = find(rb"\x81\x8b....\x00\x02\x00\x00\xf6\x83(....)\x02\x75", evaluate)[1]
    # movzx r12d or r13d, byte [rdi or rbp + vector], before the first call
    vector = find(rb"\x44\x0f\xb6[\xa5\xa7\xad\xaf](....)", (0, deliver[1].partition(b"\xe8")[0]))[1]
    # mov edx, [rbx + information]; mov esi, 4408h
    information = find(rb"\x8b\x93(....)\xbe\x08\x44\x00\x00", leave)[1]
    # test byte [rbx + pending + 1], 2 or test ah, 2; jnz
    jump = find(rb"(?:\xf6\x83....|\xf6\xc4)\x02\x0f\x85(....)", acknowledge)
    after = acknowledge[0] + jump.end()
    target = after + struct.unpack("<i", jump[1])[0]

    def build(place):
        code = b"\xf6\x83" + masked + b"\x02"                                   # test byte [rbx + masked + 1], 2
        code += b"\x0f\x85" + struct.pack("<i", after - (place + len(code) + 6))    # jnz after: the physical interrupt exits
        code += b"\x0f\xb6\x83" + vector                                        # movzx eax, byte [rbx + vector]
        code += b"\x89\x83" + information                                       # mov [rbx + information], eax
        return code + b"\xe9" + struct.pack("<i", target - (place + len(code) + 5))  # jmp target: the virtual one is delivered

    struct.pack_into("<i", program.data, after - 4, program.append(build) - after)
    program.save()


main()
