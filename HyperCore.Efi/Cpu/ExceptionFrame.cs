using System.Runtime.InteropServices;

namespace HyperCore.Efi.Cpu;

/// <summary>
/// The state of the interrupted code, as the common path of Assembly/Interrupts.asm pushes it; the last five are the processor's own
/// (AMD APM vol. 2, 8.9.3). What a handler changes here is what the code goes on with.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct ExceptionFrame
{
    /// <summary>RAX.</summary>
    public ulong Rax;

    /// <summary>RCX.</summary>
    public ulong Rcx;

    /// <summary>RDX.</summary>
    public ulong Rdx;

    /// <summary>RBX.</summary>
    public ulong Rbx;

    /// <summary>RBP.</summary>
    public ulong Rbp;

    /// <summary>RSI.</summary>
    public ulong Rsi;

    /// <summary>RDI.</summary>
    public ulong Rdi;

    /// <summary>R8.</summary>
    public ulong R8;

    /// <summary>R9.</summary>
    public ulong R9;

    /// <summary>R10.</summary>
    public ulong R10;

    /// <summary>R11.</summary>
    public ulong R11;

    /// <summary>R12.</summary>
    public ulong R12;

    /// <summary>R13.</summary>
    public ulong R13;

    /// <summary>R14.</summary>
    public ulong R14;

    /// <summary>R15.</summary>
    public ulong R15;

    /// <summary>The vector, 0 to 255.</summary>
    public ulong Vector;

    /// <summary>The error code; 0 for a vector without one.</summary>
    public ulong ErrorCode;

    /// <summary>Where the code was.</summary>
    public ulong Rip;

    /// <summary>CS.</summary>
    public ulong Cs;

    /// <summary>RFLAGS.</summary>
    public ulong Rflags;

    /// <summary>RSP.</summary>
    public ulong Rsp;

    /// <summary>SS.</summary>
    public ulong Ss;
}
