using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;

namespace HyperCore.Efi.Pcpus;

/// <summary>How the boot processor is set up, which the others are to be like.</summary>
internal sealed class BootState
{
    private const uint CpuidXsave = 1u << 27;

    // Read-only, and set by paging itself.
    private const ulong EferLongModeActive = 1 << 10;

    /// <summary>Takes it down. SVM is on, if it can be.</summary>
    public BootState(HostProcessor processor)
    {
        Features.Read(processor);
        Cr0 = Intrinsics.ReadCr0();
        Cr4 = Intrinsics.ReadCr4();
        Efer = Intrinsics.ReadEfer() & ~EferLongModeActive;
        HasXcr0 = (processor.Cpuid(1).Ecx & CpuidXsave) != 0;
        Xcr0 = HasXcr0 ? Intrinsics.ReadXcr(0) : 0;
    }

    /// <summary>Its features.</summary>
    public ProcessorFeatures Features { get; } = new();

    /// <summary>Its memory types.</summary>
    public MemoryTypeRanges MemoryTypes { get; } = new();

    private ulong Cr0 { get; }

    private ulong Cr4 { get; }

    private ulong Efer { get; }

    private bool HasXcr0 { get; }

    private ulong Xcr0 { get; }

    /// <summary>Sets the processor that runs the caller up alike. It has the same features.</summary>
    public void Apply()
    {
        Intrinsics.WriteEfer(Intrinsics.ReadEfer() | Efer);
        Intrinsics.WriteCr4(Intrinsics.ReadCr4() | Cr4);
        Intrinsics.WriteCr0(Cr0);
        if (HasXcr0)
        {
            Intrinsics.WriteXcr(0, Xcr0);
        }
    }
}
