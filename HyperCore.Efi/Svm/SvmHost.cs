using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Startup;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Svm;

/// <summary>
/// What all vCPUs share: the permission maps, the features found, and what each pCPU needs to run guests. All pCPUs have the same features, or
/// they are not used.
/// </summary>
internal sealed unsafe class SvmHost : VirtualizationHost
{
    /// <summary>Bytes of contiguous, page-aligned memory that <see cref="SvmHost(byte*, HostProcessor, int)"/> needs.</summary>
    public const int MemorySize = MsrPermissionMap.Size + IoPermissionMap.Size + SvmPcpu.MemorySize;

    private const ulong EferSvme = 1ul << 12;
    private const ulong Cr4OsXsave = 1ul << 18;

    private readonly HostProcessor _processor;
    private readonly SvmPcpu[] _pcpus;

    /// <summary>Lays the shared structures, and those of the boot processor, out in <paramref name="memory"/>.</summary>
    /// <param name="memory">Zeroed.</param>
    /// <param name="processor">The boot processor.</param>
    /// <param name="pcpus">The most pCPUs there can be.</param>
    public SvmHost(byte* memory, HostProcessor processor, int pcpus)
        : base(processor)
    {
        _processor = processor;
        Features = new SvmFeatures(processor);
        IsTcg = FindTcg(processor, processor.Cpuid(1));
        Msrpm = memory;
        Iopm = Msrpm + MsrPermissionMap.Size;
        MsrPermissionMap.Fill(Msrpm);
        IoPermissionMap.Fill(Iopm);
        _pcpus = new SvmPcpu[pcpus];
        _pcpus[0] = new SvmPcpu(Iopm + IoPermissionMap.Size, Features.AsidCount);
    }

    public SvmFeatures Features { get; }

    /// <summary>This is QEMU's TCG, whose SVM needs other ways than a processor's in places; they are named where they are taken.</summary>
    public bool IsTcg { get; }

    /// <summary>
    /// Interrupts are injected as virtual ones (AMD APM vol. 2, 15.21.4). QEMU's TCG forgets that it has delivered one that was in EVENTINJ: when
    /// another thread of the emulator asks for attention before anything else has happened in the guest, it delivers that one again. Virtual
    /// interrupts are free of it.
    /// </summary>
    public bool InjectsVirtualInterrupts => IsTcg;

    /// <summary>
    /// While a virtual interrupt waits, MOV to CR8 is HyperCore's to carry out: QEMU 7.2's TCG ends with a failed assertion when the guest's own
    /// makes way for the interrupt (helper_write_crN raises it without the lock that this takes).
    /// </summary>
    public bool InterceptsTaskPriority => IsTcg;

    public byte* Msrpm { get; }

    public byte* Iopm { get; }

    // "TCGTCGTCGTCG" in EBX, ECX and EDX of the leaf that software reserves for hypervisors.
    private static bool FindTcg(HostProcessor processor, CpuidResult basic) =>
        (basic.Ecx & (1u << 31)) != 0 && processor.Cpuid(CpuidPolicy.HypervisorBase) is { Ebx: 0x5447_4354, Ecx: 0x4354_4743, Edx: 0x4743_5447 };

    /// <summary>What a pCPU needs to run guests.</summary>
    public SvmPcpu this[int pcpu] => _pcpus[pcpu];

    /// <inheritdoc/>
    public override string Name => "svm";

    /// <inheritdoc/>
    public override int VcpuMemorySize => SvmVirtualProcessor.MemorySizeOf(this);

    /// <inheritdoc/>
    public override NestedFormat NestedFormat => NestedFormat.LongMode;

    /// <inheritdoc/>
    public override bool HasNested1GPages => HostPaging.HasGigabytePages;

    /// <summary>The processor walks nested tables as it does the host's own (AMD APM vol. 2, 15.25.3).</summary>
    public override int NestedLevels => HostPaging.HasFiveLevels ? 5 : 4;

    /// <inheritdoc/>
    public override string? WhyNot() =>
        SvmAvailability.WhyNot(_processor, SvmAvailability.HasSvm(_processor) ? Intrinsics.ReadMsr(SvmMsr.VmCr) | TestSwitches.VmControlBits : 0);

    /// <inheritdoc/>
    public override void AddPcpu(int pcpu, byte* memory) => _pcpus[pcpu] = new SvmPcpu(memory, Features.AsidCount);

    /// <summary>Switches SVM on (AMD APM vol. 2, 15.4).</summary>
    public override void Enable(int pcpu)
    {
        Intrinsics.WriteMsr(SvmMsr.Efer, Intrinsics.ReadMsr(SvmMsr.Efer) | EferSvme);
        Intrinsics.WriteMsr(SvmMsr.VmHsavePa, (ulong)_pcpus[pcpu].HostSaveArea);
        if (HasXsave)
        {
            Intrinsics.WriteCr4(Intrinsics.ReadCr4() | Cr4OsXsave);
        }

        ClearSupervisorState();
        Intrinsics.VmSave((ulong)_pcpus[pcpu].HostVmcb);
    }

    /// <inheritdoc/>
    public override void SetTscOffset(int pcpu, long ticks) => _pcpus[pcpu].TscOffset = ticks;

    /// <inheritdoc/>
    public override VirtualProcessor CreateVcpu(byte* memory, int vcpus) => new SvmVirtualProcessor(this, memory, vcpus);

    /// <inheritdoc/>
    public override void AddFeatures(MachineFacts facts)
    {
        bool hasSvm = SvmAvailability.HasSvm(_processor);
        facts.AddFeature("SVM", hasSvm, needed: true);
        facts.AddFeature("Nested paging", hasSvm && Features.NestedPaging, needed: true);
        facts.AddFeature("Next-RIP save", hasSvm && Features.NextRipSave);
        facts.AddFeature("Flush by ASID", hasSvm && Features.FlushByAsid);
        facts.AddFeature("Decode assists", hasSvm && Features.DecodeAssists);
    }
}
