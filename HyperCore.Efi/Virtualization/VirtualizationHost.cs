using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Virtualization;

/// <summary>
/// One vendor's virtualization of this machine: what all vCPUs share, and what each pCPU needs to run guests. Nothing here is called at an exit.
/// </summary>
internal abstract unsafe class VirtualizationHost
{
    private const int PageMask = 0xFFF;
    private const uint MsrXss = 0xDA0;
    private const uint Xsaves = 1u << 3;

    private readonly bool _hasXsaves;

    /// <summary>Asks the boot processor what it has.</summary>
    protected VirtualizationHost(HostProcessor processor)
    {
        GuestProcessor = processor;
        CpuidResult basic = processor.Cpuid(1);
        ProcessorSignature = basic.Eax;
        HasXsave = (basic.Ecx & (1u << 26)) != 0;
        HasTscAux = (processor.Cpuid(0x8000_0001).Edx & (1u << 27)) != 0;
        if (HasXsave)
        {
            CpuidResult xsave = processor.Cpuid(0xD);
            FullXcr0 = (xsave.Eax | ((ulong)xsave.Edx << 32)) & CpuidPolicy.SupportedXcr0;
            _hasXsaves = (processor.Cpuid(0xD, 1).Eax & Xsaves) != 0;
            ExtendedStateSize = (int)(xsave.Ecx + PageMask) & ~PageMask;
        }
    }

    /// <summary>The processor as guest mode has it, which may lack instructions that the host has.</summary>
    public HostProcessor GuestProcessor { get; protected init; }

    /// <summary>Family, model and stepping: what EDX holds after reset.</summary>
    public uint ProcessorSignature { get; }

    /// <summary>XSAVE is there, and so is XCR0.</summary>
    public bool HasXsave { get; }

    /// <summary>RDTSCP is there, and so is the TSC_AUX register.</summary>
    public bool HasTscAux { get; }

    /// <summary>Every state component that guests may use on this processor.</summary>
    public ulong FullXcr0 { get; }

    /// <summary>Bytes, whole pages, that hold every state component of this processor (CPUID 0Dh, ECX), or what FXSAVE saves.</summary>
    public int ExtendedStateSize { get; } = PageMask + 1;

    /// <summary>What the log calls it: <c>svm</c>, <c>vmx</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes of contiguous, page-aligned memory that one vCPU needs.</summary>
    public abstract int VcpuMemorySize { get; }

    /// <summary>How the processor wants nested page tables.</summary>
    public abstract NestedFormat NestedFormat { get; }

    /// <summary>Nested page tables may have 1 GiB pages.</summary>
    public abstract bool HasNested1GPages { get; }

    /// <summary>Levels of nested page tables.</summary>
    public abstract int NestedLevels { get; }

    /// <summary>Why the processor that runs the caller cannot run guests, for the person at the machine; null when it can.</summary>
    public abstract string? WhyNot();

    /// <summary>Gives a pCPU its structures, before it is started.</summary>
    /// <param name="pcpu">Its number.</param>
    /// <param name="memory"><see cref="Memory.PcpuLayout.VirtualizationBytes"/> bytes, page-aligned, zeroed.</param>
    public abstract void AddPcpu(int pcpu, byte* memory);

    /// <summary>
    /// Switches virtualization on for the processor that runs the caller. Its descriptor tables, page tables, FS and GS are as the host wants them
    /// after each exit.
    /// </summary>
    /// <param name="pcpu">Its number.</param>
    public abstract void Enable(int pcpu);

    /// <summary>Says by how much a pCPU's time-stamp counter is ahead of the boot processor's.</summary>
    /// <param name="pcpu">Its number.</param>
    /// <param name="ticks">Ticks of the counter.</param>
    public abstract void SetTscOffset(int pcpu, long ticks);

    /// <summary>Creates a vCPU; it must be reset before it runs.</summary>
    /// <param name="memory"><see cref="VcpuMemorySize"/> bytes, page-aligned, zeroed.</param>
    /// <param name="vcpus">How many vCPUs its VM has.</param>
    public abstract VirtualProcessor CreateVcpu(byte* memory, int vcpus);

    /// <summary>
    /// Empties IA32_XSS of the processor that runs the caller, whatever firmware has left there: it is in force in guests too, which are offered no
    /// component of it (Intel SDM vol. 1, 13.3; AMD APM vol. 2, 11.5.2).
    /// </summary>
    protected void ClearSupervisorState()
    {
        if (_hasXsaves)
        {
            Intrinsics.WriteMsr(MsrXss, 0);
        }
    }

    /// <summary>Adds what the menu says of the processor's virtualization.</summary>
    public abstract void AddFeatures(MachineFacts facts);
}
