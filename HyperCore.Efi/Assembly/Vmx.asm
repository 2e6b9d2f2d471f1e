; The Intel world switch and the VMX instructions (Intel SDM vol. 3C, chapters 27, 28 and 31).

bits 64
default rel
section .text align=16

; Vmx/VmxFrame.cs: GuestRegisters (RAX RCX RDX RBX RSP RBP RSI RDI R8-R15) at 0..78h, then XMM0-5 at 80h (16-byte aligned), then these.
FRAME_RIP               equ 0E0h
FRAME_RFLAGS            equ 0E8h
FRAME_EXIT_REASON       equ 0F0h
FRAME_QUALIFICATION     equ 0F8h
FRAME_LENGTH            equ 100h
FRAME_IDT_VECTORING     equ 108h
FRAME_INTERRUPTIBILITY  equ 110h
FRAME_HOST_RSP          equ 118h
FRAME_IS_LAUNCHED       equ 120h

; Vmx/VmcsField.cs.
IDT_VECTORING_INFO      equ 4408h
EXIT_REASON             equ 4402h
EXIT_LENGTH             equ 440Ch
INTERRUPTIBILITY        equ 4824h
EXIT_QUALIFICATION      equ 6400h
GUEST_RSP               equ 681Ch
GUEST_RIP               equ 681Eh
GUEST_RFLAGS            equ 6820h
HOST_RSP                equ 6C14h

%macro function 1
    global %1
    align 16
%1:
%endmacro

; int VmxEnter(rcx = VmxFrame*): 0, or 1 when the processor refused VMLAUNCH or VMRESUME.
; The VMCS is current, and its host RIP is VmxExit. Compiled C# may change XMM0-5 at any time and keeps XMM6-15 (Win64 ABI), so the guest's
; XMM6-15, upper halves and x87 state simply stay in the processor while the host runs.
function VmxEnter
    push    rbx
    push    rbp
    push    rsi
    push    rdi
    push    r12
    push    r13
    push    r14
    push    r15
    push    rcx                     ; [rsp] the frame

    cmp     rsp, [rcx + FRAME_HOST_RSP]
    je      .stack_is_known
    mov     edx, HOST_RSP
    vmwrite rdx, rsp
    mov     [rcx + FRAME_HOST_RSP], rsp
.stack_is_known:
    mov     edx, GUEST_RIP
    vmwrite rdx, [rcx + FRAME_RIP]
    mov     edx, GUEST_RSP
    vmwrite rdx, [rcx + 20h]
    movaps  xmm0, [rcx + 80h]
    movaps  xmm1, [rcx + 90h]
    movaps  xmm2, [rcx + 0A0h]
    movaps  xmm3, [rcx + 0B0h]
    movaps  xmm4, [rcx + 0C0h]
    movaps  xmm5, [rcx + 0D0h]
    cmp     byte [rcx + FRAME_IS_LAUNCHED], 0 ; MOV leaves the flags alone
    mov     rax, [rcx]
    mov     rdx, [rcx + 10h]
    mov     rbx, [rcx + 18h]
    mov     rbp, [rcx + 28h]
    mov     rsi, [rcx + 30h]
    mov     rdi, [rcx + 38h]
    mov     r8, [rcx + 40h]
    mov     r9, [rcx + 48h]
    mov     r10, [rcx + 50h]
    mov     r11, [rcx + 58h]
    mov     r12, [rcx + 60h]
    mov     r13, [rcx + 68h]
    mov     r14, [rcx + 70h]
    mov     r15, [rcx + 78h]
    mov     rcx, [rcx + 8]
    je      .launch
    vmresume
    jmp     .refused
.launch:
    vmlaunch
.refused:                           ; RSP is still ours
    pop     rcx
    mov     eax, 1
    jmp     VmxRestore

; Where every VM exit arrives, with RSP as VmxEnter left it; RFLAGS is 2, so interrupts are off.
function VmxExit
    push    rcx
    mov     rcx, [rsp + 8]
    pop     qword [rcx + 8]
    mov     [rcx], rax
    mov     [rcx + 10h], rdx
    mov     [rcx + 18h], rbx
    mov     [rcx + 28h], rbp
    mov     [rcx + 30h], rsi
    mov     [rcx + 38h], rdi
    mov     [rcx + 40h], r8
    mov     [rcx + 48h], r9
    mov     [rcx + 50h], r10
    mov     [rcx + 58h], r11
    mov     [rcx + 60h], r12
    mov     [rcx + 68h], r13
    mov     [rcx + 70h], r14
    mov     [rcx + 78h], r15
    movaps  [rcx + 80h], xmm0
    movaps  [rcx + 90h], xmm1
    movaps  [rcx + 0A0h], xmm2
    movaps  [rcx + 0B0h], xmm3
    movaps  [rcx + 0C0h], xmm4
    movaps  [rcx + 0D0h], xmm5
    mov     byte [rcx + FRAME_IS_LAUNCHED], 1
    mov     edx, GUEST_RSP
    vmread  [rcx + 20h], rdx
    mov     edx, GUEST_RIP
    vmread  [rcx + FRAME_RIP], rdx
    mov     edx, GUEST_RFLAGS
    vmread  [rcx + FRAME_RFLAGS], rdx
    mov     edx, EXIT_REASON
    vmread  [rcx + FRAME_EXIT_REASON], rdx
    mov     edx, EXIT_QUALIFICATION
    vmread  [rcx + FRAME_QUALIFICATION], rdx
    mov     edx, EXIT_LENGTH
    vmread  [rcx + FRAME_LENGTH], rdx
    mov     edx, IDT_VECTORING_INFO
    vmread  [rcx + FRAME_IDT_VECTORING], rdx
    mov     edx, INTERRUPTIBILITY
    vmread  [rcx + FRAME_INTERRUPTIBILITY], rdx
    add     rsp, 8
    xor     eax, eax

VmxRestore:
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rdi
    pop     rsi
    pop     rbp
    pop     rbx
    ret

; ulong (): what goes into the host RIP field.
function VmxExitAddress
    lea     rax, [VmxExit]
    ret

; ulong (ulong field)
function VmxRead
    vmread  rax, rcx
    ret

; void (ulong field, ulong value)
function VmxWrite
    vmwrite rcx, rdx
    ret

; int (ulong physical): 1, or 0 when the processor refused
function VmxSwitchOn
    push    rcx
    vmxon   [rsp]
    pop     rcx
    seta    al                      ; neither CF nor ZF
    movzx   eax, al
    ret

; void (ulong physical)
function VmxLoadPointer
    push    rcx
    vmptrld [rsp]
    pop     rcx
    ret

; void (ulong physical)
function VmxClear
    push    rcx
    vmclear [rsp]
    pop     rcx
    ret

; void (ulong type, ulong eptPointer)
function VmxInvalidateEpt
    push    0
    push    rdx
    invept  rcx, [rsp]
    add     rsp, 10h
    ret

; void (ulong type, ulong vpid)
function VmxInvalidateVpid
    push    0
    push    rdx
    invvpid rcx, [rsp]
    add     rsp, 10h
    ret

; void (): an NMI that caused a VM exit is gone, and others are blocked until IRET: the handler is called by hand.
function VmxRaiseNmi
    int     2
    ret
