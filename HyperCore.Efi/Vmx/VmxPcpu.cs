namespace HyperCore.Efi.Vmx;

/// <summary>What one pCPU needs to run guests.</summary>
internal sealed unsafe class VmxPcpu
{
    /// <summary>Describes a pCPU.</summary>
    /// <param name="region">Its VMXON region: a zeroed page.</param>
    public VmxPcpu(byte* region)
    {
        VmxonRegion = region;
    }

    /// <summary>Its VMXON region.</summary>
    public byte* VmxonRegion { get; }

    /// <summary>The vCPU whose VMCS is the current one here; null when there is none.</summary>
    public VmxVirtualProcessor? Current { get; set; }

    /// <summary>Ticks that this pCPU's time-stamp counter is ahead of the boot processor's.</summary>
    public long TscOffset { get; set; }
}
