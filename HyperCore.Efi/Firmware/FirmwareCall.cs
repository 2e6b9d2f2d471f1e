using System.Runtime;
using System.Runtime.CompilerServices;
using HyperCore.Core.Paging;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Firmware;

/// <summary>
/// Calls the firmware's runtime services after boot services have ended: on the boot processor, with interrupts off, in an address space in which the
/// firmware's code is executable, and with the floating-point state that firmware expects (UEFI 2.10, 2.3.4). What a guest has left in
/// the processor (x87, SSE, AVX, XCR0) is as before afterwards.
/// </summary>
internal sealed unsafe class FirmwareCall
{
    private const ulong Cr4GlobalPages = 1 << 7;
    private const ulong Cr4OsXsave = 1ul << 18;
    private const ulong Abandoned = 0xC000_0000_4843_0001;
    private const ulong VectorNmi = 2;
    private const ulong VectorMachineCheck = 18;
    private const ulong RflagsReserved = 1 << 1;
    private const int MxcsrOffset = 24;
    private const ushort DefaultControlWord = 0x37F;
    private const uint DefaultMxcsr = 0x1F80;

    private static ulong s_faultVector;
    private static ulong s_faultAddress;

    private readonly VirtualizationHost _host;
    private readonly byte* _saved;
    private readonly byte* _clean;
    private readonly ulong _ownRoot;
    private readonly ulong _runtimeRoot;
    private ulong _cr4;
    private ulong _xcr0;

    /// <summary>Prepares.</summary>
    /// <param name="own">HyperCore's own page tables, in force.</param>
    /// <param name="runtime">Those for the call.</param>
    /// <param name="host">Knows what extended state the processor has.</param>
    /// <param name="memory"><see cref="MemorySize"/> bytes, page-aligned, zeroed.</param>
    public FirmwareCall(HostPageTables own, HostPageTables runtime, VirtualizationHost host, byte* memory)
    {
        _ownRoot = own.Root;
        _runtimeRoot = runtime.Root;
        _host = host;
        _saved = memory;
        _clean = memory + host.ExtendedStateSize;
        *(ushort*)_clean = DefaultControlWord;
        *(uint*)(_clean + MxcsrOffset) = DefaultMxcsr;
    }

    /// <summary>The exception that ended the last call that failed that way.</summary>
    public static ulong FaultVector => s_faultVector;

    /// <summary>Where the firmware was then.</summary>
    public static ulong FaultAddress => s_faultAddress;

    /// <summary>Bytes of memory for the two areas of extended state.</summary>
    public static int MemorySize(VirtualizationHost host) => 2 * host.ExtendedStateSize;

    /// <summary>Calls a function.</summary>
    /// <param name="block">The function and its arguments; the rest is filled in.</param>
    /// <param name="result">What it returned.</param>
    /// <returns>False when it ended in an exception; the firmware must not be called again, because nobody knows what it has left undone.</returns>
    public bool TryCall(ref FirmwareCallBlock block, out ulong result)
    {
        block.OwnRoot = _ownRoot;
        block.RuntimeRoot = _runtimeRoot;
        Enter();
        result = Call((FirmwareCallBlock*)Unsafe.AsPointer(ref block));
        Leave();
        return result != Abandoned;
    }

    /// <summary>Ends a call of the firmware in which an exception was raised.</summary>
    /// <param name="frame">Where it was raised.</param>
    /// <returns>False when no call is running on this pCPU.</returns>
    public static bool TryAbandon(ExceptionFrame* frame)
    {
        ulong stack = *CallStackAddress();
        if (stack == 0 || frame->Vector is VectorNmi or VectorMachineCheck || (PcpuBlock.IsHere && PcpuBlock.Current()->Index != 0))
        {
            return false;
        }

        s_faultVector = frame->Vector;
        s_faultAddress = frame->Rip;
        frame->Rip = AbandonedAddress();
        frame->Rsp = stack;
        frame->Rflags = RflagsReserved;
        return true;
    }

    // The guest that was loaded last has its state in the processor: all of it is put aside, whatever part XCR0 makes visible just now.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Enter()
    {
        _cr4 = Intrinsics.ReadCr4();
        if ((_cr4 & Cr4OsXsave) != 0 && _host.HasXsave)
        {
            _xcr0 = Intrinsics.ReadXcr(0);
            Intrinsics.WriteXcr(0, _host.FullXcr0);
            Intrinsics.XSave(_saved, _host.FullXcr0);
            Intrinsics.XRestore(_clean, _host.FullXcr0);
        }
        else
        {
            Intrinsics.FxSave(_saved);
            Intrinsics.FxRestore(_clean);
        }

        // HyperCore's translations are global, and say that the firmware's code cannot be executed.
        Intrinsics.WriteCr4(_cr4 & ~Cr4GlobalPages);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Leave()
    {
        Intrinsics.WriteCr4(_cr4 & ~Cr4GlobalPages);
        Intrinsics.WriteCr4(_cr4);
        if ((_cr4 & Cr4OsXsave) != 0 && _host.HasXsave)
        {
            Intrinsics.WriteXcr(0, _host.FullXcr0);
            Intrinsics.XRestore(_saved, _host.FullXcr0);
            Intrinsics.WriteXcr(0, _xcr0);
        }
        else
        {
            Intrinsics.FxRestore(_saved);
        }
    }

    [RuntimeImport("*", "Firmware_Call")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Call(FirmwareCallBlock* block);

    [RuntimeImport("*", "Firmware_CallStackAddress")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong* CallStackAddress();

    [RuntimeImport("*", "Firmware_AbandonedAddress")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong AbandonedAddress();
}
