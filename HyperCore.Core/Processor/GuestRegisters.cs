using System.Runtime.InteropServices;

namespace HyperCore.Core.Processor;

/// <summary>
/// A vCPU's general-purpose registers, in the order in which instructions encode them (AMD APM vol. 3, table A-34), as the world switch
/// loads and stores them. RSP stands here only while the guest is out.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct GuestRegisters
{
    /// <summary>RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15.</summary>
    public fixed ulong General[16];

    /// <summary>RAX.</summary>
    public ulong Rax
    {
        readonly get => General[0];
        set => General[0] = value;
    }

    /// <summary>RCX.</summary>
    public ulong Rcx
    {
        readonly get => General[1];
        set => General[1] = value;
    }

    /// <summary>RDX.</summary>
    public ulong Rdx
    {
        readonly get => General[2];
        set => General[2] = value;
    }

    /// <summary>RBX.</summary>
    public ulong Rbx
    {
        readonly get => General[3];
        set => General[3] = value;
    }

    /// <summary>RSP.</summary>
    public ulong Rsp
    {
        readonly get => General[4];
        set => General[4] = value;
    }

    /// <summary>RBP.</summary>
    public ulong Rbp
    {
        readonly get => General[5];
        set => General[5] = value;
    }

    /// <summary>RSI.</summary>
    public ulong Rsi
    {
        readonly get => General[6];
        set => General[6] = value;
    }

    /// <summary>RDI.</summary>
    public ulong Rdi
    {
        readonly get => General[7];
        set => General[7] = value;
    }
}
