; The way of an application processor from its start-up IPI to C#. The first part is copied to a page below 1 MiB, where the IPI can point to
; (Intel SDM vol. 3A, 9.4; AMD APM vol. 2, 16.5 and 14.6): real mode, then protected mode without paging, then long mode with HyperCore's page
; tables. It only reads its page: once paging is on, the page is executable and not writable. HyperCore.Efi/Pcpus/Trampoline.cs fills in
; the parameters, at the offsets that TrampolineParameters has.

default rel

CODE32 equ 08h
CODE64 equ 10h
DATA   equ 18h
EFER   equ 0C000_0080h

section .rdata align=16

trampoline:
bits 16
    jmp     short .real
    align 8
; TrampolineParameters
.protected_pointer:
    dd      .protected - trampoline     ; + address of the page
    dw      CODE32, 0
.long_pointer:
    dd      .long - trampoline          ; + address of the page
    dw      CODE64, 0
.gdt_pointer:
    dw      .gdt_end - .gdt - 1
    dd      .gdt - trampoline           ; + address of the page
    dw      0
.cr0:
    dd      0
.cr3:
    dd      0
.cr4:
    dd      0
.efer:
    dd      0
.entry:
    dq      0
.gdt:
    dq      0
    dq      00CF_9B00_0000_FFFFh        ; accessed already: loading them must not write to the page
    dq      00AF_9B00_0000_FFFFh
    dq      00CF_9300_0000_FFFFh
.gdt_end:

.real:
    cli
    cld
    mov     ax, cs
    mov     ds, ax
    movzx   ebx, ax
    shl     ebx, 4                      ; the page's address
    o32 lgdt [.gdt_pointer - trampoline]
    mov     eax, 11h                    ; PE and ET; caches on
    mov     cr0, eax
    jmp     far dword [.protected_pointer - trampoline]

bits 32
.protected:
    mov     eax, DATA
    mov     ds, ax
    mov     es, ax
    mov     ss, ax
    mov     eax, [ebx + .cr4 - trampoline]
    mov     cr4, eax
    mov     eax, [ebx + .cr3 - trampoline]
    mov     cr3, eax
    mov     ecx, EFER
    mov     eax, [ebx + .efer - trampoline]
    xor     edx, edx
    wrmsr
    mov     eax, [ebx + .cr0 - trampoline]
    mov     cr0, eax
    jmp     far dword [ebx + .long_pointer - trampoline]

bits 64
.long:
    mov     ebx, ebx
    mov     rax, [rbx + .entry - trampoline]
    jmp     rax
trampoline_end:

section .text align=16

extern ApplicationProcessor_Start

; byte* (): the code to copy, and (): its length
global Trampoline_Code
Trampoline_Code:
    lea     rax, [trampoline]
    ret

global Trampoline_Length
Trampoline_Length:
    mov     eax, trampoline_end - trampoline
    ret

; void* (): where the copy goes on
global Trampoline_Entry
Trampoline_Entry:
    lea     rax, [long_mode]
    ret

; ulong* (): what the next processor takes: the end of its stack, the HostPcpu that it is
global Trampoline_Mailbox
Trampoline_Mailbox:
    lea     rax, [mailbox]
    ret

align 16
long_mode:
    mov     rsp, [mailbox]
    mov     rcx, [mailbox + 8]
    fninit
    ldmxcsr [default_mxcsr]
    xor     ebp, ebp
    push    rbp                         ; two words of nothing: whoever walks the stack stops here
    push    rbp
    sub     rsp, 32                     ; the callee's home space, Win64 ABI
    call    ApplicationProcessor_Start
.stop:
    cli
    hlt
    jmp     .stop

section .rdata
default_mxcsr:
    dd      1F80h

section .bss align=16
mailbox:
    resq    2
