using HyperCore.Core.Exits;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Svm;

/// <summary>
/// What all vCPUs share: the permission maps, the features found, and what each pCPU needs to run guests. All pCPUs have the same features, or
/// they are not used.
/// </summary>
internal sealed unsafe class SvmHost
{
    /// <summary>Bytes of contiguous, page-aligned memory that <see cref="SvmHost(byte*, HostProcessor, int)"/> needs.</summary>
    public const int MemorySize = MsrPermissionMap.Size + IoPermissionMap.Size + SvmPcpu.MemorySize;

    private const int PageMask = 0xFFF;

    private readonly SvmPcpu[] _pcpus;

    /// <summary>Lays the shared structures, and those of the boot processor, out in <paramref name="memory"/>.</summary>
    /// <param name="memory">Zeroed.</param>
    /// <param name="processor">The boot processor.</param>
    /// <param name="pcpus">The most pCPUs there can be.</param>
    public SvmHost(byte* memory, HostProcessor processor, int pcpus)
    {
        Features = new SvmFeatures(processor);
        CpuidResult basic = processor.Cpuid(1);
        ProcessorSignature = basic.Eax;
        HasXsave = (basic.Ecx & (1u << 26)) != 0;
        HasTscAux = (processor.Cpuid(0x8000_0001).Edx & (1u << 27)) != 0;
        if (HasXsave)
        {
            CpuidResult xsave = processor.Cpuid(0xD);
            FullXcr0 = (xsave.Eax | ((ulong)xsave.Edx << 32)) & CpuidPolicy.SupportedXcr0;
            ExtendedStateSize = (int)(xsave.Ecx + PageMask) & ~PageMask;
        }

        IsTcg = FindTcg(processor, basic);
        Msrpm = memory;
        Iopm = Msrpm + MsrPermissionMap.Size;
        MsrPermissionMap.Fill(Msrpm);
        IoPermissionMap.Fill(Iopm);
        _pcpus = new SvmPcpu[pcpus];
        _pcpus[0] = new SvmPcpu(Iopm + IoPermissionMap.Size, Features.AsidCount);
    }

    public SvmFeatures Features { get; }

    /// <summary>Family, model and stepping: what EDX holds after reset.</summary>
    public uint ProcessorSignature { get; }

    /// <summary>XSAVE is there, and so is XCR0.</summary>
    public bool HasXsave { get; }

    /// <summary>RDTSCP is there, and so is the TSC_AUX register.</summary>
    public bool HasTscAux { get; }

    /// <summary>Every state component that guests may use on this processor.</summary>
    public ulong FullXcr0 { get; }

    /// <summary>This is QEMU's TCG, whose SVM needs other ways than a processor's in places; they are named where they are taken.</summary>
    public bool IsTcg { get; }

    /// <summary>Bytes, whole pages, that hold every state component of this processor (CPUID 0Dh, ECX), or what FXSAVE saves.</summary>
    public int ExtendedStateSize { get; } = PageMask + 1;

    /// <summary>
    /// Interrupts are injected as virtual ones (AMD APM vol. 2, 15.21.4). QEMU's TCG forgets that it has delivered one that was in EVENTINJ: when
    /// another thread of the emulator asks for attention before anything else has happened in the guest, it delivers that one again. Virtual
    /// interrupts are free of it.
    /// </summary>
    public bool InjectsVirtualInterrupts => IsTcg;

    public byte* Msrpm { get; }

    public byte* Iopm { get; }

    // "TCGTCGTCGTCG" in EBX, ECX and EDX of the leaf that software reserves for hypervisors.
    private static bool FindTcg(HostProcessor processor, CpuidResult basic) =>
        (basic.Ecx & (1u << 31)) != 0 && processor.Cpuid(CpuidPolicy.HypervisorBase) is { Ebx: 0x5447_4354, Ecx: 0x4354_4743, Edx: 0x4743_5447 };

    /// <summary>What a pCPU needs to run guests.</summary>
    public SvmPcpu this[int pcpu]
    {
        get => _pcpus[pcpu];
        set => _pcpus[pcpu] = value;
    }
}
