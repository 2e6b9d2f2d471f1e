; What compiled C# calls and C# cannot say itself. Win64 calling convention: arguments in rcx, rdx, r8, r9; rsi, rdi, rbx, rbp, r12-r15 and
; xmm6-15 are preserved.

bits 64
default rel

extern CoreLibThrow
extern CoreLibResolveDispatch
extern __ReadyToRunHeader
extern __ImageBase

section .text

; There is no collector, so a write barrier is the store alone. rcx: address, rdx: reference.
global RhpAssignRef
global RhpCheckedAssignRef
RhpAssignRef:
RhpCheckedAssignRef:
        mov     [rcx], rdx
        ret

; Copies one reference and steps both pointers. rdi: destination, rsi: source; rcx may be lost.
global RhpByRefAssignRef
RhpByRefAssignRef:
        mov     rcx, [rsi]
        mov     [rdi], rcx
        add     rdi, 8
        add     rsi, 8
        ret

; Managed and native code share one world here: a call out or in changes nothing.
global RhpPInvoke
global RhpPInvokeReturn
global RhpReversePInvoke
global RhpReversePInvokeReturn
RhpPInvoke:
RhpPInvokeReturn:
RhpReversePInvoke:
RhpReversePInvokeReturn:
        ret

global RhpGcPoll
RhpGcPoll:
        ret

; rcx: the exception. Goes on with the address of the throw as second argument; never returns.
global RhpThrowEx
global RhpRethrow
RhpThrowEx:
RhpRethrow:
        mov     rdx, [rsp]
        sub     rsp, 40
        call    CoreLibThrow
        jmp     CoreLibHalt

global RhpFallbackFailFast
RhpFallbackFailFast:
global RhDebugBreak
RhDebugBreak:
global CoreLibHalt
CoreLibHalt:
        cli
.again:
        hlt
        jmp     .again

; Stack probes: stacks here are mapped completely. rax: frame size, kept.
global __chkstk
global RhpStackProbe
__chkstk:
RhpStackProbe:
        ret

; rcx: destination, rdx: source, r8: length. Returns the destination; the two may overlap. Up to 32 bytes everything is loaded before
; anything is stored; above, blocks of 16 bytes go in the direction that the overlap allows, and the last block (loaded first) ends it.
global memcpy
global memmove
memcpy:
memmove:
        mov     rax, rcx
        cmp     r8, 16
        ja      .large
        cmp     r8d, 8
        jae     .eight
        cmp     r8d, 4
        jae     .four
        test    r8d, r8d
        jz      .done
        mov     r11, r8
        shr     r11, 1
        movzx   r9d, byte [rdx]
        movzx   r10d, byte [rdx + r8 - 1]
        movzx   edx, byte [rdx + r11]
        mov     [rcx], r9b
        mov     [rcx + r11], dl
        mov     [rcx + r8 - 1], r10b
.done:
        ret
.four:
        mov     r9d, [rdx]
        mov     r10d, [rdx + r8 - 4]
        mov     [rcx], r9d
        mov     [rcx + r8 - 4], r10d
        ret
.eight:
        mov     r9, [rdx]
        mov     r10, [rdx + r8 - 8]
        mov     [rcx], r9
        mov     [rcx + r8 - 8], r10
        ret
.large:
        mov     r9, rcx
        sub     r9, rdx
        cmp     r9, r8
        jb      .backward
        movups  xmm4, [rdx + r8 - 16]
        lea     r10, [rcx + r8 - 16]
        sub     r8, 128
        jb      .forward_loop
        add     r8, rcx                 ; the last place where 128 bytes fit
.forward_blocks:
        movups  xmm0, [rdx]
        movups  xmm1, [rdx + 16]
        movups  xmm2, [rdx + 32]
        movups  xmm3, [rdx + 48]
        movups  [rcx], xmm0
        movups  [rcx + 16], xmm1
        movups  [rcx + 32], xmm2
        movups  [rcx + 48], xmm3
        movups  xmm0, [rdx + 64]
        movups  xmm1, [rdx + 80]
        movups  xmm2, [rdx + 96]
        movups  xmm3, [rdx + 112]
        movups  [rcx + 64], xmm0
        movups  [rcx + 80], xmm1
        movups  [rcx + 96], xmm2
        movups  [rcx + 112], xmm3
        add     rdx, 128
        add     rcx, 128
        cmp     rcx, r8
        jbe     .forward_blocks
        cmp     rcx, r10
        jae     .forward_end
.forward_loop:
        movups  xmm0, [rdx]
        movups  [rcx], xmm0
        add     rdx, 16
        add     rcx, 16
        cmp     rcx, r10
        jb      .forward_loop
.forward_end:
        movups  [r10], xmm4
        ret
.backward:
        movups  xmm1, [rdx]
.backward_loop:
        movups  xmm0, [rdx + r8 - 16]
        movups  [rcx + r8 - 16], xmm0
        sub     r8, 16
        cmp     r8, 16
        ja      .backward_loop
        movups  [rcx], xmm1
        ret

; rcx: destination, edx: byte, r8: length. Returns the destination.
global memset
memset:
        mov     rax, rcx
        movzx   edx, dl
        mov     r9, 0x0101010101010101
        imul    r9, rdx
        cmp     r8, 16
        jae     .large
        cmp     r8d, 8
        jae     .eight
        cmp     r8d, 4
        jae     .four
        test    r8d, r8d
        jz      .done
        mov     [rcx], r9b
        mov     [rcx + r8 - 1], r9b
        shr     r8d, 1
        mov     [rcx + r8], r9b
.done:
        ret
.four:
        mov     [rcx], r9d
        mov     [rcx + r8 - 4], r9d
        ret
.eight:
        mov     [rcx], r9
        mov     [rcx + r8 - 8], r9
        ret
.large:
        movq    xmm0, r9
        punpcklqdq xmm0, xmm0
        lea     r10, [rcx + r8 - 16]
        sub     r8, 128
        jb      .loop
        add     r8, rcx                 ; the last place where 128 bytes fit
.blocks:
        movups  [rcx], xmm0
        movups  [rcx + 16], xmm0
        movups  [rcx + 32], xmm0
        movups  [rcx + 48], xmm0
        movups  [rcx + 64], xmm0
        movups  [rcx + 80], xmm0
        movups  [rcx + 96], xmm0
        movups  [rcx + 112], xmm0
        add     rcx, 128
        cmp     rcx, r8
        jbe     .blocks
        cmp     rcx, r10
        jae     .end
.loop:
        movups  [rcx], xmm0
        add     rcx, 16
        cmp     rcx, r10
        jb      .loop
.end:
        movups  [r10], xmm0
        ret

; The address of the image's table of contents, of its first byte, and of its end.
global CoreLibReadyToRunHeader
CoreLibReadyToRunHeader:
        lea     rax, [__ReadyToRunHeader]
        ret

global CoreLibImageBase
CoreLibImageBase:
        lea     rax, [__ImageBase]
        ret

; An interface call arrives here from its dispatch cell with the cell's address in r11 (the compiler's convention) and the arguments in
; place. cell[1] with its low bits clear points to a chain of entries { type, code, next }; else the slow path finds the method and
; puts an entry there.
global RhpInitialDynamicInterfaceDispatch
global RhpInitialInterfaceDispatch
RhpInitialDynamicInterfaceDispatch:
RhpInitialInterfaceDispatch:
        mov     r10, [rcx]              ; faults on a null object, as it should
        mov     rax, [r11 + 8]
        test    al, 3
        jnz     .resolve
.next:
        cmp     r10, [rax]
        jne     .other
        jmp     [rax + 8]
.other:
        mov     rax, [rax + 16]
        test    rax, rax
        jnz     .next
.resolve:
        push    rcx
        push    rdx
        push    r8
        push    r9
        sub     rsp, 104                ; 32 bytes of home space, 64 for xmm0-3, 8 to align the stack
        movups  [rsp + 32], xmm0
        movups  [rsp + 48], xmm1
        movups  [rsp + 64], xmm2
        movups  [rsp + 80], xmm3
        mov     rdx, r11
        call    CoreLibResolveDispatch
        movups  xmm0, [rsp + 32]
        movups  xmm1, [rsp + 48]
        movups  xmm2, [rsp + 64]
        movups  xmm3, [rsp + 80]
        add     rsp, 104
        pop     r9
        pop     r8
        pop     rdx
        pop     rcx
        jmp     rax

section .data

; The stack cookie of /GS; the compiler names it, nothing here changes it.
global __security_cookie
__security_cookie:
        dq      0x00002B992DDFA232
