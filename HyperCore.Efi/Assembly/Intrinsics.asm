; The instructions C# has no words for, one leaf function each (Win64 ABI: RCX, RDX, R8, R9; RBX, RBP, RSI, RDI, R12-R15 and XMM6-15 are kept).
; HyperCore.Efi/Cpu/Intrinsics.cs declares and describes them.

bits 64
default rel
section .text align=16

%macro function 1
    global %1
    align 16
%1:
%endmacro

; void (uint leaf, uint subleaf, uint* result[EAX, EBX, ECX, EDX])
function Intrinsics_Cpuid
    push    rbx
    mov     eax, ecx
    mov     ecx, edx
    cpuid
    mov     [r8], eax
    mov     [r8 + 4], ebx
    mov     [r8 + 8], ecx
    mov     [r8 + 12], edx
    pop     rbx
    ret

; int (ulong* value): 1 when there was a random number
function Intrinsics_TryReadRandom
    rdrand  rax
    mov     [rcx], rax
    setc    al
    movzx   eax, al
    ret

; int (ulong* value): 1 when there was a random number
function Intrinsics_TryReadSeed
    rdseed  rax
    mov     [rcx], rax
    setc    al
    movzx   eax, al
    ret

; ulong (uint msr)
function Intrinsics_ReadMsr
    rdmsr
    shl     rdx, 32
    or      rax, rdx
    ret

; void (uint msr, ulong value)
function Intrinsics_WriteMsr
    mov     rax, rdx
    shr     rdx, 32
    wrmsr
    ret

; int (uint msr, ulong* value): 1, or 0 when RDMSR raised #GP
function Intrinsics_TryReadMsr
    mov     r8, rdx
.fault:
    rdmsr
    shl     rdx, 32
    or      rax, rdx
    mov     [r8], rax
    mov     eax, 1
    ret
.fixup:
    mov     qword [r8], 0
    xor     eax, eax
    ret

; int (uint msr, ulong value): 1, or 0 when WRMSR raised #GP
function Intrinsics_TryWriteMsr
    mov     rax, rdx
    shr     rdx, 32
.fault:
    wrmsr
    mov     eax, 1
    ret
.fixup:
    xor     eax, eax
    ret

; int (uint index, ulong value): 1, or 0 when XSETBV raised #GP or #UD
function Intrinsics_TryWriteXcr
    mov     rax, rdx
    shr     rdx, 32
.fault:
    xsetbv
    mov     eax, 1
    ret
.fixup:
    xor     eax, eax
    ret

function Intrinsics_ReadTsc
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    ret

; As above, but not before all earlier instructions are done, and before any later one begins.
function Intrinsics_ReadTscOrdered
    lfence
    rdtsc
    lfence
    shl     rdx, 32
    or      rax, rdx
    ret

function Intrinsics_In8
    mov     edx, ecx
    xor     eax, eax
    in      al, dx
    ret

function Intrinsics_In16
    mov     edx, ecx
    xor     eax, eax
    in      ax, dx
    ret

function Intrinsics_In32
    mov     edx, ecx
    in      eax, dx
    ret

function Intrinsics_Out8
    mov     eax, edx
    mov     edx, ecx
    out     dx, al
    ret

function Intrinsics_Out16
    mov     eax, edx
    mov     edx, ecx
    out     dx, ax
    ret

function Intrinsics_Out32
    mov     eax, edx
    mov     edx, ecx
    out     dx, eax
    ret

; Device memory. The compiler must neither merge nor drop these accesses, which it could if C# dereferenced a pointer.
function Intrinsics_ReadMemory8
    movzx   eax, byte [rcx]
    ret

function Intrinsics_ReadMemory16
    movzx   eax, word [rcx]
    ret

function Intrinsics_ReadMemory32
    mov     eax, [rcx]
    ret

function Intrinsics_ReadMemory64
    mov     rax, [rcx]
    ret

function Intrinsics_WriteMemory8
    mov     [rcx], dl
    ret

function Intrinsics_WriteMemory16
    mov     [rcx], dx
    ret

function Intrinsics_WriteMemory32
    mov     [rcx], edx
    ret

function Intrinsics_WriteMemory64
    mov     [rcx], rdx
    ret

%macro control_register 1
function Intrinsics_ReadCr%1
    mov     rax, cr%1
    ret

function Intrinsics_WriteCr%1
    mov     cr%1, rcx
    ret
%endmacro

control_register 0
control_register 2
control_register 3
control_register 4
control_register 8

%macro debug_register 1
function Intrinsics_ReadDr%1
    mov     rax, dr%1
    ret

function Intrinsics_WriteDr%1
    mov     dr%1, rcx
    ret
%endmacro

debug_register 0
debug_register 1
debug_register 2
debug_register 3
debug_register 6
debug_register 7

function Intrinsics_ReadXcr
    xgetbv
    shl     rdx, 32
    or      rax, rdx
    ret

function Intrinsics_WriteXcr
    mov     rax, rdx
    shr     rdx, 32
    xsetbv
    ret

; void (void* area, ulong mask)
function Intrinsics_XSave
    mov     eax, edx
    shr     rdx, 32
    xsave64 [rcx]
    ret

function Intrinsics_XRestore
    mov     eax, edx
    shr     rdx, 32
    xrstor64 [rcx]
    ret

function Intrinsics_FxSave
    fxsave64 [rcx]
    ret

function Intrinsics_FxRestore
    fxrstor64 [rcx]
    ret

function Intrinsics_InvalidatePage
    invlpg  [rcx]
    ret

; void (uint asid, ulong address)
function Intrinsics_InvalidatePageAsid
    mov     rax, rdx
    invlpga
    ret

function Intrinsics_LoadGdt
    lgdt    [rcx]
    ret

function Intrinsics_LoadIdt
    lidt    [rcx]
    ret

function Intrinsics_StoreGdt
    sgdt    [rcx]
    ret

function Intrinsics_StoreIdt
    sidt    [rcx]
    ret

function Intrinsics_LoadTaskRegister
    ltr     cx
    ret

function Intrinsics_StoreTaskRegister
    xor     eax, eax
    str     ax
    ret

; void (ushort code, ushort data): reloads every segment register; FS and GS bases become 0 (data is a null selector for them).
function Intrinsics_LoadSegments
    pop     rax
    movzx   ecx, cx
    push    rcx
    push    rax
    mov     ds, dx
    mov     es, dx
    mov     ss, dx
    xor     edx, edx
    mov     fs, dx
    mov     gs, dx
    retfq

function Intrinsics_DisableInterrupts
    cli
    ret

function Intrinsics_EnableInterrupts
    sti
    ret

; STI holds interrupts off until HLT has begun, so none is slept through (Intel SDM vol. 2B, STI).
function Intrinsics_WaitForInterrupt
    sti
    hlt
    cli
    ret

; The same with HLT and no change to RFLAGS.IF.
function Intrinsics_Halt
    hlt
    ret

function Intrinsics_Pause
    pause
    ret

function Intrinsics_ReadFlags
    pushfq
    pop     rax
    ret

function Intrinsics_ReadStackPointer
    lea     rax, [rsp + 8]
    ret

function Intrinsics_WriteBackInvalidate
    wbinvd
    ret

function Intrinsics_MemoryFence
    mfence
    ret

function Intrinsics_ClearGlobalInterrupts
    clgi
    ret

function Intrinsics_SetGlobalInterrupts
    stgi
    ret

; void (ulong vmcb): RAX holds the physical address (AMD APM vol. 3, VMLOAD)
function Intrinsics_VmLoad
    mov     rax, rcx
    vmload
    ret

function Intrinsics_VmSave
    mov     rax, rcx
    vmsave
    ret

function Intrinsics_RaiseBreakpoint
    int3
    ret

function Intrinsics_RaiseUndefined
    ud2

; int (ulong address, ulong* value): 1, or 0 when nothing is mapped there
function Intrinsics_TryReadMemory64
.fault:
    mov     rax, [rcx]
    mov     [rdx], rax
    mov     eax, 1
    ret
.fixup:
    mov     qword [rdx], 0
    xor     eax, eax
    ret

; void (ExceptionFrame* frame): the caller's registers as they are, in the order of ExceptionFrame. RAX, RCX and the like hold nothing of
; use at a call; what C# keeps across calls is in the others.
function Intrinsics_CaptureRegisters
    mov     [rcx], rax
    mov     [rcx + 8], rcx
    mov     [rcx + 16], rdx
    mov     [rcx + 24], rbx
    mov     [rcx + 32], rbp
    mov     [rcx + 40], rsi
    mov     [rcx + 48], rdi
    mov     [rcx + 56], r8
    mov     [rcx + 64], r9
    mov     [rcx + 72], r10
    mov     [rcx + 80], r11
    mov     [rcx + 88], r12
    mov     [rcx + 96], r13
    mov     [rcx + 104], r14
    mov     [rcx + 112], r15
    mov     rax, [rsp]
    mov     [rcx + 136], rax
    mov     word [rcx + 144], cs
    pushfq
    pop     qword [rcx + 152]
    lea     rax, [rsp + 8]
    mov     [rcx + 160], rax
    mov     word [rcx + 168], ss
    ret

; Where the image is loaded; the linker defines the symbol.
extern __ImageBase
function Intrinsics_ImageBase
    lea     rax, [__ImageBase]
    ret

; The exception table: where #UD, #GP or #PF is allowed, and where execution goes on when it was raised. Offsets from the table's own start, so that
; it needs no relocation.
function Intrinsics_ExceptionTable
    lea     rax, [exception_table]
    ret

%macro recover 1
    dd      %1.fault - exception_table, %1.fixup - exception_table
%endmacro

align 8
exception_table:
    recover Intrinsics_TryReadMsr
    recover Intrinsics_TryWriteMsr
    recover Intrinsics_TryWriteXcr
    recover Intrinsics_TryReadMemory64
    dd      0, 0
