; From the Multiboot loader to C#: 32-bit protected mode without paging, to 64-bit mode with the first 4 GiB mapped to themselves
; (Multiboot Specification 0.6.96, 3.2; AMD APM vol. 2, 14.6).

BOOTLOADER_MAGIC equ 2BADB002h
HEADER_MAGIC equ 1BADB002h
HEADER_FLAGS equ 3                      ; modules on page boundaries, memory information

COM1 equ 3F8h

CR0_LONG equ 80010033h                  ; PG, WP, NE, ET, MP, PE
CR4_LONG equ 620h                       ; OSXMMEXCPT, OSFXSR, PAE
EFER equ 0C0000080h
EFER_LME equ 100h

PAGE_PRESENT equ 1
PAGE_WRITE equ 2
PAGE_UNCACHED equ 18h                   ; PCD, PWT
PAGE_LARGE equ 80h
DEVICES_START equ 0C0000000h

CODE_SELECTOR equ 8
DATA_SELECTOR equ 10h

extern TestGuest_Main

; The converter puts this section at the start of the file: the header has to be in its first 8 KiB.
section .boot code align=16

    dd      HEADER_MAGIC
    dd      HEADER_FLAGS
    dd      -(HEADER_MAGIC + HEADER_FLAGS)

bits 32

global TestGuest_Start
TestGuest_Start:
    cli
    cld
    mov     esp, stack_top
    cmp     eax, BOOTLOADER_MAGIC
    jne     not_multiboot
    mov     ebp, ebx                    ; the information structure

    ; 2 MiB pages for 4 GiB; above 3 GiB there are devices.
    mov     edi, page_directories
    mov     eax, PAGE_PRESENT | PAGE_WRITE | PAGE_LARGE
    mov     ecx, 4 * 512
.fill:
    mov     [edi], eax
    cmp     eax, DEVICES_START
    jb      .next
    or      dword [edi], PAGE_UNCACHED
.next:
    add     eax, 200000h
    add     edi, 8
    dec     ecx
    jnz     .fill
    mov     dword [page_map], page_pointers + PAGE_PRESENT + PAGE_WRITE
    mov     dword [page_pointers], page_directories + PAGE_PRESENT + PAGE_WRITE
    mov     dword [page_pointers + 8], page_directories + 1000h + PAGE_PRESENT + PAGE_WRITE
    mov     dword [page_pointers + 16], page_directories + 2000h + PAGE_PRESENT + PAGE_WRITE
    mov     dword [page_pointers + 24], page_directories + 3000h + PAGE_PRESENT + PAGE_WRITE

    mov     eax, CR4_LONG
    mov     cr4, eax
    mov     eax, page_map
    mov     cr3, eax
    mov     ecx, EFER
    rdmsr
    or      eax, EFER_LME
    wrmsr
    lgdt    [gdt_register]
    mov     eax, CR0_LONG
    mov     cr0, eax
    jmp     dword CODE_SELECTOR:long_mode

not_multiboot:
    mov     esi, not_multiboot_text
.character:
    lodsb
    test    al, al
    jz      .stop
    mov     edx, COM1
    out     dx, al
    jmp     .character
.stop:
    hlt
    jmp     .stop

not_multiboot_text:
    db      "testguest: not started by a Multiboot loader", 13, 10, 0

bits 64
default rel

long_mode:
    mov     eax, DATA_SELECTOR
    mov     ds, ax
    mov     es, ax
    mov     ss, ax
    xor     eax, eax
    mov     fs, ax
    mov     gs, ax
    lldt    ax
    lea     rsp, [stack_top]
    mov     ecx, ebp
    xor     ebp, ebp
    push    rbp
    push    rbp
    sub     rsp, 32                     ; the callee's home space, Win64 ABI
    call    TestGuest_Main
.stop:
    cli
    hlt
    jmp     .stop

align 8
gdt:
    dq      0
    dq      00AF9B000000FFFFh           ; 64-bit code
    dq      00CF93000000FFFFh           ; data
gdt_register:
    dw      gdt_register - gdt - 1
    dd      gdt

section .text

; ulong (): the first byte of the page-directory-pointer table
global TestGuest_PagePointers
TestGuest_PagePointers:
    lea     rax, [page_pointers]
    ret

; ulong (): three pages for the test of page faults
global TestGuest_SparePages
TestGuest_SparePages:
    lea     rax, [spare_pages]
    ret

; void* (): the interrupt descriptor table, 256 entries of 16 bytes
global TestGuest_InterruptTable
TestGuest_InterruptTable:
    lea     rax, [interrupt_table]
    ret

; byte* (): memory for the core library's arena, TestGuest_ArenaBytes long
global TestGuest_Arena
TestGuest_Arena:
    lea     rax, [arena]
    ret

section .bss align=4096

page_map:           resb 1000h
page_pointers:      resb 1000h
page_directories:   resb 4 * 1000h
spare_pages:        resb 3 * 1000h
interrupt_table:    resb 1000h
arena:              resb 100000h
                    resb 10000h
stack_top:
                    resb 16
