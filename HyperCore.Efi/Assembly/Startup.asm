; Leaving the firmware's stack. HyperCore.Efi/Startup/StackSwitch.cs declares this.

bits 64
default rel
section .text align=16

; void (ulong top, void* entry, object argument): calls entry(argument) on the stack that ends at top. Never returns.
    global StackSwitch_Run
    align 16
StackSwitch_Run:
    mov     rsp, rcx
    xor     ebp, ebp
    mov     rcx, r8
    push    rbp                     ; two words of nothing: whoever walks the stack stops here
    push    rbp
    sub     rsp, 32                 ; the callee's home space, Win64 ABI
    call    rdx
.stop:
    cli
    hlt
    jmp     .stop
