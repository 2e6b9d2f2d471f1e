using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HyperCore.Efi.Cpu;

/// <summary>
/// The part of a pCPU's state that interrupt handlers and assembly reach without being told which pCPU they are on: GS points to it
/// (Assembly/Pcpu.asm has the offsets). It never moves.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Length)]
public unsafe struct PcpuBlock
{
    /// <summary>Bytes of a block: two cache lines, so that neighbours do not disturb each other.</summary>
    public const int Length = 128;

    private const uint MsrGsBase = 0xC000_0101;

    /// <summary>Not 0 when there is something to look at.</summary>
    public int Attention;

    /// <summary>The pCPU's number.</summary>
    public int Index;

    /// <summary>Where this block is.</summary>
    public PcpuBlock* Self;

    /// <summary>Ticks that this pCPU's time-stamp counter is ahead of the boot processor's.</summary>
    public long TscOffset;

    /// <summary>Kicks taken so far.</summary>
    public int Kicks;

    /// <summary>Not 0 when it has stopped for good because another pCPU has failed.</summary>
    public int HasStopped;

    /// <summary>GS of some pCPU has been set, so that <see cref="IsHere"/> may be asked.</summary>
    public static bool IsInUse { get; private set; }

    /// <summary>GS of the pCPU that runs the caller points to a block.</summary>
    public static bool IsHere => IsInUse && Intrinsics.ReadMsr(MsrGsBase) != 0;

    /// <summary>Makes GS of the pCPU that runs the caller point to a block. Interrupts are off.</summary>
    public static void Load(PcpuBlock* block, int index)
    {
        block->Self = block;
        block->Index = index;
        Intrinsics.WriteMsr(MsrGsBase, (ulong)block);
        IsInUse = true;
    }

    /// <summary>The boot processor's block.</summary>
    [RuntimeImport("*", "Pcpu_BootBlock")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern PcpuBlock* OfBootProcessor();

    /// <summary>The block of the pCPU that runs the caller.</summary>
    [RuntimeImport("*", "Pcpu_Current")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern PcpuBlock* Current();

    /// <summary>The time-stamp counter as the boot processor has it.</summary>
    [RuntimeImport("*", "Pcpu_ReadTsc")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTsc();
}
