using HyperCore.Core.Exits;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Svm;

/// <summary>
/// What all vCPUs on one physical processor share: the permission maps, the host's own VMCB (for VMSAVE and VMLOAD of the state that VMRUN
/// does not switch) and the features found.
/// </summary>
internal sealed unsafe class SvmHost
{
    /// <summary>Bytes of contiguous, page-aligned memory that <see cref="SvmHost(byte*, HostProcessor)"/> needs.</summary>
    public const int MemorySize = MsrPermissionMap.Size + IoPermissionMap.Size + Vmcb.Size + HostSaveAreaSize;

    private const int HostSaveAreaSize = 0x1000;

    /// <summary>Lays the shared structures out in <paramref name="memory"/>.</summary>
    public SvmHost(byte* memory, HostProcessor processor)
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
        }

        Msrpm = memory;
        Iopm = Msrpm + MsrPermissionMap.Size;
        HostVmcb = Iopm + IoPermissionMap.Size;
        HostSaveArea = HostVmcb + Vmcb.Size;
        MsrPermissionMap.Fill(Msrpm);
        IoPermissionMap.Fill(Iopm);
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

    public byte* Msrpm { get; }

    public byte* Iopm { get; }

    public byte* HostVmcb { get; }

    /// <summary>Where VMRUN keeps the host's state; its address goes into VM_HSAVE_PA.</summary>
    public byte* HostSaveArea { get; }
}
