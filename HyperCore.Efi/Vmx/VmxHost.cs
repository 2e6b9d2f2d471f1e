using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Panic;
using HyperCore.Efi.Startup;
using HyperCore.Efi.Virtualization;

namespace HyperCore.Efi.Vmx;

/// <summary>What all vCPUs share on an Intel processor: bitmaps, capabilities, and what each pCPU needs to run guests.</summary>
internal sealed unsafe class VmxHost : VirtualizationHost
{
    /// <summary>Bytes of contiguous, page-aligned memory that <see cref="VmxHost(byte*, HostProcessor, int, ulong)"/> needs.</summary>
    public const int MemorySize = (2 * ExitingMsrs.Size) + (2 * IoBitmapSize) + Page;

    private const int Page = 0x1000;
    private const int IoBitmapSize = 0x1000;
    private const ulong Cr4Vmxe = 1ul << 13;
    private const ulong Cr4OsXsave = 1ul << 18;

    // No slice of the scheduler's is longer than 10 ms, so on a processor as the manual has it this timer hardly ever runs out.
    private const ulong StaysPerSecond = 100;

    private readonly HostProcessor _processor;
    private readonly PhysicalMsrReader _msrs = new();
    private readonly VmxCapabilities? _capabilities;
    private readonly VmxPcpu[] _pcpus;
    private ushort _nextVpid = 1;
    private bool _isOn;

    /// <summary>Lays the shared structures, and those of the boot processor, out in <paramref name="memory"/>.</summary>
    /// <param name="memory">Zeroed.</param>
    /// <param name="processor">The boot processor.</param>
    /// <param name="pcpus">The most pCPUs there can be.</param>
    /// <param name="tscFrequency">Ticks of the time-stamp counter in one second.</param>
    public VmxHost(byte* memory, HostProcessor processor, int pcpus, ulong tscFrequency)
        : base(processor)
    {
        _processor = processor;
        LongestStay = tscFrequency / StaysPerSecond;
        _capabilities = VmxAvailability.HasVmx(processor) ? new VmxCapabilities(_msrs) : null;
        if (_capabilities is { } capabilities)
        {
            GuestProcessor = new VmxGuestProcessor(processor, capabilities);
        }

        MsrBitmap = memory;
        X2ApicMsrBitmap = memory + ExitingMsrs.Size;
        IoBitmapA = X2ApicMsrBitmap + ExitingMsrs.Size;
        IoBitmapB = IoBitmapA + IoBitmapSize;
        ExitingMsrs.Fill(MsrBitmap);
        ExitingMsrs.Fill(X2ApicMsrBitmap);
        ExitingMsrs.AllowX2Apic(X2ApicMsrBitmap);

        // Guests own no real port: every bit is set (Intel SDM vol. 3C, 25.6.4).
        for (int i = 0; i < 2 * IoBitmapSize; i++)
        {
            IoBitmapA[i] = 0xFF;
        }

        _pcpus = new VmxPcpu[pcpus];
        _pcpus[0] = new VmxPcpu(IoBitmapB + IoBitmapSize);
    }

    /// <summary>What the boot processor's VMX offers. Not for a processor without VMX.</summary>
    public VmxCapabilities Capabilities => _capabilities!;

    /// <summary>Reads the VMCS that is the current one where the caller runs.</summary>
    public VmcsReader CurrentVmcs { get; } = new CurrentVmcsReader();

    /// <summary>The most ticks of the time-stamp counter that a guest runs without an exit, where there is a preemption timer.</summary>
    public ulong LongestStay { get; }

    /// <summary>The MSR bitmap.</summary>
    public byte* MsrBitmap { get; }

    /// <summary>The MSR bitmap of a vCPU in x2APIC mode whose processor carries out accesses to its local APIC.</summary>
    public byte* X2ApicMsrBitmap { get; }

    /// <summary>The processor's APIC virtualization is there, and used.</summary>
    public bool UsesApicVirtualization => _capabilities is { HasApicVirtualization: true } && !TestSwitches.HideApicVirtualization;

    /// <summary>The I/O bitmap of ports 0 to 7FFFh.</summary>
    public byte* IoBitmapA { get; }

    /// <summary>The I/O bitmap of the other ports.</summary>
    public byte* IoBitmapB { get; }

    /// <inheritdoc/>
    public override string Name => "vmx";

    /// <inheritdoc/>
    public override int VcpuMemorySize => VmxVirtualProcessor.MemorySizeOf(this);

    /// <inheritdoc/>
    public override NestedFormat NestedFormat => NestedFormat.Extended;

    /// <inheritdoc/>
    public override bool HasNested1GPages => _capabilities is { HasEpt1G: true };

    /// <inheritdoc/>
    public override int NestedLevels => 4;

    /// <summary>What a pCPU needs to run guests.</summary>
    public VmxPcpu this[int pcpu] => _pcpus[pcpu];

    /// <summary>A virtual-processor identifier that no other vCPU has; 0 is the host's (Intel SDM vol. 3C, 29.1).</summary>
    public ushort TakeVpid() => _nextVpid++;

    /// <inheritdoc/>
    public override string? WhyNot() => VmxAvailability.WhyNot(_processor, _msrs, _isOn ? _capabilities : null);

    /// <inheritdoc/>
    public override void AddPcpu(int pcpu, byte* memory) => _pcpus[pcpu] = new VmxPcpu(memory);

    /// <summary>Enters VMX operation (Intel SDM vol. 3C, 24.6 to 24.8 and 32.5).</summary>
    public override void Enable(int pcpu)
    {
        ulong featureControl = _msrs.Read(VmxMsr.FeatureControl);
        if (VmxAvailability.MustUnlock(featureControl))
        {
            Intrinsics.WriteMsr(VmxMsr.FeatureControl, featureControl | VmxMsr.FeatureControlVmx | VmxMsr.FeatureControlLock);
        }

        Intrinsics.WriteCr0((Intrinsics.ReadCr0() | Capabilities.Cr0Fixed0) & Capabilities.Cr0Fixed1);
        ulong cr4 = Intrinsics.ReadCr4() | Cr4Vmxe | (HasXsave ? Cr4OsXsave : 0);
        Intrinsics.WriteCr4((cr4 | Capabilities.Cr4Fixed0) & Capabilities.Cr4Fixed1);
        ClearSupervisorState();
        byte* region = _pcpus[pcpu].VmxonRegion;
        *(uint*)region = Capabilities.RevisionId;
        if (VmxAssembly.SwitchOn((ulong)region) == 0)
        {
            PanicHandler.Stop("the processor refused VMXON");
        }

        _isOn = true;

        // Whatever ran here before HyperCore may have left translations under our identifiers (29.4.3.3, 29.4.3.4).
        VmxAssembly.InvalidateEpt(VmxAssembly.AllContexts, 0);
        if (Capabilities.HasVpid)
        {
            VmxAssembly.InvalidateVpid(VmxAssembly.AllContexts, 0);
        }
    }

    /// <inheritdoc/>
    public override void SetTscOffset(int pcpu, long ticks) => _pcpus[pcpu].TscOffset = ticks;

    /// <inheritdoc/>
    public override VirtualProcessor CreateVcpu(byte* memory, int vcpus) => new VmxVirtualProcessor(this, memory, vcpus);

    /// <inheritdoc/>
    public override void AddFeatures(MachineFacts facts)
    {
        facts.AddFeature("VMX", _capabilities != null, needed: true);
        facts.AddFeature("EPT", _capabilities is { HasEpt: true }, needed: true);
        facts.AddFeature("Unrestricted guest", _capabilities is { HasUnrestrictedGuest: true }, needed: true);
        facts.AddFeature("VPID", _capabilities is { HasVpid: true });
        facts.AddFeature("EPT with 1 GiB pages", HasNested1GPages);
        facts.AddFeature("APIC virtualization", UsesApicVirtualization);
    }

    private sealed class CurrentVmcsReader : VmcsReader
    {
        public override ulong Read(uint field) => VmxAssembly.Read(field);
    }
}
