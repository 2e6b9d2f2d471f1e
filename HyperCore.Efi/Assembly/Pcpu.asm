; What is at hand for the pCPU that runs the code: GS points to its PcpuBlock (HyperCore.Efi/Cpu/PcpuBlock.cs). VMLOAD of the pCPU's own host
; VMCB brings GS back after each exit, before interrupts are let in.

bits 64
default rel

BLOCK_ATTENTION  equ 0
BLOCK_SELF       equ 8
BLOCK_TSC_OFFSET equ 16

section .text align=16

; PcpuBlock* (): the boot processor's block, which is there before any memory is handed out
global Pcpu_BootBlock
Pcpu_BootBlock:
    lea     rax, [boot_block]
    ret

; PcpuBlock* (): the block of the pCPU that runs the caller
global Pcpu_Current
Pcpu_Current:
    mov     rax, [gs:BLOCK_SELF]
    ret

; void (): sets the attention word of the pCPU that runs the caller
global Pcpu_RequestAttention
Pcpu_RequestAttention:
    mov     dword [gs:BLOCK_ATTENTION], 1
    ret

; ulong (): the time-stamp counter as the boot processor's has it
global Pcpu_ReadTsc
Pcpu_ReadTsc:
    rdtsc
    shl     rdx, 32
    or      rax, rdx
    sub     rax, [gs:BLOCK_TSC_OFFSET]
    ret

section .bss align=64
    ; Cache lines of its own.
boot_block:
    resb    128
