; A call of the firmware's runtime services, in an address space of its own. An exception of the firmware does not end HyperCore: the call is
; abandoned (HyperCore.Efi/Firmware/FirmwareCall.cs).

bits 64
default rel

%macro function 1
    global %1
    align 16
%1:
%endmacro

; HyperCore.Efi/Firmware/FirmwareCallBlock.cs
%define CALL_FUNCTION     0
%define CALL_ARGUMENTS    8
%define CALL_RUNTIME_ROOT 48
%define CALL_OWN_ROOT     56

; Home space for four arguments, the fifth, the block, and what aligns the stack behind nine pushes.
%define FRAME_FIFTH       32
%define FRAME_BLOCK       48
%define FRAME_SIZE        56

; What is returned when the call was abandoned: an error, and nothing that firmware returns (UEFI 2.10, appendix D: bit 62 is for OEMs).
%define ABANDONED         0xC000000048430001

section .bss align=16

; Where the stack was when the firmware was called; 0 while it is not.
global Firmware_CallStack
Firmware_CallStack:
    resq    1

section .text align=16

; ulong (FirmwareCallBlock* block): interrupts are off, and no translation is global.
function Firmware_Call
    push    rbx
    push    rbp
    push    rsi
    push    rdi
    push    r12
    push    r13
    push    r14
    push    r15
    sub     rsp, FRAME_SIZE
    mov     rbx, rcx
    mov     [rsp + FRAME_BLOCK], rcx
    mov     rax, [rbx + CALL_RUNTIME_ROOT]
    mov     cr3, rax
    mov     [Firmware_CallStack], rsp
    mov     rcx, [rbx + CALL_ARGUMENTS]
    mov     rdx, [rbx + CALL_ARGUMENTS + 8]
    mov     r8, [rbx + CALL_ARGUMENTS + 16]
    mov     r9, [rbx + CALL_ARGUMENTS + 24]
    mov     rax, [rbx + CALL_ARGUMENTS + 32]
    mov     [rsp + FRAME_FIFTH], rax
    call    [rbx + CALL_FUNCTION]
    jmp     firmware_returned

; Where an abandoned call goes on, with RSP as it was.
global Firmware_Abandoned
Firmware_Abandoned:
    mov     rax, ABANDONED
firmware_returned:
    cli
    cld
    mov     qword [Firmware_CallStack], 0
    mov     rbx, [rsp + FRAME_BLOCK]
    mov     rcx, [rbx + CALL_OWN_ROOT]
    mov     cr3, rcx
    add     rsp, FRAME_SIZE
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rdi
    pop     rsi
    pop     rbp
    pop     rbx
    ret

; ulong* (): where the stack pointer of a running call is kept
function Firmware_CallStackAddress
    lea     rax, [Firmware_CallStack]
    ret

; ulong (): where an abandoned call goes on
function Firmware_AbandonedAddress
    lea     rax, [Firmware_Abandoned]
    ret
