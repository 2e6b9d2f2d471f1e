; The AMD world switch (AMD APM vol. 2, 15.5 and 15.6).
;
; void SvmEnter(rcx = GuestRegisters*, rdx = guest VMCB, r8 = host VMCB)
;
; Memory is identity-mapped, so the address of a VMCB is also its physical address.
; GuestRegisters: RAX RCX RDX RBX RSP RBP RSI RDI R8-R15 at 0..78h, then XMM0-5 at 80h (16-byte aligned).
; Compiled C# may change XMM0-5 at any time and keeps XMM6-15 (Win64 ABI), so the guest's XMM6-15, upper halves and x87 state simply stay in
; the processor while the host runs.

bits 64
default rel

VMCB_RSP equ 400h + 1D8h
VMCB_RAX equ 400h + 1F8h

section .text

global SvmEnter
SvmEnter:
    push    rbx
    push    rbp
    push    rsi
    push    rdi
    push    r12
    push    r13
    push    r14
    push    r15
    push    r8                      ; [rsp+8] host VMCB
    push    rcx                     ; [rsp]   guest registers

    mov     rax, [rcx]
    mov     [rdx + VMCB_RAX], rax
    mov     rax, [rcx + 20h]
    mov     [rdx + VMCB_RSP], rax
    movaps  xmm0, [rcx + 80h]
    movaps  xmm1, [rcx + 90h]
    movaps  xmm2, [rcx + 0A0h]
    movaps  xmm3, [rcx + 0B0h]
    movaps  xmm4, [rcx + 0C0h]
    movaps  xmm5, [rcx + 0D0h]
    mov     rax, rdx

    ; With GIF clear nothing is taken between here and VMRUN; IF must be set there, because with V_INTR_MASKING the host's IF decides
    ; whether a physical interrupt ends guest mode (15.21.1).
    clgi
    sti
    vmload
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

    vmrun

    vmsave                     ; #VMEXIT restored RAX and RSP
    push    rcx
    mov     rcx, [rsp + 8]
    mov     [rcx + 10h], rdx
    pop     rdx
    mov     [rcx + 8], rdx
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
    mov     rdx, [rax + VMCB_RAX]
    mov     [rcx], rdx
    mov     rdx, [rax + VMCB_RSP]
    mov     [rcx + 20h], rdx
    movaps  [rcx + 80h], xmm0
    movaps  [rcx + 90h], xmm1
    movaps  [rcx + 0A0h], xmm2
    movaps  [rcx + 0B0h], xmm3
    movaps  [rcx + 0C0h], xmm4
    movaps  [rcx + 0D0h], xmm5

    mov     rax, [rsp + 8]
    vmload                     ; the host's TR first of all: its IST stacks take the next interrupt
    cli
    stgi
    add     rsp, 10h
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rdi
    pop     rsi
    pop     rbp
    pop     rbx
    ret
