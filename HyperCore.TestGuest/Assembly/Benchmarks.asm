; Loops that the benchmarks time. ulong NAME(uint iterations, ulong argument) takes the operation's TSC ticks for all iterations, and
; NAME_Empty those of the same loop without the operation (HyperCore.TestGuest/Bench/Benchmark.cs).

bits 64
default rel
section .text align=16

LDR equ 0FEE000D0h
ICR equ 0FEE00300h
EOI equ 0FEE000B0h
PAT equ 277h
PAT_RESET_LOW equ 00070406h
SCRATCH equ 3FFh
CMOS_INDEX equ 70h
BENCH_VECTOR equ 0E0h
ICR_SELF equ 40000h

%macro loop_start 1
    global %1
    align 16
%1:
    push    rbx
    push    rsi
    push    rdi
    mov     esi, ecx
    mov     rdi, rdx
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    mov     r8, rax
    align 16
.again:
%endmacro

%macro loop_end 0
    dec     esi
    jnz     near .again
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    sub     rax, r8
    pop     rdi
    pop     rsi
    pop     rbx
    ret
%endmacro

%macro bench 1
loop_start Bench_%1
    setup_%1
    operation_%1
    loop_end
loop_start Bench_%1_Empty
    setup_%1
    loop_end
%endmacro

; No operation at all, but a known number of instructions: what a tick is.
%macro setup_Nop 0
%endmacro
%macro operation_Nop 0
    times 100 nop
%endmacro

%macro setup_Cpuid 0
    xor     eax, eax
    xor     ecx, ecx
%endmacro
%macro operation_Cpuid 0
    cpuid
%endmacro

%macro setup_PrefixedCpuid 0
    xor     eax, eax
    xor     ecx, ecx
%endmacro
%macro operation_PrefixedCpuid 0
    db      66h, 48h
    cpuid
%endmacro

%macro setup_ReadMsr 0
    mov     ecx, PAT
%endmacro
%macro operation_ReadMsr 0
    rdmsr
%endmacro

%macro setup_WriteMsr 0
    mov     ecx, PAT
    mov     eax, PAT_RESET_LOW
    mov     edx, PAT_RESET_LOW
%endmacro
%macro operation_WriteMsr 0
    wrmsr
%endmacro

%macro setup_OutScratch 0
    mov     edx, SCRATCH
%endmacro
%macro operation_OutScratch 0
    out     dx, al
%endmacro

%macro setup_InScratch 0
    mov     edx, SCRATCH
%endmacro
%macro operation_InScratch 0
    in      al, dx
%endmacro

%macro setup_OutCmos 0
    mov     eax, 0Dh
%endmacro
%macro operation_OutCmos 0
    out     CMOS_INDEX, al
%endmacro

%macro setup_ReadApic 0
    mov     rbx, LDR
%endmacro
%macro operation_ReadApic 0
    mov     eax, [rbx]
%endmacro

%macro setup_WriteApic 0
    mov     rbx, LDR
    mov     eax, 1000000h
%endmacro
%macro operation_WriteApic 0
    mov     [rbx], eax
%endmacro

; Sends, takes, acknowledges: two accesses to the local APIC and one interrupt.
%macro setup_SelfIpi 0
    mov     rbx, ICR
%endmacro
%macro operation_SelfIpi 0
    mov     dword [rbx], ICR_SELF | BENCH_VECTOR
    sti
    nop
    cli
%endmacro

; The same, but asleep when it arrives.
%macro setup_Halt 0
    mov     rbx, ICR
%endmacro
%macro operation_Halt 0
    mov     dword [rbx], ICR_SELF | BENCH_VECTOR
    sti
    hlt
    cli
%endmacro

bench Nop
bench Cpuid
bench PrefixedCpuid
bench ReadMsr
bench WriteMsr
bench OutScratch
bench InScratch
bench OutCmos
bench ReadApic
bench WriteApic
bench SelfIpi
bench Halt

; The interrupt of SelfIpi and Halt.
align 16
bench_interrupt:
    push    rax
    mov     rax, EOI
    mov     dword [rax], 0
    inc     qword [interrupts]
    pop     rax
    iretq

global Bench_InterruptHandler
Bench_InterruptHandler:
    lea     rax, [bench_interrupt]
    ret

; ulong (): interrupts taken by the handler
global Bench_InterruptCount
Bench_InterruptCount:
    mov     rax, [interrupts]
    ret

section .bss
interrupts:
    resq    1
