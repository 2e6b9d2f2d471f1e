using System.Runtime.CompilerServices;
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
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[0];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[0] = value;
    }

    /// <summary>RCX.</summary>
    public ulong Rcx
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[1];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[1] = value;
    }

    /// <summary>RDX.</summary>
    public ulong Rdx
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[2];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[2] = value;
    }

    /// <summary>RBX.</summary>
    public ulong Rbx
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[3];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[3] = value;
    }

    /// <summary>RSP.</summary>
    public ulong Rsp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[4];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[4] = value;
    }

    /// <summary>RBP.</summary>
    public ulong Rbp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[5];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[5] = value;
    }

    /// <summary>RSI.</summary>
    public ulong Rsi
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[6];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[6] = value;
    }

    /// <summary>RDI.</summary>
    public ulong Rdi
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => General[7];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => General[7] = value;
    }
}
