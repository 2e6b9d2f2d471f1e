; Port I/O. cx: port, edx: value, eax: result.

bits 64
default rel

section .text

global SelfTestReadPort
SelfTestReadPort:
        mov     edx, ecx
        xor     eax, eax
        in      al, dx
        ret

global SelfTestWritePort
SelfTestWritePort:
        mov     eax, edx
        mov     edx, ecx
        out     dx, al
        ret
