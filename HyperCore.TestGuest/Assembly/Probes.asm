; Instructions that the tests execute, each in a function of its own (Win64 ABI). HyperCore.TestGuest/Machine/Probes.cs declares and describes them.

bits 64
default rel
section .text align=16

%macro function 1
    global %1
    align 16
%1:
%endmacro

; int (void* code, ulong a, ulong b): calls code(a, b). 1, or 0 when an exception ended it (see TestGuest_Unwind).
function TestGuest_Try
    push    rbx
    push    rbp
    push    rsi
    push    rdi
    push    r12
    push    r13
    push    r14
    push    r15
    push    qword [guard]
    mov     [guard], rsp
    mov     rax, rcx
    mov     rcx, rdx
    mov     rdx, r8
    sub     rsp, 32
    call    rax
    mov     eax, 1
leave_guard:
    mov     rsp, [guard]
    pop     qword [guard]
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rdi
    pop     rsi
    pop     rbp
    pop     rbx
    ret

; Where the exception handler goes on to leave the innermost TestGuest_Try.
unwind:
    xor     eax, eax
    jmp     leave_guard

; ulong (): the address to go on at, or 0 outside of any TestGuest_Try
function TestGuest_Unwind
    xor     eax, eax
    cmp     qword [guard], 0
    je      .none
    lea     rax, [unwind]
.none:
    ret

; uint (uint leaf): executes CPUID with all sorts of prefixes; how many of them returned the same as without
function Probe_PrefixedCpuid
    push    rbx
    push    rsi
    push    rdi
    mov     esi, ecx
    mov     eax, esi
    xor     ecx, ecx
    cpuid
    mov     r9d, eax
    mov     r10d, ebx
    xor     r8d, r8d
%macro prefixed 1+
    mov     eax, esi
    xor     ecx, ecx
    xor     ebx, ebx
    xor     edi, edi
    db      %1, 0Fh, 0A2h
    cmp     eax, r9d
    setne   dil
    cmp     ebx, r10d
    setne   al
    or      dil, al
    xor     edi, 1
    add     r8d, edi
%endmacro
    prefixed 66h
    prefixed 0F2h
    prefixed 0F3h
    prefixed 48h
    prefixed 66h, 48h
    prefixed 2Eh
    prefixed 67h
    prefixed 66h, 0F2h, 67h, 2Eh, 4Fh
    mov     eax, r8d
    pop     rdi
    pop     rsi
    pop     rbx
    ret

; ulong (ushort port, ulong rax): RAX after IN, to see what becomes of its upper part
function Probe_In8
    mov     rax, rdx
    mov     edx, ecx
    in      al, dx
    ret

function Probe_In16
    mov     rax, rdx
    mov     edx, ecx
    in      ax, dx
    ret

function Probe_In32
    mov     rax, rdx
    mov     edx, ecx
    in      eax, dx
    ret

; void* (ushort port, void* buffer, uint count): REP OUTSB / INSB / INSD; where the pointer ended
function Probe_OutString8
    push    rsi
    mov     rsi, rdx
    mov     edx, ecx
    mov     ecx, r8d
    rep outsb
    mov     rax, rsi
    pop     rsi
    ret

function Probe_InString8
    push    rdi
    mov     rdi, rdx
    mov     edx, ecx
    mov     ecx, r8d
    rep insb
    mov     rax, rdi
    pop     rdi
    ret

; Downwards.
function Probe_InString32Down
    push    rdi
    mov     rdi, rdx
    mov     edx, ecx
    mov     ecx, r8d
    std
    rep insd
    cld
    mov     rax, rdi
    pop     rdi
    ret

; ulong (ulong address, ulong operand): one instruction with a memory operand; what it left in the register, or the flags
function Probe_Load8
    movzx   eax, byte [rcx]
    ret

function Probe_Load16
    movzx   eax, word [rcx]
    ret

function Probe_Load32
    mov     rax, -1
    mov     eax, [rcx]
    ret

function Probe_LoadSigned8
    movsx   rax, byte [rcx]
    ret

function Probe_Load64
    mov     rax, [rcx]
    ret

function Probe_Store8
    mov     [rcx], dl
    ret

function Probe_Store32
    mov     [rcx], edx
    ret

function Probe_StoreImmediate32
    mov     dword [rcx], 55000000h
    ret

function Probe_StoreIndexed32
    mov     rax, rcx
    shr     rax, 2
    mov     [rax * 4], edx
    ret

function Probe_Or32
    or      [rcx], edx
    ret

function Probe_And32
    and     [rcx], edx
    ret

function Probe_Xor32
    xor     dword [rcx], 0F000000h
    ret

function Probe_Add32
    add     [rcx], edx
    ret

function Probe_Exchange32
    mov     eax, edx
    xchg    [rcx], eax
    ret

function Probe_BitSet32
    bts     dword [rcx], 25
    setc    al
    movzx   eax, al
    ret

function Probe_CompareFlags32
    cmp     [rcx], edx
    pushfq
    pop     rax
    ret

function Probe_TestFlags32
    test    [rcx], edx
    pushfq
    pop     rax
    ret

function Probe_StoreString32
    push    rdi
    mov     rdi, rcx
    mov     eax, edx
    stosd
    pop     rdi
    ret

; from RCX to RDX
function Probe_MoveString32
    push    rsi
    push    rdi
    mov     rsi, rcx
    mov     rdi, rdx
    movsd
    pop     rdi
    pop     rsi
    ret

function Probe_VmRun
    mov     rax, rcx
    vmrun
    ret

function Probe_VmmCall
    vmmcall
    ret

function Probe_Monitor
    mov     rax, rcx
    xor     ecx, ecx
    xor     edx, edx
    monitor
    ret

function Probe_SoftwareInterrupt
    int     80h
    ret

; void (): gives a pending interrupt no chance: STI holds it off for one instruction, which is CLI
function Probe_StiCli
    sti
    cli
    ret

; ulong (): lets it in behind the CPUID; the address it has to find on the stack
function Probe_StiCpuid
    push    rbx
    xor     eax, eax
    sti
    cpuid
.after:
    nop
    cli
    lea     rax, [.after]
    pop     rbx
    ret

; ulong (): MOV SS in the shadow of STI, which may or may not add one of its own; the address behind it
function Probe_StiMovSs
    mov     ax, ss
    sti
    mov     ss, ax
.after:
    nop
    nop
    cli
    lea     rax, [.after]
    ret

; ulong (): single-steps CPUID; the address that the debug exception has to find on the stack
function Probe_SingleStep
    push    rbx
    xor     eax, eax
    pushfq
    or      qword [rsp], 100h
    popfq
    cpuid
.after:
    nop
    lea     rax, [.after]
    pop     rbx
    ret

; void (): interrupts in, for as long as it takes a pending one to come
function Probe_StiNop
    sti
    nop
    nop
    cli
    ret

; void (): an empty interrupt table and an exception: the processor shuts down
function Probe_TripleFault
    lidt    [no_table]
    int3

section .rdata rdata align=8
no_table:
    times 10 db 0

section .bss
guard:
    resq    1
