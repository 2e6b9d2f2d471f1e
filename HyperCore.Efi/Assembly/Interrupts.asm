; Entry points of all 256 interrupt vectors. Each pushes an error code, where the processor pushes none, and its vector, and meets the others
; in the common path, which builds an ExceptionFrame (HyperCore.Efi/Cpu/ExceptionFrame.cs), saves what compiled C# may change and calls
; InterruptTable.Dispatch with interrupts off.

bits 64
default rel
section .text align=16

extern InterruptTable_Dispatch

%define StubSize 16

%assign vector 0
align 16
Interrupts_Stubs:
%rep 256
    align StubSize
    ; Vectors with an error code of their own: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX (AMD APM vol. 2, table 8-1).
    %if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
    push    byte 0
    %endif
    push    strict dword vector
    jmp     strict near interrupt_common
    %assign vector vector + 1
%endrep

align 16
interrupt_common:
    push    r15
    push    r14
    push    r13
    push    r12
    push    r11
    push    r10
    push    r9
    push    r8
    push    rdi
    push    rsi
    push    rbp
    push    rbx
    push    rdx
    push    rcx
    push    rax
    cld
    mov     rcx, rsp
    mov     rbp, rsp
    ; 32 bytes of shadow space, XMM0-5. XMM6-15 are callee-saved; SSE instructions leave the upper halves alone.
    sub     rsp, 32 + 6 * 16
    and     rsp, -16
    movaps  [rsp + 32], xmm0
    movaps  [rsp + 48], xmm1
    movaps  [rsp + 64], xmm2
    movaps  [rsp + 80], xmm3
    movaps  [rsp + 96], xmm4
    movaps  [rsp + 112], xmm5
    call    InterruptTable_Dispatch
    movaps  xmm0, [rsp + 32]
    movaps  xmm1, [rsp + 48]
    movaps  xmm2, [rsp + 64]
    movaps  xmm3, [rsp + 80]
    movaps  xmm4, [rsp + 96]
    movaps  xmm5, [rsp + 112]
    mov     rsp, rbp
    pop     rax
    pop     rcx
    pop     rdx
    pop     rbx
    pop     rbp
    pop     rsi
    pop     rdi
    pop     r8
    pop     r9
    pop     r10
    pop     r11
    pop     r12
    pop     r13
    pop     r14
    pop     r15
    add     rsp, 16
    iretq

; void* (): the first of 256 entry points, 16 bytes apart
global Interrupts_StubTable
Interrupts_StubTable:
    lea     rax, [Interrupts_Stubs]
    ret
