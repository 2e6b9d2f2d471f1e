; Port I/O for C#. Win64 calling convention: cx: port, edx: value, eax: result.

bits 64
default rel

section .text

global ReadPort8
ReadPort8:
        mov     edx, ecx
        xor     eax, eax
        in      al, dx
        ret

global WritePort8
WritePort8:
        mov     eax, edx
        mov     edx, ecx
        out     dx, al
        ret
