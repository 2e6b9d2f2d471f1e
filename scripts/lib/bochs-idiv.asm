; void long_idiv(Bit128s *quotient, Bit64s *remainder, const Bit128s *dividend, Bit64s divisor), the function of Bochs on which its IDIV with 64-bit
; operands rests, for the System V ABI. Debian's Bochs 3.1 has it without the store of the dividend's low half (bochs.sh says what is done with this).
; The caller has refused a divisor of zero, and looks itself whether the quotient fits.

bits 64
        mov     r8, [rdx]               ; r9:r8 = the dividend, made positive; r10 = its sign
        mov     r9, [rdx + 8]
        mov     r10, r9
        test    r9, r9
        jns     .dividend
        neg     r8
        adc     r9, 0
        neg     r9
.dividend:
        mov     r11, rcx                ; rcx = the divisor, made positive; r11 = its sign
        test    rcx, rcx
        jns     .divide
        neg     rcx
.divide:
        xor     edx, edx                ; The high half first: what is left of it is less than the divisor, so the second DIV cannot overflow.
        mov     rax, r9
        div     rcx
        mov     r9, rax
        mov     rax, r8
        div     rcx
        test    r10, r10                ; The remainder has the dividend's sign.
        jns     .remainder
        neg     rdx
.remainder:
        mov     [rsi], rdx
        xor     r10, r11                ; The quotient is negative when the signs differ.
        jns     .quotient
        neg     rax
        adc     r9, 0
        neg     r9
.quotient:
        mov     [rdi], rax
        mov     [rdi + 8], r9
        ret
