using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>
/// Names of instructions that guests are known to use on device memory and that the emulator does not carry out, for messages. Iced's own
/// names need its formatters, which are not worth their size in the image; for the rest the bytes in the message have to do.
/// </summary>
internal static class UnsupportedNames
{
    /// <summary>The name, in capitals as in the manuals.</summary>
    public static string Find(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.INVALID => "bytes that are no instruction",
        Mnemonic.Mov => "MOV of a segment, control or debug register",
        Mnemonic.Push => "PUSH of a segment register",
        Mnemonic.Pop => "POP of a segment register",
        Mnemonic.Jmp => "a far JMP",
        Mnemonic.Call => "a far CALL",
        Mnemonic.Movaps => "MOVAPS",
        Mnemonic.Movups => "MOVUPS",
        Mnemonic.Movapd => "MOVAPD",
        Mnemonic.Movupd => "MOVUPD",
        Mnemonic.Movdqa => "MOVDQA",
        Mnemonic.Movdqu => "MOVDQU",
        Mnemonic.Movntdq => "MOVNTDQ",
        Mnemonic.Movntdqa => "MOVNTDQA",
        Mnemonic.Movntps => "MOVNTPS",
        Mnemonic.Movd => "MOVD",
        Mnemonic.Movq => "MOVQ",
        Mnemonic.Movss => "MOVSS",
        Mnemonic.Movsd => "MOVSD",
        Mnemonic.Vmovdqa => "VMOVDQA",
        Mnemonic.Vmovdqu => "VMOVDQU",
        Mnemonic.Vmovups => "VMOVUPS",
        Mnemonic.Vmovaps => "VMOVAPS",
        Mnemonic.Fld => "FLD",
        Mnemonic.Fild => "FILD",
        Mnemonic.Fstp => "FSTP",
        Mnemonic.Fistp => "FISTP",
        Mnemonic.Fxsave => "FXSAVE",
        Mnemonic.Fxrstor => "FXRSTOR",
        Mnemonic.Cmpxchg16b => "CMPXCHG16B",
        Mnemonic.Imul => "IMUL",
        Mnemonic.Mul => "MUL",
        Mnemonic.Div => "DIV",
        Mnemonic.Idiv => "IDIV",
        Mnemonic.Shl => "SHL",
        Mnemonic.Shr => "SHR",
        Mnemonic.Sar => "SAR",
        Mnemonic.Enter => "ENTER",
        Mnemonic.Leave => "LEAVE",
        Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq => "IRET",
        Mnemonic.Retf => "a far RET",
        _ => "an instruction",
    };
}
